"""Double braces of others' texts: a spec would take them for the names of variables."""

from __future__ import annotations

from typing import Any


def escape(value: Any) -> Any:
    """Return text whose double braces are braces, whatever holds it."""
    if isinstance(value, str):
        return value.replace("{{", "\\{{")
    if isinstance(value, list):
        return [escape(one) for one in value]
    if isinstance(value, dict):
        return {key: escape(one) for key, one in value.items()}
    return value
