"""Calibrate what headers say of a rate limit: their numbers have no sure unit.

The documentation says that ``x-ratelimit-limit-requests`` counts a minute; a deployment of 120 a
minute was seen to say 20, which is its count in ten seconds. Source: facts on the data plane, 1.4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from harness.conversation.limits import WindowHeaders

MINUTE_S = 60.0
_PERIODS_S = (1.0, 10.0, MINUTE_S, 86_400.0)
_NEAR = 0.25


@dataclass(frozen=True, slots=True)
class StatedWindow:
    """A window as headers state it.

    Attributes:
        count: what is admitted in ``period_s`` seconds.
        period_s: the period: that of the window that is known already, where there is one.
        used: what is used of it, by whomever; None where that cannot be told in this unit.
    """

    count: float
    period_s: float
    used: float | None


def find_stated(
    headers: WindowHeaders, count: float | None = None, period_s: float = MINUTE_S
) -> StatedWindow | None:
    """Return the window that headers state; None where they state none.

    Args:
        headers: of one dimension.
        count: what is known to be admitted in ``period_s``; None where nothing is known.
        period_s: the period that is known, or is taken where nothing says another.
    """
    limit, remaining = headers.limit, headers.remaining
    if not limit:
        return None
    used = None if remaining is None else max(0.0, limit - remaining)
    told = headers.period_s or _find_period(headers)
    if count is None:
        return StatedWindow(limit, told or period_s, used)
    if told is not None:
        same = abs(told - period_s) < 1e-6
        return StatedWindow(limit * period_s / told, period_s, used if same else None)
    # Nobody says the period: the reading that is nearest to what is known is the likeliest.
    readings = (float(limit), limit * period_s / MINUTE_S)
    nearest = min(readings, key=lambda one: (round(abs(math.log(one / count)), 6), one))
    return StatedWindow(nearest, period_s, used if nearest == limit else None)


def _find_period(headers: WindowHeaders) -> float | None:
    """Return the period that a reset tells of: the used share of a limit is free again after it.

    Source: recorded on Azure: 1 of 120 used, free in 0.5 s; 14 of 120,000 used, free in 7 ms.
    """
    limit, remaining, reset = headers.limit, headers.remaining, headers.reset_s
    if not limit or remaining is None or not reset or remaining >= limit:
        return None
    period = reset * limit / (limit - remaining)
    near = min(_PERIODS_S, key=lambda one: abs(math.log(one / period)))
    return near if abs(period / near - 1) <= _NEAR else None
