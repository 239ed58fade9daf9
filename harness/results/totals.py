"""Sums over a run, added up one result at a time."""

from __future__ import annotations

from collections import Counter as Tallies

from harness.results.model import Outcome, Result, Totals


class Counter:
    """Adds results up without keeping them.

    Money and tokens are None as soon as one answer did not say: unknown is never zero. A request
    that got no answer has no tokens to be unknown.
    """

    def __init__(self) -> None:
        self._outcomes: Tallies[Outcome] = Tallies()
        self._unchecked = 0
        self._requests = 0
        self._input: int | None = 0
        self._output: int | None = 0
        self._cost: float | None = 0.0

    def add(self, result: Result) -> None:
        """Add one more result."""
        self._outcomes[result.outcome] += 1
        self._unchecked += result.outcome == "passed" and result.score is None
        for turn in result.turns:
            paid = turn.exchange.paid
            self._requests += turn.exchange.effort.requests
            if turn.exchange.scripted or paid is None:
                continue
            self._input = _add(self._input, paid.usage.input_tokens if paid.usage else None)
            self._output = _add(self._output, paid.usage.output_tokens if paid.usage else None)
            if self._cost is not None:
                self._cost = None if turn.cost_usd is None else self._cost + turn.cost_usd
        judging = result.judging
        if judging.requests:
            self._requests += judging.requests
            self._input = _add(self._input, judging.input_tokens)
            self._output = _add(self._output, judging.output_tokens)
            if self._cost is not None:
                cost = judging.cost_usd
                self._cost = None if cost is None else self._cost + cost

    def totals(self, wall_s: float) -> Totals:
        """Return the sums so far."""
        return Totals(
            trials=sum(self._outcomes.values()),
            passed=self._outcomes["passed"],
            failed=self._outcomes["failed"],
            blocked=self._outcomes["blocked"],
            truncated=self._outcomes["truncated"],
            errored=self._outcomes["errored"],
            skipped=self._outcomes["skipped"],
            requests=self._requests,
            input_tokens=self._input,
            output_tokens=self._output,
            cost_usd=None if self._cost is None else round(self._cost, 9),
            wall_s=wall_s,
            unchecked=self._unchecked,
        )


def _add(total: int | None, more: int | None) -> int | None:
    return None if total is None or more is None else total + more
