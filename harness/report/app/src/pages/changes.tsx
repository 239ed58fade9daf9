/** What is otherwise than in the base, conversation by conversation: failures first. */

import { useEffect, useMemo } from "preact/hooks";
import { formatCount, formatPlural } from "../numbers";
import type { CaseChange, CaseShare, ChangeKind, Comparison, Unpaired } from "../payload";
import { findCell, reasonOf, type Report } from "../report";
import { href } from "../router";
import { nameSide } from "../sides";
import { SYMBOLS } from "../text";
import { rememberTrail } from "../trail";
import { CHANGES, KINDS, nameRun } from "../signs";
import type { PageProps } from "./pages";
import { Badge } from "./parts/badge";
import { Choice, readChoice } from "./parts/choice";
import { Room, useRowWindow } from "./parts/window";

interface Found { change: CaseChange; column: number; label: string }

export function Changes({ report, route }: PageProps) {
  const { comparison } = report.data;
  return comparison ? <Compared report={report} route={route} comparison={comparison} /> : <Alone report={report} />;
}

/** A run that was held against no other: the way to have it compared, and what did not pass. */
function Alone({ report }: { report: Report }) {
  return (
    <section aria-labelledby="changes">
      <h2 id="changes">Changes</h2>
      <p>This run was compared with no other, so nothing is known to have changed.</p>
      <p><code>harness baseline set {report.data.head.run_id}</code> makes it the baseline of the runs to come,
        and <code>harness compare BASE {report.data.head.run_id}</code> holds it against another run.</p>
      <p><a href={href("results", "", { q: "status:fail" })}>What did not pass in this run</a></p>
    </section>
  );
}

function Compared({ report, route, comparison }: PageProps & { comparison: Comparison }) {
  const labels = comparison.pairs.map((pair) => nameSide(report.data, pair.b.target.name, pair.b.variant));
  const side = readChoice(route.params, "target", ["all", ...labels]);
  const found = useMemo(() => listChanges(comparison, labels, side), [comparison, side]);
  const counts = new Map<ChangeKind, number>();
  for (const { change } of found) counts.set(change.kind, (counts.get(change.kind) ?? 0) + 1);
  const kinds = KINDS.filter((kind) => counts.get(kind));
  const kind = readChoice(route.params, "kind", ["changed", ...kinds, "unpaired"]);
  const rows = found.filter(({ change }) => (kind === "changed" ? change.kind !== "same" : change.kind === kind));
  useEffect(() => rememberTrail(() => rows.flatMap(({ change }) => (change.index >= 0 ? [change.index] : []))), [found, kind]);
  const options = [
    { value: "changed", label: "all that changed", count: found.length - (counts.get("same") ?? 0) },
    ...kinds.map((each) => ({ value: each, label: `${CHANGES[each].symbol} ${CHANGES[each].word}`, count: counts.get(each)! })),
    ...(comparison.unpaired.length ? [{ value: "unpaired", label: "without a partner", count: comparison.unpaired.length }] : []),
  ];
  return (
    <section aria-labelledby="changes">
      <h2 id="changes">Changes <small>since {nameRun(comparison.base)}</small></h2>
      <p class="note">q is the share of false finds to expect among the conversations down to this one (Fisher's exact test on
        the repeats, after Benjamini and Hochberg): with few repeats a single conversation proves little.</p>
      <div class="options">
        <Choice label="Kind" name="kind" value={kind} options={options} />
        {labels.length > 1 && <Choice label="Target" name="target" value={side} options={[{ value: "all", label: "all" }, ...labels.map((label) => ({ value: label, label }))]} />}
      </div>
      {kind === "unpaired"
        ? <UnpairedTable unpaired={comparison.unpaired} />
        : rows.length ? <ChangeTable report={report} rows={rows} several={labels.length > 1} /> : <p>Nothing changed.</p>}
      <dl class="meanings">{kinds.map((each) => <div><dt><Badge sign={CHANGES[each]} /></dt><dd>{CHANGES[each].meaning}</dd></div>)}</dl>
    </section>
  );
}

function listChanges(comparison: Comparison, labels: string[], side: string): Found[] {
  const found = comparison.pairs.flatMap((pair, i) => (
    side !== "all" && side !== labels[i] ? []
      : pair.cases.map((change) => ({ change, column: pair.column, label: labels[i]! }))
  ));
  const place = (change: CaseChange): number => KINDS.indexOf(change.kind);
  const rank = (change: CaseChange): number => change.q_value ?? 2;
  const fall = (change: CaseChange): number => shareOf(change.b) - shareOf(change.a);
  return found.sort((a, b) => place(a.change) - place(b.change) || rank(a.change) - rank(b.change)
    || fall(a.change) - fall(b.change));
}

function shareOf(share: CaseShare | null): number {
  return share && share.played ? share.passed / share.played : 0;
}

function ChangeTable({ report, rows, several }: { report: Report; rows: Found[]; several: boolean }) {
  const view = useRowWindow(rows.length);
  const width = several ? 7 : 6;
  return (
    <div class={`scroll changes${view.scrolls ? " windowed" : ""}`} ref={view.box} role="group" aria-label="Changes" tabIndex={0}>
      <table class="plain" aria-rowcount={rows.length + 1}>
        <thead><tr>
          <th scope="col">Conversation</th><th scope="col">Change</th>{several && <th scope="col">Target</th>}
          <th scope="col">Before</th><th scope="col">Now</th><th scope="col" class="n">q</th><th scope="col">Why, now</th>
        </tr></thead>
        <tbody>
          <Room pixels={view.above} columns={width} />
          {rows.slice(view.first, view.end).map((found, i) => (
            <ChangeRow key={view.first + i} at={view.first + i} report={report} found={found} several={several} />
          ))}
          <Room pixels={view.below} columns={width} />
        </tbody>
      </table>
    </div>
  );
}

function ChangeRow({ at, report, found, several }: { at: number; report: Report; found: Found; several: boolean }) {
  const { change, column, label } = found;
  const name = change.case === null ? change.conversation : `${change.conversation} › ${change.case}`;
  const cell = change.index >= 0 && column >= 0 ? findCell(report, change.index, column) : -1;
  return (
    <tr data-row={at} aria-rowindex={at + 2}>
      <th scope="row">{change.index >= 0 ? <a href={href("case", change.index, { at: column, cols: column, diff: "base" })}><bdi>{name}</bdi></a> : <bdi>{name}</bdi>}
        {change.known_failing && <> <span class="tag">known to fail: in no number</span></>}</th>
      <td data-label="Change"><Badge sign={CHANGES[change.kind]} /></td>
      {several && <td data-label="Target"><bdi>{label}</bdi></td>}
      <td data-label="Before"><Share share={change.a} /></td>
      <td data-label="Now"><Share share={change.b} /></td>
      <td class="n" data-label="q">{change.q_value === null ? "–" : writeQ(change.q_value)}</td>
      <td class="reason-now" data-label="Why, now">{cell >= 0 ? reasonOf(report, cell) || "–" : "–"}</td>
    </tr>
  );
}

function Share({ share }: { share: CaseShare | null }) {
  if (!share) return <small>not there</small>;
  const partly = share.outcome === "failed" && share.passed > 0 ? " partly" : "";
  return <span class={`chip ${share.outcome}${partly}`}><span aria-hidden="true">{SYMBOLS[share.outcome]}</span> <span class="sr">{share.outcome}, </span>{share.passed}/{share.played}</span>;
}

function writeQ(value: number): string {
  return value < 0.001 ? "< 0.001" : value.toFixed(3);
}

function UnpairedTable({ unpaired }: { unpaired: Unpaired[] }) {
  const groups = new Map<string, Unpaired[]>();
  for (const each of unpaired) {
    const said = `${each.side === "base" ? "Only in the base" : "Only in this run, or not judged on both sides"}: ${each.reason}`;
    const group = groups.get(said);
    if (group) group.push(each);
    else groups.set(said, [each]);
  }
  return (
    <>
      {[...groups].map(([said, group]) => (
        <details class="unpaired" open={group.length <= 20}>
          <summary>{said} <small>{formatPlural(group.length, "item")}</small></summary>
          <ul>{group.slice(0, 500).map((each) => (
            <li><bdi>{[each.conversation, each.case].filter((part) => part !== null).join(" › ") || "the whole target"}</bdi> <small><bdi>{each.target}</bdi>{each.variant !== "default" && ` · ${each.variant}`}</small></li>
          ))}</ul>
          {group.length > 500 && <p class="note">and {formatCount(group.length - 500)} more: <code>harness compare --json</code> lists them.</p>}
        </details>
      ))}
    </>
  );
}
