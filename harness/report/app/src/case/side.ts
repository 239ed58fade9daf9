/** The columns of a case: which answers stand beside each other. */

import type { ResultLine, Transcript } from "../payload";
import { findCell, outcomeOf, type Report } from "../report";
import { visible } from "../text";
import { type Expected, groupAlike } from "../transcript";

export interface Side {
  column: number;
  label: string;
  cell: number;
  /** All repeats of the cell. */
  lines: ResultLine[];
  /** Repeats that said the same; the pager walks through these. */
  groups: number[][];
  /** The group that is shown. */
  shown: number;
  result: ResultLine;
  expected: Expected;
  /** The same target's answer in the base of the comparison, where it is in the page. */
  base: ResultLine | null;
}

export const MOST_SIDES = 4;

/** The columns that a reader asked for, or those that are most worth it: what did not pass first. */
export function chooseColumns(report: Report, conversation: number, asked: string | null, at: number): number[] {
  const present: number[] = [];
  for (let i = report.firstCell[conversation]!; i < report.firstCell[conversation + 1]!; i++) {
    present.push(report.data.cells.column[i]!);
  }
  const wanted = (asked ?? "").split(",").filter(Boolean).map(Number)
    .filter((column) => present.includes(column));
  if (wanted.length) return [...new Set(wanted)].slice(0, MOST_SIDES);
  const rank = (column: number): number => {
    if (column === at) return -1;
    const cell = findCell(report, conversation, column);
    return report.data.cells.outcome[cell] === 0 ? 1 : 0;
  };
  return present.slice().sort((a, b) => rank(a) - rank(b) || a - b).slice(0, MOST_SIDES).sort((a, b) => a - b);
}

export function makeSides(
  report: Report, conversation: number, transcript: Transcript, columns: readonly number[],
  chosen: ReadonlyMap<number, number>,
): Side[] {
  return columns.map((column) => {
    const cell = findCell(report, conversation, column);
    const start = report.firstTrial[cell]! - report.firstTrial[report.firstCell[conversation]!]!;
    const lines = transcript.head.slice(start, start + report.data.cells.repeats[cell]!);
    const groups = groupAlike(lines);
    const worst = outcomeOf(report.data.cells.outcome[cell]!);
    const usual = groups.findIndex((group) => lines[group[0]!]!.outcome === worst);
    const shown = Math.min(chosen.get(column) ?? Math.max(0, usual), groups.length - 1);
    const result = lines[groups[shown]![0]!]!;
    return {
      column, cell, lines, groups, shown, result,
      label: report.data.columns[column]!.label,
      expected: expect(report, column),
      base: findBase(report, transcript, column, result),
    };
  });
}

function expect(report: Report, column: number): Expected {
  const { target, model, version } = report.data.columns[column]!;
  const facts = report.data.provenance.targets.find((each) => each.name === target);
  return { adapted: facts?.adapted ?? [], model: [model, version].filter(Boolean).join("-") };
}

/** The answer that a target, or the one it took the place of, gave in the base. */
function findBase(report: Report, transcript: Transcript, column: number, result: ResultLine): ResultLine | null {
  const was = report.data.comparison?.pairs.find((pair) => pair.column === column)?.a;
  const target = was?.target.name ?? result.target, variant = was?.variant ?? result.variant ?? "default";
  const same = (transcript.base ?? []).filter((line) =>
    visible(line.target) === target && visible(line.variant ?? "default") === variant);
  return same.find((line) => line.repeat === result.repeat) ?? same[0] ?? null;
}
