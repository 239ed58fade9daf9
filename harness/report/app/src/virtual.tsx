/**
 * A long list of rows of one height, of which only those in sight are elements.
 *
 * Rows are placed through the style object, never through an attribute: the page's policy allows no
 * inline style.
 */

import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

export interface VirtualProps {
  count: number;
  /** Pixels of a row; every row has it. */
  height: number;
  render: (index: number) => ComponentChildren;
  /** The element that scrolls, where it is not this list itself. */
  box?: RefObject<HTMLDivElement | null>;
  label: string;
  /** Stands above the rows and stays in sight. */
  head?: ComponentChildren;
  class?: string;
}

const HEAD = 40; // pixels of the row of titles and of the borders
const BEYOND = 8; // rows drawn above and below, so that quick scrolling meets no gap

export function VirtualRows(props: VirtualProps) {
  const own = useRef<HTMLDivElement>(null);
  const box = props.box ?? own;
  const [sight, setSight] = useState({ top: 0, height: 900 });

  useLayoutEffect(() => {
    const element = box.current!;
    const look = (): void => setSight({ top: element.scrollTop, height: element.clientHeight });
    const watcher = new ResizeObserver(look);
    watcher.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    look();
    return () => {
      watcher.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);

  const first = Math.max(0, Math.floor(sight.top / props.height) - BEYOND);
  const last = Math.min(props.count, Math.ceil((sight.top + sight.height) / props.height) + BEYOND);
  const rows = [];
  for (let index = first; index < last; index++) {
    rows.push(
      <div key={index} class="vrow" role="row" aria-rowindex={index + 2}
        style={{ transform: `translateY(${index * props.height}px)`, height: `${props.height}px` }}>
        {props.render(index)}
      </div>,
    );
  }
  return (
    <div class={`virtual ${props.class ?? ""}`} ref={box} role="table" aria-label={props.label}
      aria-rowcount={props.count + 1} tabIndex={0}
      style={{ height: `min(100vh - 15rem, ${props.count * props.height + HEAD}px)` }}>
      {props.head}
      <div class="vspace" role="rowgroup" style={{ height: `${props.count * props.height}px` }}>{rows}</div>
    </div>
  );
}

/** Scroll so that a row is in sight. */
export function showRow(box: HTMLElement, index: number, height: number, head = 40): void {
  const top = index * height;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + height > box.scrollTop + box.clientHeight - head) {
    box.scrollTop = top + height - box.clientHeight + head;
  }
}
