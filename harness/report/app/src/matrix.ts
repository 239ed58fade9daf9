/** The order of the matrix: which conversations come first, and under which heading. */

import type { CaseShare } from "./payload";
import { findCell, nameConversation, type Report } from "./report";

export const ORDERS = ["disagreement", "regression", "run", "name"] as const;
export type Order = (typeof ORDERS)[number];

export type MatrixRow =
  | { kind: "heading"; name: string; count: number }
  | { kind: "conversation"; index: number };

/** What the base had, by column and by conversation. */
export type BaseShares = ReadonlyMap<number, ReadonlyMap<number, CaseShare>>;

export function readBase(report: Report): BaseShares {
  const found = new Map<number, Map<number, CaseShare>>();
  for (const pair of report.data.comparison?.pairs ?? []) {
    if (pair.column < 0) continue;
    const shares = new Map<number, CaseShare>();
    for (const each of pair.cases) if (each.index >= 0 && each.a) shares.set(each.index, each.a);
    found.set(pair.column, shares);
  }
  return found;
}

/** The share of a cell's repeats that passed; null where none was played. */
export function shareOf(report: Report, cell: number): number | null {
  if (cell < 0) return null;
  const { passed, played } = report.data.cells;
  return played[cell]! > 0 ? passed[cell]! / played[cell]! : null;
}

/** How far the best column is from the worst, in [0, 1]. */
export function measureDisagreement(report: Report, conversation: number): number {
  let low = 1, high = 0;
  for (let i = report.firstCell[conversation]!; i < report.firstCell[conversation + 1]!; i++) {
    const share = shareOf(report, i);
    if (share === null) continue;
    low = Math.min(low, share);
    high = Math.max(high, share);
  }
  return Math.max(0, high - low);
}

/** The deepest fall since the base over the columns, in [-1, 1]; -1 where nothing is compared. */
export function measureFall(report: Report, base: BaseShares, conversation: number): number {
  let worst = -1;
  for (const [column, shares] of base) {
    const before = shares.get(conversation);
    const now = shareOf(report, findCell(report, conversation, column));
    if (!before || before.played === 0 || now === null) continue;
    worst = Math.max(worst, before.passed / before.played - now);
  }
  return worst;
}

/** The mean over the columns of the share that did not pass: the worst first among equals. */
function measureFailing(report: Report, conversation: number): number {
  let failing = 0, count = 0;
  for (let i = report.firstCell[conversation]!; i < report.firstCell[conversation + 1]!; i++) {
    failing += 1 - (shareOf(report, i) ?? 0);
    count++;
  }
  return count ? failing / count : 0;
}

export function sortConversations(report: Report, base: BaseShares, order: Order): number[] {
  const all = report.data.conversations.id.map((_, i) => i);
  if (order === "run") return all;
  if (order === "name") {
    const collator = new Intl.Collator("en", { numeric: true });
    const names = all.map((i) => nameConversation(report, i));
    return all.sort((a, b) => collator.compare(names[a]!, names[b]!));
  }
  const first = all.map((i) => order === "regression"
    ? measureFall(report, base, i) : measureDisagreement(report, i));
  const then = all.map((i) => measureFailing(report, i));
  return all.sort((a, b) => first[b]! - first[a]! || then[b]! - then[a]! || a - b);
}

/** Rows in order; by tag a conversation stands under each of its tags. */
export function listRows(report: Report, sorted: readonly number[], byTag: boolean): MatrixRow[] {
  const rowOf = (index: number): MatrixRow => ({ kind: "conversation", index });
  if (!byTag) return sorted.map(rowOf);
  const { tags, conversations } = report.data;
  const groups = new Map<number, number[]>();
  for (const index of sorted) {
    const under = conversations.tags[index]!.length > 0 ? conversations.tags[index]! : [-1];
    for (const tag of under) {
      const group = groups.get(tag);
      if (group) group.push(index);
      else groups.set(tag, [index]);
    }
  }
  const names = [...groups.keys()].sort((a, b) => (a < 0 ? 1 : b < 0 ? -1 : tags[a]!.localeCompare(tags[b]!, "en")));
  return names.flatMap((tag) => {
    const group = groups.get(tag)!;
    return [{ kind: "heading" as const, name: tags[tag] ?? "without a tag", count: group.length }, ...group.map(rowOf)];
  });
}
