/** What a trial's line says, in the words of the page. */

import type { CheckLine, ErrorLine, ResultLine, ToolCallLine, TurnLine } from "./payload";
import { formatMoney, formatNumber, formatPlural, formatSeconds } from "./numbers";
import { clip, visible, writeValue } from "./text";

/** Repeats that said the same and were judged the same; places in the list of repeats. */
export function groupAlike(lines: readonly ResultLine[]): number[][] {
  const groups = new Map<string, number[]>();
  lines.forEach((line, place) => {
    const key = JSON.stringify([
      line.outcome, (line.checks ?? []).map((check) => check.outcome), line.error?.kind,
      (line.turns ?? []).map((turn) => [
        turn.assistant, (turn.tool_calls ?? []).map((call) => [call.name, call.arguments]),
        (turn.checks ?? []).map((check) => check.outcome),
      ]),
    ]);
    const group = groups.get(key);
    if (group) group.push(place);
    else groups.set(key, [place]);
  });
  return [...groups.values()];
}

/** "repeat 2", "repeats 1, 3: 2 identical answers". */
export function labelGroup(group: readonly number[], lines: readonly ResultLine[]): string {
  const numbers = group.map((place) => lines[place]!.repeat ?? place + 1).join(", ");
  return group.length === 1
    ? `repeat ${numbers}` : `repeats ${numbers}: ${group.length} identical answers`;
}

export function writeCall(call: ToolCallLine): string {
  const given = typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments);
  return visible(`${call.name}(${given})`);
}

/** How the reply ended, its time, its tokens and its cost. */
export function listFacts(turn: TurnLine, usualModel: string | null): string[] {
  const facts: string[] = [];
  if (turn.finish_reason) {
    facts.push(line(turn.finish_reason, 40));
    facts.push(formatSeconds(turn.latency_s ?? null));
    if (turn.ttft_s) facts.push(`first token ${formatSeconds(turn.ttft_s)}`);
    facts.push(writeTokens(turn));
    facts.push(turn.cost_usd === null || turn.cost_usd === undefined
      ? "cost unknown" : formatMoney(turn.cost_usd));
    if (turn.model && turn.model !== usualModel) facts.push(line(turn.model, 80));
  }
  if ((turn.attempts ?? 1) > (turn.requests ?? 1)) facts.push(formatPlural(turn.attempts ?? 1, "attempt"));
  if ((turn.queued_s ?? 0) >= 0.05) facts.push(`queued ${formatSeconds(turn.queued_s ?? 0)}`);
  return facts;
}

function writeTokens({ usage }: TurnLine): string {
  if (!usage) return "tokens unknown";
  const count = (value: number): string => value.toLocaleString("en-US");
  const cached = usage.cached_tokens ? ` (${count(usage.cached_tokens)} cached)` : "";
  const reasoning = usage.reasoning_tokens ? ` (${count(usage.reasoning_tokens)} reasoning)` : "";
  return `${count(usage.input_tokens)}${cached} → ${count(usage.output_tokens)}${reasoning} tokens`;
}

/** What is known of a target before it answers: what was adapted to it, and the model it should be. */
export interface Expected { adapted: readonly string[]; model: string }

/** What else is to be said of a turn: trimmed history, adaptations, filters, who really answered. */
export function listNotes(turn: TurnLine, expected: Expected): string[] {
  const notes: string[] = [];
  if (turn.dropped) {
    notes.push(`${formatPlural(turn.dropped, "earlier message")} ${turn.dropped === 1 ? "was" : "were"}`
      + " not sent: the history is trimmed");
  }
  for (const note of turn.notes ?? []) {
    const said = line(note, 160);
    if (!expected.adapted.includes(said)) notes.push(said); // of every answer, and said with the target
  }
  noteFiltered(turn.content_filter, "content filter", notes);
  const served = turn.served_model?.toLowerCase();
  if (served && expected.model && !served.startsWith(expected.model.toLowerCase())) {
    notes.push(line(`served by ${turn.served_model}`, 120));
  }
  if (turn.spilled_over_from) {
    const took = turn.served_deployment ? ` by ${turn.served_deployment}` : "";
    notes.push(line(`spilled over: answered${took}, for ${turn.spilled_over_from}`, 200));
  }
  if (turn.service_tier) notes.push(line(`served at tier ${turn.service_tier}`, 80));
  if (turn.request_id && typeof turn.assistant !== "string") {
    notes.push(line(`request id ${turn.request_id}`, 100)); // what a support ticket wants
  }
  return notes;
}

/** Azure's categories that refused or were found; silent ones are left out. */
function noteFiltered(value: unknown, path: string, notes: string[], depth = 0): void {
  if (depth > 8 || typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const one of value) noteFiltered(one, path, notes, depth + 1);
    return;
  }
  const one = value as Record<string, unknown>;
  if (one["filtered"] === true || one["detected"] === true) {
    const severity = one["severity"] ? `${writeValue(one["severity"])}, ` : "";
    notes.push(line(`${path}: ${severity}${one["filtered"] === true ? "filtered" : "detected"}`, 160));
    return;
  }
  for (const [name, inner] of Object.entries(one)) {
    noteFiltered(inner, name.includes("content_filter") ? path : name, notes, depth + 1);
  }
}

export function titleError(error: ErrorLine): string {
  const status = error.status ? `, HTTP ${error.status}` : "";
  const code = error.code ? `, ${error.code}` : "";
  return line(`${error.kind}${status}${code}`, 160);
}

/** Metric, score and weight of a check, where they say something. */
export function noteCheck(check: CheckLine): string {
  const notes: string[] = [];
  if (check.metric) notes.push(`metric ${check.metric}`);
  if (typeof check.score === "number" && check.score !== 0 && check.score !== 1) {
    notes.push(`score ${formatNumber(check.score)}`);
  }
  if (check.weight !== undefined && check.weight !== 1) notes.push(`weight ${formatNumber(check.weight)}`);
  return line(notes.join(", "), 160);
}

export function modelOf(result: ResultLine): string | null {
  return result.turns?.find((turn) => turn.finish_reason && turn.model)?.model ?? null;
}

/** What a user said, the author's own messages included. */
export function askedIn(turn: TurnLine): string {
  if (!turn.messages?.length) return turn.user;
  return turn.messages.map((message) => {
    const { role, content } = message as { role?: unknown; content?: unknown };
    return `${writeValue(role)}: ${typeof content === "string" ? content : writeMessage(message, content)}`;
  }).join("\n\n");
}

function writeMessage(message: unknown, content: unknown): string {
  return JSON.stringify(content ?? message);
}

/** One line, made visible, cut with an ellipsis. */
export function line(text: string, most: number): string {
  return clip(visible(text).split(/\s+/).filter(Boolean).join(" "), most);
}

/** The argument of a command, quoted where a POSIX shell would not take it as it is. */
export function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'"'"'`)}'`;
}

/** An id as `-k` takes it: names with other signs stand in double quotes. */
export function writeKeyword(id: string): string {
  return /^[\w.-]+$/u.test(id) && !/^(and|or|not)$/.test(id) ? id : `"${id.replaceAll('"', "")}"`;
}
