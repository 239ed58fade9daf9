"""Jinja's sandbox, closed further: a stranger's template calls nothing, and comes to an end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any

from jinja2 import nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

LONGEST = 200_000
"""Characters of what a template, or a filter in it, may come to."""
FARTHEST = 100
"""Steps of a `range`."""
MOST_STEPS = 20_000
"""Steps of all loops of a template, those in loops included."""
COUNTER = "steps so far"
"""The variable, which no template can name, that holds a list with the steps that are left."""
_KEPT = (
    *("upper", "lower", "trim", "length", "count", "join", "default", "d", "capitalize", "title"),
    *("first", "last", "reverse", "sort", "unique", "round", "int", "float", "abs", "string"),
    *("list", "sum", "escape", "e", "truncate", "striptags", "urlencode", "dictsort", "min", "max"),
    *("selectattr", "rejectattr", "map", "groupby", "wordcount"),
)
"""Filters of Jinja's that cannot make much of little."""


class ClosedSandbox(ImmutableSandboxedEnvironment):
    """An environment whose templates compute with the data they are given, and call nothing."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Multiply small numbers; nothing else is multiplied, and nothing raised to a power."""
        numbers = (int, float)
        plain = isinstance(left, numbers) and isinstance(right, numbers)
        if operator == "+" and not plain:
            return _add(left, right)
        if operator == "**" or not plain or max(abs(left), abs(right)) > 10**9:
            raise SecurityError(f"it computes with {operator}")
        return super().call_binop(context, operator, left, right)

    def is_safe_callable(self, obj: Any) -> bool:
        """Allow the call of `range` alone."""
        return obj is limit_range

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        bounded: nodes.Template = _Bounding().visit(super()._parse(source, name, filename))
        return bounded


class _Bounding(NodeTransformer):
    """Rewrites a template so that its loops are counted and what it joins is measured."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - Jinja's way to name them
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "counted", [], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        first, *rest = node.nodes
        return nodes.Filter(first, "joined", rest, [], None, None, lineno=node.lineno)

    def refuse(self, node: nodes.Node) -> nodes.Node:
        """Refuse what grows: a text that is put into itself doubles with every line."""
        raise SecurityError(f"it has a {type(node).__name__.lower()} of its own")

    visit_Assign = visit_AssignBlock = visit_Macro = visit_CallBlock = refuse  # noqa: N815
    visit_FilterBlock = visit_With = refuse  # noqa: N815


def make_sandbox() -> ClosedSandbox:
    """Return the environment, with Nunjucks' names for what Jinja calls otherwise."""
    # What is constant would be worked out beforehand, again for each level that it stands in.
    made = ClosedSandbox(autoescape=False, optimized=False)
    filters: dict[str, Callable[..., Any]] = {
        **{name: made.filters[name] for name in _KEPT},
        "join": _join,
        "replace": _replace,
        "dump": _dump,
        "tojson": _dump,
        "load": _load,
        "pairs": lambda value: value.items() if isinstance(value, Mapping) else value,
        "safe": lambda value: value,
        "nl2br": str,
    }
    made.filters = {name: _measure(one) for name, one in filters.items()}
    made.filters |= {"counted": _count, "joined": _concatenate}
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


def _measure(made: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that gives no text longer than any template may come to."""

    @wraps(made)
    def give_measured(*given: Any, **named: Any) -> Any:
        found = made(*given, **named)
        if isinstance(found, str) and len(found) > LONGEST:
            raise SecurityError("what it comes to is too long")
        return found

    return give_measured


@pass_context
def _count(context: Any, value: Iterable[Any]) -> Iterator[Any]:
    """Yield what a loop goes through, as long as there are steps left."""
    left = context.get(COUNTER)
    for one in value:
        left[0] -= 1
        if left[0] < 0:
            raise SecurityError("it counts too far")
        yield one


def _concatenate(*parts: Any) -> str:
    return _join(parts)


def _join(value: Iterable[Any], d: Any = "", attribute: Any = None) -> str:
    if attribute is not None:
        value = [one.get(attribute) if isinstance(one, Mapping) else "" for one in value]
    between = str(d)
    parts: list[str] = []
    length = 0
    for one in value:
        parts.append(str(one))
        length += len(parts[-1]) + len(between)
        if length > LONGEST + len(between):
            raise SecurityError("what it comes to is too long")
    return between.join(parts)


def _add(left: Any, right: Any) -> Any:
    """Add texts or lists that are short; anything else as Python does."""
    if hasattr(left, "__len__") and hasattr(right, "__len__") and len(left) + len(right) > LONGEST:
        raise SecurityError("what it comes to is too long")
    return left + right


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
