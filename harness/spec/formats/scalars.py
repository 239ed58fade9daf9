"""The meaning of an unquoted YAML scalar.

YAML 1.2's core schema, less what surprises people: ``2024-08-06``, ``no``, ``on``, ``12:30``,
``0x1f`` and ``.inf`` are strings.

Source: YAML 1.2.2, section 10.3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

WORDS: Mapping[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INT = re.compile(r"[-+]?[0-9]+\Z")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
LEADING_ZERO = re.compile(r"[-+]?0[0-9]+\Z")
LONGEST_NUMBER = 300
"""Longer ones are text: nobody counts that far, and reading them takes quadratic time."""


def read_scalar(raw: str) -> Any:
    """Read null, a boolean, a number, or the text itself."""
    if raw[:1] not in "+-.0123456789":  # "" is in every string: an empty scalar goes on
        return WORDS.get(raw, raw)
    if len(raw) > LONGEST_NUMBER or not FLOAT.match(raw):
        return WORDS.get(raw, raw)
    return int(raw) if INT.match(raw) else float(raw)
