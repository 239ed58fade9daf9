"""Whether a value that was read back holds what its type declares; files may be edited by hand."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Wrong = str
"""The name of a field that holds something else than it declares; "" where nothing does."""

Finds = Callable[[Any], Wrong]


def misshapen(value: Any) -> Wrong:
    """The first field of a value, or of a value inside it, whose content is of another type.

    Looks at what JSON can get wrong: names, numbers, words of a fixed list, and lists of them.
    What is declared as a mapping may hold anything.
    """
    shape: type = type(value)
    return _fields(shape)(value)


@cache
def _fields(shape: type) -> Finds:
    fields = [(name, _finder(hint, name)) for name, hint in get_type_hints(shape).items()]

    def find(value: Any) -> Wrong:
        if not isinstance(value, shape):
            return shape.__name__
        for name, wrong in fields:
            if found := wrong(getattr(value, name)):
                return found
        return ""

    return find


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

    def find(value: Any) -> Wrong:
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
