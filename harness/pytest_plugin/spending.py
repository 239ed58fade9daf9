"""One budget for all tests of a spec, whichever process plays them."""

from __future__ import annotations

from dataclasses import dataclass

from harness.results.model import Totals
from harness.spec.model.spec import Budget


@dataclass(slots=True)
class Spent:
    """The spending of a spec's tests in this process; what a service did not count is not in it.

    ``ended`` is why a test could not be played to its end: nothing is sent after that.
    """

    usd: float = 0.0
    requests: int = 0
    tokens: int = 0
    minutes: float = 0.0
    ended: str = ""

    def add(self, totals: Totals) -> None:
        """Count one more test."""
        self.usd += totals.cost_usd or 0.0
        self.requests += totals.requests
        self.tokens += (totals.input_tokens or 0) + (totals.output_tokens or 0)
        self.minutes += totals.wall_s / 60

    def limit(self, budget: Budget, workers: int) -> tuple[Budget, str]:
        """Return what the next test may spend, and why it may not be played, "" while it may.

        Each of several workers has its share of what is spent; minutes pass for all of them alike.
        """
        left = {
            "usd": None if budget.usd is None else budget.usd / workers - self.usd,
            "requests": None
            if budget.requests is None
            else budget.requests // workers - self.requests,
            "tokens": None if budget.tokens is None else budget.tokens // workers - self.tokens,
            "minutes": None if budget.minutes is None else budget.minutes - self.minutes,
        }
        ended = [name for name, rest in left.items() if rest is not None and rest <= 0]
        share = f", a share of 1/{workers}" if workers > 1 and ended != ["minutes"] else ""
        if ended and not self.ended:
            self.ended = f"the budget ended ({ended[0]}: {getattr(budget, ended[0]):g}{share})"
        return budget.model_copy(update=left), self.ended
