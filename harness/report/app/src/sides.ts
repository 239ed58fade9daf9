/** What is said of a target under a variant, on either side of a comparison. */

import type { Payload } from "./payload";
import type { Report } from "./report";

/** Its column's name; a side of another run may have no column here. */
export function nameSide(data: Payload, target: string, variant: string): string {
  const column = data.columns.find((each) => each.target === target && each.variant === variant);
  if (column) return column.label;
  return variant === "default" ? target : `${target} · ${variant}`;
}

/** How many conversations of a column passed in some of their repeats and not in others. */
export function countFlaky(report: Report, column: number): number {
  const { cells } = report.data;
  let count = 0;
  for (let i = 0; i < cells.column.length; i++) {
    if (cells.column[i] === column && cells.passed[i]! > 0 && cells.passed[i]! < cells.played[i]!) count++;
  }
  return count;
}
