"""The targets' answers to one conversation, aligned turn by turn, to be shown side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.checks.verdict import CheckOutcome, Verdict
from harness.conversation.transcript import Exchange, Failure, Reply, ToolCall
from harness.report import text
from harness.report.pictures import Album, Picture
from harness.report.plays import Play, PlayColumn, write_tally
from harness.results.model import JudgedExchange, Outcome, Result
from harness.text import numbers, safe

LONGEST_TEXT = 60_000
"""Characters of one text on the page; the rest is in results.jsonl."""


@dataclass(frozen=True, slots=True)
class Prose:
    """A text that somebody else wrote, safe to show; ``omitted`` characters were cut off."""

    text: str
    omitted: int = 0


@dataclass(frozen=True, slots=True)
class CheckView:
    """A verdict in words; ``parts`` are those of an assert-set."""

    outcome: CheckOutcome
    symbol: str
    type: str
    value: str
    reason: str
    notes: str
    parts: tuple[CheckView, ...] = ()


@dataclass(frozen=True, slots=True)
class FailureView:
    """The reason for a missing answer: ``title`` is the kind with status and code."""

    title: str
    message: Prose
    request_id: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One target's answer to one turn. ``user`` is None where the turn's own text holds."""

    column: int
    label: str
    user: Prose | None
    reply: Prose | None
    refusal: bool
    tool_calls: tuple[str, ...]
    failure: FailureView | None
    checks: tuple[CheckView, ...]
    facts: tuple[str, ...]
    notes: tuple[str, ...]
    reached: bool = True


@dataclass(frozen=True, slots=True)
class TurnView:
    """A turn: what the user said, once, and the answers beside each other.

    ``scripted`` is the assistant's text where the turn was history and nothing was called;
    ``pictures`` are what the user shows.
    """

    number: int
    user: Prose | None
    scripted: Prose | None
    answers: tuple[AnswerView, ...]
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class RepeatView:
    """Repeats of one target that said the same and were judged the same."""

    label: str
    outcome: Outcome
    symbol: str
    turns: tuple[AnswerView, ...]
    checks: tuple[CheckView, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One column of a conversation: a target under a variant, over its repeats."""

    column: int
    label: str
    outcome: Outcome
    symbol: str
    tally: str
    shown: str
    score: str
    model: str
    system: Prose | None
    failure: FailureView | None
    checks: tuple[CheckView, ...]
    others: tuple[RepeatView, ...]


def view_sides(plays: Sequence[Play]) -> tuple[Side, ...]:
    """Make the columns of a conversation, with system prompts only where they differ."""
    shared = len({play.representative.system for play in plays}) == 1
    return tuple(_view_side(play, shared_system=shared) for play in plays)


def find_shared_system(plays: Sequence[Play]) -> Prose | None:
    """Find the system prompt, when every column has the same one."""
    systems = {play.representative.system for play in plays}
    only = systems.pop() if len(systems) == 1 else None
    return _clip(only) if only else None


def view_turns(plays: Sequence[Play], album: Album) -> tuple[TurnView, ...]:
    """Make the turns of the representative repeats, aligned by their position."""
    length = max((len(play.representative.turns) for play in plays), default=0)
    return tuple(_view_turn(plays, position, album) for position in range(length))


def find_model(result: Result) -> str | None:
    """Find the model that says to have made the first reply; not the deployment's name."""
    replies = (turn.exchange.reply for turn in result.turns)
    return next((reply.model for reply in replies if reply and reply.model), None)


def _view_turn(plays: Sequence[Play], position: int, album: Album) -> TurnView:
    judged = [_turn_at(play.representative, position) for play in plays]
    present = [turn.exchange for turn in judged if turn is not None]
    users = {exchange.asked for exchange in present}
    scripted = {_read_reply(e) for e in present} if all(e.scripted for e in present) else set()
    same_user = len(users) == 1
    answers = tuple(
        _view_answer(play.column, turn, find_model(play.representative), own_user=not same_user)
        for play, turn in zip(plays, judged, strict=True)
    )
    return TurnView(
        number=present[0].number,
        user=_clip(users.pop()) if same_user else None,
        scripted=_clip(scripted.pop()) if len(scripted) == 1 else None,
        answers=answers,
        pictures=album.take(plays[0].representative.trial.conversation, present[0].number),
    )


def _turn_at(result: Result, position: int) -> JudgedExchange | None:
    return result.turns[position] if position < len(result.turns) else None


def _read_reply(exchange: Exchange) -> str:
    return exchange.reply.text if exchange.reply else ""


def _view_answer(
    column: PlayColumn, turn: JudgedExchange | None, usual_model: str | None, *, own_user: bool
) -> AnswerView:
    if turn is None:
        return AnswerView(
            column.index, column.label, None, None, False, (), None, (), (), (), reached=False
        )
    exchange = turn.exchange
    reply = exchange.reply
    calls = exchange.tool_calls or (reply.tool_calls if reply else ())
    return AnswerView(
        column=column.index,
        label=column.label,
        user=_clip(exchange.asked) if own_user else None,
        reply=_clip(reply.text) if reply and (reply.text or not calls) else None,
        refusal=bool(reply and reply.refusal),
        tool_calls=tuple(map(_write_call, calls)),
        failure=_view_failure(exchange.failure) if exchange.failure else None,
        checks=tuple(map(_view_check, turn.verdicts)),
        facts=() if exchange.scripted else _list_facts(turn, usual_model),
        notes=(*_list_notes(exchange, column.adapted), *_note_served(reply, column.model)),
    )


def _write_call(call: ToolCall) -> str:
    return safe.visible(f"{call.name}({call.arguments[:LONGEST_TEXT]})")


def _list_facts(turn: JudgedExchange, usual_model: str | None) -> tuple[str, ...]:
    """Describe how the reply ended, its time and cost; its model where it is another one."""
    reply, effort = turn.exchange.reply, turn.exchange.effort
    facts: list[str] = []
    if reply is not None:
        facts += [safe.clip_line(reply.finish_reason, 40), numbers.format_seconds(reply.took_s)]
        if reply.ttft_s is not None:
            facts.append(f"first token {numbers.format_seconds(reply.ttft_s)}")
        facts += [_write_tokens(reply), _write_cost(turn.cost_usd)]
        if reply.model and reply.model != usual_model:
            facts.append(safe.clip_line(reply.model, 80))
    if effort.attempts > effort.requests:
        facts.append(numbers.format_plural(effort.attempts, "attempt"))
    if effort.queued_s >= 0.05:
        facts.append(f"queued {numbers.format_seconds(effort.queued_s)}")
    return tuple(facts)


def _write_cost(cost: float | None) -> str:
    return "cost unknown" if cost is None else numbers.format_money(cost)


def _write_tokens(reply: Reply) -> str:
    if reply.usage is None:
        return "tokens unknown"
    usage = reply.usage
    cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
    reasoning = f" ({usage.reasoning_tokens:,} reasoning)" if usage.reasoning_tokens else ""
    return f"{usage.input_tokens:,}{cached} → {usage.output_tokens:,}{reasoning} tokens"


def _list_notes(exchange: Exchange, known: Sequence[str]) -> tuple[str, ...]:
    """List further notes; what is ``known`` of every reply of the target is said once."""
    notes: list[str] = []
    if exchange.dropped:
        were = "was" if exchange.dropped == 1 else "were"
        notes.append(
            f"{numbers.format_plural(exchange.dropped, 'earlier message')} {were} not sent: "
            "the history is trimmed"
        )
    if exchange.reply:
        notes += [safe.clip_line(note) for note in exchange.reply.notes if note not in known]
        notes += _note_filtered(exchange.reply.content_filter, "content filter")
    if exchange.failure:
        notes += _note_filtered(exchange.failure.content_filter, "content filter")
    return tuple(notes)


def _note_served(reply: Reply | None, model: str) -> tuple[str, ...]:
    """Name the model or deployment that really answered, where it is not the target's."""
    if reply is None or reply.served is None:
        return ()
    served, notes = reply.served, []
    if served.model and model and not served.model.casefold().startswith(model.casefold()):
        notes.append(safe.clip_line(f"served by {served.model}", 120))
    if served.spilled_from:
        took = f" by {served.deployment}" if served.deployment else ""
        notes.append(
            safe.clip_line(f"spilled over: answered{took}, for {served.spilled_from}", 200)
        )
    if served.tier:
        notes.append(safe.clip_line(f"served at tier {served.tier}", 80))
    return tuple(notes)


def _note_filtered(annotations: Any, path: str) -> list[str]:
    """Describe Azure's categories that refused or were found; silent ones are left out."""
    if isinstance(annotations, list | tuple):
        return [note for item in annotations for note in _note_filtered(item, path)]
    if not isinstance(annotations, Mapping):
        return []
    if annotations.get("filtered") is True or annotations.get("detected") is True:
        severity = annotations.get("severity")
        what = "filtered" if annotations.get("filtered") is True else "detected"
        return [safe.clip_line(f"{path}: {f'{severity}, ' if severity else ''}{what}")]
    return [
        note
        for name, value in annotations.items()
        if isinstance(value, Mapping | list | tuple)
        for note in _note_filtered(value, path if "content_filter" in str(name) else str(name))
    ]


def _view_failure(failure: Failure) -> FailureView:
    status = f", HTTP {failure.status}" if failure.status else ""
    code = f", {failure.code}" if failure.code else ""
    return FailureView(
        title=safe.clip_line(f"{failure.kind}{status}{code}"),
        message=_clip(failure.message),
        request_id=safe.clip_line(failure.request_id or "", 80),
    )


def _view_check(verdict: Verdict) -> CheckView:
    notes = []
    if verdict.metric:
        notes.append(f"metric {verdict.metric}")
    if verdict.score is not None and verdict.score not in (0.0, 1.0):
        notes.append(f"score {numbers.format_number(verdict.score)}")
    if verdict.weight != 1.0:
        notes.append(f"weight {numbers.format_number(verdict.weight)}")
    return CheckView(
        outcome=verdict.outcome,
        symbol=text.SYMBOLS[verdict.outcome],
        type=safe.clip_line(verdict.type, 60),
        value="" if verdict.parts else safe.clip_line(text.write_value(verdict.value), 90),
        reason=safe.clip_line(verdict.reason, 600),
        notes=safe.clip_line(", ".join(notes)),
        parts=tuple(map(_view_check, verdict.parts)),
    )


def _clip(value: str) -> Prose:
    return Prose(*safe.clip(value, LONGEST_TEXT))


def _view_side(play: Play, *, shared_system: bool) -> Side:
    shown = play.representative
    groups = _group_alike(play.repeats)
    mine = next(group for group in groups if any(result is shown for result in group))
    reported = any(turn.exchange.failure for turn in shown.turns)
    return Side(
        column=play.column.index,
        label=play.column.label,
        outcome=play.outcome,
        symbol=text.SYMBOLS[play.outcome],
        tally=write_tally(play.passed, len(play.repeats)),
        shown=_label_repeats(mine) if len(play.repeats) > 1 else "",
        score=numbers.format_number(shown.score, ""),
        model=safe.clip_line(find_model(shown) or "", 80),
        system=_clip(shown.system) if shown.system and not shared_system else None,
        failure=_view_failure(shown.failure) if shown.failure and not reported else None,
        checks=tuple(map(_view_check, shown.verdicts)),
        others=tuple(_view_repeat(play.column, group) for group in groups if group is not mine),
    )


def _group_alike(repeats: Sequence[Result]) -> list[list[Result]]:
    groups: dict[object, list[Result]] = {}
    for result in repeats:
        key = (
            result.outcome,
            _list_outcomes(result.verdicts),
            tuple(
                (_read_reply(t.exchange), _name_failure(t.exchange), _list_outcomes(t.verdicts))
                for t in result.turns
            ),
        )
        groups.setdefault(key, []).append(result)
    return list(groups.values())


def _name_failure(exchange: Exchange) -> str:
    return exchange.failure.kind if exchange.failure else ""


def _list_outcomes(verdicts: Sequence[Verdict]) -> tuple[CheckOutcome, ...]:
    return tuple(verdict.outcome for verdict in verdicts)


def _label_repeats(alike: Sequence[Result]) -> str:
    numbers = ", ".join(str(result.trial.repeat) for result in alike)
    if len(alike) == 1:
        return f"repeat {numbers}"
    return f"repeats {numbers}: {len(alike)} identical answers"


def _view_repeat(column: PlayColumn, alike: Sequence[Result]) -> RepeatView:
    first = alike[0]
    return RepeatView(
        label=_label_repeats(alike),
        outcome=first.outcome,
        symbol=text.SYMBOLS[first.outcome],
        turns=tuple(
            _view_answer(column, turn, find_model(first), own_user=False)
            for turn in first.turns
            if not turn.exchange.scripted
        ),
        checks=tuple(map(_view_check, first.verdicts)),
    )
