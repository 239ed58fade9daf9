"""Trials that are compared: they wait for each other, and are decided together.

All trials of one question and one repeat, whatever target and variant, make a comparison. Each is
played like any other; the last one that comes has the judge asked, once a check, and then all have
their results. Until then they are in memory: a target that is far ahead of the slowest one waits.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from harness.checks.finding import CannotCheck, Finding
from harness.checks.referred.best import Candidate, Choice
from harness.checks.referred.judged.fence import NamedText
from harness.results.model import Result
from harness.run.judging.check_executor import CheckExecutor, number_place
from harness.run.matrix import Matrix, Trial
from harness.run.playing import WHOLE, PlayedTrial, Where
from harness.run.requests.request_executor import Halt

AHEAD = 64
"""Questions by which one target may be ahead of the slowest, where trials are compared."""
LOOK_S = 0.2


class Comparisons:
    """The comparisons that are open. Not for use from several threads.

    Args:
        matrix: the run's trials.
        ahead: questions by which one target may be ahead of the slowest.
    """

    def __init__(self, matrix: Matrix, ahead: int = AHEAD) -> None:
        self._matrix = matrix
        self._ahead = ahead
        self._open: dict[tuple[int, int], list[PlayedTrial]] = {}
        self._closed = asyncio.Event()

    async def admit(self, trial: Trial, halt: Halt) -> None:
        """Wait until the other targets have come near enough to this trial's question.

        The slowest target is never kept waiting, so that all of them get on.
        """
        row, _ = self._matrix.comparison(trial.index)
        while self._open and not halt.reason:
            if row - min(row for row, _ in self._open) < self._ahead:
                return
            self._closed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), LOOK_S)

    def enter(self, played: PlayedTrial) -> tuple[PlayedTrial, ...]:
        """Add a played trial; return the whole comparison once it was the last, else ()."""
        comparison = self._matrix.comparison(played.trial.index)
        come = self._open.setdefault(comparison, [])
        come.append(played)
        if len(come) < len(self._matrix.targets) * len(self._matrix.variants):
            return ()
        del self._open[comparison]
        self._closed.set()
        return tuple(sorted(come, key=lambda one: one.trial.index))


async def decide(
    comparison: Sequence[PlayedTrial], check_executor: CheckExecutor
) -> list[tuple[int, Result]]:
    """Return the results of a comparison's trials; the judge is charged to the first one.

    Raises:
        RunHaltedError: the run sends nothing more; none of them has a result.
    """
    decided: list[dict[Where, Finding | CannotCheck]] = [{} for _ in comparison]
    places = dict.fromkeys(where for played in comparison for where in played.rivalries)
    for where in sorted(places):
        entered = [n for n, played in enumerate(comparison) if where in played.rivalries]
        choice = await _choose(where, comparison, entered, check_executor)
        for place, number in enumerate(entered):
            decided[number][where] = (
                choice.make_finding(place, len(entered)) if isinstance(choice, Choice) else choice
            )
    return [
        (played.trial.index, played.result(found))
        for played, found in zip(comparison, decided, strict=True)
    ]


async def _choose(
    where: Where,
    comparison: Sequence[PlayedTrial],
    entered: Sequence[int],
    check_executor: CheckExecutor,
) -> Choice | CannotCheck:
    """Ask the judge to choose among the replies that came as far as this check."""
    turn, check = where
    first = comparison[0]
    rivals = [comparison[number].rivalries[where] for number in entered]
    if len(rivals) < 2:
        of = (
            f"{len(comparison)} that were to be compared" if len(comparison) > 1 else "a run of one"
        )
        return CannotCheck(f"There is one reply, of {of}: select-best needs two at least")
    if any(rival.assertion.value != rivals[0].assertion.value for rival in rivals):
        return CannotCheck("The criterion is not the same for all that are compared")
    candidates = [
        Candidate(f"{played.trial.id.target} {played.trial.id.variant}", rival.subject)
        for played, rival in zip((comparison[n] for n in entered), rivals, strict=True)
    ]
    place = replace(first.trial.script.place, turn=turn, check=number_place(check), round=1)
    seed = json.dumps([place.conversation, place.case, place.repeat, turn, place.check])
    asked = _list_what_was_asked(first.trial, turn)
    return await check_executor.choose(
        rivals[0].assertion, asked, candidates, (place, seed), first.account
    )


def _list_what_was_asked(trial: Trial, turn: int) -> tuple[NamedText, ...]:
    """List what every target was told, without what targets and variants add to it."""
    turns = trial.question.turns
    said: list[NamedText] = []
    for number, asked in enumerate(turns if turn == WHOLE else turns[:turn], start=1):
        said.append((f"user, turn {number}", asked.user))
        if asked.assistant is not None:
            said.append((f"assistant, turn {number}", asked.assistant))
    return tuple(said)
