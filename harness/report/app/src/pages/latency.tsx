/** How long turns take: the whole distribution, and the times that users notice. */

import { useEffect, useState } from "preact/hooks";
import { readTurnTimes } from "../blocks";
import { Ecdf, type Curve } from "../charts/ecdf";
import { formatCount, formatSeconds, formatShare, NOTHING } from "../numbers";
import type { Column, Percentile, Percentiles, TurnTimes } from "../payload";
import type { Report } from "../report";
import type { PageProps } from "./pages";

export function Latency({ report }: PageProps) {
  const { columns } = report.data;
  const [times, setTimes] = useState<TurnTimes | null>(null);
  useEffect(() => {
    void readTurnTimes().then(setTimes);
  }, []);
  const streamed = columns.some((column) => column.times?.ttft);
  return (
    <>
      <Distribution report={report} id="whole" title="A turn, to its last byte" columns={columns} read={(column) => column.times?.latency ?? null}
        values={times && times.latency} count={times?.count ?? []} nothing="No latency was measured in this run."
        description="The share of turns that were answered within a time: further left is faster. The signs stand at the median and at 95 %." />
      {streamed && (
        <Distribution report={report} id="first" title="The first token" columns={columns} read={(column) => column.times?.ttft ?? null}
          values={times && times.ttft} count={times?.count ?? []} nothing=""
          description="The same, from sending to the first token, of turns that were streamed." />
      )}
      <ByTurn columns={columns} />
      <Waiting columns={columns} />
    </>
  );
}

interface DistributionProps {
  report: Report; id: string; title: string; description: string; columns: Column[]; nothing: string;
  read: (column: Column) => Percentiles | null;
  count: number[];
  /** null until they are read. */
  values: (number | null)[] | null;
}

function Distribution({ report, id, title, description, columns, nothing, read, count, values }: DistributionProps) {
  const known = columns.flatMap((column, series) => {
    const found = read(column);
    return found ? [{ column, series, found }] : [];
  });
  if (known.length === 0) return <p class="note">{nothing}</p>;
  const curves = values ? listCurves(report, count, values, (series) => read(columns[series]!)) : [];
  return (
    <>
      {curves.length > 0
        ? <Ecdf id={id} title={title} description={description} xTitle="time, logarithmic" curves={curves} writeX={formatSeconds}
            twin={{ head: ["Target", "5 %", "25 %", "50 %", "75 %", "90 %"], rows: curves.map((curve) => [curve.label, ...[0.05, 0.25, 0.5, 0.75, 0.9].map((share) => formatSeconds(pick(curve.values, share)))]) }} />
        : <p class="note" role="status">Reading the times…</p>}
      <div class="scroll after" role="group" aria-label={`${title}: percentiles`} tabIndex={0}>
        <table class="plain">
          <caption>{title}: percentiles, with 95 % intervals by order statistics</caption>
          <thead><tr><th scope="col">Target</th><th scope="col" class="n">Turns</th><th scope="col" class="n">p50</th><th scope="col" class="n">p95</th><th scope="col" class="n">p99</th></tr></thead>
          <tbody>{known.map(({ column, found }) => (
            <tr>
              <th scope="row"><bdi>{column.label}</bdi></th><td class="n">{formatCount(found.n)}</td>
              <Estimate of={found.p50} /><Estimate of={found.p95} /><Estimate of={found.p99} />
            </tr>
          ))}</tbody>
        </table>
      </div>
      {known.some(({ found }) => found.p99.high === null) && (
        <p class="note">Not estimable: so few turns do not tell how far it may lie. The upper end of p95 takes 72 turns, that of p99 takes 368.</p>
      )}
    </>
  );
}

function Estimate({ of }: { of: Percentile }) {
  const { value, low, high } = of;
  const span = low !== null && high !== null ? `${formatSeconds(low)} to ${formatSeconds(high)}`
    : low === null && high === null ? "not estimable"
      : low !== null ? `from ${formatSeconds(low)}; upper end not estimable` : `to ${formatSeconds(high)}; lower end not estimable`;
  return <td class="n">{formatSeconds(value)}<small>{span}</small></td>;
}

/** Histories grow: a later turn may take longer than the first. */
function ByTurn({ columns }: { columns: Column[] }) {
  const numbers = [...new Set(columns.flatMap((column) => column.times?.turns.map((turn) => turn.number) ?? []))].sort((a, b) => a - b);
  if (numbers.length < 2) return null;
  return (
    <section aria-labelledby="by-turn">
      <h2 id="by-turn">Turn by turn</h2>
      <p class="note">The median of each turn of a conversation, with its 95 % interval: histories grow, and with them the time.</p>
      <div class="scroll" role="group" aria-labelledby="by-turn" tabIndex={0}>
        <table class="plain">
          <thead><tr><th scope="col">Target</th>{numbers.map((number) => <th scope="col" class="n">turn {number}</th>)}</tr></thead>
          <tbody>{columns.map((column) => (
            <tr>
              <th scope="row"><bdi>{column.label}</bdi></th>
              {numbers.map((number) => {
                const turn = column.times?.turns.find((each) => each.number === number);
                return turn ? <Estimate of={turn.latency.p50} /> : <td class="n">{NOTHING}</td>;
              })}
            </tr>
          ))}</tbody>
        </table>
      </div>
    </section>
  );
}

function Waiting({ columns }: { columns: Column[] }) {
  const share = (part: number, whole: number): string => (whole ? `${formatCount(part)} (${formatShare(part / whole)})` : NOTHING);
  return (
    <section aria-labelledby="waiting">
      <h2 id="waiting">Waiting</h2>
      <p class="note">In no latency above. Queued: a turn waited more than 50 ms for a rate limit or a free slot. Sent again: the service
        refused, or the line broke.</p>
      <div class="scroll" role="group" aria-labelledby="waiting" tabIndex={0}>
        <table class="plain">
          <thead><tr><th scope="col">Target</th><th scope="col" class="n">Turns asked</th><th scope="col" class="n">Queued</th><th scope="col" class="n">Waited in all</th><th scope="col" class="n">Sent again</th></tr></thead>
          <tbody>{columns.map(({ label, times }) => times && (
            <tr>
              <th scope="row"><bdi>{label}</bdi></th><td class="n">{formatCount(times.asked)}</td>
              <td class="n">{share(times.queued, times.asked)}</td><td class="n">{times.queued_s ? formatSeconds(times.queued_s) : "0"}</td><td class="n">{share(times.repeated, times.asked)}</td>
            </tr>
          ))}</tbody>
        </table>
      </div>
    </section>
  );
}

/** The times of a column's turns in seconds, ascending; a column without any has no curve. */
export function listCurves(
  report: Report, count: readonly number[], values: readonly (number | null)[], read: (series: number) => Percentiles | null,
): Curve[] {
  const { cells, columns } = report.data;
  const found: number[][] = columns.map(() => []);
  let at = 0, trial = 0;
  for (let i = 0; i < cells.repeats.length; i++) {
    const into = found[cells.column[i]!]!;
    for (let repeat = 0; repeat < cells.repeats[i]!; repeat++, trial++) {
      for (const end = at + count[trial]!; at < end; at++) {
        const value = values[at];
        if (value !== null && value !== undefined && value > 0) into.push(value / 1000);
      }
    }
  }
  return columns.flatMap((column, series) => {
    const sorted = Float64Array.from(found[series]!).sort(), known = read(series);
    if (sorted.length === 0) return [];
    const marks = known ? [{ value: known.p50.value, share: 0.5 }, { value: known.p95.value, share: 0.95 }] : [];
    return [{ series, label: column.label, values: sorted, marks }];
  });
}

/** The smallest of ascending values that at least this share of them does not exceed. */
export function pick(values: ArrayLike<number>, share: number): number {
  return values[Math.max(0, Math.ceil(share * values.length - 1e-9) - 1)]!;
}
