"""Moments as people type them: a date, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

AGO = re.compile(r"(\d{1,5})\s*(m|min|h|d|w)", re.IGNORECASE)
UNITS = {
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
HELP = "a date (2026-11-01), a moment (2026-11-01T08:00Z), or how long ago (30d, 12h, 2w)"


def parse_moment(text: str, now: datetime) -> datetime:
    """Read a moment; without a time zone it is UTC's, as the ids of runs are.

    Raises:
        ValueError: it is none.
    """
    try:
        if ago := AGO.fullmatch(text.strip()):
            return now - int(ago[1]) * UNITS[ago[2].lower()]
        moment = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise ValueError(f"'{text}' is no moment; it is {HELP}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
