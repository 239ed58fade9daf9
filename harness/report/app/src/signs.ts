/** Words and signs for verdicts and changes: never a colour alone. */

import type { ChangeKind, Pair, Parity, RunRef, VerdictWord } from "./payload";
import { formatCount, formatMoney, formatPlural } from "./numbers";

export interface Sign { symbol: string; word: string; tone: "good" | "bad" | "unsure" | "broken" | "plain" }

export const VERDICTS: Record<VerdictWord, Sign> = {
  passed: { symbol: "✓", word: "passed", tone: "good" },
  regressed: { symbol: "✗", word: "regressed", tone: "bad" },
  below_floor: { symbol: "✗", word: "below the floor", tone: "bad" },
  inconclusive: { symbol: "?", word: "inconclusive", tone: "unsure" },
  incomplete: { symbol: "!", word: "incomplete", tone: "broken" },
};

export const PARITIES: Record<Parity["word"], Sign> = {
  equivalent: { symbol: "=", word: "equivalent", tone: "good" },
  better: { symbol: "↑", word: "better", tone: "good" },
  worse: { symbol: "↓", word: "worse", tone: "bad" },
  inconclusive: { symbol: "?", word: "inconclusive", tone: "unsure" },
};

/** In the order in which somebody who looks for trouble reads them. */
export const KINDS: readonly ChangeKind[] = [
  "regressed", "errored", "flaky", "missing", "new", "fixed", "same",
];

export const CHANGES: Record<ChangeKind, Sign & { meaning: string }> = {
  regressed: { symbol: "↓", word: "regressed", tone: "bad", meaning: "the share that passed fell by more than half of the repeats" },
  errored: { symbol: "!", word: "errored", tone: "broken", meaning: "one side has no answer to judge" },
  flaky: { symbol: "≈", word: "flaky", tone: "unsure", meaning: "passes now and then, on one side at least" },
  missing: { symbol: "−", word: "missing", tone: "plain", meaning: "only the base has it" },
  new: { symbol: "+", word: "new", tone: "plain", meaning: "only this run has it" },
  fixed: { symbol: "↑", word: "fixed", tone: "good", meaning: "the share that passed rose by more than half of the repeats" },
  same: { symbol: "·", word: "same", tone: "plain", meaning: "as it was" },
};

/** "baseline main (run 20260901-120000-a1b2c3)" or "run 20260901-120000-a1b2c3". */
export function nameRun(run: RunRef): string {
  return run.baseline === null ? `run ${run.id}` : `baseline ${run.baseline} (run ${run.id})`;
}

/** What would settle an inconclusive pair, as a sentence; "" where nothing is known of it. */
export function describeNeeded({ needed, conversations, repeats }: Pair): string {
  if (needed === null || needed.conversations === null) return "";
  const one = `${formatPlural(needed.conversations, "conversation")} instead of ${formatCount(conversations)}`;
  const two = needed.repeats === null
    ? "; more repeats of these alone would not do"
    : `, or ${formatPlural(needed.repeats, "repeat")} of each instead of ${formatCount(repeats)}`;
  const price = [
    needed.usd === null ? "" : formatMoney(needed.usd),
    needed.minutes === null ? "" : describeMinutes(needed.minutes),
  ].filter(Boolean).join(" and ");
  return `about ${one}${two}${price ? ` (${price} more${needed.repeats === null ? "" : " for the cheaper way"})` : ""}.`;
}

function describeMinutes(minutes: number): string {
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return formatPlural(Math.round(minutes), "minute");
  return formatPlural(Math.round(minutes / 60), "hour");
}
