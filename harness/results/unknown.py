"""Requests of a run that were sent, and whose answers nobody has: they may be paid twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.text.numbers import format_money, format_plural

MOST_LISTED = 100
"""Of unknown requests in ``run.json``; their number and their sums are those of all."""


@dataclass(frozen=True, slots=True)
class UnknownRequest:
    """A request that was sent before a run stopped, and whose answer was never recorded.

    Attributes:
        conversation: with ``case``, ``target``, ``variant`` and ``repeat`` its trial.
        turn: from 1; 0 for the checks of the whole conversation.
        round: the request's number in its turn, from 1.
        check: the check that made it, "" where the conversation did.
        most_usd: the most that it may have cost, None where nobody knows.
        asked_again: whether it was sent once more, so that it may be paid twice.
    """

    conversation: str
    case: str | None
    target: str
    variant: str
    repeat: int
    turn: int
    round: int = 1
    check: str = ""
    most_usd: float | None = None
    asked_again: bool = False

    def describe(self) -> str:
        """Return where it stands and the most that it may have cost, on one line."""
        case = f" › {self.case}" if self.case is not None else ""
        parts = [f"{self.conversation}{case}", self.target]
        if self.variant != "default":
            parts.append(self.variant)
        if self.repeat > 1:
            parts.append(f"repeat {self.repeat}")
        parts.append(f"turn {self.turn}" if self.turn else "its own checks")
        if self.round > 1:
            parts.append(f"round {self.round}")
        if self.check:
            parts.append(f"check {self.check}")
        return f"{' · '.join(parts)}: {_describe_price(self.most_usd)}"


@dataclass(frozen=True, slots=True)
class UnknownRequests:
    """All unknown requests of a run, and its answers that may be paid twice.

    Attributes:
        requests: how many are unknown.
        asked_again: how many of them were sent once more.
        most_usd: the most that those with a known price may have cost, in US dollars.
        unpriced: how many of them have no known price.
        failed: how many requests failed in a way that may be billed all the same: at a deadline, by
            a broken connection, with half an answer. No total holds what they cost.
        failed_usd: the most that those of them with a known price may have cost, in US dollars.
        failed_unpriced: how many of them have no known price.
        retried: how many of them the run itself sent again.
        listed: the first unknown ones.
    """

    requests: int = 0
    asked_again: int = 0
    most_usd: float = 0.0
    unpriced: int = 0
    failed: int = 0
    failed_usd: float = 0.0
    failed_unpriced: int = 0
    retried: int = 0
    listed: tuple[UnknownRequest, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.requests or self.failed)

    def describe_cost(self) -> str:
        """Return the most that they may have cost: ``up to $0.02, and 1 of unknown price``."""
        return _describe_sum(self.most_usd, self.requests, self.unpriced)

    def describe(self) -> list[str]:
        """Return a sentence or two about them for whoever reads the run; none where all is well."""
        said = []
        if self.requests:
            verb = "was" if self.requests == 1 else "were"
            sent = f"{format_plural(self.requests, 'request')} {verb} sent"
            cost, fate = self.describe_cost(), self._describe_fate()
            said.append(f"{sent}, and no answer was recorded ({cost}): {fate}.")
        if self.failed:
            failed = format_plural(self.failed, "request")
            cost = _describe_sum(self.failed_usd, self.failed, self.failed_unpriced)
            said.append(
                f"{failed} failed in a way that may be billed all the same (a deadline, a broken "
                f"connection, half an answer): {cost}, which no total holds."
            )
        if self.retried:
            verb = "was" if self.retried == 1 else "were"
            said.append(f"{self.retried:,} of them {verb} sent again.")
        return said

    def _describe_fate(self) -> str:
        twice = "asked again, and may be paid twice"
        if not self.asked_again:
            return "not asked again" if self.requests == 1 else "none of them was asked again"
        if self.asked_again == self.requests:
            return f"it was {twice}" if self.requests == 1 else f"all were {twice}"
        return f"{self.asked_again:,} of them {'was' if self.asked_again == 1 else 'were'} {twice}"


def gather_unknown(
    requests: Sequence[UnknownRequest], failed: Sequence[float | None], retried: int
) -> UnknownRequests:
    """Return the sums over unknown requests, and the first of them.

    Args:
        requests: all of them.
        failed: the most that each request may have cost that failed and may be billed all the same,
            in US dollars; None where nobody knows.
        retried: how many of those were sent again.
    """
    return UnknownRequests(
        requests=len(requests),
        asked_again=sum(one.asked_again for one in requests),
        most_usd=round(sum(one.most_usd or 0.0 for one in requests), 9),
        unpriced=sum(one.most_usd is None for one in requests),
        failed=len(failed),
        failed_usd=round(sum(usd or 0.0 for usd in failed), 9),
        failed_unpriced=sum(usd is None for usd in failed),
        retried=retried,
        listed=tuple(requests[:MOST_LISTED]),
    )


def add_unknown(parts: Sequence[UnknownRequests]) -> UnknownRequests | None:
    """Return the sum of what several runs leave unknown; None for none of them."""
    if not parts:
        return None
    listed = tuple(one for part in parts for one in part.listed)
    return UnknownRequests(
        requests=sum(part.requests for part in parts),
        asked_again=sum(part.asked_again for part in parts),
        most_usd=round(sum(part.most_usd for part in parts), 9),
        unpriced=sum(part.unpriced for part in parts),
        failed=sum(part.failed for part in parts),
        failed_usd=round(sum(part.failed_usd for part in parts), 9),
        failed_unpriced=sum(part.failed_unpriced for part in parts),
        retried=sum(part.retried for part in parts),
        listed=listed[:MOST_LISTED],
    )


def _describe_sum(usd: float, requests: int, unpriced: int) -> str:
    if unpriced == requests:
        return "of unknown price"
    more = f", and {unpriced:,} of unknown price" if unpriced else ""
    return f"{_describe_price(usd)}{more}"


def _describe_price(usd: float | None) -> str:
    return "of unknown price" if usd is None else f"up to {format_money(usd)}"
