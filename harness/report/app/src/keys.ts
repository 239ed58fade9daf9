/** The keyboard: single keys, and pairs such as `g r`, silent while somebody types. */

import { useEffect, useRef } from "preact/hooks";

/** What keys do: `j`, or `g r` for one after the other. */
export type Keys = Record<string, () => void>;

/** What is there, the page's keys after the shell's: the last one that knows a key obeys. */
const layers: { current: Keys }[] = [];
const PATIENCE_MS = 1500;
let begun = { key: "", at: 0 };

/** Whether a key is for the field that has the focus; of switches, arrows alone are. */
function isTyping({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element) || !target.matches("input, select, textarea")) return false;
  return !target.matches("[type=radio], [type=checkbox]") || key.startsWith("Arrow");
}

function find(keys: string): (() => void) | undefined {
  return layers.findLast((layer) => layer.current[keys])?.current[keys];
}

function obey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && document.activeElement instanceof HTMLElement) {
    document.activeElement.blur();
  }
  if (isTyping(event)) return;
  const first = performance.now() - begun.at < PATIENCE_MS ? begun.key : "";
  begun = { key: "", at: 0 };
  const action = first ? find(`${first} ${event.key}`) : find(event.key);
  if (action) {
    event.preventDefault();
    action();
  } else if (!first && layers.some((layer) => Object.keys(layer.current).some((keys) => keys.startsWith(`${event.key} `)))) {
    begun = { key: event.key, at: performance.now() };
  }
}

addEventListener("keydown", obey);

/** Obey these keys as long as the component is there. */
export function useKeys(keys: Keys): void {
  const layer = useRef(keys);
  layer.current = keys;
  useEffect(() => {
    layers.push(layer);
    return () => { layers.splice(layers.indexOf(layer), 1); };
  }, []);
}
