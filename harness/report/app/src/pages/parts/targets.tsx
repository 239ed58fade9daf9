/** The table of targets: every number of a column, each with its unit and its doubt. */

import { formatCount, formatMoney, formatNumber, formatPoints, formatSeconds, formatShare, formatSpan, NOTHING } from "../../numbers";
import { OUTCOMES, type Column, type Pair } from "../../payload";
import type { Report } from "../../report";
import { href } from "../../router";
import { SYMBOLS } from "../../text";

export function Targets({ report }: { report: Report }) {
  const { columns, comparison } = report.data;
  const timed = columns.some((column) => column.ttft !== null);
  const repeated = Math.max(1, ...columns.map((column) => column.steadiness?.repeats ?? 1));
  const scored = columns.some((column) => column.score !== null);
  return (
    <section aria-labelledby="targets">
      <h2 id="targets">Targets</h2>
      <div class="scroll" role="group" aria-labelledby="targets" tabIndex={0}>
        <table class="targets">
          <thead><tr>
            <th scope="col">Target</th>
            <th scope="col">Pass rate <small>95 % interval</small></th>
            {comparison && <th scope="col">Since the base <small>points</small></th>}
            <th scope="col">Trials</th>
            {repeated > 1 && <th scope="col" class="n">All of {repeated} <small>any of {repeated}; flaky</small></th>}
            {scored && <th scope="col" class="n">Score <small>mean</small></th>}
            <th scope="col" class="n">Cost <small>a conversation</small></th>
            <th scope="col" class="n">Latency <small>a turn: p50, p95</small></th>
            {timed && <th scope="col" class="n">First token <small>p50, p95</small></th>}
            <th scope="col" class="n">Tokens <small>in, out</small></th>
          </tr></thead>
          <tbody>
            {columns.map((column, i) => (
              <tr>
                <th scope="row"><a href={href("results", "", { q: `dep:${quote(column.label)}` })}><bdi>{column.label}</bdi></a><Model column={column} /></th>
                <td data-label="Pass rate"><Rate column={column} /></td>
                {comparison && <td data-label="Since the base"><Since pair={comparison.pairs.find((pair) => pair.column === i)} /></td>}
                <td data-label="Trials"><Tallies column={column} /></td>
                {repeated > 1 && <td class="n" data-label={`All of ${repeated}`}><Steadiness column={column} /></td>}
                {scored && <td class="n" data-label="Score">{formatNumber(column.score)}<Metrics column={column} /></td>}
                <td class="n" data-label="Cost"><b>{formatMoney(column.cost_per_conversation_usd)}</b><small>{formatMoney(column.cost_usd)} in all</small></td>
                <td class="n" data-label="Latency">{column.latency ? <>{formatSeconds(column.latency.p50)}<small>{formatSeconds(column.latency.p95)}</small></> : NOTHING}</td>
                {timed && <td class="n" data-label="First token">{column.ttft ? <>{formatSeconds(column.ttft.p50)}<small>{formatSeconds(column.ttft.p95)}</small></> : NOTHING}</td>}
                <td class="n" data-label="Tokens">{formatCount(column.input_tokens)}<small>{formatCount(column.output_tokens)}</small></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function quote(text: string): string {
  return /\s/.test(text) ? `"${text}"` : text;
}

function Model({ column }: { column: Column }) {
  const model = [column.model, column.version].filter(Boolean).join(" ");
  const place = [column.region, column.sku].filter(Boolean).join(" · ");
  return <>{model && <small>{model}</small>}{place && <small>{place}</small>}</>;
}

function Rate({ column }: { column: Column }) {
  const rate = column.pass_rate;
  if (!rate) return <>{NOTHING}</>;
  return <><b>{formatShare(rate.value)}</b><small>{formatSpan(rate.low, rate.high)}</small></>;
}

function Since({ pair }: { pair: Pair | undefined }) {
  if (!pair) return <small>not compared</small>;
  const { value, low, high } = pair.difference;
  return <><b>{formatPoints(value)}</b><small>{formatPoints(low)} to {formatPoints(high)}</small></>;
}

/** The share of conversations that passed in every repeat, and in any; how many are flaky. */
function Steadiness({ column: { steadiness } }: { column: Column }) {
  if (!steadiness) return <>{NOTHING}</>;
  return <><b>{formatShare(steadiness.every)}</b><small>{formatShare(steadiness.any)}; {formatCount(steadiness.flaky)} flaky</small></>;
}

function Tallies({ column }: { column: Column }) {
  const errors = Object.entries(column.errors);
  return (
    <>
      <span class="tallies">
        {OUTCOMES.filter((outcome) => column.outcomes[outcome]).map((outcome) => (
          <span class={`tally ${outcome}`}><span aria-hidden="true">{SYMBOLS[outcome]}</span> {formatCount(column.outcomes[outcome] ?? 0)} {outcome}</span>
        ))}
      </span>
      {errors.length > 0 && <small>{errors.map(([kind, count]) => `${kind} ${formatCount(count)}`).join(", ")}</small>}
      {column.unchecked > 0 && <small>{formatCount(column.unchecked)} with nothing to check</small>}
      {column.known_failing > 0 && <small>{formatCount(column.known_failing)} known to fail</small>}
    </>
  );
}

function Metrics({ column }: { column: Column }) {
  return <>{Object.entries(column.metrics).map(([name, value]) => <small>{name} {formatNumber(value)}</small>)}</>;
}
