"""Outcomes, values and what judges cost, as a report writes them."""

from __future__ import annotations

import json
from typing import Any

from harness.compare import wording
from harness.results.model import Judging
from harness.text import numbers

SYMBOLS = wording.SYMBOLS
OUTCOMES = wording.SHOWN_FIRST
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
    """Describe the spending of checks that asked a model, which no target's row holds; else ""."""
    if not asked.requests:
        return ""
    cost = "cost unknown" if asked.cost_usd is None else numbers.money(asked.cost_usd)
    return (
        f"Checks asked judges and embeddings: {numbers.plural(asked.requests, 'request')}, {cost}."
    )
