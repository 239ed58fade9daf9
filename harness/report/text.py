"""Outcomes and values as a report writes them."""

from __future__ import annotations

import json
from typing import Any

from harness.compare import wording

SYMBOLS = wording.SYMBOLS
OUTCOMES = wording.SHOWN_FIRST
"""The order in which outcomes stand beside each other everywhere."""


def write_value(value: Any) -> str:
    """Write a value as its author would recognise it: strings bare, all else as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, default=str)
