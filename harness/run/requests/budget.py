"""Hold a run's budget: a request that could break a limit is not sent.

Money and tokens are reserved before a request is sent, at the most that it could take, and settled
when its answer says what it took. A resumed run has a budget of its own: going on is a decision.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from harness.conversation.ports import EmbeddingRequest, Request
from harness.conversation.transcript import NOT_SENT, EmbeddingReply, Failure, Reply
from harness.run.requests.charge import compute_highest_cost, compute_reply_cost
from harness.run.targets import Target
from harness.spec.model.spec import Budget
from harness.text.numbers import format_money

PERHAPS_BILLED = frozenset({"timeout", "connection", "protocol"})
"""Failures after which the service may have answered, and charged, all the same."""


def is_perhaps_billed(kind: str, code: str) -> bool:
    """Return whether a request that failed so may be paid all the same: it was sent."""
    return kind in PERHAPS_BILLED and code != NOT_SENT


@dataclass(frozen=True, slots=True)
class Reservation:
    """An amount set aside for a request in flight; an unknown price counts as 0."""

    usd: float = 0.0
    tokens: int = 0


class BudgetTracker:
    """Tracks what a run spent and reserved of its budget. Not for use from several threads."""

    def __init__(self, budget: Budget, ends_at: float | None) -> None:
        self._budget = budget
        self._ends_at = ends_at
        self._requests = 0
        self._spent = Reservation()
        self._reserved = Reservation()
        self._open = 0
        self._settled = asyncio.Event()
        self.counts_spending = budget.usd is not None or budget.tokens is not None

    async def admit(
        self, request: Request | EmbeddingRequest, target: Target, now: float
    ) -> Reservation | str:
        """Reserve the most that a request may take, or return the limit that does not allow it."""
        while True:
            if self._ends_at is not None and now >= self._ends_at:
                return f"minutes: {self._budget.minutes:g}"
            if self._budget.requests is not None and self._requests >= self._budget.requests:
                return f"requests: {self._budget.requests}"
            wanted = _estimate_most(request, target) if self.counts_spending else Reservation()
            limit = self._find_limit_passed(wanted) if self.counts_spending else None
            if limit is None:
                self._requests += 1
                self._open += 1
                self._reserved = _add(self._reserved, wanted)
                return wanted
            if self._open == 0:
                return limit
            # What others reserved and do not use may make room.
            self._settled.clear()
            await self._settled.wait()

    def settle(
        self,
        reservation: Reservation,
        answer: Reply | EmbeddingReply | Failure | None,
        target: Target,
    ) -> None:
        """Replace what was set aside by what the answer took."""
        self._open -= 1
        if self.counts_spending:
            self._reserved = _add(
                self._reserved, Reservation(-reservation.usd, -reservation.tokens)
            )
            self._spent = _add(self._spent, _amount_taken(reservation, answer, target))
        self._settled.set()

    def _find_limit_passed(self, wanted: Reservation) -> str | None:
        total = _add(_add(self._spent, self._reserved), wanted)
        if self._budget.usd is not None and total.usd > self._budget.usd:
            most = format_money(wanted.usd)
            return f"usd: {self._budget.usd:g}; the next request may cost up to {most}"
        if self._budget.tokens is not None and total.tokens > self._budget.tokens:
            return f"tokens: {self._budget.tokens}; the next request may take {wanted.tokens}"
        return None


def _add(one: Reservation, other: Reservation) -> Reservation:
    return Reservation(one.usd + other.usd, one.tokens + other.tokens)


def _estimate_most(request: Request | EmbeddingRequest, target: Target) -> Reservation:
    """Estimate the most that this request could take."""
    return Reservation(estimate_most_usd(request, target) or 0.0, sum(request.most_tokens))


def estimate_most_usd(request: Request | EmbeddingRequest, target: Target) -> float | None:
    """Estimate the most US dollars that a request could cost; None where nobody knows its price."""
    sent, back = request.most_tokens
    tier = request.parameters.get("service_tier") if isinstance(request, Request) else None
    return compute_highest_cost(sent, back, target, tier)


def _amount_taken(
    reservation: Reservation, answer: Reply | EmbeddingReply | Failure | None, target: Target
) -> Reservation:
    if answer is None or (
        isinstance(answer, Failure) and is_perhaps_billed(answer.kind, answer.code)
    ):
        return reservation
    if isinstance(answer, Failure):
        return Reservation()
    usage = answer.usage
    if usage is None:
        return reservation
    dollars = compute_reply_cost(answer, target)
    return Reservation(
        reservation.usd if dollars is None else max(0.0, dollars),
        max(0, usage.input_tokens + usage.output_tokens),
    )


def find_unpriced(targets: Sequence[Target]) -> tuple[str, ...]:
    """Find targets whose price nobody knows beforehand: a limit in dollars cannot hold them."""
    return tuple(target.name for target in targets if compute_highest_cost(1, 1, target) is None)


def limit_budget(budget: Budget, max_usd: float | None) -> Budget:
    """Return the budget with another limit in US dollars beside its own; the smaller one holds."""
    if max_usd is None:
        return budget
    limit = max_usd if budget.usd is None else min(max_usd, budget.usd)
    return budget.model_copy(update={"usd": limit})
