/** From values to pixels, and the round values that an axis names. */

export interface Scale {
  low: number;
  high: number;
  place: (value: number) => number;
  ticks: number[];
}

/** Round steps of 1, 2 or 5 times a power of ten, about `wanted` of them between the ends. */
function findStep(span: number, wanted: number): number {
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const times = rough / power;
  return power * (times > 5 ? 10 : times > 2 ? 5 : times > 1 ? 2 : 1);
}

/** A linear scale over round ends that hold `low` and `high`, drawn from `from` to `to`. */
export function makeLinear(
  low: number, high: number, from: number, to: number, wanted = 5,
): Scale {
  if (!(high > low)) [low, high] = [low - 0.5, low + 0.5];
  const step = findStep(high - low, wanted);
  const first = Math.floor(low / step + 1e-9), last = Math.ceil(high / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => tidy((first + i) * step));
  const start = ticks[0]!, end = ticks[ticks.length - 1]!;
  return {
    low: start,
    high: end,
    place: (value) => from + ((value - start) / (end - start)) * (to - from),
    ticks,
  };
}

/** Shares on [0, 1]: no wider than they need, and never beyond what a share can be. */
export function makeShares(values: number[], from: number, to: number, wanted = 5): Scale {
  const low = Math.min(1, ...values), high = Math.max(0, ...values);
  const room = Math.max(0.1, high - low) * 0.05;
  return makeLinear(Math.max(0, low - room), Math.min(1, high + room), from, to, wanted);
}

/** A logarithmic scale over ends of 1, 2 or 5 times a power of ten; all values are above 0. */
export function makeLog(low: number, high: number, from: number, to: number): Scale {
  const steps = listDecades(low, high);
  const first = steps.findLastIndex((each) => each <= low * (1 + 1e-9));
  let last = steps.findIndex((each) => each >= high * (1 - 1e-9));
  if (last === first) last++;
  const all = steps.slice(first, last + 1);
  const [start, end] = [all[0]!, all[all.length - 1]!];
  const width = Math.log(end / start);
  const most = Math.max(2, Math.floor(Math.abs(to - from) / 80));
  return {
    low: start,
    high: end,
    place: (value) => from + (Math.log(value / start) / width) * (to - from),
    ticks: chooseTicks(all, most),
  };
}

function listDecades(low: number, high: number): number[] {
  const found: number[] = [];
  const end = Math.ceil(Math.log10(high)) + 1;
  for (let power = Math.floor(Math.log10(low)); power <= end; power++) {
    for (const times of [1, 2, 5]) found.push(tidy(times * 10 ** power));
  }
  return found;
}

/** As many as there is room for: all, then those of 1 and 5, then powers of ten, at last the ends. */
function chooseTicks(all: number[], most: number): number[] {
  const leading = (value: number): number => Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9));
  for (const kept of [[1, 2, 5], [1, 5], [1]]) {
    const found = all.filter((each) => kept.includes(leading(each)));
    if (found.length >= 2 && found.length <= most) return found;
  }
  return [all[0]!, all[all.length - 1]!];
}

/** 0.30000000000000004 as 0.3. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** A share on an axis: "60 %", "62.5 %". */
export function writeShareTick(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
