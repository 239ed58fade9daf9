"""How values read: numbers, moments, outcomes, and text that nobody here wrote.

Unknown is a word or a dash, never a zero.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from harness.checks.verdict import CheckOutcome
from harness.results.model import Judging, Outcome

UNKNOWN = "unknown"
NOTHING = "–"

SYMBOLS: Mapping[Outcome | CheckOutcome, str] = {
    "passed": "✓",
    "failed": "✗",
    "blocked": "⊘",
    "truncated": "✂",
    "errored": "!",
    "skipped": "–",
}
"""One sign per outcome: colour alone tells a tenth of the readers nothing."""

OUTCOMES: tuple[Outcome, ...] = (
    "passed",
    "failed",
    "blocked",
    "truncated",
    "errored",
    "skipped",
)
"""The order in which outcomes stand beside each other everywhere."""

# The flags of England, Scotland and Wales are spelt with tag characters; anywhere else these hide
# text from people while models read it.
_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f"
_INVISIBLE = re.compile(
    f"({_FLAG})|"
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls: Trojan Source
    "\u2028\u2029\ufeff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    r"""The text with every control, bidirectional and unpaired character replaced by a sign of it.

    Tab and newline stay; ``\r\n`` is one newline. What comes out can be written as UTF-8 and
    stand in HTML, XML and a terminal, and reads in the order in which it is stored.
    """
    if text.isascii() and text.isprintable():
        return text
    return _INVISIBLE.sub(_sign, text.replace("\r\n", "\n"))


def _sign(match: re.Match[str]) -> str:
    if match[1]:
        return match[1]
    point = ord(match[0])
    if point < 0x20:
        return chr(0x2400 + point)  # Unicode's own pictures of control characters
    return "␡" if point == 0x7F else f"⟨U+{point:04X}⟩"


def line(text: str, limit: int = 160) -> str:
    """The text on one line, cut at ``limit`` characters with an ellipsis."""
    flat = " ".join(visible(text[: 4 * limit]).split())
    if len(flat) <= limit and len(text) <= 4 * limit:
        return flat
    return flat[: limit - 1].rstrip() + "…"


def clipped(text: str, limit: int) -> tuple[str, int]:
    """The text's first ``limit`` characters, made visible, and how many are left out."""
    return visible(text[:limit]), max(0, len(text) - limit)


def jsonish(value: Any) -> str:
    """A value as its author would recognise it: strings bare, everything else as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, default=str)


def share(value: float) -> str:
    """``0.8333`` as ``83.3 %``; the ends without decimals."""
    percent = 100 * value
    return f"{percent:.0f} %" if percent in (0.0, 100.0) else f"{percent:.1f} %"


def span(low: float, high: float) -> str:
    """An interval of shares: ``55.2 to 95.3 %``."""
    return f"{100 * low:.1f} to {100 * high:.1f} %"


def number(value: float | None, missing: str = NOTHING) -> str:
    """A score or a metric, three decimals at most."""
    if value is None:
        return missing
    return f"{value:.3f}".rstrip("0").rstrip(".")


def count(value: int | None) -> str:
    """``12345`` as ``12,345``; None as *unknown*."""
    return UNKNOWN if value is None else f"{value:,}"


def money(value: float | None) -> str:
    """US dollars, never rounded to nothing; None as *unknown*."""
    if value is None:
        return UNKNOWN
    if value == 0:
        return "$0"
    if value >= 1:
        return f"${value:,.2f}"
    if value < 1e-9:
        return "under $0.000000001"
    decimals = 2 - math.floor(math.log10(value))  # three digits that say something
    return f"${value:.{decimals}f}".rstrip("0")


def seconds(value: float | None) -> str:
    """``0.0042`` as ``4.2 ms``, ``0.83`` as ``830 ms``, ``83.2`` as ``1 min 23 s``."""
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


def moment(stamp: str | None) -> str:
    """``2026-09-01T12:00:00Z`` as ``1 September 2026, 12:00 UTC``; anything else as it came."""
    if not stamp:
        return UNKNOWN
    try:
        when = datetime.fromisoformat(stamp)
    except ValueError:
        return line(stamp, 40)
    when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}, {when:%H:%M} UTC"


# strftime's %B follows the machine's language; a report must not.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def plural(n: int, noun: str) -> str:
    """``1 conversation``, ``2 conversations``, ``0 conversations``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def judging(asked: Judging) -> str:
    """What checks took that asked somebody, which stands in no target's row; "" for nothing."""
    if not asked.requests:
        return ""
    cost = "cost unknown" if asked.cost_usd is None else money(asked.cost_usd)
    return f"Checks asked judges and embeddings: {plural(asked.requests, 'request')}, {cost}."
