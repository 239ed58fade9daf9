/** What quality costs: in dollars, and in time. */

import { Scatter, type Point } from "../charts/scatter";
import { formatMoney, formatSeconds, formatShare, formatSpan } from "../numbers";
import type { Column, ComparedSide, Payload } from "../payload";
import type { PageProps } from "./pages";

export function TradeOff({ report }: PageProps) {
  const { data } = report;
  const cost = listPoints(data, (column) => column.cost_per_conversation_usd, (side) => side.cost_usd);
  const time = listPoints(data, (column) => column.latency?.p50 ?? null, (side) => side.latency_s);
  const compared = data.comparison ? " A hollow sign is the same target in the base." : "";
  return (
    <>
      <Part data={data} points={cost} id="cost" title="Cost and quality" missing="its cost is unknown, or nothing"
        description={`Up and to the left is better. Bars are 95 % intervals; the stepped line joins the targets that no other beats in both.${compared}`}
        xTitle="cost of a conversation, US dollars, logarithmic" head="Cost a conversation" write={formatMoney} />
      <Part data={data} points={time} id="time" title="Latency and quality" missing="no latency was measured"
        description={`Up and to the left is better: the median of a turn, against the pass rate.${compared}`}
        xTitle="median latency of a turn, logarithmic" head="Median latency of a turn" write={formatSeconds} />
    </>
  );
}

interface PartProps {
  data: Payload; points: Point[]; id: string; title: string; description: string; missing: string;
  xTitle: string; head: string; write: (value: number) => string;
}

function Part({ data, points, id, title, description, missing, xTitle, head, write }: PartProps) {
  const absent = data.columns.filter((column) => !points.some((point) => point.label === column.label));
  const note = absent.length > 0 && (
    <p class="note">Not drawn: {absent.map((column) => <><bdi>{column.label}</bdi> ({column.pass_rate ? missing : "nothing was judged"}) </>)}</p>
  );
  if (points.length === 0) return <section aria-labelledby={id}><h2 id={id}>{title}</h2>{note}</section>;
  return (
    <>
      <Scatter id={id} title={title} description={description} xTitle={xTitle} yTitle="pass rate" points={points} writeX={write}
        twin={{
          head: ["Target", head, "Pass rate", "95 % interval"],
          rows: points.map((p) => [p.label, write(p.x), formatShare(p.y), formatSpan(p.low, p.high)]),
        }} />
      {note}
    </>
  );
}

function listPoints(
  data: Payload, read: (column: Column) => number | null, readBefore: (side: ComparedSide) => number | null,
): Point[] {
  return data.columns.flatMap((column, series) => {
    const x = read(column), rate = column.pass_rate;
    if (x === null || x <= 0 || rate === null) return [];
    const before = data.comparison?.pairs.find((pair) => pair.column === series)?.a;
    const past = before ? readBefore(before) : null;
    return [{
      series, label: column.label, x, y: rate.value, low: rate.low, high: rate.high,
      before: before && past !== null && past > 0 ? { x: past, y: before.pass_rate.value } : null,
    }];
  });
}
