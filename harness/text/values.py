"""Declared and observed values as a plan writes them."""

from __future__ import annotations

from harness.text.safe import flatten


def format_value(value: object) -> str:
    """Return a value as people read it: words bare, structures as JSON, None as *not set*."""
    if value is None:
        return "(not set)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return flatten(value) or '""'
    if isinstance(value, int | float):
        return str(value)
    import json

    return flatten(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str))
