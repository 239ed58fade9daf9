/** The rows of a long list that are in sight: the others are room above and below. */

import { options } from "preact";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** Fewer rows than these are all drawn: a browser searches and prints them as they are. */
export const ALL_DRAWN = 200;
const MARGIN = 12;

export interface RowWindow {
  box: RefObject<HTMLDivElement | null>;
  /** Whether the list is so long that it scrolls in a box of its own. */
  scrolls: boolean;
  first: number;
  end: number;
  /** Pixels of the rows that are not drawn. */
  above: number;
  below: number;
  /** Bring a row into sight, so that it is drawn. */
  reveal: (row: number) => void;
}

export function useRowWindow(count: number): RowWindow {
  const box = useRef<HTMLDivElement>(null);
  const height = useRef(34);
  const [view, setView] = useState({ top: 0, size: 800 });
  const printing = usePrinting();
  const whole = printing || count <= ALL_DRAWN;

  useEffect(() => {
    const element = box.current;
    if (!element || whole) return;
    const look = (): void => setView({ top: element.scrollTop, size: Math.min(element.clientHeight, innerHeight) });
    look();
    element.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, [whole]);
  useLayoutEffect(() => {
    const row = box.current?.querySelector<HTMLElement>("tbody tr[data-row]");
    if (row && row.offsetHeight > 0) height.current = row.offsetHeight;
  });

  const each = height.current;
  const first = whole ? 0 : Math.max(0, Math.min(count - 1, Math.floor(view.top / each)) - MARGIN);
  const end = whole ? count : Math.min(count, first + Math.ceil(view.size / each) + 2 * MARGIN);
  const reveal = (row: number): void => {
    const element = box.current;
    if (!element || whole) return;
    const top = row * each;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + 3 * each > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + 3 * each - element.clientHeight;
    }
    setView({ top: element.scrollTop, size: Math.min(element.clientHeight, innerHeight) });
  };
  return { box, scrolls: !whole, first, end, above: first * each, below: (count - end) * each, reveal };
}

/** Whether the page is being printed: paper has no scrolling. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const draw = (value: boolean) => (): void => {
      const before = options.debounceRendering;
      options.debounceRendering = (render) => render(); // paper does not wait for the next frame
      setPrinting(value);
      if (before) options.debounceRendering = before;
      else delete options.debounceRendering;
    };
    const start = draw(true), stop = draw(false);
    addEventListener("beforeprint", start);
    addEventListener("afterprint", stop);
    return () => {
      removeEventListener("beforeprint", start);
      removeEventListener("afterprint", stop);
    };
  }, []);
  return printing;
}

/** The room of rows that are not drawn. */
export function Room({ pixels, columns }: { pixels: number; columns: number }) {
  if (pixels <= 0) return null;
  return <tr aria-hidden="true" class="room"><td colSpan={columns}><svg width="1" height={pixels} /></td></tr>;
}
