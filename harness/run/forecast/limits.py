"""Time that requests take at the limits of a deployment: tokens and requests a minute."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.azure.offers_data import RateLimit, read_models
from harness.run.forecast.interval import NOTHING, Interval
from harness.run.forecast.volumes import Volume
from harness.run.targets import Target

TOKENS_A_UNIT: Final = 1000
"""Tokens a minute of a unit of capacity. Source: Azure OpenAI documentation, quota."""
FIRST_S: Final = Interval(0.3, 0.8, 2.0)
"""Assumed seconds until a reply begins; nobody measured yours."""
TOKEN_S: Final = Interval(1 / 150, 1 / 70, 1 / 25)
"""Assumed seconds a token of a reply takes."""


@dataclass(frozen=True, slots=True)
class DeployedLimits:
    """The rate limits of a target; none where it has none, or nobody knows them.

    Attributes:
        windows: how much of what (``token``, ``request``) in how many seconds.
        source: who says so, in words.
    """

    windows: tuple[RateLimit, ...] = ()
    source: str = ""

    def describe(self) -> str:
        """Return them in words: ``50,000 tokens and 50 requests a minute``."""
        said = [
            f"{each.count * 60 // each.period_s:,} {each.key}s"
            for each in sorted(self.windows, key=lambda one: one.key, reverse=True)
        ]
        return f"{' and '.join(said)} a minute" if said else ""


def find_limits(target: Target) -> DeployedLimits:
    """Return the limits that a target has by its SKU and capacity, as Azure lists them."""
    if target.kind != "deployment" or "Standard" not in (target.sku or ""):
        return DeployedLimits()
    capacity = target.capacity or 1
    offer = read_models().get(("OpenAI", target.model or "", target.version or ""))
    sku = None if offer is None else offer.sku(target.sku or "")
    if sku is not None and sku.rates:
        scaled = (RateLimit(one.key, one.count * capacity, one.period_s) for one in sku.rates)
        return DeployedLimits(tuple(scaled), "as Azure lists its SKU")
    tokens = RateLimit("token", TOKENS_A_UNIT * capacity, 60)
    return DeployedLimits((tokens,), "by its capacity; how many requests is unknown")


def scale_limits(rates: Sequence[RateLimit]) -> DeployedLimits:
    """Return the limits that Azure says of a deployment that is there."""
    return DeployedLimits(tuple(rates), "as Azure says of the deployment")


def compute_duration(
    volume: Volume, limits: DeployedLimits, width: int, latency_s: tuple[float, float] | None
) -> Interval:
    """Return the seconds that requests take: at the limits, or one after the other.

    Args:
        volume: the requests and their tokens.
        limits: of the target.
        width: requests that may be under way at once.
        latency_s: seconds of a request, in the middle and at the 95th percentile, as measured;
            None where nobody measured.
    """
    return _wait(volume, limits).cover(_answer(volume, width, latency_s))


def _wait(volume: Volume, limits: DeployedLimits) -> Interval:
    """Return the seconds until the last request is admitted: what fits into a window is at once."""
    total = NOTHING
    for each in limits.windows:
        taken = volume.requests
        if each.key == "token":
            spent = volume.input + volume.output
            taken = Interval(
                spent.low, max(spent.typical, volume.reserved.typical), volume.reserved.high
            )
        total = total.cover(
            Interval(
                _count_waits(taken.low, each) * each.period_s,
                _count_waits(taken.typical, each) * each.period_s,
                # Windows need not begin with the run, and somebody else may use them too.
                math.ceil(taken.high / max(1, each.count)) * each.period_s,
            )
        )
    return total


def _count_waits(amount: float, window: RateLimit) -> int:
    return max(0, math.ceil(amount / max(1, window.count)) - 1)


def _answer(volume: Volume, width: int, latency_s: tuple[float, float] | None) -> Interval:
    """Return the seconds that the answers take, so many beside each other."""

    def last(requests: Interval, output: Interval) -> Interval:
        if latency_s is not None:
            middle, slow = latency_s
            return Interval(
                requests.low * middle * 0.7, requests.typical * middle, requests.high * slow
            )
        return Interval(
            requests.low * FIRST_S.low + output.low * TOKEN_S.low,
            requests.typical * FIRST_S.typical + output.typical * TOKEN_S.typical,
            requests.high * FIRST_S.high + output.high * TOKEN_S.high,
        )

    beside = last(volume.requests, volume.output) * (1 / max(1, width))
    return beside.cover(last(volume.longest_requests, volume.longest_output))
