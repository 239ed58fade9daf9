"""Write the text of a failed test: the turn, the request, the reply, the reason, the difference."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from harness.checks.reading.json import NotJson, read_json
from harness.checks.verdict import Verdict
from harness.conversation.transcript import Exchange
from harness.report.plays import explain_result
from harness.report.text import SYMBOLS
from harness.results.model import JudgedExchange, Result
from harness.spec.model.spec import Assertion, Conversation
from harness.text.safe import clip, clip_line, visible

Loudness = int
"""The number of ``-v``, less how often ``-q`` was."""

LONGEST_TEXT = (600, 6_000, 1_000_000)
"""Characters of a text that are shown, by loudness."""
MOST_CELLS = (3, 20, 1_000)
"""Cases and variants that are shown whole, by loudness."""
MOST_LINES = (24, 200, 10_000)
"""Lines of a diff, by loudness."""

Cell = tuple[Result, ...]
"""The repeats of one case under one variant."""


def tell(
    conversation: Conversation, missed: Sequence[Cell], cells: int, floor: float, loudness: Loudness
) -> str:
    """Tell everything about the cells that did not hold; the first line is the story in short."""
    shown = missed[: _at(MOST_CELLS, loudness)]
    first = _choose_representative(missed[0])
    lines = [_write_headline(first)]
    if cells > 1:
        lines.append(f"{len(missed)} of {cells} {_describe_plays(first)} did not pass")
    for cell in shown:
        one = _choose_representative(cell)
        lines.append("")
        if cells > 1 or len(cell) > 1:
            lines.append(f"{_describe_place(one)}{one.outcome}{_describe_share(cell, floor)}")
        lines += write_transcript(conversation, one, loudness)
    if len(missed) > len(shown):
        lines += ["", f"and {len(missed) - len(shown)} more; -v shows more of them"]
    return "\n".join(lines)


def _at(limits: Sequence[int], loudness: Loudness) -> int:
    return limits[max(0, min(loudness, len(limits) - 1))]


def _choose_representative(cell: Cell) -> Result:
    """Choose the repeat that is shown: one without an answer before one with a wrong one."""
    wrong = [one for one in cell if one.outcome not in ("passed", "skipped")]
    return next((one for one in wrong if one.outcome == "errored"), wrong[0])


def _write_headline(result: Result) -> str:
    """Write what pytest's last lines have room for; that it failed they say themselves."""
    outcome = "" if result.outcome == "failed" else f"{result.outcome}: "
    reason = clip_line(explain_result(result) or result.outcome, 200)
    return f"{outcome}{_describe_place(result)}{reason}"


def _describe_plays(result: Result) -> str:
    """List what one test has several of."""
    trial = result.trial
    named = (("cases", trial.case is not None), ("variants", trial.variant != "default"))
    return " and ".join(word for word, there in named if there) or "plays"


def _describe_place(result: Result) -> str:
    trial = result.trial
    parts = [f"case {clip_line(trial.case, 80)}"] if trial.case is not None else []
    parts += [f"variant {trial.variant}"] if trial.variant != "default" else []
    parts += [f"repeat {trial.repeat}"] if trial.repeat > 1 else []
    return f"{', '.join(parts)}: " if parts else ""


def _describe_share(cell: Cell, floor: float) -> str:
    if len(cell) == 1:
        return ""
    passed = sum(one.outcome == "passed" for one in cell)
    wanted = "all must" if floor >= 1 else f"{floor:.0%} must"
    return f"; {passed} of {len(cell)} repeats passed, {wanted}"


def write_transcript(
    conversation: Conversation | None, result: Result, loudness: Loudness
) -> Iterator[str]:
    """Yield lines: the turns that went wrong, all of them when louder; then checks on the whole.

    ``conversation`` is what the spec declares; without it no difference is shown.
    """
    for turn in result.turns:
        if loudness > 0 or _went_wrong(turn):
            yield from _write_turn(conversation, turn, loudness)
    whole = [verdict for verdict in result.verdicts if loudness > 0 or _counts(verdict)]
    if whole:
        yield "the whole conversation"
        said = "\n\n".join(t.exchange.reply.text for t in result.turns if t.exchange.reply)
        demanded = conversation.assertions if conversation is not None else ()
        for verdict in whole:
            number = result.verdicts.index(verdict)
            demand = demanded[number] if number < len(demanded) else None
            yield from write_verdict(verdict, demand, said, loudness)
    failure = result.failure
    if failure is not None and not any(turn.exchange.failure for turn in result.turns):
        yield f"! {failure.kind}"
        yield from _indent(visible(failure.message), "  ")


def _counts(verdict: Verdict) -> bool:
    """Return whether a check speaks against the reply: weight 0 measures, and decides nothing."""
    return verdict.outcome == "errored" or (verdict.outcome == "failed" and verdict.weight > 0)


def _went_wrong(turn: JudgedExchange) -> bool:
    reply = turn.exchange.reply
    cut = reply is not None and reply.finish_reason in ("length", "content_filter")
    return (
        turn.exchange.failure is not None
        or any(map(_counts, turn.verdicts))
        or (cut and not turn.exchange.scripted)
    )


def _write_turn(
    conversation: Conversation | None, turn: JudgedExchange, loudness: Loudness
) -> Iterator[str]:
    exchange = turn.exchange
    longest = _at(LONGEST_TEXT, loudness)
    yield f"turn {exchange.number}"
    yield from _write_reply("user", exchange.asked, longest)
    if exchange.reply is not None:
        yield from _write_reply("assistant", exchange.reply.text, longest)
    yield from write_ending(exchange, longest)
    demanded: Sequence[Assertion] = ()
    if conversation is not None:
        demanded = conversation.turns[exchange.number - 1].assertions
    text = exchange.reply.text if exchange.reply is not None else ""
    for number, verdict in enumerate(turn.verdicts):
        if loudness > 0 or _counts(verdict):
            # Where only checks about the ending were made, which is which cannot be told.
            demand = demanded[number] if len(demanded) == len(turn.verdicts) else None
            yield from write_verdict(verdict, demand, text, loudness)


def write_ending(exchange: Exchange, longest: int) -> Iterator[str]:
    """Yield lines: what a turn did beside its text, and why it ended where it did not end well."""
    if exchange.reply is not None and exchange.reply.finish_reason in ("length", "content_filter"):
        yield f"  ended by {exchange.reply.finish_reason}"
    for call in exchange.tool_calls:
        yield f"  called {clip_line(f'{call.name}({call.arguments})', longest)}"
    if exchange.failure is not None:
        failure = exchange.failure
        status = f" ({failure.status or failure.code})" if failure.status or failure.code else ""
        yield f"  ! {clip_line(f'{failure.kind}{status}')}"
        yield from _indent(visible(failure.message[:longest]), "    ")


def _write_reply(who: str, text: str, longest: int) -> Iterator[str]:
    shown, left_out = clip(text, longest)
    first, *rest = shown.split("\n")
    yield f"  {who + ':':<11}{first}".rstrip()
    yield from (f"  {'':<11}{one}".rstrip() for one in rest)
    if left_out:
        yield f"  {'':<11}… {left_out:,} more characters"


def write_verdict(
    verdict: Verdict, demand: Assertion | None, text: str, loudness: Loudness
) -> Iterator[str]:
    """Yield lines: a check with its reason, and what differs where ``demand`` is known."""
    weight = " (weight 0)" if verdict.weight == 0 else ""
    said = visible(f"{verdict.type}{weight}: {verdict.reason}").replace("\n", " ")
    yield f"  {SYMBOLS[verdict.outcome]} {said}"
    if verdict.outcome == "failed" and demand is not None and demand.path is None:
        lines = list(_write_difference(verdict, text))
        most = _at(MOST_LINES, loudness)
        yield from _indent("\n".join(lines[:most]), "      ") if lines else ()
        if len(lines) > most:
            yield f"      … {len(lines) - most} more lines"
    for part in verdict.parts:
        if loudness > 0 or _counts(part):
            yield from _indent("\n".join(write_verdict(part, None, text, loudness)), "  ")


def _write_difference(verdict: Verdict, text: str) -> Iterator[str]:
    """Show what a check that compares wanted (``-``) against what was said (``+``)."""
    wanted = verdict.value
    if verdict.type == "equals" and wanted is not None:
        yield from _compare(wanted, text)
    elif verdict.type in ("contains-all", "icontains-all") and isinstance(wanted, list | tuple):
        ignoring_case = verdict.type.startswith("i")
        said = text.lower() if ignoring_case else text
        for one in map(str, wanted):
            is_there = (one.lower() if ignoring_case else one) in said
            yield f"{' ' if is_there else '-'} {clip_line(one)}"


def _compare(wanted: Any, text: str) -> Iterator[str]:
    if isinstance(wanted, list | tuple | dict):
        try:
            said = _parse_json(read_json(text))
        except NotJson:
            return
        expected = _parse_json(wanted)
    else:
        said, expected = visible(text), visible(str(wanted))
    for one in difflib.ndiff(expected.splitlines(), said.splitlines()):
        yield one.rstrip()


def _parse_json(value: Any) -> str:
    return visible(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str))


def _indent(text: str, margin: str) -> Iterable[str]:
    return (f"{margin}{one}" for one in text.split("\n"))
