/** The order in which cases follow each other: that of the list one came from. */

let trail: number[] = [];

export function rememberTrail(conversations: readonly number[]): void {
  trail = [...new Set(conversations)];
}

/** The case before or after one; null at the ends. Without a list that has it, the run's order. */
export function neighbour(conversation: number, by: 1 | -1, count: number): number | null {
  const place = trail.indexOf(conversation);
  if (place >= 0) return trail[place + by] ?? null;
  const next = conversation + by;
  return next >= 0 && next < count ? next : null;
}
