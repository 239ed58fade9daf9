/** Charts as text: what is drawn where, and that nothing is only drawn. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { renderToString } from "preact-render-to-string";
import { drawSteps, Ecdf } from "../src/charts/ecdf";
import { Forest, FOREST_RANGE } from "../src/charts/forest";
import { makeLinear, makeLog, makeShares, writeShareTick } from "../src/charts/scale";
import { listFrontier, Scatter } from "../src/charts/scatter";
import { joinStops, makeAmounts, Trend } from "../src/charts/trend";

test("a linear scale has round ends that hold its values", () => {
  const scale = makeLinear(-0.352, 0.058, 0, 100, 4);
  assert.deepEqual(scale.ticks, [-0.4, -0.2, 0, 0.2]);
  assert.equal(scale.place(-0.4), 0);
  assert.equal(scale.place(0.2), 100);
});

test("a scale of one value is no division by nothing", () => {
  const scale = makeLinear(3, 3, 0, 100);
  assert.ok(scale.ticks.length > 1);
  assert.equal(scale.place(3), 50);
});

test("a scale of shares never names what no share can be", () => {
  for (const values of [[0, 0.02], [0.98, 1], [0.5], [0, 1]]) {
    const { ticks } = makeShares(values, 0, 100);
    assert.ok(ticks[0]! >= 0 && ticks[ticks.length - 1]! <= 1, String(ticks));
  }
  assert.equal(writeShareTick(0.625), "62.5 %");
});

test("a logarithmic scale keeps at least two ticks, however little room there is", () => {
  assert.deepEqual(makeLog(0.3, 4, 0, 700).ticks, [0.2, 0.5, 1, 2, 5]);
  assert.ok(makeLog(0.3, 4, 0, 200).ticks.length >= 2);
  assert.ok(makeLog(1e-5, 9, 0, 200).ticks.length >= 2);
  const one = makeLog(0.5, 0.5, 0, 100);
  assert.ok(one.low <= 0.5 && one.high >= 0.5 && one.low < one.high);
});

test("the frontier holds those that nothing beats, and of equals the first", () => {
  const points = [
    { x: 1, y: 0.5 }, { x: 2, y: 0.4 }, { x: 3, y: 0.9 }, { x: 3, y: 0.8 }, { x: 4, y: 0.9 },
  ];
  assert.deepEqual(listFrontier(points), [{ x: 1, y: 0.5 }, { x: 3, y: 0.9 }]);
  assert.deepEqual(listFrontier([]), []);
});

test("a step line rises by each value's share and ends at the whole", () => {
  const x = makeLinear(0, 4, 0, 40), y = makeLinear(0, 1, 100, 0);
  const frame = { left: 0, right: 40, top: 0, bottom: 100 };
  assert.equal(drawSteps([1, 2, 2, 4], x, y, frame), "M10 100H10V75H20V50H20V25H40V0H40");
  const many = Float64Array.from({ length: 50_000 }, (_, i) => (4 * i) / 50_000);
  assert.ok(drawSteps(many, x, y, frame).length < 10_000);
});

test("a run without the number has no place on a trend", () => {
  const x = makeLinear(0, 2, 0, 20), y = makeAmounts([0, 10], 100, 0);
  const stops = [{ at: 0, value: 5, low: null, high: null }, { at: 2, value: 10, low: null, high: null }];
  assert.equal(joinStops(stops, x, y), "M0 50L20 0");
});

const POINT = { series: 0, label: "sweden/mini", x: 0.001, y: 0.9, low: 0.8, high: 0.95, before: null };

test("every chart has a name, a sentence and its numbers as a table, and no style of its own", () => {
  const twin = { head: ["Target", "Cost"], rows: [["sweden/mini", "$0.001"]] };
  const common = { id: "c", title: "Cost", description: "Left is better.", twin };
  const write = String;
  const drawn = [
    <Scatter {...common} xTitle="x" yTitle="y" points={[POINT]} writeX={write} />,
    <Ecdf {...common} xTitle="x" curves={[{ series: 0, label: "sweden/mini", values: [1, 2], marks: [] }]} writeX={write} />,
    <Trend {...common} yTitle="y" runs={["a"]} trails={[{ series: 0, label: "sweden/mini", stops: [] }]} makeY={makeAmounts} writeY={write} />,
  ].map((each) => renderToString(each));
  for (const html of drawn) {
    assert.match(html, /<svg role="img" aria-label="Cost" aria-describedby="c-note"/);
    assert.match(html, /id="c-note">Left is better\./);
    assert.match(html, /<th scope="row"><bdi>sweden\/mini<\/bdi><\/th><td class="n">\$0\.001/);
    assert.doesNotMatch(html, / style=|NaN|Infinity|undefined/);
  }
});

test("a forest plot is a table; an interval beyond its scale ends in an arrow", () => {
  const row = { label: "sweden/mini", value: 0, low: -0.9, high: 0.1, text: "0.0", interval: "−90.0 to +10.0", cells: [<>passed</>] };
  const scale = makeLinear(-0.4, 0.2, ...FOREST_RANGE, 4);
  const html = renderToString(
    <Forest id="f" title="Differences" description="" first="Target" measure="Points" columns={["Verdict"]}
      rows={[row]} lines={[{ at: 0, label: "no change", kind: "zero" }]} scale={scale} write={String} />,
  );
  assert.match(html, /<table class="forest">/);
  assert.match(html, /−90\.0 to \+10\.0/);
  assert.match(html, /M6-5L0 0L6 5/); // the arrow, at the left edge
  assert.match(html, /x1="6.00%" x2="79.33%"/);
  assert.doesNotMatch(html, / style=|NaN/);
});
