/** Numbers as `harness/text/numbers.py` writes them, so that the page and the terminal agree. */

export const UNKNOWN = "unknown";
export const NOTHING = "–";

export function formatCount(value: number | null): string {
  return value === null ? UNKNOWN : value.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

export function formatPlural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** 0.8333 as "83.3 %"; the ends without decimals. */
export function formatShare(value: number): string {
  const percent = 100 * value;
  return `${percent === 0 || percent === 100 ? percent : percent.toFixed(1)} %`;
}

export function formatSpan(low: number, high: number): string {
  return `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %`;
}

/** A difference of shares in percentage points, with its sign: "+2.5", "−10.0", "0.0". */
export function formatPoints(value: number): string {
  const points = Math.abs(value * 100).toFixed(1);
  return points === "0.0" ? points : `${value < 0 ? "−" : "+"}${points}`;
}

/** A score or a metric, three decimals at most. */
export function formatNumber(value: number | null, missing = NOTHING): string {
  return value === null ? missing : String(Number(value.toFixed(3)));
}

export function formatMoney(usd: number | null): string {
  if (usd === null) return UNKNOWN;
  if (usd === 0) return "$0";
  if (usd >= 1) {
    const cents = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
    return `$${usd.toLocaleString("en-US", cents)}`;
  }
  if (usd < 1e-9) return "under $0.000000001";
  const decimals = 2 - Math.floor(Math.log10(usd)); // three digits that say something
  const [whole, fraction = ""] = usd.toFixed(decimals).split(".");
  return `$${whole}.${fraction.replace(/0+$/, "").padEnd(2, "0")}`;
}

export function formatSeconds(seconds: number | null): string {
  if (seconds === null) return NOTHING;
  if (seconds < 0.0995) return `${(1000 * seconds).toFixed(1)} ms`;
  if (seconds < 0.9995) return `${(1000 * seconds).toFixed(0)} ms`;
  if (seconds < 60) return `${seconds.toFixed(2)} s`;
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  if (hours) return `${hours} h ${two(Math.floor((whole % 3600) / 60))} min`;
  return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
}
