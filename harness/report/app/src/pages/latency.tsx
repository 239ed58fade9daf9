/** How long turns take: the whole distribution, and the times that users notice. */

import { useEffect, useState } from "preact/hooks";
import { readTurnTimes } from "../blocks";
import { Ecdf, type Curve } from "../charts/ecdf";
import { formatCount, formatSeconds } from "../numbers";
import type { TurnTimes } from "../payload";
import type { Report } from "../report";
import type { PageProps } from "./pages";

export function Latency({ report }: PageProps) {
  const [times, setTimes] = useState<TurnTimes | null>(null);
  useEffect(() => {
    void readTurnTimes().then(setTimes);
  }, []);
  return times ? <Curves report={report} times={times} /> : <p class="note" role="status">Reading the times…</p>;
}

function Curves({ report, times }: { report: Report; times: TurnTimes }) {
  const whole = listCurves(report, times, times.latency), first = listCurves(report, times, times.ttft);
  if (whole.length === 0) return <p class="note">No latency was measured in this run.</p>;
  const twinOf = (curves: Curve[]) => ({
    head: ["Target", "Turns"],
    rows: curves.map((curve) => [curve.label, formatCount(curve.values.length)]),
  });
  return (
    <>
      <Ecdf id="whole" title="A turn, to its last byte" xTitle="seconds, logarithmic" curves={whole} writeX={formatSeconds} twin={twinOf(whole)}
        description="The share of turns that were answered within a time: further left is faster. The signs stand at the median and at 95 %." />
      {first.length > 0 && (
        <Ecdf id="first" title="The first token" xTitle="seconds, logarithmic" curves={first} writeX={formatSeconds} twin={twinOf(first)}
          description="The same, from sending to the first token of turns that were streamed." />
      )}
    </>
  );
}

/** The times of a column's turns in seconds, ascending; a column without any has no curve. */
export function listCurves(report: Report, times: TurnTimes, values: readonly (number | null)[]): Curve[] {
  const { cells, columns } = report.data;
  const found: number[][] = columns.map(() => []);
  let at = 0, trial = 0;
  for (let i = 0; i < cells.repeats.length; i++) {
    const into = found[cells.column[i]!]!;
    for (let repeat = 0; repeat < cells.repeats[i]!; repeat++, trial++) {
      for (const end = at + times.count[trial]!; at < end; at++) {
        const value = values[at];
        if (value !== null && value !== undefined && value > 0) into.push(value / 1000);
      }
    }
  }
  return columns.flatMap((column, series) => {
    const sorted = Float64Array.from(found[series]!).sort();
    return sorted.length ? [{ series, label: column.label, values: sorted }] : [];
  });
}
