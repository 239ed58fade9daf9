/** The search through transcripts: chunk after chunk, telling how far it is, given up when outdated. */

import { passThroughChunk } from "./blocks";
import type { ResultLine, TurnLine } from "./payload";
import type { Query, Term } from "./query";
import type { Report } from "./report";

export interface FullText {
  /** By cell, 1 where a text of its transcripts matches; null before anything was searched. */
  hitsOf(term: Term & { kind: "text" }): Uint8Array | null;
  /** From 0 to 1; 1 when nothing is left to search. */
  progress: number;
}

const FOUND = new Map<string, { hits: Uint8Array; searched: number }>();

function keyOf(term: Term & { kind: "text" }): string {
  return String(term.pattern);
}

/** The state of the search as far as it has come. */
export function recallText(report: Report, query: Query): FullText {
  const chunks = countChunks(report);
  const keys = query.terms.filter((term) => term.kind === "text").map(keyOf);
  const searched = Math.min(chunks, ...keys.map((key) => FOUND.get(key)?.searched ?? 0));
  return {
    hitsOf: (term) => FOUND.get(keyOf(term))?.hits ?? null,
    progress: chunks && keys.length ? searched / chunks : 1,
  };
}

export function countChunks(report: Report): number {
  return report.data.conversations.chunk.reduce((most, chunk) => Math.max(most, chunk + 1), 0);
}

/** Search what was not searched for these terms yet; `tell` is called after each few chunks. */
export async function searchTexts(
  report: Report, query: Query, tell: () => void, signal: AbortSignal,
): Promise<void> {
  const terms = query.terms.filter((term) => term.kind === "text");
  for (const term of terms) {
    if (!FOUND.has(keyOf(term))) {
      FOUND.set(keyOf(term), { hits: new Uint8Array(report.data.cells.repeats.length), searched: 0 });
    }
  }
  const chunks = countChunks(report);
  let told = performance.now();
  for (let number = 0; number < chunks; number++) {
    const open = terms.filter((term) => FOUND.get(keyOf(term))!.searched <= number);
    if (!open.length) continue;
    const chunk = await passThroughChunk(number);
    if (signal.aborted) return;
    for (const [conversation, transcript] of Object.entries(chunk)) {
      const cells = cellsOf(report, Number(conversation));
      transcript.head.forEach((line, position) => {
        const text = textOf(line);
        for (const term of open) {
          if (term.pattern.test(text)) FOUND.get(keyOf(term))!.hits[cells[position]!] = 1;
        }
      });
    }
    for (const term of open) FOUND.get(keyOf(term))!.searched = number + 1;
    if (performance.now() - told > 100 || number === chunks - 1) {
      tell();
      told = performance.now();
    }
  }
}

/** The cell of each line of a conversation's transcript. */
function cellsOf(report: Report, conversation: number): number[] {
  const cells: number[] = [];
  for (let i = report.firstCell[conversation]!; i < report.firstCell[conversation + 1]!; i++) {
    for (let n = 0; n < report.data.cells.repeats[i]!; n++) cells.push(i);
  }
  return cells;
}

/** Everything in a trial that somebody said, as one text. */
function textOf(line: ResultLine): string {
  const checks = [...(line.checks ?? []), ...(line.turns ?? []).flatMap((turn) => turn.checks ?? [])];
  return [
    line.system ?? "",
    ...(line.turns ?? []).map(saidIn),
    ...checks.map((check) => `${check.type} ${check.reason ?? ""}`),
    line.error?.message ?? "",
  ].join("\n");
}

function saidIn(turn: TurnLine): string {
  const calls = (turn.tool_calls ?? []).map((call) => `${call.name} ${JSON.stringify(call.arguments)}`);
  return [turn.user, turn.assistant ?? "", ...calls].join("\n");
}
