/** Every conversation on every target: where they disagree, and where it got worse. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { listRows, ORDERS, readBase, shareOf, sortConversations, type BaseShares, type MatrixRow, type Order } from "../matrix";
import { formatPlural } from "../numbers";
import { OUTCOMES, type CaseShare } from "../payload";
import { findCell, nameConversation, outcomeOf, reasonOf, type Report } from "../report";
import { href, navigate } from "../router";
import { SYMBOLS } from "../text";
import { rememberTrail } from "../trail";
import type { PageProps } from "./pages";
import { Choice, readChoice } from "./parts/choice";
import { Room, useRowWindow } from "./parts/window";

const ORDER_NAMES: Record<Order, string> = {
  disagreement: "disagreement", regression: "regression", run: "the run's order", name: "name",
};

export function Matrix({ report, route }: PageProps) {
  const compared = report.data.comparison !== null;
  const base = useMemo(() => readBase(report), [report]);
  // The first order is the one that a reader of this run wants.
  const orders = compared ? (["regression", "disagreement", "run", "name"] as const) : ORDERS.filter((each) => each !== "regression");
  const order = readChoice(route.params, "sort", orders) as Order;
  const byTag = readChoice(route.params, "group", ["none", "tag"]) === "tag";
  const shown = readChoice(route.params, "base", ["shown", "hidden"]) === "shown" && compared;
  const rows = useMemo(
    () => listRows(report, sortConversations(report, base, order), byTag), [report, base, order, byTag],
  );
  useEffect(() => rememberTrail(() => rows.flatMap((row) => (row.kind === "conversation" ? [row.index] : []))), [rows]);
  const tagged = report.data.tags.length > 0;
  return (
    <section aria-labelledby="matrix">
      <h2 id="matrix">Conversations on targets <small>{formatPlural(report.data.conversations.id.length, "conversation")}</small></h2>
      <p class="note">Each cell: how many of its repeats passed. Arrow keys go from cell to cell, Enter opens the transcripts.</p>
      <div class="options">
        <Choice label="Sorted by" name="sort" value={order} options={orders.map((value) => ({ value, label: ORDER_NAMES[value] }))} />
        {tagged && <Choice label="Grouped" name="group" value={byTag ? "tag" : "none"} options={[{ value: "none", label: "not" }, { value: "tag", label: "by tag" }]} />}
        {compared && <Choice label="The base" name="base" value={shown ? "shown" : "hidden"} options={[{ value: "shown", label: "shown" }, { value: "hidden", label: "hidden" }]} />}
      </div>
      <Grid report={report} rows={rows} base={shown ? base : null} />
      <p class="legend">{OUTCOMES.map((outcome) => (
        <span><span class={`chip ${outcome}`}>{SYMBOLS[outcome]}</span> {outcome}</span>
      ))}<span><span class="chip partly">✗ 1/3</span> passed in some repeats</span>
      {shown && <span><b>↓ was 3/3</b> the base had more, <b>↑ was 0/3</b> fewer</span>}</p>
    </section>
  );
}

interface GridProps { report: Report; rows: MatrixRow[]; base: BaseShares | null }

function Grid({ report, rows, base }: GridProps) {
  const { columns } = report.data;
  const view = useRowWindow(rows.length);
  const firstRow = rows[0]?.kind === "heading" ? 1 : 0;
  const [active, setActive] = useState({ row: firstRow, column: 0 });
  const moved = useRef(false);
  useEffect(() => setActive({ row: firstRow, column: 0 }), [rows]);
  // Before the browser draws: the row that had the focus may be gone already, and the focus with it.
  useLayoutEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    view.box.current?.querySelector<HTMLElement>(`[data-at="${active.row}:${active.column}"]`)?.focus();
  });

  const go = (row: number, column: number, step: number): void => {
    let to = Math.min(rows.length - 1, Math.max(0, row));
    if (rows[to]?.kind === "heading") to = Math.min(rows.length - 1, Math.max(firstRow, to + (step < 0 ? -1 : 1)));
    moved.current = true;
    view.reveal(to);
    setActive({ row: to, column: Math.min(columns.length, Math.max(0, column)) });
  };
  const obey = (event: KeyboardEvent): void => {
    if (event.ctrlKey && event.key !== "Home" && event.key !== "End") return;
    const { row, column } = active;
    const moves: Record<string, () => void> = {
      ArrowDown: () => go(row + 1, column, 1),
      ArrowUp: () => go(row - 1, column, -1),
      ArrowRight: () => go(row, column + 1, 1),
      ArrowLeft: () => go(row, column - 1, 1),
      PageDown: () => go(row + 15, column, 1),
      PageUp: () => go(row - 15, column, -1),
      Home: () => (event.ctrlKey ? go(firstRow, 0, 1) : go(row, 0, 1)),
      End: () => (event.ctrlKey ? go(rows.length - 1, columns.length, -1) : go(row, columns.length, 1)),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };

  return (
    <div class={`scroll heat${view.scrolls ? " windowed" : ""}`} ref={view.box}>
      <table role="grid" aria-label="Conversations on targets" aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + 1} onKeyDown={obey}>
        <colgroup><col class="first" width="300" />{columns.map(() => <col width={base ? 170 : 110} />)}</colgroup>
        <thead><tr role="row" aria-rowindex={1}>
          <th scope="col" role="columnheader">Conversation</th>
          {columns.map((column) => <th scope="col" role="columnheader" title={column.label}><bdi>{column.label}</bdi></th>)}
        </tr></thead>
        <tbody>
          <Room pixels={view.above} columns={columns.length + 1} />
          {rows.slice(view.first, view.end).map((row, i) => {
            const at = view.first + i;
            return row.kind === "heading"
              ? <tr role="row" aria-rowindex={at + 2} data-row={at} key={`h${row.name}`}><th role="rowheader" scope="colgroup" class="heading" colSpan={columns.length + 1}><bdi>{row.name}</bdi> <small>{row.count}</small></th></tr>
              : <ConversationRow key={at} report={report} base={base} at={at} index={row.index} active={active} />;
          })}
          <Room pixels={view.below} columns={columns.length + 1} />
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  report: Report; base: BaseShares | null; at: number; index: number;
  active: { row: number; column: number };
}

function ConversationRow({ report, base, at, index, active }: RowProps) {
  const { columns, conversations, tags } = report.data;
  const tabOf = (column: number): number => (active.row === at && active.column === column ? 0 : -1);
  return (
    <tr role="row" aria-rowindex={at + 2} data-row={at}>
      <th scope="row" role="rowheader">
        <a href={href("case", index)} tabIndex={tabOf(0)} data-at={`${at}:0`} title={conversations.gist[index]}><bdi>{nameConversation(report, index)}</bdi></a>
        {conversations.tags[index]!.map((tag) => <> <span class="tag">{tags[tag]}</span></>)}
        {conversations.known[index] && <> <span class="tag">{conversations.known[index]![0]}</span></>}
      </th>
      {columns.map((_, column) => (
        <HeatCell report={report} base={base} index={index} column={column} tab={tabOf(column + 1)} at={`${at}:${column + 1}`} />
      ))}
    </tr>
  );
}

interface CellProps { report: Report; base: BaseShares | null; index: number; column: number; tab: number; at: string }

function HeatCell({ report, base, index, column, tab, at }: CellProps) {
  const cell = findCell(report, index, column);
  const to = href("case", index, { at: column });
  if (cell < 0) {
    return <td role="gridcell"><span class="none" tabIndex={tab} data-at={at} onKeyDown={(event) => event.key === "Enter" && navigate(to)}>not played</span></td>;
  }
  const { outcome: outcomes, passed, repeats } = report.data.cells;
  const outcome = outcomeOf(outcomes[cell]!);
  const k = passed[cell]!, n = repeats[cell]!;
  const partly = outcome === "failed" && k > 0 ? " partly" : "";
  return (
    <td role="gridcell">
      <a class={`chip ${outcome}${partly}`} href={to} tabIndex={tab} data-at={at} title={reasonOf(report, cell)}>
        <span aria-hidden="true">{SYMBOLS[outcome]}</span> <span class="sr">{outcome}, </span>{k}/{n}
      </a>
      {base && <Was share={base.get(column)?.get(index)} now={shareOf(report, cell)} />}
    </td>
  );
}

function Was({ share, now }: { share: CaseShare | undefined; now: number | null }) {
  if (!share || share.played === 0 || now === null) return null;
  const before = share.passed / share.played;
  if (before === now) return null;
  return <small class={before > now ? "fell" : "rose"}> <span aria-hidden="true">{before > now ? "↓" : "↑"}</span> was {share.passed}/{share.played}</small>;
}
