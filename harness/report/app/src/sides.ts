/** What is said of a target under a variant, on either side of a comparison. */

import type { Payload } from "./payload";

/** Its column's name; a side of another run may have no column here. */
export function nameSide(data: Payload, target: string, variant: string): string {
  const column = data.columns.find((each) => each.target === target && each.variant === variant);
  if (column) return column.label;
  return variant === "default" ? target : `${target} · ${variant}`;
}
