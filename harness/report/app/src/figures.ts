/** The numbers of cells, gathered once when a page first wants them: one value a cell. */

import type { ChangeKind } from "./payload";
import { meanOver, type Report } from "./report";

export interface Figures {
  /** Means over a cell's repeats; NaN where not known. Dollars, seconds, tokens, 0 to 1. */
  cost: Float64Array;
  latency: Float64Array;
  input: Float64Array;
  output: Float64Array;
  score: Float64Array;
  /** The share of its repeats that passed. */
  pass: Float64Array;
  /** 1 where some repeats passed and others did not. */
  flaky: Uint8Array;
  /** By conversation: 1 where its cells do not all say the same. */
  differs: Uint8Array;
  /** By cell: what became of it since the base; absent where nothing was compared. */
  change: Map<number, ChangeKind>;
}

const held = new WeakMap<Report, Figures>();

export function figuresOf(report: Report): Figures {
  let figures = held.get(report);
  if (!figures) held.set(report, figures = gather(report));
  return figures;
}

function gather(report: Report): Figures {
  const { cells, trials, conversations } = report.data;
  const count = cells.repeats.length;
  const means = (values: (number | null)[], scale: number): Float64Array => {
    const found = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const mean = meanOver(report, values, i);
      found[i] = mean === null ? NaN : mean * scale;
    }
    return found;
  };
  const pass = new Float64Array(count);
  const flaky = new Uint8Array(count);
  const differs = new Uint8Array(conversations.id.length);
  for (let i = 0; i < count; i++) {
    pass[i] = cells.passed[i]! / cells.repeats[i]!;
    flaky[i] = Number(pass[i]! > 0 && pass[i]! < 1);
    const first = report.firstCell[cells.conversation[i]!]!;
    if (cells.outcome[i] !== cells.outcome[first] || pass[i] !== pass[first]) {
      differs[cells.conversation[i]!] = 1;
    }
  }
  return {
    cost: means(trials.cost, 1e-9),
    latency: means(trials.latency, 1e-3),
    input: means(trials.input, 1),
    output: means(trials.output, 1),
    score: means(trials.score, 1),
    pass, flaky, differs,
    change: gatherChanges(report),
  };
}

function gatherChanges(report: Report): Map<number, ChangeKind> {
  const found = new Map<number, ChangeKind>();
  for (const pair of report.data.comparison?.pairs ?? []) {
    const byConversation = new Map<number, ChangeKind>();
    for (const one of pair.cases) if (one.kind !== "same") byConversation.set(one.index, one.kind);
    if (!byConversation.size) continue;
    const { column, conversation } = report.data.cells;
    for (let i = 0; i < column.length; i++) {
      if (column[i] !== pair.column) continue;
      const kind = byConversation.get(conversation[i]!);
      if (kind) found.set(i, kind);
    }
  }
  return found;
}
