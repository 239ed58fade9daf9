/**
 * The shapes of the data that Python writes into the page (`harness/report/payload.py`).
 *
 * A block is `<script type="application/octet-stream" id="d-NAME">`: base64 of gzip of JSON.
 * - `d-summary` (`Payload`) is read once, at the start; it holds every number and no transcript.
 * - `d-turns` (`TurnTimes`) holds the times of single turns; the page about latency reads it.
 * - `d-t0`, `d-t1`, … (`TranscriptChunk`) hold transcripts; a page about a case reads one of them.
 *
 * Columnar: `cells.outcome[i]` and `cells.passed[i]` speak of the same cell `i`. A conversation, a
 * column, a cell, a trial is its index. Names and reasons were made safe to show by Python; texts
 * of transcripts were not: they go through `visible` (text.ts). Nothing of it is HTML.
 */

export type Outcome = "passed" | "failed" | "blocked" | "truncated" | "errored" | "skipped";
/** The codes of `cells.outcome` and `trials.outcome` are places in this list. */
export const OUTCOMES: readonly Outcome[] = [
  "passed", "failed", "blocked", "truncated", "errored", "skipped",
];

export type VerdictWord = "passed" | "regressed" | "below_floor" | "inconclusive" | "incomplete";
export type Tone = "good" | "bad" | "unsure" | "broken";

/** A share with its 95 % interval, all in [0, 1]. */
export interface Rate { value: number; low: number; high: number }
/** Of latencies in seconds, from `n` values. */
export interface Quantiles { p50: number; p95: number; n: number }

/** A percentile in seconds; an end of its interval is null where it is not estimable. */
export interface Percentile { value: number; low: number | null; high: number | null }
export interface Percentiles { n: number; p50: Percentile; p95: Percentile; p99: Percentile }
/** How long the turns of a column took, by their place in the conversation, and how they waited. */
export interface Times {
  latency: Percentiles | null;
  ttft: Percentiles | null;
  turns: { number: number; latency: Percentiles }[];
  asked: number;
  queued: number;
  queued_s: number;
  repeated: number;
}

/** The top of every page. */
export interface Head {
  name: string;
  description: string;
  when: string;
  run_id: string;
  /** The spec's file from the project's root, "" where the run does not say. */
  spec_path: string;
  /** A sentence where a simulator answered, else "". */
  simulated: string;
  /** A sentence where the run is a replay, else "". */
  replayed: string;
  /** A sentence where the run did not come to its end, else "". */
  unfinished: string;
  verdict: {
    /** null: no gate is declared. */
    code: VerdictWord | null;
    tone: Tone;
    symbol: string;
    word: string;
    sentence: string;
    reasons: string[];
    exit_code: number;
  };
  /** Label and value of each number of the run as a whole, as written on the static page. */
  tiles: [string, string][];
}

/** The rules of the gate; null where the spec has none. */
export interface GateRules {
  alpha: number;
  margin: number;
  min_effect: number;
  min_pass_rate: number | null;
}

/** A target under a variant: a column of the matrix. Money in US dollars; null: not known. */
export interface Column {
  target: string;
  variant: string;
  /** The target's name, with the variant's where there are several. */
  label: string;
  model: string;
  version: string;
  region: string;
  sku: string;
  simulated: boolean;
  outcomes: Partial<Record<Outcome, number>>;
  conversations: number;
  pass_rate: Rate | null;
  score: number | null;
  metrics: Record<string, number>;
  cost_usd: number | null;
  cost_per_conversation_usd: number | null;
  latency: Quantiles | null;
  ttft: Quantiles | null;
  input_tokens: number | null;
  output_tokens: number | null;
  requests: number;
  errors: Record<string, number>;
  unchecked: number;
  known_failing: number;
  /** How repeats agree: shares of conversations that passed in every one and in any. */
  steadiness: { every: number; any: number; flaky: number; repeats: number } | null;
  times: Times | null;
}

/** Every conversation (and case), in the run's order. */
export interface Conversations {
  id: string[];
  case: (string | null)[];
  /** Places in `Payload.tags`. */
  tags: number[][];
  /** The first words of the first turn. */
  gist: string[];
  /** "known to fail until DAY" by conversation, and the link to its issue; most have none. */
  known: Record<string, [string, string]>;
  /** The number of the block that holds its transcripts, -1 where they are left out. */
  chunk: number[];
}

/** One conversation in one column, over its repeats; ordered by conversation, then by column. */
export interface Cells {
  conversation: number[];
  column: number[];
  /** The worst of its repeats. */
  outcome: number[];
  passed: number[];
  /** How many trials it has; they stand one after another in `trials`, in the order of cells. */
  repeats: number[];
  /** Repeats that came to an answer, usable or not. */
  played: number[];
}

/** One repeat. `null` is what is not known: it is never a zero. */
export interface Trials {
  repeat: number[];
  outcome: number[];
  score: (number | null)[];
  /** Milliseconds over its turns; null where nothing was measured. */
  latency: (number | null)[];
  /** Billionths of a dollar. */
  cost: (number | null)[];
  input: (number | null)[];
  output: (number | null)[];
  /** Place in `Payload.reasons` of what decided it, -1 where it passed. */
  reason: number[];
  /** Places in `Payload.checks` of the checks that did not hold, by trial; most have none. */
  amiss: Record<string, number[]>;
}

// --- A comparison with another run or a baseline: harness/compare/comparison/model.py -----------

export type ChangeKind = "regressed" | "fixed" | "flaky" | "new" | "missing" | "errored" | "same";
export interface RateDifference {
  value: number; low: number; high: number;
  p_value: number; p_adjusted: number | null; test: string;
  /** Of the interval, in [0, 1]. */
  confidence: number;
}
export interface Ratio {
  value: number; low: number; high: number; p_value: number; conversations: number;
}
export interface ComparedSide {
  target: { name: string; model: string | null; version: string | null; simulated: boolean };
  variant: string;
  pass_rate: Rate;
  passes_every: number;
  passes_any: number;
  flaky: number;
  cost_usd: number | null;
  latency_s: number | null;
}
export interface CaseShare { passed: number; played: number; outcome: Outcome }
export interface CaseChange {
  conversation: string;
  case: string | null;
  /** Its place in `Conversations`, -1 where this run does not have it. */
  index: number;
  kind: ChangeKind;
  a: CaseShare | null;
  b: CaseShare | null;
  p_value: number | null;
  q_value: number | null;
  known_failing: boolean;
}
export interface Needed {
  conversations: number | null; repeats: number | null; usd: number | null; minutes: number | null;
}
export interface Changed {
  who: "provider" | "us"; name: string; before: string | null; after: string | null;
}
export interface Pair {
  a: ComparedSide;
  b: ComparedSide;
  /** The place of `b` among `Payload.columns`, -1 where it is not there. */
  column: number;
  conversations: number;
  repeats: number;
  difference: RateDifference;
  verdict: VerdictWord;
  needed: Needed | null;
  changed: Changed[];
  latency: Ratio | null;
  cost: Ratio | null;
  cases: CaseChange[];
}
export interface Parity {
  a: ComparedSide;
  b: ComparedSide;
  conversations: number;
  repeats: number;
  difference: RateDifference;
  word: "equivalent" | "better" | "worse" | "inconclusive";
  latency: Ratio | null;
  cost: Ratio | null;
}
export interface Unpaired {
  side: "base" | "head"; target: string; variant: string;
  conversation: string | null; case: string | null; reason: string;
}
export interface RunRef {
  id: string; spec_name: string; started_at: string; baseline: string | null;
  simulated: boolean; replayed: boolean;
}
/** Side `a` is the base (what was), side `b` this run. */
export interface Comparison {
  base: RunRef;
  head: RunRef;
  pairs: Pair[];
  unpaired: Unpaired[];
  notes: string[];
}

// --- Earlier runs of the same spec ----------------------------------------------------------------

/** One run of the history, oldest first; this run is the last. */
export interface PastRun {
  id: string;
  started_at: string;
  /** "complete", "partial" or "interrupted". */
  status: string;
  verdict: string | null;
  simulated: boolean;
  replayed: boolean;
  spec_sha256: string;
  columns: PastColumn[];
}
export interface PastColumn {
  target: string;
  variant: string;
  model: string;
  /** What models called themselves. */
  answered_by: string[];
  pass_rate: Rate | null;
  trials: number;
  cost_usd: number | null;
  p50: number | null;
  p95: number | null;
}

/** The facts that one needs to do the run again, as text. */
export interface Provenance {
  facts: [string, string][];
  targets: {
    name: string; model: string; version: string; api: string; region: string; sku: string;
    capacity: string; prices: string; answered_by: string; adapted: string[];
  }[];
  spec: string;
}

export interface Payload {
  format: 1;
  head: Head;
  gate: GateRules | null;
  columns: Column[];
  conversations: Conversations;
  cells: Cells;
  trials: Trials;
  tags: string[];
  reasons: string[];
  checks: string[];
  comparison: Comparison | null;
  parities: Parity[];
  history: PastRun[];
  provenance: Provenance;
  /** Conversations whose transcripts are not in the page. */
  omitted: number;
}

/** Block `d-turns`: `trials[i]` has the next `count[i]` values of `latency` and `ttft`. */
export interface TurnTimes {
  count: number[];
  /** Milliseconds; null where nobody measured. */
  latency: (number | null)[];
  ttft: (number | null)[];
}

// --- Transcripts: lines of results.jsonl as they are (the contract, section 5) --------------------

export interface CheckLine {
  type: string;
  value?: unknown;
  outcome: "passed" | "failed" | "errored" | "skipped";
  score?: number | null;
  weight?: number;
  metric?: string | null;
  reason?: string;
  parts?: CheckLine[];
}
export interface ToolCallLine { id?: string; name: string; arguments: unknown }
export interface TurnLine {
  user: string;
  assistant?: string | null;
  tool_calls?: ToolCallLine[];
  finish_reason?: string | null;
  model?: string | null;
  usage?: {
    input_tokens: number; output_tokens: number; cached_tokens?: number; reasoning_tokens?: number;
  } | null;
  cost_usd?: number | null;
  latency_s?: number | null;
  queued_s?: number | null;
  ttft_s?: number | null;
  attempts?: number;
  requests?: number;
  request_id?: string | null;
  content_filter?: unknown;
  checks?: CheckLine[];
  messages?: unknown[];
  scripted?: boolean;
  unfinished?: boolean;
  dropped?: number;
  refusal?: boolean;
  notes?: string[];
  system_fingerprint?: string | null;
  context?: string[];
  served_model?: string | null;
  served_deployment?: string | null;
  spilled_over_from?: string | null;
  service_tier?: string | null;
}
export interface ErrorLine {
  kind: string; status?: number; code?: string; message?: string; request_id?: string;
  content_filter?: unknown;
}
export interface ResultLine {
  conversation: string;
  case?: string | null;
  target: string;
  variant?: string;
  repeat?: number;
  outcome: Outcome;
  score?: number | null;
  turns?: TurnLine[];
  checks?: CheckLine[];
  error?: ErrorLine | null;
  system?: string | null;
  tags?: string[];
}
/** An image that a user shows: `source` is a data URL of an image, "" where there was no room. */
export interface Picture { source: string; caption: string }
export interface Transcript {
  /** The trials of the conversation in the order of `trials`. */
  head: ResultLine[];
  /** Those of the base of the comparison, where the conversation changed. */
  base?: ResultLine[];
  /** By the turn's number. */
  pictures?: Record<string, Picture[]>;
}
/** By the conversation's index. */
export type TranscriptChunk = Record<string, Transcript>;
