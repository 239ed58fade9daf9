"""The spending of a run, counted from its journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from harness.conversation.ports import Place
from harness.run.requests.spent import Amount, Spent
from harness.store.journal import read_place, read_whole_lines
from harness.text.numbers import is_number


def read_spent(path: Path) -> Spent:
    """Count what the processes of a run spent.

    A request that was sent and whose answer is not there may have been answered, and counts at the
    most that it could take; not one in the file of a wave, whose answer is still to come. Reads the
    journal through once, and holds an entry for each request without an answer.
    """
    spent, doubtful, queued = Spent(), dict[Place, Amount](), set[Place]()
    clock = _ProcessClock()
    for line in read_whole_lines(path):
        clock.note(line)
        event = line.get("event")
        if event not in {"sent", "answered"}:
            continue
        try:
            place = read_place(line)
        except KeyError:
            continue  # a line of a later version
        if event == "sent":
            if place in doubtful and place not in queued:
                spent = spent.add(doubtful[place])  # sent before, too, and nobody saw the answer
            doubtful[place] = _read_amount(line, "most")
            (queued.add if "wave" in line else queued.discard)(place)
        elif place in doubtful:
            del doubtful[place]
            spent = spent.add(_read_amount(line, "took"))
    for place, amount in doubtful.items():
        if place not in queued:
            spent = spent.add(amount)
    return replace(spent, minutes=clock.count_minutes(), processes=clock.processes)


def _read_amount(line: Mapping[str, Any], name: str) -> Amount:
    usd, tokens = line.get(f"{name}_usd"), line.get(f"{name}_tokens")
    return Amount(
        max(0.0, float(usd)) if is_number(usd) else None,
        max(0, tokens) if is_number(tokens) and isinstance(tokens, int) else 0,
    )


class _ProcessClock:
    """Adds up how long each process of a run wrote its journal: a killed one says nowhere else."""

    def __init__(self) -> None:
        self.processes = 0
        self._seconds = 0.0
        self._first: datetime | None = None
        self._last: Any = None

    def note(self, line: Mapping[str, Any]) -> None:
        """Look at the next line."""
        if line.get("event") == "opened":
            self._end_process()
            self.processes += 1
            self._first = _read_moment(line.get("at"))
        self._last = line.get("at")

    def count_minutes(self) -> float:
        """Return the minutes of all processes."""
        self._end_process()
        return self._seconds / 60

    def _end_process(self) -> None:
        last = _read_moment(self._last)
        if self._first is not None and last is not None:
            self._seconds += max(0.0, (last - self._first).total_seconds())
        self._first = None


def _read_moment(written: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None
