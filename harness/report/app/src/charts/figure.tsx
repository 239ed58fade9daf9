/** The frame of every chart: its title, what it shows in words, and the same numbers as a table. */

import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** A table twin: whoever does not see the drawing reads the same numbers. */
export interface Twin {
  head: string[];
  /** The first of each is the row's heading; the others are right-aligned numbers. */
  rows: string[][];
}

interface FigureProps {
  id: string;
  title: string;
  /** One sentence: what is drawn, and which way is good. */
  description: string;
  twin: Twin;
  children: ComponentChildren;
}

export function Figure({ id, title, description, twin, children }: FigureProps) {
  return (
    <figure class="figure" aria-labelledby={`${id}-title`}>
      <figcaption>
        <h2 id={`${id}-title`}>{title}</h2>
        <p class="note" id={`${id}-note`}>{description}</p>
      </figcaption>
      {children}
      <details class="twin">
        <summary>{title}: the numbers</summary>
        <TwinTable label={title} twin={twin} />
      </details>
    </figure>
  );
}

export function TwinTable({ label, twin }: { label: string; twin: Twin }) {
  return (
    <div class="scroll" role="group" aria-label={label} tabIndex={0}>
      <table class="plain">
        <thead><tr>{twin.head.map((name, i) => <th scope="col" class={i ? "n" : ""}>{name}</th>)}</tr></thead>
        <tbody>
          {twin.rows.map(([first, ...others]) => (
            <tr><th scope="row"><bdi>{first}</bdi></th>{others.map((value) => <td class="n">{value}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface DrawingProps {
  id: string;
  title: string;
  width: number;
  height: number;
  box: RefObject<HTMLDivElement | null>;
  children: ComponentChildren;
}

/** The drawing itself: one image to a screen reader, which the sentence above it describes. */
export function Drawing({ id, title, width, height, box, children }: DrawingProps) {
  return (
    <div class="drawing" ref={box}>
      <svg role="img" aria-label={title} aria-describedby={`${id}-note`} viewBox={`0 0 ${width} ${height}`}
        width={width} height={height}>
        {children}
      </svg>
    </div>
  );
}

/** The width that a chart has, so that its letters stay as large as those around it. */
export function useWidth(fallback = 720): [RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(fallback);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => {
      const now = Math.floor(element.clientWidth);
      if (now > 0) setWidth(now);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}
