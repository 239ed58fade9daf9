/** The payload as the pages use it: with typed arrays, and looked up from both sides. */

import { OUTCOMES, type Outcome, type Payload } from "./payload";

export interface Report {
  data: Payload;
  /** `firstTrial[i]` to `firstTrial[i + 1]` are the trials of cell `i`. */
  firstTrial: Int32Array;
  /** `firstCell[c]` to `firstCell[c + 1]` are the cells of conversation `c`. */
  firstCell: Int32Array;
}

export function makeReport(data: Payload): Report {
  const { cells, conversations } = data;
  const firstTrial = new Int32Array(cells.repeats.length + 1);
  const firstCell = new Int32Array(conversations.id.length + 1);
  for (let i = 0; i < cells.repeats.length; i++) {
    firstTrial[i + 1] = firstTrial[i]! + cells.repeats[i]!;
    firstCell[cells.conversation[i]! + 1]!++;
  }
  for (let c = 0; c < conversations.id.length; c++) firstCell[c + 1]! += firstCell[c]!;
  return { data, firstTrial, firstCell };
}

export function outcomeOf(code: number): Outcome {
  return OUTCOMES[code] ?? "errored";
}

/** The cell of a conversation in a column, -1 where it was not played. */
export function findCell(report: Report, conversation: number, column: number): number {
  for (let i = report.firstCell[conversation]!; i < report.firstCell[conversation + 1]!; i++) {
    if (report.data.cells.column[i] === column) return i;
  }
  return -1;
}

/** "founders" or "capitals › Chile". */
export function nameConversation(report: Report, conversation: number): string {
  const name = report.data.conversations.id[conversation] ?? "";
  const one = report.data.conversations.case[conversation];
  return one === null || one === undefined ? name : `${name} › ${one}`;
}

/** The mean over those of a cell's trials that have one; null where none has. */
export function meanOver(
  report: Report, values: readonly (number | null)[], cell: number,
): number | null {
  let sum = 0, count = 0;
  for (let i = report.firstTrial[cell]!; i < report.firstTrial[cell + 1]!; i++) {
    const value = values[i];
    if (value !== null && value !== undefined) sum += value, count++;
  }
  return count ? sum / count : null;
}

/** What decided a cell: the reason of its first trial with the cell's outcome. */
export function reasonOf(report: Report, cell: number): string {
  const { cells, trials, reasons } = report.data;
  for (let i = report.firstTrial[cell]!; i < report.firstTrial[cell + 1]!; i++) {
    if (trials.outcome[i] === cells.outcome[cell]) return reasons[trials.reason[i]!] ?? "";
  }
  return "";
}
