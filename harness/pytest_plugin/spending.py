"""One budget for all tests of a spec, whichever process plays them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.run.requests.spent import NOTHING_SPENT, Spent
from harness.spec.model.spec import Budget


@dataclass(slots=True)
class SharedBudget:
    """The spending of a spec's tests in this process; an answer of unknown cost counts at its most.

    ``ended`` is why a test could not be played to its end: nothing is sent after that.
    """

    spent: Spent = NOTHING_SPENT
    ended: str = ""

    def add(self, spent: Spent, wall_s: float) -> None:
        """Count one more test, which took so much and so many seconds."""
        so_far = self.spent
        self.spent = replace(
            so_far,
            usd=so_far.usd + spent.usd,
            requests=so_far.requests + spent.requests,
            tokens=so_far.tokens + spent.tokens,
            minutes=so_far.minutes + wall_s / 60,
        )

    def limit(self, budget: Budget, workers: int) -> tuple[Budget, str]:
        """Return what the next test may spend, and why it may not be played, "" while it may.

        Each of several workers has its share of what is spent; minutes pass for all of them alike.
        """
        left = {
            "usd": None if budget.usd is None else budget.usd / workers - self.spent.usd,
            "requests": None
            if budget.requests is None
            else budget.requests // workers - self.spent.requests,
            "tokens": None
            if budget.tokens is None
            else budget.tokens // workers - self.spent.tokens,
            "minutes": None if budget.minutes is None else budget.minutes - self.spent.minutes,
        }
        ended = [name for name, rest in left.items() if rest is not None and rest <= 0]
        share = f", a share of 1/{workers}" if workers > 1 and ended != ["minutes"] else ""
        if ended and not self.ended:
            self.ended = f"the budget ended ({ended[0]}: {getattr(budget, ended[0]):g}{share})"
        return budget.model_copy(update=left), self.ended
