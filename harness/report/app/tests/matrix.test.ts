/** The order of the matrix, on five conversations by hand. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { listRows, measureFall, readBase, sortConversations } from "../src/matrix";
import type { Payload } from "../src/payload";
import { makeReport } from "../src/report";

/** Two columns, three repeats: [passed on the first, on the second]; null: not played. */
const PASSED: [number | null, number | null][] = [[3, 3], [3, 0], [2, 2], [0, 0], [3, null]];

function makeData(): Payload {
  const cells = PASSED.flatMap(([a, b], conversation) => [a, b].flatMap((passed, column) => (
    passed === null ? [] : [{ conversation, column, passed }])));
  const cases = [3, 3, 3, 0].map((passed, index) => ({
    conversation: `c${index}`, case: null, index, kind: "same", a: { passed, played: 3, outcome: "passed" },
    b: null, p_value: null, q_value: null, known_failing: false,
  }));
  return {
    conversations: {
      id: ["c0", "c10", "c2", "c3", "c4"], case: [null, null, null, null, null],
      tags: [[0], [1, 0], [], [1], []], gist: [], known: {}, chunk: [],
    },
    tags: ["money", "delivery"],
    cells: {
      conversation: cells.map((each) => each.conversation), column: cells.map((each) => each.column),
      outcome: cells.map((each) => (each.passed === 3 ? 0 : 1)), passed: cells.map((each) => each.passed),
      repeats: cells.map(() => 3), played: cells.map(() => 3),
    },
    comparison: { pairs: [{ column: 0, cases }] },
  } as unknown as Payload;
}

const report = makeReport(makeData());
const base = readBase(report);

test("disagreement first, then what failed most, then the run's order", () => {
  assert.deepEqual(sortConversations(report, base, "disagreement"), [1, 3, 2, 0, 4]);
});

test("the deepest fall first; a conversation that the base has not is last", () => {
  assert.equal(measureFall(report, base, 2).toFixed(3), "0.333");
  assert.equal(measureFall(report, base, 4), -1);
  assert.deepEqual(sortConversations(report, base, "regression"), [2, 3, 1, 0, 4]);
});

test("names are sorted as people count", () => {
  assert.deepEqual(sortConversations(report, base, "name"), [0, 2, 3, 4, 1]);
});

test("by tag a conversation stands under each of its tags, and those without one come last", () => {
  const rows = listRows(report, sortConversations(report, base, "run"), true);
  assert.deepEqual(rows.map((row) => (row.kind === "heading" ? `${row.name} ${row.count}` : row.index)), [
    "delivery 2", 1, 3, "money 2", 0, 1, "without a tag 2", 2, 4,
  ]);
});
