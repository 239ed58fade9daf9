/** The order in which cases follow each other: that of the list one came from. */

let list: () => Iterable<number> = () => [];
let trail: number[] | null = [];

/** Remember a list of conversations, doubles among them; it is read when somebody goes on from one. */
export function rememberTrail(conversations: () => Iterable<number>): void {
  list = conversations;
  trail = null;
}

/** The case before or after one; null at the ends. Without a list that has it, the run's order. */
export function neighbour(conversation: number, by: 1 | -1, count: number): number | null {
  trail ??= [...new Set(list())];
  const place = trail.indexOf(conversation);
  if (place >= 0) return trail[place + by] ?? null;
  const next = conversation + by;
  return next >= 0 && next < count ? next : null;
}
