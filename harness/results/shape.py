"""Checks that a value read back from a file has the type it declares: people may edit files."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from functools import cache
from itertools import repeat
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Wrong = str
"""The name of a field that holds something else than it declares; "" where nothing does."""

Finds = Callable[[Any], Wrong]


def find_wrong_field(value: Any) -> Wrong:
    """Find the first field of a value, or of one inside it, whose content is of another type.

    Looks at what JSON can get wrong: names, numbers, words of a fixed list, and lists of them.
    What is declared as a mapping may hold anything.
    """
    shape: type = type(value)
    return _fields(shape)(value)


@cache
def _fields(shape: type) -> Finds:
    """Make the finder of a dataclass; what types alone decide is looked at once for each mix."""
    hints = get_type_hints(shape)
    every = {name: _finder(hint, name) for name, hint in hints.items() if hint is not Any}
    typed = {name: wrong for name, wrong in every.items() if _is_told_by_type(hints[name])}
    others = [(name, wrong) for name, wrong in every.items() if name not in typed]
    known: set[tuple[type, ...]] = set()

    def find(value: Any) -> Wrong:
        if not isinstance(value, shape):
            return shape.__name__
        kinds = tuple(map(type, map(getattr, repeat(value), typed)))
        if kinds not in known:
            for name, wrong in typed.items():
                if found := wrong(getattr(value, name)):
                    return found
            known.add(kinds)
        for name, wrong in others:
            if found := wrong(getattr(value, name)):
                return found
        return ""

    return find


def _is_told_by_type(hint: Any) -> bool:
    """Tell whether a value's own type proves all that the declaration asks of it."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return all(map(_is_told_by_type, get_args(hint)))
    if origin is not None:
        return origin not in (Literal, tuple)
    return not is_dataclass(hint)


def _finder(hint: Any, name: str) -> Finds:
    origin = get_origin(hint)
    if origin is Literal:
        words = get_args(hint)
        return lambda value: "" if value in words else name
    if origin in (Union, types.UnionType):
        return _union(get_args(hint), name)
    if origin is tuple:
        return _items(_finder(get_args(hint)[0], name), name)
    if origin is not None and issubclass(origin, Mapping):
        return lambda value: "" if isinstance(value, Mapping) else name
    if isinstance(hint, type) and is_dataclass(hint):
        return _value(hint)
    return _plain(hint, name)


def _items(item: Finds, name: str) -> Finds:
    def find(value: Any) -> Wrong:
        if not isinstance(value, tuple):
            return name
        return next((found for part in value if (found := item(part))), "")

    return find


def _value(shape: type) -> Finds:
    def find(value: Any) -> Wrong:
        return _fields(shape)(value)  # asked when needed: a verdict has verdicts

    return find


def _union(options: tuple[Any, ...], name: str) -> Finds:
    values = tuple(o for o in options if isinstance(o, type) and is_dataclass(o))
    finders = [_finder(option, name) for option in options]
    optional = type(None) in options

    def find(value: Any) -> Wrong:
        if value is None and optional:
            return ""
        if isinstance(value, values):
            return _fields(type(value))(value)
        return "" if any(not wrong(value) for wrong in finders) else name

    return find


def _plain(hint: Any, name: str) -> Finds:
    if hint is Any:
        return lambda _: ""
    if hint is bool:
        return lambda value: "" if isinstance(value, bool) else name
    kinds = (int, float) if hint is float else hint
    return lambda value: "" if isinstance(value, kinds) and not isinstance(value, bool) else name
