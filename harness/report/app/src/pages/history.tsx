/** Earlier runs of the same spec: whether it drifts. */

import { makeShares, writeShareTick } from "../charts/scale";
import { makeAmounts, Trend, type Trail } from "../charts/trend";
import { formatCount, formatMoney, formatSeconds, formatShare, formatSpan, NOTHING, UNKNOWN } from "../numbers";
import type { PastColumn, PastRun, Payload, VerdictWord } from "../payload";
import { nameSide } from "../sides";
import { VERDICTS } from "../signs";
import type { PageProps } from "./pages";
import { Badge } from "./parts/badge";

export function History({ report }: PageProps) {
  const { history } = report.data;
  if (history.length < 2) {
    return (
      <section aria-labelledby="history">
        <h2 id="history">History</h2>
        <p>There was no earlier run of this spec when this page was written.</p>
      </section>
    );
  }
  const runs = history.map((run) => run.started_at.slice(5, 16).replace("T", " "));
  const names = history.map((run) => `${run.started_at.slice(0, 16).replace("T", " ")} · ${run.id}`);
  const edited = history.some((run) => run.spec_sha256 !== history[history.length - 1]!.spec_sha256);
  const about = edited ? " The spec was edited between some of these runs: the table says which." : "";
  const draw = (id: string, title: string, description: string, yTitle: string, read: Reader, write: (value: number) => string, shares = false) => {
    const trails = listTrails(report.data, read);
    if (trails.every((trail) => trail.stops.length === 0)) return null;
    return (
      <Trend id={id} title={title} description={description + about} yTitle={yTitle} runs={runs} trails={trails}
        makeY={shares ? makeShares : makeAmounts} writeY={shares ? writeShareTick : write}
        twin={{
          head: ["Run", ...trails.map((trail) => trail.label)],
          rows: history.map((_, at) => [names[at]!, ...trails.map((trail) => {
            const stop = trail.stops.find((each) => each.at === at);
            if (!stop) return NOTHING;
            return stop.low === null || stop.high === null ? write(stop.value) : `${write(stop.value)} (${formatSpan(stop.low, stop.high)})`;
          })]),
        }} />
    );
  };
  return (
    <>
      {draw("trend-rate", "Pass rate over the runs", "Bars are 95 % intervals.", "pass rate",
        (column) => column.pass_rate && { value: column.pass_rate.value, low: column.pass_rate.low, high: column.pass_rate.high }, formatShare, true)}
      {draw("trend-cost", "Cost over the runs", "US dollars a run and target.", "cost",
        (column) => (column.cost_usd === null ? null : { value: column.cost_usd, low: null, high: null }), formatMoney)}
      {draw("trend-p50", "Latency over the runs", "The median of a turn.", "median latency",
        (column) => (column.p50 === null ? null : { value: column.p50, low: null, high: null }), formatSeconds)}
      <Runs history={history} />
    </>
  );
}

type Reader = (column: PastColumn) => { value: number; low: number | null; high: number | null } | null;

/** A trail for each target of any of the runs: this run's columns first, in their order. */
function listTrails(data: Payload, read: Reader): Trail[] {
  const keys = new Map<string, Trail>();
  const trailOf = (target: string, variant: string): Trail => {
    const key = JSON.stringify([target, variant]);
    let trail = keys.get(key);
    if (!trail) {
      trail = { series: keys.size, label: nameSide(data, target, variant), stops: [] };
      keys.set(key, trail);
    }
    return trail;
  };
  for (const column of data.columns) trailOf(column.target, column.variant);
  data.history.forEach((run, at) => {
    for (const column of run.columns) {
      const trail = trailOf(column.target, column.variant), found = read(column);
      if (found) trail.stops.push({ at, ...found });
    }
  });
  return [...keys.values()];
}

/** The models' own names for themselves: an alias in a spec may have come to mean another. */
function listModels(run: PastRun): string {
  return [...new Set(run.columns.flatMap((column) => column.answered_by))].join(", ");
}

function Runs({ history }: { history: PastRun[] }) {
  const last = history[history.length - 1]!;
  return (
    <section aria-labelledby="runs">
      <h2 id="runs">Runs</h2>
      <div class="scroll" role="group" aria-labelledby="runs" tabIndex={0}>
        <table class="plain runs">
          <thead><tr><th scope="col">Run</th><th scope="col">Started, UTC</th><th scope="col">Verdict</th><th scope="col">Spec</th><th scope="col">Answered by</th><th scope="col" class="n">Trials</th><th scope="col" class="n">Cost</th></tr></thead>
          <tbody>{[...history].reverse().map((run) => (
            <tr>
              <th scope="row"><code>{run.id}</code>{run === last && <small>this run</small>}{run.status !== "complete" && <> <span class="tag">{run.status}</span></>}{run.replayed && <> <span class="tag">replayed</span></>}{run.simulated && !last.simulated && <> <span class="tag">simulated</span></>}</th>
              <td>{run.started_at.slice(0, 16).replace("T", " ")}</td>
              <td>{run.verdict === null ? "no gate" : run.verdict in VERDICTS ? <Badge sign={VERDICTS[run.verdict as VerdictWord]} /> : run.verdict}</td>
              <td>{run.spec_sha256 === last.spec_sha256 ? "as now" : "another"}</td>
              <td>{listModels(run) || NOTHING}</td>
              <td class="n">{formatCount(run.columns.reduce((sum, column) => sum + column.trials, 0))}</td>
              <td class="n">{run.columns.some((column) => column.cost_usd === null) ? UNKNOWN : formatMoney(run.columns.reduce((sum, column) => sum + (column.cost_usd ?? 0), 0))}</td>
            </tr>
          ))}</tbody>
        </table>
      </div>
    </section>
  );
}
