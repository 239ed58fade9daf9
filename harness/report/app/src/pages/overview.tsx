/** What came out, how sure that is, and what would make it surer. */

import { Forest, FOREST_RANGE, type ForestLine, type ForestRow } from "../charts/forest";
import { makeLinear, makeShares, writeShareTick } from "../charts/scale";
import { formatCount, formatMoney, formatPlural, formatPoints, formatShare, formatSpan } from "../numbers";
import type { Changed, Comparison, Pair, Parity, Payload, Ratio } from "../payload";
import { nameSide } from "../sides";
import { href } from "../router";
import { describeNeeded, nameRun, PARITIES, VERDICTS } from "../signs";
import type { PageProps } from "./pages";
import { Badge } from "./parts/badge";
import { Targets } from "./parts/targets";

export function Overview({ report }: PageProps) {
  const { data } = report;
  return (
    <>
      <Banner data={data} />
      <dl class="tiles">{data.head.tiles.map(([label, value]) => <div><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
      {data.comparison && <Against comparison={data.comparison} />}
      {data.comparison && data.comparison.pairs.length > 0 && <Differences data={data} pairs={data.comparison.pairs} />}
      <PassRates data={data} />
      {data.parities.length > 0 && <Parities data={data} />}
      <Targets report={report} />
    </>
  );
}

function Banner({ data }: { data: Payload }) {
  const { verdict, description, unfinished } = data.head;
  return (
    <section class={`verdict ${verdict.tone}`} aria-labelledby="verdict">
      <span class="mark" aria-hidden="true">{verdict.symbol}</span>
      <div>
        <h2 id="verdict">{verdict.word}</h2>
        <p class="sentence">{verdict.sentence}</p>
        {unfinished && <p class="unfinished">{unfinished}</p>}
        {verdict.reasons.length > 0 && <ul class="reasons">{verdict.reasons.map((reason) => <li>{reason}</li>)}</ul>}
        {description && <p class="note">{description}</p>}
      </div>
    </section>
  );
}

function Against({ comparison }: { comparison: Comparison }) {
  const changed = gatherCauses(comparison);
  const lists = [
    { title: "The provider changed", who: "provider" as const },
    { title: "We changed", who: "us" as const },
  ].map(({ title, who }) => ({ title, found: changed.filter(({ cause }) => cause.who === who) }));
  return (
    <section aria-labelledby="against">
      <h2 id="against">Against {nameRun(comparison.base)}</h2>
      {comparison.notes.map((note) => <p class="note">{note}</p>)}
      {changed.length === 0 && comparison.pairs.length > 0 && <p class="note">Nothing that is known of differs beside the answers.</p>}
      <div class="causes">
        {lists.filter(({ found }) => found.length > 0).map(({ title, found }) => (
          <div>
            <h3>{title}</h3>
            <ul>{found.map(({ cause, targets }) => (
              <li><b>{cause.name}</b>{targets.length < comparison.pairs.length && <> of <bdi>{targets.join(", ")}</bdi></>}
                {(cause.before !== null || cause.after !== null) && <>: <del>{cause.before ?? "none"}</del> <span aria-hidden="true">→</span><span class="sr"> is now </span> <ins>{cause.after ?? "none"}</ins></>}
              </li>
            ))}</ul>
          </div>
        ))}
      </div>
      {comparison.unpaired.length > 0 && (
        <p class="note"><a href={href("changes", "", { kind: "unpaired" })}>{formatPlural(comparison.unpaired.length, "item")} without a partner</a>, in no number here.</p>
      )}
    </section>
  );
}

/** What differs beside the answers, once for all targets of which it is said. */
function gatherCauses(comparison: Comparison): { cause: Changed; targets: string[] }[] {
  const found = new Map<string, { cause: Changed; targets: string[] }>();
  for (const pair of comparison.pairs) {
    for (const cause of pair.changed) {
      const key = JSON.stringify(cause);
      const held = found.get(key);
      if (held) held.targets.push(pair.b.target.name);
      else found.set(key, { cause, targets: [pair.b.target.name] });
    }
  }
  return [...found.values()];
}

function Differences({ data, pairs }: { data: Payload; pairs: Pair[] }) {
  const margin = data.gate?.margin ?? null;
  const lines: ForestLine[] = [{ at: 0, label: "no change", kind: "zero" }];
  if (margin !== null) lines.push({ at: -margin, label: "margin", kind: "limit" });
  const rows: ForestRow[] = pairs.map((pair) => ({
    ...placeDifference(pair),
    label: nameSide(data, pair.b.target.name, pair.b.variant),
    note: pair.a.target.name === pair.b.target.name ? "" : `was ${pair.a.target.name}`,
    cells: [
      <Badge sign={VERDICTS[pair.verdict]} />,
      <>{formatShare(pair.a.pass_rate.value)} → {formatShare(pair.b.pass_rate.value)}<small>{formatPlural(pair.conversations, "conversation")} × {formatCount(pair.repeats)}</small></>,
      <>{writeP(pair.difference.p_adjusted ?? pair.difference.p_value)}</>,
      <Times ratio={pair.cost} />,
      <Times ratio={pair.latency} />,
    ],
  }));
  const open = pairs.filter((pair) => describeNeeded(pair));
  const nameOf = (pair: Pair): string => nameSide(data, pair.b.target.name, pair.b.variant);
  return (
    <>
      <Forest id="differences" title="Pass rate, this run less the base" rows={rows} lines={lines}
        description={describeDifferences(pairs)} first="Target" measure="Points"
        columns={["Verdict", "Before → now", "p, worse", "Cost, ×", "Latency, ×"]}
        scale={scaleDifferences(pairs, margin)} write={writeTick} />
      {open.length > 0 && <>
        <h3 class="after">What would settle it</h3>
        <ul class="after">{open.map((pair) => <li><bdi>{nameOf(pair)}</bdi>: {describeNeeded(pair)}</li>)}</ul>
      </>}
      <details class="twin"><summary>How each was tested</summary>
        <ul class="after">{pairs.map((pair) => <li><bdi>{nameOf(pair)}</bdi>: {pair.difference.test}; p {writeP(pair.difference.p_value)}{pair.difference.p_adjusted !== null && `, ${writeP(pair.difference.p_adjusted)} after Holm`}</li>)}</ul>
      </details>
    </>
  );
}

function describeDifferences(pairs: Pair[]): string {
  return "Percentage points over the conversations that both runs have; left of 0 is worse. The line is the "
    + `${listLevels(pairs)} interval; the gate passes a target whose whole interval lies right of the margin. `
    + "Costs and latencies are this run's over the base's.";
}

/** "90 %"; at an early look a gate asks for more. */
function listLevels(pairs: Pair[]): string {
  const levels = new Set(pairs.map(({ difference }) => Number((100 * difference.confidence).toFixed(1))));
  return `${[...levels].sort((a, b) => a - b).join(" or ")} %`;
}

function placeDifference({ difference }: Pair | Parity) {
  const { value, low, high } = difference;
  return { value, low, high, text: formatPoints(value), interval: `${formatPoints(low)} to ${formatPoints(high)}` };
}

function scaleDifferences(pairs: (Pair | Parity)[], margin: number | null) {
  const ends = pairs.flatMap(({ difference }) => [difference.low, difference.high]);
  const reach = margin ?? 0.05;
  return makeLinear(Math.max(-1, Math.min(-1.5 * reach, ...ends)), Math.min(1, Math.max(1.5 * reach, ...ends)), ...FOREST_RANGE, 4);
}

function PassRates({ data }: { data: Payload }) {
  const floor = data.gate?.min_pass_rate ?? null;
  const rows: ForestRow[] = data.columns.flatMap((column) => {
    const rate = column.pass_rate;
    if (!rate) return [];
    const { value, low, high } = rate;
    return [{
      label: column.label, value, low, high, text: formatShare(value), interval: formatSpan(low, high),
      note: [column.model, column.version].filter(Boolean).join(" "),
      cells: [<>{formatCount(column.conversations)}</>, <>{formatMoney(column.cost_per_conversation_usd)}</>],
    }];
  });
  if (rows.length === 0) return <p class="note">No target has a pass rate: nothing was judged.</p>;
  const ends = rows.flatMap((row) => [row.low, row.high, ...(floor === null ? [] : [floor])]);
  return (
    <Forest id="rates" title="Pass rates" rows={rows} first="Target" measure="Pass rate"
      description="Of the trials that passed or failed. The line is the 95 % interval over conversations: targets whose lines overlap much have not been told apart."
      lines={floor === null ? [] : [{ at: floor, label: "floor", kind: "limit" }]}
      columns={["Conversations", "Cost a conversation"]} scale={makeShares(ends, ...FOREST_RANGE, 3)} write={writeShareTick} />
  );
}

function Parities({ data }: { data: Payload }) {
  const margin = data.gate?.margin ?? null;
  const lines: ForestLine[] = [{ at: 0, label: "equal", kind: "zero" }];
  if (margin !== null) lines.push({ at: -margin, label: "−margin", kind: "limit" }, { at: margin, label: "+margin", kind: "limit" });
  const priced = data.parities.some((parity) => parity.cost), timed = data.parities.some((parity) => parity.latency);
  const rows: ForestRow[] = data.parities.map((parity) => ({
    ...placeDifference(parity),
    label: nameSide(data, parity.b.target.name, parity.b.variant),
    note: `less ${nameSide(data, parity.a.target.name, parity.a.variant)}`,
    cells: [
      <><Badge sign={PARITIES[parity.word]} /></>,
      <>{formatCount(parity.conversations)} × {formatCount(parity.repeats)}</>,
      ...(priced ? [<Times ratio={parity.cost} />] : []),
      ...(timed ? [<Times ratio={parity.latency} />] : []),
    ],
  }));
  return (
    <Forest id="parities" title="Targets of this run against each other" rows={rows} lines={lines} first="Target"
      description="Percentage points on the same conversations. No gate decides on these: equivalent means that the whole interval lies within the margin."
      measure="Points" columns={["Word", "Conversations × repeats", ...(priced ? ["Cost, ×"] : []), ...(timed ? ["Latency, ×"] : [])]}
      scale={scaleDifferences(data.parities, margin)} write={writeTick} />
  );
}

function Times({ ratio }: { ratio: Ratio | null }) {
  if (!ratio) return <small>unknown</small>;
  return <>{ratio.value.toFixed(2)}<small>{ratio.low.toFixed(2)} to {ratio.high.toFixed(2)}</small></>;
}

function writeTick(value: number): string {
  return formatPoints(value).replace(/\.0$/, "");
}

function writeP(value: number): string {
  return value < 0.001 ? "< 0.001" : value.toFixed(3);
}
