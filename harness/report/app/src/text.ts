/** Text of others made safe to show. */

import type { Outcome } from "./payload";

export const SYMBOLS: Record<Outcome, string> = {
  passed: "✓", failed: "✗", blocked: "⊘", truncated: "✂", errored: "!", skipped: "–",
};

// The same decision as harness/text/safe.py: what hides text or reorders it is shown as a sign;
// flags are spelt with tag characters, and letters and emoji are joined, and these stay.
const FLAG = "\\u{1f3f4}[\\u{e0020}-\\u{e007e}]{1,8}\\u{e007f}";
const LETTER = "[^\\x00-\\x7f\\xad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f]";
const JOINER = `(?<=${LETTER})[\\u200c\\u200d](?=${LETTER})`;
const HIDING =
  "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u180e\\u200b-\\u200d\\u2060-\\u2065\\ufeff" +
  "\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u206f\\u2028\\u2029\\ufff9-\\ufffb" +
  "\\ufdd0-\\ufdef\\ufffe\\uffff\\u{d800}-\\u{dfff}\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}" +
  "\\u{e0000}-\\u{e007f}]";
const SHOWN = new RegExp(`(${FLAG}|${JOINER})|${HIDING}`, "gu");
const PLAIN = /^[\x20-\x7e\n\t]*$/;

/** The text with every control, bidirectional and hidden character replaced by a sign. */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replaceAll("\r\n", "\n").replace(SHOWN, (found, meant: string | undefined) => {
    if (meant !== undefined) return found;
    const point = found.codePointAt(0)!;
    if (point < 0x20) return String.fromCodePoint(0x2400 + point);
    if (point === 0x7f) return "␡";
    return `⟨U+${point.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

/** Any value of JSON as text: a string as it is, the rest as JSON. */
export function writeValue(value: unknown): string {
  if (value === undefined || value === null) return "";
  return visible(typeof value === "string" ? value : JSON.stringify(value));
}

export function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}
