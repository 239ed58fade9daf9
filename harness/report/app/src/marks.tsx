/** Small signs that many pages show. */

import type { ChangeKind, Outcome } from "./payload";
import { SYMBOLS } from "./text";

/** An outcome as sign, word and colour, with `2/3` where there are repeats. */
export function Chip({ outcome, tally = "" }: { outcome: Outcome; tally?: string }) {
  return (
    <span class={`chip ${outcome}`}>
      <span aria-hidden="true">{SYMBOLS[outcome]}</span> <span class="word">{outcome}</span>
      {tally && <span class="tally"> {tally}</span>}
    </span>
  );
}

export function writeTally(passed: number, repeats: number): string {
  return repeats > 1 ? `${passed}/${repeats}` : "";
}

const CHANGES: Record<ChangeKind, string> = {
  regressed: "▼", fixed: "▲", flaky: "≈", new: "+", missing: "−", errored: "!", same: "=",
};

export function ChangeMark({ kind }: { kind: ChangeKind }) {
  return <span class={`change ${kind}`}><span aria-hidden="true">{CHANGES[kind]}</span> {kind}</span>;
}

/** Copies a text, also from `file://` in browsers that keep their clipboard to https. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "sr";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
