/** Every cell in one table: searched, sorted, and each row a way to its transcripts. */

import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { figuresOf } from "../figures";
import { filterCells } from "../filter";
import { useKeys } from "../keys";
import { ChangeMark, Chip, writeTally } from "../marks";
import { formatCount, formatMoney, formatNumber, formatPlural, formatSeconds, NOTHING } from "../numbers";
import { parseQuery, type Query } from "../query";
import { nameConversation, outcomeOf, reasonOf, type Report } from "../report";
import { href, navigate, replaceParams } from "../router";
import { countChunks, recallText, searchTexts } from "../search";
import { rememberTrail } from "../trail";
import { showRow, VirtualRows } from "../virtual";
import type { PageProps } from "./pages";

interface ColumnOfTable {
  name: string;
  title: string;
  /** What rows are sorted by; a number that is not known comes last. */
  key: (report: Report, cell: number) => number | string;
  show: (report: Report, cell: number) => ComponentChildren;
  numeric?: boolean;
  usual?: boolean;
}

const known = (value: number, write: (value: number | null) => string): string =>
  Number.isNaN(value) ? NOTHING : write(value);

const COLUMNS: readonly ColumnOfTable[] = [
  {
    name: "status", title: "Outcome", usual: true,
    key: (r, i) => r.data.cells.outcome[i]!,
    show: (r, i) => <Chip outcome={outcomeOf(r.data.cells.outcome[i]!)}
      tally={writeTally(r.data.cells.passed[i]!, r.data.cells.repeats[i]!)} />,
  },
  {
    name: "conversation", title: "Conversation", usual: true,
    key: (r, i) => nameConversation(r, r.data.cells.conversation[i]!),
    show: (r, i) => <a class="to" href={linkTo(r, i)}><bdi>{nameConversation(r, r.data.cells.conversation[i]!)}</bdi></a>,
  },
  {
    name: "target", title: "Target", usual: true,
    key: (r, i) => r.data.cells.column[i]!,
    show: (r, i) => <bdi>{r.data.columns[r.data.cells.column[i]!]!.label}</bdi>,
  },
  { name: "reason", title: "Why", usual: true, key: reasonOf, show: (r, i) => <bdi class="why">{reasonOf(r, i)}</bdi> },
  {
    name: "change", title: "Change",
    key: (r, i) => figuresOf(r).change.get(i) ?? "~",
    show: (r, i) => {
      const kind = figuresOf(r).change.get(i);
      return kind ? <ChangeMark kind={kind} /> : "";
    },
  },
  {
    name: "score", title: "Score", numeric: true, usual: true,
    key: (r, i) => figuresOf(r).score[i]!, show: (r, i) => known(figuresOf(r).score[i]!, formatNumber),
  },
  {
    name: "lat", title: "Latency", numeric: true, usual: true,
    key: (r, i) => figuresOf(r).latency[i]!, show: (r, i) => known(figuresOf(r).latency[i]!, formatSeconds),
  },
  {
    name: "cost", title: "Cost", numeric: true, usual: true,
    key: (r, i) => figuresOf(r).cost[i]!, show: (r, i) => known(figuresOf(r).cost[i]!, formatMoney),
  },
  {
    name: "in", title: "Tokens in", numeric: true,
    key: (r, i) => figuresOf(r).input[i]!, show: (r, i) => known(figuresOf(r).input[i]!, formatCount),
  },
  {
    name: "out", title: "Tokens out", numeric: true,
    key: (r, i) => figuresOf(r).output[i]!, show: (r, i) => known(figuresOf(r).output[i]!, formatCount),
  },
  {
    name: "tags", title: "Tags",
    key: (r, i) => tagsOf(r, i).join(" "), show: (r, i) => tagsOf(r, i).map((tag) => <span class="tag">{tag}</span>),
  },
  {
    name: "gist", title: "First words",
    key: (r, i) => r.data.conversations.gist[r.data.cells.conversation[i]!]!,
    show: (r, i) => <bdi class="why">{r.data.conversations.gist[r.data.cells.conversation[i]!]}</bdi>,
  },
];

function tagsOf(report: Report, cell: number): string[] {
  const { conversations, cells, tags } = report.data;
  return conversations.tags[cells.conversation[cell]!]!.map((tag) => tags[tag]!);
}

function linkTo(report: Report, cell: number): string {
  const { conversation, column } = report.data.cells;
  return href("case", conversation[cell]!, { at: column[cell]! });
}

function sortCells(report: Report, cells: Uint32Array, sort: string): Uint32Array {
  const falling = sort.startsWith("-");
  const column = COLUMNS.find((each) => each.name === sort.replace(/^-/, ""));
  if (!column) return cells;
  const keys = new Map<number, number | string>();
  for (const cell of cells) keys.set(cell, column.key(report, cell));
  const sign = falling ? -1 : 1;
  return cells.slice().sort((a, b) => {
    const one = keys.get(a)!, other = keys.get(b)!;
    if (one !== one) return other !== other ? a - b : 1;
    if (other !== other) return -1;
    return one === other ? a - b : one < other ? -sign : sign;
  });
}

const ROW = 34;
const QUICK: [string, string][] = [
  ["All", ""], ["Not passed", "-status:passed -status:skipped"], ["Flaky", "flaky:"],
  ["Targets differ", "differs:"],
];

export function Results({ report, route }: PageProps) {
  const text = route.params.get("q") ?? "", sort = route.params.get("sort") ?? "";
  const chosen = route.params.get("cols")?.split(",");
  const shown = COLUMNS.filter((each) => (chosen ? chosen.includes(each.name) : isUsual(report, each)));
  const query = useMemo(() => parseQuery(text), [text]);
  const [found, progress] = useFound(report, query);
  const rows = useMemo(() => sortCells(report, found, sort), [found, sort]);
  const [active, setActive] = useState(-1);
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    rememberTrail(() => Array.from(rows, (cell) => report.data.cells.conversation[cell]!));
  }, [rows]);
  useEffect(() => {
    setActive(-1);
    if (box.current) box.current.scrollTop = 0;
  }, [text, sort]);

  const step = (by: number): void => {
    const next = Math.min(rows.length - 1, Math.max(0, active + by));
    if (next < 0) return;
    setActive(next);
    showRow(box.current!, next, ROW);
    requestAnimationFrame(() => {
      box.current?.querySelector<HTMLElement>(`[data-row="${next}"] a`)?.focus({ preventScroll: true });
    });
  };
  useKeys({
    "/": () => { input.current?.focus(); input.current?.select(); },
    j: () => step(1), k: () => step(-1),
    ArrowDown: () => step(1), ArrowUp: () => step(-1),
    PageDown: () => step(15), PageUp: () => step(-15),
    Home: () => step(-rows.length), End: () => step(rows.length),
  });

  const total = report.data.cells.repeats.length;
  return (
    <section aria-labelledby="title" class="results">
      <h2 id="title">Results <small>{formatCount(total)} cells: one conversation on one target</small></h2>
      <form class="tools" role="search" onSubmit={(event) => event.preventDefault()}>
        <fieldset class="modes"><legend class="sr">Show</legend>
          {QUICK.map(([title, q]) => (
            <label><input type="radio" name="mode" checked={text === q} onChange={() => replaceParams({ q })} /><span>{title}</span></label>
          ))}
        </fieldset>
        <label class="search"><span class="sr">Search</span>
          <input ref={input} type="search" id="query" value={text} autocomplete="off" spellcheck={false}
            placeholder={'status:fail dep:mini cost>0.01 "words"   /'}
            onInput={(event) => replaceParams({ q: event.currentTarget.value })}
            onKeyDown={(event) => { if (event.key === "Enter") step(1); }} />
        </label>
        <ColumnMenu report={report} shown={shown} />
        <Syntax />
        <output id="count" aria-live="polite">{formatCount(rows.length)} of {formatCount(total)}</output>
      </form>
      {progress < 1 && (
        <p class="note searching" role="status"><progress value={progress} max={1} /> looking through transcripts:
          {" "}{Math.floor(progress * 100)} %</p>
      )}
      {query.problems.map((problem) => <p class="note problem" role="alert">{problem}</p>)}
      {report.data.omitted > 0 && (
        <p class="note" id="omitted">The transcripts of {formatPlural(report.data.omitted, "conversation")} are not in
          this page, and no search looks through them: what failed, changed or is flaky came first. All of
          them are in <code>results.jsonl</code>.</p>
      )}
      <VirtualRows box={box} count={rows.length} height={ROW} label="Results"
        class="grid-table"
        head={<HeadRow shown={shown} sort={sort} />}
        render={(index) => {
          const cell = rows[index]!;
          return (
            <div class={`cells${index === active ? " active" : ""}`} data-row={index} role="presentation"
              onClick={(event) => {
                if (!(event.target as Element).closest("a")) navigate(linkTo(report, cell));
              }}>
              {shown.map((column) => (
                <div role="cell" class={`c-${column.name}${column.numeric ? " n" : ""}`}>{column.show(report, cell)}</div>
              ))}
            </div>
          );
        }} />
      {rows.length === 0 && <p class="note" id="nothing">Nothing matches.</p>}
    </section>
  );
}

function isUsual(report: Report, column: ColumnOfTable): boolean {
  return column.name === "change" ? report.data.comparison !== null : column.usual === true;
}

/** The cells of a query, at once; those that only transcripts match as they are found. */
function useFound(report: Report, query: Query): [Uint32Array, number] {
  const [version, setVersion] = useState(0);
  const text = recallText(report, query);
  useEffect(() => {
    if (!query.terms.some((term) => term.kind === "text") || !countChunks(report)) return undefined;
    const control = new AbortController();
    const tell = (): void => setVersion((old) => old + 1);
    const waiting = setTimeout(() => {
      void searchTexts(report, query, tell, control.signal);
      tell();
    }, 250); // somebody may still be typing
    return () => {
      clearTimeout(waiting);
      control.abort();
    };
  }, [query]);
  const found = useMemo(() => filterCells(report, query, text), [query, version]);
  return [found, text.progress];
}

function HeadRow({ shown, sort }: { shown: ColumnOfTable[]; sort: string }) {
  return (
    <div class="vhead" role="rowgroup"><div class="cells" role="row" aria-rowindex={1}>
      {shown.map((column) => {
        const rising = sort === column.name, falling = sort === `-${column.name}`;
        return (
          <div role="columnheader" class={`c-${column.name}${column.numeric ? " n" : ""}`}
            aria-sort={rising ? "ascending" : falling ? "descending" : "none"}>
            <button type="button" onClick={() => replaceParams({
              sort: rising ? `-${column.name}` : falling ? "" : column.name,
            })}>{column.title}<span aria-hidden="true">{rising ? " ▲" : falling ? " ▼" : ""}</span></button>
          </div>
        );
      })}
    </div></div>
  );
}

function ColumnMenu({ report, shown }: { report: Report; shown: ColumnOfTable[] }) {
  const toggle = (name: string): void => {
    const names = COLUMNS.map((each) => each.name)
      .filter((each) => (each === name) !== shown.some((one) => one.name === each));
    const usual = COLUMNS.filter((each) => isUsual(report, each)).map((each) => each.name);
    replaceParams({ cols: names.join() === usual.join() ? "" : names.join() });
  };
  return (
    <details class="menu"><summary>Columns</summary><fieldset><legend class="sr">Columns to show</legend>
      {COLUMNS.map((each) => (
        <label><input type="checkbox" name="column" value={each.name} checked={shown.includes(each)}
          onChange={() => toggle(each.name)} /> {each.title}</label>
      ))}
    </fieldset></details>
  );
}

const SYNTAX: [string, string][] = [
  ["status:fail", "outcome: pass, fail, block, trunc, error, skip"],
  ["dep:mini variant:short", "target; variant"],
  ["id:faq case:Chile tag:smoke", "conversation; its case; its tag"],
  ["assert:json", "a check of this type did not hold"],
  ["error:rate_limit", "why there is no answer"],
  ["change:regressed", "since the base: regressed, fixed, flaky, new, missing, errored"],
  ["flaky: differs: known:", "repeats disagree; targets disagree; known to fail"],
  ["cost>0.01 lat>5s score<0.5", "dollars, seconds (also ms, min), score; in, out, tokens, pass, repeats"],
  ['word "two words" /reg.ex/i', "in names, reasons and transcripts"],
  ["-anything", "not"],
];

function Syntax() {
  return (
    <details class="menu syntax"><summary>Syntax</summary><fieldset><legend class="sr">What can be asked</legend>
      <dl>{SYNTAX.map(([example, means]) => <div><dt><code>{example}</code></dt><dd>{means}</dd></div>)}</dl>
    </fieldset></details>
  );
}
