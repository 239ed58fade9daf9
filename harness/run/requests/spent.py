"""The spending of a run: amounts of requests, and what all of its processes took together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from harness.spec.model.spec import Budget
from harness.text.numbers import format_money, format_plural

Limit = Literal["usd", "requests", "tokens", "minutes"]
"""A key of ``evaluation.budget``."""


@dataclass(frozen=True, slots=True)
class Amount:
    """US dollars and tokens of a request, at most or in fact; ``usd`` None: no price is known."""

    usd: float | None = 0.0
    tokens: int = 0

    def __add__(self, other: Amount) -> Amount:
        """Add up two amounts; what one of them does not know, nobody knows of both."""
        known = None if self.usd is None or other.usd is None else self.usd + other.usd
        return Amount(known, self.tokens + other.tokens)


@dataclass(frozen=True, slots=True)
class Spent:
    """The spending of the processes of a run; a request in doubt counts at the most it may take.

    Attributes:
        usd: US dollars, of the requests whose price is known.
        requests: requests that were sent, those that were tried again included.
        tokens: tokens, sent and received.
        minutes: minutes of the clock, of each process from its beginning to its last line.
        processes: how many processes worked at the run.
        unpriced: requests of which nobody knows what they cost.
    """

    usd: float = 0.0
    requests: int = 0
    tokens: int = 0
    minutes: float = 0.0
    processes: int = 0
    unpriced: int = 0

    def add(self, amount: Amount, *, requests: int = 1) -> Spent:
        """Return what is spent when a request took so much as well."""
        return Spent(
            self.usd + (amount.usd or 0.0),
            self.requests + requests,
            self.tokens + amount.tokens,
            self.minutes,
            self.processes,
            self.unpriced + (amount.usd is None),
        )


NOTHING_SPENT = Spent()


@dataclass(frozen=True, slots=True)
class EndedBudget:
    """A limit that does not allow the next request, and that in words.

    ``least_usd`` is the limit in dollars that would have allowed it, where dollars were the reason.
    """

    limit: Limit
    said: str
    least_usd: float = 0.0

    def __str__(self) -> str:
        """Return the reason for which a run halts."""
        return f"the budget ended ({self.said})"


def find_ended(budget: Budget, spent: Spent) -> tuple[Limit, ...]:
    """Return the limits of which nothing is left."""
    return tuple(name for name, limit, used in _pair(budget, spent) if used >= limit)


def find_left(budget: Budget, spent: Spent) -> Budget:
    """Return what is left of a budget; a limit of which nothing is left is 0."""
    left: dict[str, float] = {
        name: max(0, limit - used) for name, limit, used in _pair(budget, spent)
    }
    return budget.model_copy(update=left)


def say_spent(budget: Budget, spent: Spent) -> str:
    """Say what a run took so far of each of its limits, and what is left of it; "" without any."""
    parts = []
    for name, limit, used in _pair(budget, spent):
        left = max(0.0, limit - used)
        words = f"{_write(name, used)} of {_write(name, limit)} ({_write(name, left)} left)"
        parts.append(words)
    if not parts:
        return ""
    said = f"spent so far in {_count_processes(spent)}: "
    said += ", ".join(parts)
    if budget.usd is not None and spent.unpriced:
        said += f", and {format_plural(spent.unpriced, 'request')} at an unknown price"
    return said


@dataclass(frozen=True, slots=True)
class LargerLimit:
    """Advice on how a run goes on whose limit has ended: in words, and as an option where it is."""

    advice: str
    option: str = ""


def advise_more(limit: Limit, budget: Budget, least_usd: float = 0.0) -> LargerLimit:
    """Advise on a larger limit: dollars by an option, all else by the spec.

    A budget is the one thing of a spec that may be another when a run is gone on with.
    ``least_usd`` is what at least it takes to send one request more.
    """
    if limit == "usd":
        enough = f"{max(2 * (budget.usd or 0.5), 2 * least_usd):.2g}"
        return LargerLimit("a larger limit", f"--max-usd {float(enough):g}")
    return LargerLimit(f"a larger `budget: {{{limit}: …}}` under `evaluation` in the spec")


def _pair(budget: Budget, spent: Spent) -> Iterator[tuple[Limit, float, float]]:
    """Yield each limit that there is, with what is used of it."""
    pairs: tuple[tuple[Limit, float | None, float], ...] = (
        ("usd", budget.usd, spent.usd),
        ("requests", budget.requests, spent.requests),
        ("tokens", budget.tokens, spent.tokens),
        ("minutes", budget.minutes, spent.minutes),
    )
    for name, limit, used in pairs:
        if limit is not None:
            yield name, limit, used


def _count_processes(spent: Spent) -> str:
    return "1 process" if spent.processes == 1 else f"{spent.processes:,} processes"


def _write(name: Limit, number: float) -> str:
    if name == "usd":
        return format_money(number)
    if name == "minutes":
        return f"{number:.1f}".removesuffix(".0") + " minutes"
    return format_plural(int(number), name.removesuffix("s"))
