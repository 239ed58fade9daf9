"""Outcomes, values and what judges cost, as a report writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from harness.checks.verdict import CheckOutcome
from harness.results.model import Judging, Outcome
from harness.text import numbers

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


def jsonish(value: Any) -> str:
    """A value as its author would recognise it: strings bare, everything else as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, default=str)


def judging(asked: Judging) -> str:
    """What checks took that asked somebody, which stands in no target's row; "" for nothing."""
    if not asked.requests:
        return ""
    cost = "cost unknown" if asked.cost_usd is None else numbers.money(asked.cost_usd)
    return (
        f"Checks asked judges and embeddings: {numbers.plural(asked.requests, 'request')}, {cost}."
    )
