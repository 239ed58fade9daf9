"""Numbers and moments as people read them, the same in a terminal, on a page and in Markdown.

Unknown is a word or a dash, never a zero.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TypeGuard

from harness.text.safe import clip_line

UNKNOWN = "unknown"
NOTHING = "–"


def format_share(value: float) -> str:
    """Write ``0.8333`` as ``83.3 %``; the ends without decimals."""
    percent = 100 * value
    return f"{percent:.0f} %" if percent in (0.0, 100.0) else f"{percent:.1f} %"


def format_span(low: float, high: float) -> str:
    """Write an interval of shares: ``55.2 to 95.3 %``."""
    return f"{100 * low:.1f} to {100 * high:.1f} %"


def format_number(value: float | None, missing: str = NOTHING) -> str:
    """Write a score or a metric, three decimals at most."""
    if value is None:
        return missing
    return f"{value:.3f}".rstrip("0").rstrip(".")


def format_count(value: int | None) -> str:
    """Write ``12345`` as ``12,345``; None as *unknown*."""
    return UNKNOWN if value is None else f"{value:,}"


def format_money(value: float | None) -> str:
    """Return US dollars: to the cent from a dollar up, below it three digits that say something.

    A request costs fractions of a cent, and its costs are compared: a fixed number of decimals
    would round them to the same or to nothing. None is *unknown*.
    """
    if value is None:
        return UNKNOWN
    if value == 0:
        return "$0"
    if value >= 1:
        return f"${value:,.2f}"
    if value < 1e-9:
        return "under $0.000000001"
    decimals = 2 - math.floor(math.log10(value))  # three digits that say something
    whole, _, fraction = f"{value:.{decimals}f}".partition(".")
    return f"${whole}.{fraction.rstrip('0'):0<2}"


def format_seconds(value: float | None) -> str:
    """Write ``0.0042`` as ``4.2 ms``, ``0.83`` as ``830 ms``, ``83.2`` as ``1 min 23 s``."""
    if value is None:
        return NOTHING
    if value < 0.0995:
        return f"{1000 * value:.1f} ms"
    if value < 0.9995:
        return f"{1000 * value:.0f} ms"
    if value < 60:
        return f"{value:.2f} s"
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def format_moment(stamp: str | None) -> str:
    """Write ``2026-09-01T12:00:00Z`` as ``1 September 2026, 12:00 UTC``; all else as it came."""
    if not stamp:
        return UNKNOWN
    try:
        when = datetime.fromisoformat(stamp)
    except ValueError:
        return clip_line(stamp, 40)
    when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}, {when:%H:%M} UTC"


# strftime's %B follows the machine's language; a report must not.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def format_plural(n: int, noun: str) -> str:
    """Write ``1 conversation``, ``2 conversations``, ``0 conversations``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


MOST_BITS = 1024
"""Of a whole number that a float can hold."""


def is_number(value: object) -> TypeGuard[int | float]:
    """Return True for a number as JSON means it; Python's booleans are none.

    Nor is a whole number that no float can hold, such as ``1`` with 400 zeros: it is no amount of
    anything, and reckoning with it breaks off.
    """
    if isinstance(value, int):
        return not isinstance(value, bool) and value.bit_length() < MOST_BITS
    return isinstance(value, float)
