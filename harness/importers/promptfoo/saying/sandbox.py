"""Jinja's sandbox, closed further: a stranger's template calls nothing, and comes to an end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST = 200_000
"""Characters of what a template, or a filter in it, may come to."""
FARTHEST = 100
"""Steps of a `range`; loops over data are as long as the data."""
_KEPT = (
    *("upper", "lower", "trim", "length", "count", "join", "default", "d", "capitalize", "title"),
    *("first", "last", "reverse", "sort", "unique", "round", "int", "float", "abs", "string"),
    *("list", "sum", "escape", "e", "truncate", "striptags", "urlencode", "dictsort", "min", "max"),
    *("selectattr", "rejectattr", "map", "groupby", "wordcount"),
)
"""Filters of Jinja's that cannot make much of little."""


class ClosedSandbox(ImmutableSandboxedEnvironment):
    """An environment whose templates compute with the data they are given, and call nothing."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Multiply small numbers; nothing else is multiplied, and nothing raised to a power."""
        numbers = (int, float)
        plain = isinstance(left, numbers) and isinstance(right, numbers)
        if operator == "**" or not plain or max(abs(left), abs(right)) > 10**9:
            raise SecurityError(f"it computes with {operator}")
        return super().call_binop(context, operator, left, right)

    def is_safe_callable(self, obj: Any) -> bool:
        """Allow the call of `range` alone."""
        return obj is limit_range


def make_sandbox() -> ClosedSandbox:
    """Return the environment, with Nunjucks' names for what Jinja calls otherwise."""
    made = ClosedSandbox(autoescape=False)
    made.filters = {
        **{name: made.filters[name] for name in _KEPT},
        "replace": _replace,
        "dump": _dump,
        "tojson": _dump,
        "load": _load,
        "pairs": lambda value: value.items() if isinstance(value, Mapping) else value,
        "safe": lambda value: value,
        "nl2br": str,
    }
    made.globals = {"true": True, "false": False, "null": None, "range": limit_range}
    return made


def limit_range(*bounds: int) -> Sequence[int]:
    """Return a range, if it is a short one.

    Raises:
        SecurityError: it is a long one.
    """
    found = range(*bounds)
    if len(found) > FARTHEST:
        raise SecurityError("it counts too far")
    return found


def _replace(value: Any, old: Any, new: Any) -> str:
    text, old, new = str(value), str(old), str(new)
    if len(text) + (text.count(old) + 1) * len(new) > LONGEST:
        raise SecurityError("what it comes to is too long")
    return text.replace(old, new)


def _dump(value: Any, indent: int | None = None) -> str:
    del indent
    return json.dumps(value, ensure_ascii=False, default=str)


def _load(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
