/** The difference of two texts, word by word. */

import { diffArrays } from "diff";

export type Run = ["same" | "del" | "ins", string];

// Chinese and Japanese write no spaces: there, a character is a word.
const WORD = /\s+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{M}\p{N}_]+|./gsu;

/** Beyond so many edits two texts have little in common, and finding what would take seconds. */
const MOST_EDITS = 4000;

/** The runs that turn one text into the other. */
export function diffWords(before: string, after: string): Run[] {
  if (before === after) return [["same", after]];
  const parts = diffArrays(before.match(WORD) ?? [], after.match(WORD) ?? [], {
    maxEditLength: MOST_EDITS,
  });
  if (!parts) return [["del", before], ["ins", after]];
  return joinChance(parts.map((part) => [
    part.added ? "ins" : part.removed ? "del" : "same", part.value.join(""),
  ]));
}

interface Group { same: string; del: string; ins: string }

/** The same runs, with changes joined across what they share by mere chance: "of", a space. */
function joinChance(runs: Run[]): Run[] {
  let group: Group = { same: "", del: "", ins: "" };
  const groups = [group];
  for (const [kind, text] of runs) {
    if (kind === "same" && (group.del || group.ins)) groups.push(group = { same: "", del: "", ins: "" });
    group[kind] += text;
  }
  const size = (one: Group): number => Math.max(one.del.length, one.ins.length);
  let last = groups[0]!;
  const joined = [last];
  for (const one of groups.slice(1)) {
    if (one.same.length <= Math.min(size(last), size(one)) && !one.same.includes("\n\n")) {
      last.del += one.same + one.del;
      last.ins += one.same + one.ins;
    } else joined.push(last = one);
  }
  return joined
    .flatMap((one): Run[] => [["same", one.same], ["del", one.del], ["ins", one.ins]])
    .filter((run) => run[1]);
}
