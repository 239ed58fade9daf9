"""Time that requests take at the limits of a deployment: tokens and requests a minute."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from harness.azure.offers_data import RateLimit
from harness.azure.quota.limits import DeployedLimits, find_listed_limits
from harness.run.forecast.interval import NOTHING, Interval
from harness.run.forecast.volumes import Volume
from harness.run.requests.quota import FILL
from harness.run.targets import Target

FIRST_S: Final = Interval(0.3, 0.8, 2.0)
"""Assumed seconds until a reply begins; nobody measured yours."""
TOKEN_S: Final = Interval(1 / 150, 1 / 70, 1 / 25)
"""Assumed seconds a token of a reply takes."""


WAVE_S: Final = Interval(600.0, 3600.0, 86_400.0)
"""Seconds of a wave of batches: recorded are 9 minutes for two lines, others tell of an hour, and
Azure aims at a day. Source: a recorded batch of 2025; inspect_ai's documentation; azure-ai-docs."""


def find_limits(target: Target, said: Sequence[RateLimit] = ()) -> DeployedLimits:
    """Return the limits of a target, for its forecast and for the run's pace.

    Args:
        target: a deployment; of a provider's model nothing is known.
        said: what Azure says of the deployment that is there; without, what it lists of the SKU.
    """
    if said:
        return DeployedLimits(tuple(said), "as Azure says of the deployment")
    if target.kind != "deployment":
        return DeployedLimits()
    model, version = target.model or "", target.version or ""
    return find_listed_limits("OpenAI", model, version, target.sku or "", target.capacity or 1)


def divide_limits(limits: DeployedLimits, parts: int) -> DeployedLimits:
    """Return one of several equal parts of limits: a count of less than one takes longer."""
    windows = tuple(
        replace(
            each,
            count=max(1, each.count // parts),
            period_s=each.period_s * -(-parts // each.count)
            if parts > each.count
            else each.period_s,
        )
        for each in limits.windows
    )
    return replace(limits, windows=windows)


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
                (_count_waits(taken.high, each) + 1) * each.period_s,
            )
        )
    return total


def _count_waits(amount: float, window: RateLimit) -> int:
    """Count the windows that begin until so much was admitted; a run fills none to the brim."""
    return max(0, math.ceil(amount / max(1, window.count * FILL)) - 1)


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
