/** The keyboard: single keys for the page that is shown, silent while somebody types. */

import { useEffect } from "preact/hooks";

export type Keys = Record<string, (event: KeyboardEvent) => void>;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches("input, select, textarea, [contenteditable]");
}

/** Obey these keys as long as the component is there. */
export function useKeys(keys: Keys): void {
  useEffect(() => {
    const obey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.key === "Escape" && document.activeElement instanceof HTMLElement) {
        document.activeElement.blur();
      }
      if (isTyping(event.target)) return;
      const action = keys[event.key];
      if (!action) return;
      event.preventDefault();
      action(event);
    };
    addEventListener("keydown", obey);
    return () => removeEventListener("keydown", obey);
  });
}
