/**
 * The language of the search box, in the manner of Playwright's report:
 * `dep:mini status:fail tag:smoke assert:json flaky: cost>0.01 lat>5s "two words" /regex/ -not`.
 *
 * Every term has to hold; `-` before one turns it round. This module only reads; filter.ts decides.
 */

export type Comparator = ">" | ">=" | "<" | "<=" | "=";

export type Measure = "cost" | "lat" | "score" | "in" | "out" | "tokens" | "pass" | "repeats";

export type Field = "dep" | "variant" | "status" | "tag" | "assert" | "id" | "case" | "change" | "error";

export type Term =
  | { kind: "text"; pattern: RegExp; words: string; not: boolean }
  | { kind: "field"; field: Field; value: string; not: boolean }
  | { kind: "mark"; mark: "flaky" | "known" | "differs"; not: boolean }
  | { kind: "number"; measure: Measure; comparator: Comparator; value: number; not: boolean };

export interface Query {
  terms: Term[];
  /** What could not be read, for the line under the box. */
  problems: string[];
}

const FIELDS: Record<string, Field> = {
  dep: "dep", deployment: "dep", target: "dep", t: "dep",
  variant: "variant", v: "variant",
  status: "status", s: "status", outcome: "status",
  tag: "tag", assert: "assert", check: "assert",
  id: "id", conv: "id", conversation: "id",
  case: "case", change: "change", error: "error",
};
const MARKS = ["flaky", "known", "differs"] as const;
const MEASURES: Record<string, Measure> = {
  cost: "cost", lat: "lat", latency: "lat", score: "score", in: "in", out: "out",
  tokens: "tokens", pass: "pass", repeats: "repeats",
};

/** A term: a name with a sign or none, then a phrase in quotes, a regular expression or a word. */
const TOKEN = /-?(?:[a-z]+(?::|[<>]=?|=))?(?:"[^"]*"?|\/(?:[^/\\]|\\.)+\/i?(?=\s|$)|[^\s"]+)?/giy;

export function parseQuery(text: string): Query {
  const terms: Term[] = [], problems: string[] = [];
  for (const token of splitTokens(text)) {
    const not = token.startsWith("-") && token.length > 1;
    const term = readTerm(not ? token.slice(1) : token, not);
    if (typeof term === "string") problems.push(term);
    else if (term) terms.push(term);
  }
  return { terms, problems };
}

function splitTokens(text: string): string[] {
  const found: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0] || text[at]!;
    found.push(token);
    at += token.length;
  }
  return found;
}

function readTerm(token: string, not: boolean): Term | string | null {
  const number = /^([a-z]+)(>=|<=|>|<|=)(.*)$/i.exec(token);
  if (number) {
    const measure = MEASURES[number[1]!.toLowerCase()];
    if (measure) return readNumber(measure, number[2] as Comparator, number[3]!, not);
  }
  const pair = /^([a-z]+):(.*)$/is.exec(token);
  if (pair) {
    const name = pair[1]!.toLowerCase(), value = unquote(pair[2]!);
    const mark = MARKS.find((each) => each === name);
    if (mark) return { kind: "mark", mark, not: not !== /^(no|false|0)$/i.test(value) };
    const field = FIELDS[name];
    // A field without a value is one that somebody is still typing: it filters nothing.
    if (field) return value ? { kind: "field", field, value: value.toLowerCase(), not } : null;
    if (!/^\/\//.test(pair[2]!)) return `${name}: is not a field here`;
  }
  return readText(token, not);
}

function readNumber(
  measure: Measure, comparator: Comparator, text: string, not: boolean,
): Term | string | null {
  if (!text) return null;
  const read = /^\$?(\d+(?:\.\d*)?|\.\d+)(ms|s|min|%|k)?$/i.exec(text);
  if (!read) return `${text} is not a number`;
  const unit = (read[2] ?? "").toLowerCase();
  const scale = { ms: 0.001, min: 60, "%": 0.01, k: 1000 }[unit] ?? 1;
  return { kind: "number", measure, comparator, value: Number(read[1]) * scale, not };
}

function readText(token: string, not: boolean): Term | string | null {
  const regex = /^\/(.+)\/(i?)$/s.exec(token);
  if (regex) {
    try {
      return { kind: "text", pattern: new RegExp(regex[1]!, `u${regex[2]}`), words: "", not };
    } catch {
      return `${token} is not a regular expression`;
    }
  }
  const words = unquote(token);
  if (!words) return null;
  return { kind: "text", pattern: new RegExp(escape(words), "iu"), words: words.toLowerCase(), not };
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1).replace(/"$/, "") : text;
}

function escape(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

export function compare(value: number, comparator: Comparator, wanted: number): boolean {
  switch (comparator) {
    case ">": return value > wanted;
    case ">=": return value >= wanted;
    case "<": return value < wanted;
    case "<=": return value <= wanted;
    case "=": return Math.abs(value - wanted) < 1e-12;
  }
}
