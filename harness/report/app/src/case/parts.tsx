/** The parts of a transcript: texts, checks, failures, facts. Everything of others is text. */

import type { CheckLine, ErrorLine, Picture, TurnLine } from "../payload";
import { Rendered } from "../markdown";
import { clip, SYMBOLS, visible, writeValue } from "../text";
import { type Expected, line, listFacts, listNotes, noteCheck, titleError, writeCall } from "../transcript";
import { diffWords } from "../words";

export type DiffAgainst = "" | "left" | "base";

/** A text as it was said. */
export function Prose({ text }: { text: string }) {
  return <pre class="text" dir="auto" lang="">{visible(text)}</pre>;
}

/** A reply: as it is, as its Markdown means it, or with what differs from another one marked. */
export function ReplyText({ text, other, rendered }: {
  text: string; other: string | null; rendered: boolean;
}) {
  if (other !== null) {
    return (
      <pre class="text diffed" dir="auto" lang="">
        {diffWords(visible(other), visible(text)).map(([kind, part]) =>
          kind === "same" ? part : kind === "del" ? <del>{part}</del> : <ins>{part}</ins>)}
      </pre>
    );
  }
  return rendered ? <Rendered text={visible(text)} /> : <Prose text={text} />;
}

export function Checks({ checks }: { checks: readonly CheckLine[] }) {
  if (!checks.length) return null;
  return (
    <ul class="checks">{checks.map((check) => {
      const notes = noteCheck(check);
      const value = check.parts?.length ? "" : clip(writeValue(check.value), 400);
      return (
        <li class={check.outcome}>
          <b role="img" aria-label={check.outcome}>{SYMBOLS[check.outcome] ?? "?"}</b>
          <div>
            <code>{line(check.type, 60)}</code>
            {value && <> <q dir="auto">{value}</q></>}
            {notes && <> <small>({notes})</small></>}
            {check.reason && <> <span class="reason" dir="auto">{visible(check.reason)}</span></>}
            {check.parts && <Checks checks={check.parts} />}
          </div>
        </li>
      );
    })}</ul>
  );
}

export function ErrorNote({ error }: { error: ErrorLine }) {
  return (
    <div class="failure">
      <p><b>{titleError(error)}</b></p>
      <Prose text={error.message ?? ""} />
      {error.request_id && <p class="facts-line">request id {line(error.request_id, 100)}</p>}
    </div>
  );
}

export function Pictures({ pictures }: { pictures: readonly Picture[] }) {
  if (!pictures.length) return null;
  return (
    <ul class="pictures">{pictures.map((one) => (
      <li>{one.source && <img src={one.source} alt={one.caption} loading="lazy" />}
        <small>{one.caption}{one.source ? "" : ", not shown"}</small></li>
    ))}</ul>
  );
}

export function Answer({ turn, user, error, usualModel, expected, other, rendered }: {
  turn: TurnLine | undefined;
  /** What the user said to this one alone, where others heard something else. */
  user: string | null;
  error: ErrorLine | null;
  usualModel: string | null;
  expected: Expected;
  other: string | null;
  rendered: boolean;
}) {
  if (!turn) return <p class="unreached">This turn was not reached.</p>;
  const calls = turn.tool_calls ?? [];
  const said = turn.assistant ?? null;
  return (
    <>
      {user !== null && <div class="own-user"><h6>User</h6><Prose text={user} /></div>}
      {turn.refusal && <p class="note">The model refused:</p>}
      {calls.map((call) => <pre class="call" dir="auto">→ {writeCall(call)}</pre>)}
      {said !== null && (said || !calls.length) && (
        <div class="reply"><ReplyText text={said} other={other} rendered={rendered} /></div>
      )}
      {said === null && error && <ErrorNote error={error} />}
      <Checks checks={turn.checks ?? []} />
      {!turn.scripted && <Lines turn={turn} usualModel={usualModel} expected={expected} />}
      {turn.context && turn.context.length > 0 && (
        <details class="more"><summary>Context: {turn.context.length} passages</summary>
          {turn.context.map((passage) => <Prose text={passage} />)}</details>
      )}
    </>
  );
}

function Lines({ turn, usualModel, expected }: {
  turn: TurnLine; usualModel: string | null; expected: Expected;
}) {
  const facts = listFacts(turn, usualModel);
  return (
    <>
      {facts.length > 0 && <p class="facts-line">{facts.join(" · ")}</p>}
      {listNotes(turn, expected).map((note) => <p class="facts-line hint">{note}</p>)}
    </>
  );
}
