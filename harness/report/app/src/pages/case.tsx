/** One conversation: what each target answered, turn by turn, side by side. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { readChunk } from "../blocks";
import { Answer, Checks, type DiffAgainst, ErrorNote, Pictures, Prose } from "../case/parts";
import { writeEval, writeShow } from "../case/commands";
import { chooseColumns, makeSides, MOST_SIDES, type Side } from "../case/side";
import { useKeys } from "../keys";
import { Chip, copyText, writeTally } from "../marks";
import { formatNumber } from "../numbers";
import type { ResultLine, Transcript, TurnLine } from "../payload";
import { outcomeOf, type Report } from "../report";
import { href, navigate, replaceParams } from "../router";
import { visible } from "../text";
import { neighbour } from "../trail";
import { askedIn, labelGroup, line, modelOf } from "../transcript";
import type { PageProps } from "./pages";

export function Case(props: PageProps) {
  const conversation = findConversation(props.report, props.route.id);
  if (conversation < 0) {
    return <p class="note">This run has no such conversation. <a href={href("results")}>To the results</a></p>;
  }
  return <CaseOf key={conversation} {...props} conversation={conversation} />;
}

/** A case is called by its number; a link that somebody writes may call it by its name. */
function findConversation(report: Report, id: string): number {
  const { id: names } = report.data.conversations;
  return /^\d+$/.test(id) && Number(id) < names.length ? Number(id) : names.indexOf(id);
}

function CaseOf({ report, route, conversation }: PageProps & { conversation: number }) {
  const transcript = useTranscript(report, conversation);
  const { conversations } = report.data;
  const known = conversations.known[conversation];
  const go = (by: 1 | -1): void => {
    const next = neighbour(conversation, by, conversations.id.length);
    if (next !== null) navigate(href("case", next, carried(route.params)));
  };
  useKeys({ n: () => go(1), p: () => go(-1), j: () => go(1), k: () => go(-1) });

  return (
    <article class="case-page" aria-labelledby="title">
      <p class="crumbs">
        <a href={href("results")}>Results</a>
        <button type="button" onClick={() => go(-1)} disabled={neighbour(conversation, -1, conversations.id.length) === null}>‹ Previous</button>
        <button type="button" onClick={() => go(1)} disabled={neighbour(conversation, 1, conversations.id.length) === null}>Next ›</button>
      </p>
      <h2 id="title" dir="auto"><bdi>{conversations.id[conversation]}</bdi>
        {conversations.case[conversation] !== null && <span class="case-name"> › <bdi>{conversations.case[conversation]}</bdi></span>}
        {conversations.tags[conversation]!.map((tag) => <> <span class="tag">{report.data.tags[tag]}</span></>)}
      </h2>
      {known && <p class="note">This conversation is {known[0]}; until then it decides nothing: {" "}
        <IssueLink address={known[1]} /></p>}
      {transcript === "left out" && <LeftOut report={report} conversation={conversation} />}
      {transcript === null && <p class="note" role="status">Reading…</p>}
      {transcript instanceof Error && <p class="note" role="alert">This part of the page cannot be read: {transcript.message}</p>}
      {transcript !== null && typeof transcript === "object" && !(transcript instanceof Error) && (
        <Transcripts report={report} conversation={conversation} transcript={transcript} params={route.params} />
      )}
    </article>
  );
}

/** What a reader chose stays chosen from case to case. */
function carried(params: URLSearchParams): Record<string, string | null> {
  return { cols: params.get("cols"), diff: params.get("diff"), md: params.get("md") };
}

function IssueLink({ address }: { address: string }) {
  return /^https?:\/\//i.test(address)
    ? <a href={address} rel="noopener noreferrer nofollow">{address}</a> : <bdi>{address}</bdi>;
}

function useTranscript(report: Report, conversation: number): Transcript | "left out" | Error | null {
  const [read, setRead] = useState<Transcript | Error | null>(null);
  const chunk = report.data.conversations.chunk[conversation]!;
  useEffect(() => {
    if (chunk < 0) return undefined;
    let wanted = true;
    readChunk(chunk).then(
      (all) => { if (wanted) setRead(all[conversation] ?? new Error("it is not where it should be")); },
      (error: unknown) => { if (wanted) setRead(error instanceof Error ? error : new Error(String(error))); },
    );
    return () => { wanted = false; };
  }, [chunk, conversation]);
  return chunk < 0 ? "left out" : read;
}

function LeftOut({ report, conversation }: { report: Report; conversation: number }) {
  const cells: number[] = [];
  for (let i = report.firstCell[conversation]!; i < report.firstCell[conversation + 1]!; i++) cells.push(i);
  return (
    <>
      <p class="note">The transcripts of this conversation are not in the page, so that it opens quickly: those that
        failed, changed or are flaky came first. They are in <code>results.jsonl</code> beside it:</p>
      <Command text={writeShow(report, conversation, [firstTrial(report, conversation)])} />
      <ul class="cells-list">{cells.map((cell) => (
        <li><Chip outcome={outcomeOf(report.data.cells.outcome[cell]!)}
          tally={writeTally(report.data.cells.passed[cell]!, report.data.cells.repeats[cell]!)} />
        {" "}{report.data.columns[report.data.cells.column[cell]!]!.label}</li>
      ))}</ul>
    </>
  );
}

/** What is known of the first trial of a conversation whose transcripts are left out. */
function firstTrial(report: Report, conversation: number) {
  const { cells, columns, conversations, trials } = report.data;
  const cell = report.firstCell[conversation]!, { target, variant } = columns[cells.column[cell]!]!;
  const result: ResultLine = {
    conversation: conversations.id[conversation]!, target, variant,
    repeat: trials.repeat[report.firstTrial[cell]!]!, outcome: outcomeOf(cells.outcome[cell]!),
  };
  return { result, lines: Array.from({ length: cells.repeats[cell]! }, () => result) };
}

function Transcripts({ report, conversation, transcript, params }: {
  report: Report; conversation: number; transcript: Transcript; params: URLSearchParams;
}) {
  const at = Number(params.get("at") ?? -1);
  const columns = chooseColumns(report, conversation, params.get("cols"), at);
  const chosen = readPages(params.get("rep"));
  const sides = useMemo(
    () => makeSides(report, conversation, transcript, columns, chosen),
    [transcript, columns.join(), params.get("rep")],
  );
  const hasBase = sides.some((side) => side.base);
  const asked = params.get("diff") ?? "";
  const diff: DiffAgainst = asked === "base" && hasBase ? "base" : asked === "left" ? "left" : "";
  const rendered = params.get("md") === "1";

  const turn = (side: Side, by: number): void => {
    const pages = new Map(chosen).set(side.column, (side.shown + by + side.groups.length) % side.groups.length);
    replaceParams({ rep: [...pages].map(([column, page]) => `${column}:${page}`).join() });
  };
  const paged = (): Side | undefined =>
    sides.find((side) => side.column === at && side.groups.length > 1) ?? sides.find((side) => side.groups.length > 1);
  useKeys({
    d: () => replaceParams({ diff: diff ? "" : hasBase ? "base" : "left" }),
    m: () => replaceParams({ md: rendered ? "" : "1" }),
    "[": () => { const side = paged(); if (side) turn(side, -1); },
    "]": () => { const side = paged(); if (side) turn(side, 1); },
  });

  const length = Math.max(0, ...sides.map((side) => side.result.turns?.length ?? 0));
  const systems = new Set(sides.map((side) => side.result.system ?? ""));
  const shared = systems.size === 1 ? [...systems][0]! : null;
  return (
    <>
      <form class="tools" aria-label="What to show" onSubmit={(event) => event.preventDefault()}>
        <SideMenu report={report} conversation={conversation} columns={columns} />
        <label class="diff">Word diff <select id="diff" value={diff}
          onChange={(event) => replaceParams({ diff: event.currentTarget.value })}>
          <option value="">off</option>
          {sides.length > 1 && <option value="left">against the left answer</option>}
          {hasBase && <option value="base">against the base</option>}
        </select></label>
        <label><input type="checkbox" id="rendered" checked={rendered}
          onChange={() => replaceParams({ md: rendered ? "" : "1" })} /> Rendered</label>
        <CopyButton text={() => location.href} title="Copy link" />
      </form>
      <div class={`panel sides-${sides.length}`}>
        {shared && <div class="system"><h3>System</h3><Prose text={shared} /></div>}
        <div class="sides heads">{sides.map((side) => (
          <SideHead key={side.column} report={report} side={side} page={(by) => turn(side, by)} ownSystem={shared === null} />
        ))}</div>
        {Array.from({ length }, (_, position) => (
          <TurnRow key={position} sides={sides} position={position} diff={diff} rendered={rendered}
            transcript={transcript} />
        ))}
        <Whole sides={sides} />
        <div class="sides raws">{sides.map((side) => <Raw key={side.column} side={side} />)}</div>
        <section class="commands" aria-label="Commands">
          <h3>Again</h3>
          <p class="note">Read it in a terminal, or ask it again{report.data.head.spec_path ? "" : " (SPEC is the file of this spec)"}:</p>
          <Command text={writeShow(report, conversation, sides)} />
          <Command text={writeEval(report, conversation, sides)} />
        </section>
      </div>
    </>
  );
}

function readPages(text: string | null): Map<number, number> {
  const pairs = (text ?? "").split(",").filter(Boolean).map((pair) => pair.split(":").map(Number));
  return new Map(pairs.filter((pair): pair is [number, number] =>
    pair.length === 2 && pair.every((value) => Number.isInteger(value) && value >= 0)));
}

function SideMenu({ report, conversation, columns }: {
  report: Report; conversation: number; columns: readonly number[];
}) {
  const present: number[] = [];
  for (let i = report.firstCell[conversation]!; i < report.firstCell[conversation + 1]!; i++) {
    present.push(report.data.cells.column[i]!);
  }
  if (present.length < 2) return null;
  return (
    <details class="menu"><summary>Targets</summary><fieldset><legend class="sr">Targets to show</legend>
      {present.map((column) => {
        const on = columns.includes(column);
        return (
          <label><input type="checkbox" name="column" value={column} checked={on}
            disabled={on ? columns.length === 1 : columns.length >= MOST_SIDES}
            onChange={() => replaceParams({
              cols: present.filter((each) => each === column ? !on : columns.includes(each)).join(),
            })} /> {report.data.columns[column]!.label}</label>
        );
      })}
      <small>up to {MOST_SIDES} at a time</small>
    </fieldset></details>
  );
}

function SideHead({ report, side, page, ownSystem }: {
  report: Report; side: Side; page: (by: number) => void; ownSystem: boolean;
}) {
  const { cells } = report.data;
  const model = modelOf(side.result);
  const several = side.lines.length > 1;
  return (
    <div class="side">
      <h3>{side.label}</h3> <Chip outcome={outcomeOf(cells.outcome[side.cell]!)}
        tally={writeTally(cells.passed[side.cell]!, cells.repeats[side.cell]!)} />
      {typeof side.result.score === "number" && <span class="score">score {formatNumber(side.result.score)}</span>}
      {model && <span class="model">{line(model, 80)}</span>}
      {several && (
        <p class="pager">
          {side.groups.length > 1 && <button type="button" onClick={() => page(-1)} aria-label={`Previous answer of ${side.label}`}>‹</button>}
          <output aria-live="polite"><Chip outcome={side.result.outcome} /> {side.groups.length > 1 && `answer ${side.shown + 1} of ${side.groups.length}: `}
            {labelGroup(side.groups[side.shown]!, side.lines)}</output>
          {side.groups.length > 1 && <button type="button" onClick={() => page(1)} aria-label={`Next answer of ${side.label}`}>›</button>}
        </p>
      )}
      {ownSystem && side.result.system && <div class="system"><h4>System</h4><Prose text={side.result.system} /></div>}
    </div>
  );
}

function TurnRow({ sides, position, diff, rendered, transcript }: {
  sides: readonly Side[]; position: number; diff: DiffAgainst; rendered: boolean; transcript: Transcript;
}) {
  const turns = sides.map((side) => side.result.turns?.[position]);
  const present = turns.filter((turn): turn is TurnLine => turn !== undefined);
  const asked = new Set(present.map(askedIn));
  const sameUser = asked.size === 1;
  const scripted = present.every((turn) => turn.scripted) && new Set(present.map((turn) => turn.assistant)).size === 1;
  return (
    <section class="turn" aria-label={`Turn ${position + 1}`}>
      {sameUser
        ? <div class="user"><h4>User <small>turn {position + 1}</small></h4><Prose text={[...asked][0]!} /></div>
        : <h4 class="differs">Turn {position + 1}</h4>}
      <Pictures pictures={transcript.pictures?.[position + 1] ?? []} />
      {scripted
        ? <div class="scripted"><h5>Assistant <small>scripted: history, not a call</small></h5><Prose text={present[0]!.assistant ?? ""} /></div>
        : <div class="sides">{sides.map((side, number) => (
          <div class="answer" key={side.column}><h5>{side.label}</h5>
            <Answer turn={turns[number]} user={sameUser || !turns[number] ? null : askedIn(turns[number]!)}
              error={errorAt(side.result, position)} usualModel={modelOf(side.result)} expected={side.expected} rendered={rendered}
              other={otherText(sides, number, position, diff)} /></div>
        ))}</div>}
    </section>
  );
}

/** A trial's error belongs to its last turn, where that has no reply. */
function errorAt(result: ResultLine, position: number): ResultLine["error"] & object | null {
  return position === (result.turns?.length ?? 0) - 1 ? result.error ?? null : null;
}

function otherText(sides: readonly Side[], number: number, position: number, diff: DiffAgainst): string | null {
  if (diff === "left") return number === 0 ? null : sides[0]!.result.turns?.[position]?.assistant ?? null;
  if (diff === "base") return sides[number]!.base?.turns?.[position]?.assistant ?? null;
  return null;
}

/** What is said of the conversation as a whole: checks on all of it, an error that no turn shows. */
function Whole({ sides }: { sides: readonly Side[] }) {
  const errorOf = (side: Side): ResultLine["error"] & object | null => {
    const last = side.result.turns?.at(-1);
    return side.result.error && (!last || typeof last.assistant === "string") ? side.result.error : null;
  };
  if (!sides.some((side) => side.result.checks?.length || errorOf(side))) return null;
  return (
    <section class="turn whole" aria-label="The whole conversation"><h4 class="differs">The whole conversation</h4>
      <div class="sides">{sides.map((side) => {
        const error = errorOf(side);
        return (
          <div class="answer" key={side.column}><h5>{side.label}</h5>
            {error && <ErrorNote error={error} />}
            <Checks checks={side.result.checks ?? []} /></div>
        );
      })}</div>
    </section>
  );
}

function Raw({ side }: { side: Side }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="more" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Raw JSON <span class="sr">of {side.label}</span></summary>
      {open && <pre class="raw" tabIndex={0} dir="ltr">{visible(JSON.stringify(side.result, null, 2))}</pre>}
    </details>
  );
}

function Command({ text }: { text: string }) {
  return <p class="command"><code>{text}</code> <CopyButton text={() => text} title="Copy" /></p>;
}

function CopyButton({ text, title }: { text: () => string; title: string }) {
  const [done, setDone] = useState(false);
  return (
    <button type="button" onClick={() => {
      void copyText(text()).then(() => {
        setDone(true);
        setTimeout(() => setDone(false), 1500);
      });
    }}>{done ? "Copied" : title}</button>
  );
}
