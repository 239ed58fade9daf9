/** The commands that read a case in a terminal, and ask it again. */

import type { Report } from "../report";
import { quote, writeKeyword } from "../transcript";
import type { Side } from "./side";

/** What the commands need of a column. */
type Shown = Pick<Side, "result" | "lines">;

/** `harness show` reads one transcript, or two side by side: those of the first two columns. */
export function writeShow(report: Report, conversation: number, sides: readonly Shown[]): string {
  const { id, case: cases } = report.data.conversations;
  const words = ["harness", "show", report.data.head.run_id, id[conversation]!];
  const one = cases[conversation];
  if (one !== null && one !== undefined) words.push("--case", one);
  const pair = chooseTwo(report, sides.slice(0, 2));
  return [...words, ...(pair ?? chooseTwo(report, sides.slice(0, 1)) ?? [])].map(quote).join(" ");
}

/** The options that choose these columns and no others; null where they would choose more than two. */
function chooseTwo(report: Report, sides: readonly Shown[]): string[] | null {
  const several = new Set(report.data.columns.map((column) => column.variant)).size > 1;
  const targets = distinct(sides.map((side) => side.result.target));
  const variants = several ? distinct(sides.map((side) => side.result.variant ?? "default")) : [];
  const repeats = sides.some((side) => side.lines.length > 1)
    ? distinct(sides.map((side) => String(side.result.repeat ?? 1))) : [];
  const chosen = targets.length * Math.max(1, variants.length) * Math.max(1, repeats.length);
  if (chosen > Math.max(1, sides.length)) return null;
  return [
    ...option("-t", targets), ...option("--variant", variants), ...option("--repeat", repeats),
  ];
}

export function writeEval(report: Report, conversation: number, sides: readonly Shown[]): string {
  const { id, case: cases } = report.data.conversations;
  const one = cases[conversation];
  const words = [id[conversation]!, ...(one ? [one] : [])].map(writeKeyword).join(" and ");
  return [
    "harness", "eval", report.data.head.spec_path || "SPEC", "-k", words,
    ...option("-t", distinct(sides.map((side) => side.result.target))),
  ].map(quote).join(" ");
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function option(name: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [name, value]);
}
