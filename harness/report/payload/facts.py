"""The numbers of every trial in columns, for the application's tables and charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from harness.checks.verdict import Verdict
from harness.report import text
from harness.report.payload.order import PlayedConversation
from harness.report.plays import explain_result
from harness.results.codec import decode_result
from harness.results.glance import TrialGlance, TurnGlance
from harness.results.model import Outcome, Result
from harness.text import safe

CODES: dict[Outcome, int] = {outcome: code for code, outcome in enumerate(text.OUTCOMES)}
"""The codes of outcomes in the data are their places in this order."""


class _Words:
    """Texts by number, each once."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, word: str) -> int:
        return self.numbers.setdefault(word, len(self.numbers))

    def write(self) -> list[str]:
        return list(self.numbers)


class _Columns:
    """The trials of one conversation, a list for each number."""

    __slots__ = (
        "amiss", "cost", "count", "input", "latency", "outcome", "output", "reason", "repeat",
        "score", "turn_latency", "turn_ttft",
    )  # fmt: skip

    def __init__(self) -> None:
        self.repeat: list[int] = []
        self.outcome: list[int] = []
        self.score: list[float | None] = []
        self.latency: list[int | None] = []
        self.cost: list[int | None] = []
        self.input: list[int | None] = []
        self.output: list[int | None] = []
        self.reason: list[int] = []
        self.amiss: dict[int, list[int]] = {}
        self.count: list[int] = []
        self.turn_latency: list[int | None] = []
        self.turn_ttft: list[int | None] = []


class Facts:
    """The numbers of trials, gathered a conversation at a time, in any order."""

    def __init__(self, conversations: Sequence[PlayedConversation]) -> None:
        self._conversations = conversations
        self._columns: dict[int, _Columns] = {}
        self._gists: dict[int, str] = {}
        self._tags: dict[int, list[int]] = {}
        self._tag_names, self._reasons, self._checks = _Words(), _Words(), _Words()

    def add(
        self, conversation: PlayedConversation, glances: Sequence[tuple[TrialGlance, bytes]]
    ) -> None:
        """Add a conversation's results, numbers and lines, in the order of its cells."""
        columns = self._columns[conversation.index] = _Columns()
        for position, (glance, line) in enumerate(glances):
            if position == 0:
                self._introduce(conversation.index, glance)
            self._add_trial(columns, glance)
            if glance.outcome == "passed":
                unchecked = glance.score is None
                columns.reason.append(self._reasons.number("nothing to check") if unchecked else -1)
            else:
                self._explain(columns, decode_result(line))

    def _introduce(self, index: int, glance: TrialGlance) -> None:
        self._gists[index] = safe.clip_line(glance.turns[0].user, 100) if glance.turns else ""
        if glance.tags:
            names = [self._tag_names.number(safe.clip_line(tag, 40)) for tag in glance.tags]
            self._tags[index] = names

    def _add_trial(self, columns: _Columns, glance: TrialGlance) -> None:
        asked = [turn for turn in glance.turns if not turn.scripted]
        paid = [turn for turn in asked if turn.finish_reason is not None or turn.unfinished]
        latencies = [_write_ms(turn.latency_s) for turn in paid]
        columns.repeat.append(glance.repeat)
        columns.outcome.append(CODES[glance.outcome])
        columns.score.append(None if glance.score is None else round(glance.score, 4))
        measured = [latency for latency in latencies if latency is not None]
        columns.latency.append(sum(measured) if measured else None)
        columns.cost.append(_sum_cost(paid))
        columns.input.append(_sum_tokens(paid, "input_tokens"))
        columns.output.append(_sum_tokens(paid, "output_tokens"))
        columns.count.append(len(latencies))
        columns.turn_latency += latencies
        columns.turn_ttft += [_write_ms(turn.ttft_s) for turn in paid]

    def _explain(self, columns: _Columns, result: Result) -> None:
        amiss = dict.fromkeys(
            self._checks.number(safe.clip_line(verdict.type, 60))
            for verdict in _walk_verdicts(result)
            if verdict.outcome in ("failed", "errored")
        )
        if amiss:
            columns.amiss[len(columns.reason)] = list(amiss)
        columns.reason.append(self._reasons.number(explain_result(result)))

    def write(self) -> dict[str, Any]:
        """Write cells, trials and the words that they number, in the run's order."""
        cells = [(one.index, column, cell) for one in self._conversations
                 for column, cell in one.cells]  # fmt: skip
        ordered = self._in_order()
        amiss: dict[int, list[int]] = {}
        start = 0
        for columns in ordered:
            amiss |= {start + place: numbers for place, numbers in columns.amiss.items()}
            start += len(columns.repeat)
        return {
            "cells": {
                "conversation": [index for index, _, _ in cells],
                "column": [column for _, column, _ in cells],
                "outcome": [CODES[cell.outcome] for _, _, cell in cells],
                "passed": [cell.passed for _, _, cell in cells],
                "repeats": [cell.repeats for _, _, cell in cells],
                "played": [cell.played for _, _, cell in cells],
            },
            "trials": {
                **{
                    name: _join(getattr(columns, name) for columns in ordered)
                    for name in ("repeat", "outcome", "score", "latency", "cost", "input",
                                 "output", "reason")
                },
                "amiss": {str(place): numbers for place, numbers in amiss.items()},
            },
            "tags": self._tag_names.write(),
            "reasons": self._reasons.write(),
            "checks": self._checks.write(),
        }  # fmt: skip

    def write_turns(self) -> dict[str, Any]:
        """Write the times of single turns."""
        ordered = self._in_order()
        return {
            "count": _join(columns.count for columns in ordered),
            "latency": _join(columns.turn_latency for columns in ordered),
            "ttft": _join(columns.turn_ttft for columns in ordered),
        }

    def write_conversations(self, chunks: dict[int, int]) -> dict[str, Any]:
        """Write the conversations; ``chunks`` maps their indices to their chunk's number."""
        known = {}
        for one in self._conversations:
            mark = one.cells[0][1].known_failing
            if mark is not None:
                note = f"known to fail until {mark.until}"
                known[str(one.index)] = (note, safe.clip_line(mark.issue))
        return {
            "id": [safe.clip_line(one.id) for one in self._conversations],
            "case": [None if one.case is None else safe.clip_line(one.case)
                     for one in self._conversations],
            "tags": [self._tags.get(one.index, []) for one in self._conversations],
            "gist": [self._gists[one.index] for one in self._conversations],
            "known": known,
            "chunk": [chunks.get(one.index, -1) for one in self._conversations],
        }  # fmt: skip

    def _in_order(self) -> list[_Columns]:
        return [self._columns[one.index] for one in self._conversations]


def _join(lists: Iterable[list[Any]]) -> list[Any]:
    return list(chain.from_iterable(lists))


def _write_ms(seconds: float | None) -> int | None:
    """Return whole milliseconds; None where nobody measured, for which a reply has 0."""
    return round(seconds * 1000) if seconds else None


def _sum_cost(turns: Sequence[TurnGlance]) -> int | None:
    """Return billionths of a dollar; None where nothing was paid for, or a part is not known."""
    total = 0.0
    for turn in turns:
        if turn.cost_usd is None:
            return None
        total += turn.cost_usd
    return round(total * 1e9) if turns else None


def _sum_tokens(turns: Sequence[TurnGlance], name: str) -> int | None:
    total = 0
    for turn in turns:
        if turn.usage is None:
            return None
        total += getattr(turn.usage, name)
    return total if turns else None


def _walk_verdicts(result: Result) -> Iterable[Verdict]:
    waiting = [*chain.from_iterable(turn.verdicts for turn in result.turns), *result.verdicts]
    for verdict in waiting:
        yield verdict
        waiting += verdict.parts
