/** Which cells a query is about. Texts are looked through once a conversation, not once a cell. */

import { figuresOf } from "./figures";
import { OUTCOMES } from "./payload";
import { compare, type Field, type Measure, type Query, type Term } from "./query";
import type { Report } from "./report";
import type { FullText } from "./search";

type Test = (cell: number) => boolean;

/** The cells for which every term holds, in the run's order. */
export function filterCells(report: Report, query: Query, fullText: FullText): Uint32Array {
  const tests = query.terms.map((term) => negate(makeTest(report, term, fullText), term.not));
  const count = report.data.cells.repeats.length;
  const found = new Uint32Array(count);
  let size = 0;
  for (let i = 0; i < count; i++) {
    if (tests.every((test) => test(i))) found[size++] = i;
  }
  return found.subarray(0, size);
}

function negate(test: Test, not: boolean): Test {
  return not ? (cell) => !test(cell) : test;
}

function makeTest(report: Report, term: Term, fullText: FullText): Test {
  switch (term.kind) {
    case "text": return testText(report, term.pattern, fullText.hitsOf(term));
    case "field": return testField(report, term.field, term.value);
    case "mark": {
      const figures = figuresOf(report);
      const { cells, conversations } = report.data;
      if (term.mark === "flaky") return (i) => figures.flaky[i] === 1;
      if (term.mark === "differs") return (i) => figures.differs[cells.conversation[i]!] === 1;
      return (i) => conversations.known[cells.conversation[i]!] !== undefined;
    }
    case "number": {
      const value = measure(report, term.measure);
      return (i) => compare(value(i), term.comparator, term.value); // NaN, unknown, holds for nothing
    }
  }
}

function measure(report: Report, name: Measure): (cell: number) => number {
  const figures = figuresOf(report);
  switch (name) {
    case "cost": return (i) => figures.cost[i]!;
    case "lat": return (i) => figures.latency[i]!;
    case "score": return (i) => figures.score[i]!;
    case "in": return (i) => figures.input[i]!;
    case "out": return (i) => figures.output[i]!;
    case "tokens": return (i) => figures.input[i]! + figures.output[i]!;
    case "pass": return (i) => figures.pass[i]!;
    case "repeats": return (i) => report.data.cells.repeats[i]!;
  }
}

function mark(values: readonly (string | null)[], holds: (text: string) => boolean): Uint8Array {
  return Uint8Array.from(values, (value) => Number(value !== null && holds(value)));
}

function testText(report: Report, pattern: RegExp, inTranscripts: Uint8Array | null): Test {
  const { cells, trials, conversations, columns, reasons, tags } = report.data;
  const holds = (text: string): boolean => pattern.test(text);
  const byReason = mark(reasons, holds);
  const byTag = mark(tags, holds);
  const byColumn = mark(columns.map((each) => `${each.label} ${each.model}`), holds);
  const byConversation = Uint8Array.from(conversations.id, (id, c) => Number(
    holds(id) || holds(conversations.gist[c]!) || holds(conversations.case[c] ?? "")
    || conversations.tags[c]!.some((tag) => byTag[tag]),
  ));
  return (i) => {
    if (byConversation[cells.conversation[i]!] || byColumn[cells.column[i]!]) return true;
    if (inTranscripts?.[i]) return true;
    for (let t = report.firstTrial[i]!; t < report.firstTrial[i + 1]!; t++) {
      const reason = trials.reason[t]!;
      if (reason >= 0 && byReason[reason]) return true;
    }
    return false;
  };
}

function testField(report: Report, field: Field, value: string): Test {
  const { cells, trials, conversations, columns, checks, tags, reasons } = report.data;
  const has = (text: string): boolean => text.toLowerCase().includes(value);
  switch (field) {
    case "dep": {
      const by = mark(columns.map((each) => each.target), has);
      return (i) => by[cells.column[i]!] === 1;
    }
    case "variant": {
      const by = mark(columns.map((each) => each.variant), has);
      return (i) => by[cells.column[i]!] === 1;
    }
    case "status": {
      const wanted = OUTCOMES.map((each) => each.startsWith(value) || (each === "errored" && "error".startsWith(value)));
      return (i) => wanted[cells.outcome[i]!] === true;
    }
    case "tag": {
      const by = mark(tags, has);
      return (i) => conversations.tags[cells.conversation[i]!]!.some((tag) => by[tag]);
    }
    case "id": {
      const by = mark(conversations.id, has);
      return (i) => by[cells.conversation[i]!] === 1;
    }
    case "case": {
      const by = mark(conversations.case, has);
      return (i) => by[cells.conversation[i]!] === 1;
    }
    case "assert": {
      const by = mark(checks, has);
      return (i) => {
        for (let t = report.firstTrial[i]!; t < report.firstTrial[i + 1]!; t++) {
          if (trials.amiss[t]?.some((check) => by[check])) return true;
        }
        return false;
      };
    }
    case "error": {
      const by = mark(reasons, (text) => text.toLowerCase().startsWith(value));
      const errored = OUTCOMES.indexOf("errored");
      return (i) => {
        for (let t = report.firstTrial[i]!; t < report.firstTrial[i + 1]!; t++) {
          if (trials.outcome[t] === errored && by[trials.reason[t]!]) return true;
        }
        return false;
      };
    }
    case "change": {
      const { change } = figuresOf(report);
      return (i) => change.get(i)?.startsWith(value) === true;
    }
  }
}
