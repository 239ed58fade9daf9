"""Hold a run's budget: a request that could break a limit is not sent.

Money and tokens are reserved before a request is sent, at the most that it could take, and settled
when its answer says what it took. What earlier processes of a resumed run spent is spent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from harness.conversation.ports import EmbeddingRequest, Request
from harness.conversation.transcript import EXPIRED, NOT_SENT, EmbeddingReply, Failure, Reply
from harness.run.requests.charge import compute_highest_cost, compute_reply_cost
from harness.run.requests.spent import NOTHING_SPENT, Amount, EndedBudget, Spent
from harness.run.targets import Target
from harness.spec.model.spec import Budget
from harness.text.numbers import format_money, is_number

PERHAPS_BILLED = frozenset({"timeout", "connection", "protocol"})
"""Failures after which the service may have answered, and charged, all the same."""
NOTHING = Amount()


def is_perhaps_billed(kind: str, code: str) -> bool:
    """Return whether a request that failed so may be paid all the same: it was sent."""
    return kind in PERHAPS_BILLED and code not in (NOT_SENT, EXPIRED)


def _ignore() -> None:
    pass


class BudgetTracker:
    """Tracks what a run spent and reserved of its budget. Not for use from several threads.

    Args:
        budget: the limits, of all processes of the run together.
        began: when this process began, in seconds of the clock whose times ``admit`` gets.
        before: what earlier processes spent.

    Attributes:
        blocked: how many wait now for what others have reserved.
        on_blocked: called when one more does.
    """

    def __init__(self, budget: Budget, began: float = 0.0, before: Spent = NOTHING_SPENT) -> None:
        self._budget = budget
        self._ends_at = compute_end(budget, began, before)
        self._spent = before
        self._reserved = NOTHING
        self._open = 0
        self._settled = asyncio.Event()
        self.blocked = 0
        self.on_blocked: Callable[[], None] = _ignore

    @property
    def spent(self) -> Spent:
        """The spending so far, earlier processes included; minutes are theirs alone."""
        return self._spent

    async def admit(
        self,
        request: Request | EmbeddingRequest,
        target: Target,
        now: float,
        *,
        is_sent: bool = False,
        is_patient: bool = False,
    ) -> Amount | EndedBudget:
        """Reserve the most that a request may take, or return the limit that does not allow it.

        Args:
            request: what is to be sent.
            target: whom it is sent to.
            now: seconds of the clock.
            is_sent: an earlier process sent it, and its answer is still to come: it is allowed.
            is_patient: no limit ends anything before those who have room are through.
        """
        wanted = estimate_most(request, target)
        if is_sent:
            self.hold(wanted)
            return wanted
        return await self.reserve(wanted, now, is_patient=is_patient)

    async def reserve(
        self, wanted: Amount, now: float, *, is_patient: bool = False
    ) -> Amount | EndedBudget:
        """Reserve an amount for one request, or return the limit that does not allow it."""
        while True:
            budget = self._budget
            if self._ends_at is not None and now >= self._ends_at:
                return EndedBudget("minutes", f"minutes: {budget.minutes:g}")
            ended = None
            if budget.requests is not None and self._spent.requests + self._open >= budget.requests:
                ended = EndedBudget("requests", f"requests: {budget.requests}")
                if not is_patient:
                    return ended
            ended = ended or self._find_limit_passed(wanted)
            if ended is None:
                self.hold(wanted)
                return wanted
            if self._open == 0:
                return ended
            # What others reserved and do not use may make room.
            self._settled.clear()
            self.blocked += 1
            self.on_blocked()
            await self._settled.wait()

    def hold(self, wanted: Amount) -> None:
        """Reserve an amount for one request, whatever the limits are."""
        self._open += 1
        self._reserved += Amount(wanted.usd or 0.0, wanted.tokens)

    def settle(
        self,
        reservation: Amount,
        answer: Reply | EmbeddingReply | Failure | None,
        target: Target,
    ) -> Amount:
        """Replace what was set aside by what the answer took, and return that."""
        took = find_amount_taken(reservation, answer, target)
        self.enter(reservation, took)
        return took

    def enter(self, reservation: Amount, took: Amount) -> None:
        """Enter what a request took in the place of what was set aside for it."""
        self._spent = self._spent.add(took)
        self._release(reservation)

    def give_back(self, reservation: Amount) -> None:
        """Give back what was set aside for a request that was not sent after all."""
        self._release(reservation)

    def _release(self, reservation: Amount) -> None:
        self._open -= 1
        self._reserved += Amount(-(reservation.usd or 0.0), -reservation.tokens)
        if self._open == 0:  # what is left of sums and differences is no money
            self._reserved = NOTHING
        self.blocked = 0  # all of them look again
        self._settled.set()

    def _find_limit_passed(self, wanted: Amount) -> EndedBudget | None:
        budget, spent, reserved = self._budget, self._spent, self._reserved
        dollars = spent.usd + (reserved.usd or 0.0) + (wanted.usd or 0.0)
        # Binary fractions add up to a little more: 0.1 + 0.2 is within a limit of 0.3.
        if budget.usd is not None and wanted.usd and round(dollars - budget.usd, 9) > 0:
            said = f"usd: {budget.usd:g}; {_write_spent(format_money(spent.usd), spent.usd)}"
            most = format_money(wanted.usd)
            return EndedBudget("usd", f"{said}the next request may cost up to {most}", dollars)
        if (
            budget.tokens is not None
            and spent.tokens + reserved.tokens + wanted.tokens > budget.tokens
        ):
            said = f"tokens: {budget.tokens}; {_write_spent(str(spent.tokens), spent.tokens)}"
            return EndedBudget("tokens", f"{said}the next request may take {wanted.tokens}")
        return None


def compute_end(budget: Budget, began: float, before: Spent) -> float | None:
    """Return when the minutes of a process end that began then; None where they are not limited."""
    if budget.minutes is None:
        return None
    return began + 60 * max(0.0, budget.minutes - before.minutes)


def _write_spent(said: str, amount: float) -> str:
    return f"{said} spent, and " if amount else ""


def estimate_most(request: Request | EmbeddingRequest, target: Target) -> Amount:
    """Estimate the most that this request could take; of money None where no price is known."""
    sent, back = request.most_tokens
    tier = request.parameters.get("service_tier") if isinstance(request, Request) else None
    return Amount(compute_highest_cost(sent, back, target, tier), sent + back)


def find_amount_taken(
    reservation: Amount, answer: Reply | EmbeddingReply | Failure | None, target: Target
) -> Amount:
    """Return what a request took of the budget: all that was set aside where nobody can tell."""
    if answer is None or (
        isinstance(answer, Failure) and is_perhaps_billed(answer.kind, answer.code)
    ):
        return reservation
    if isinstance(answer, Failure):
        return NOTHING
    usage = answer.usage
    if usage is None:
        return reservation
    dollars = compute_reply_cost(answer, target)
    return Amount(
        reservation.usd if dollars is None else max(0.0, dollars),
        max(0, usage.input_tokens + usage.output_tokens),
    )


def find_unpriced(targets: Iterable[Target]) -> tuple[str, ...]:
    """Find targets whose price nobody knows beforehand: a limit in dollars cannot hold them."""
    return tuple(target.name for target in targets if compute_highest_cost(1, 1, target) is None)


def limit_budget(budget: Budget, max_usd: float | None) -> Budget:
    """Return the budget with another limit in US dollars beside its own; the smaller one holds."""
    if max_usd is None:
        return budget
    limit = max_usd if budget.usd is None else min(max_usd, budget.usd)
    return budget.model_copy(update={"usd": limit})


MAX_USD = "max_usd"
"""The key of a run's selection that holds ``--max-usd`` as it was given when the run began."""
RESUMED_MAX_USD = "resumed_max_usd"
"""The same as it was given last when the run was gone on with."""


def restore_budget(declared: Budget, max_usd: float | None, selection: Mapping[str, Any]) -> Budget:
    """Return the budget of a run that is gone on with: what was said last of its dollars holds.

    Args:
        declared: what the spec says today.
        max_usd: what is said now.
        selection: what the run was begun with, and gone on with before.
    """
    if max_usd is None:
        max_usd = _read_number(selection.get(RESUMED_MAX_USD))
    if max_usd is not None:
        return declared.model_copy(update={"usd": max_usd})
    return limit_budget(declared, _read_number(selection.get(MAX_USD)))


def note_max_usd(
    selection: Mapping[str, Any], max_usd: float | None, *, resumed: bool
) -> Mapping[str, Any]:
    """Return a run's selection with the limit in dollars that was given beside the spec's."""
    if max_usd is None:
        return selection
    return {**selection, RESUMED_MAX_USD if resumed else MAX_USD: max_usd}


def _read_number(written: object) -> float | None:
    return float(written) if is_number(written) and written >= 0 else None
