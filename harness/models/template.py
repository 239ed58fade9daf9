"""Filling an application's JSON body with what is asked of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"(\\)?\{\{\s*([\w.-]+)\s*\}\}")


def fill(body: object, values: Mapping[str, Any]) -> Any:
    r"""The body with every ``{{name}}`` replaced.

    A string that is nothing but ``{{name}}`` becomes the value itself, list or number; inside a
    longer string the value stands as text. One pass: values are never filled again. ``\{{`` is
    literal, and a name without a value stays as it is written.
    """
    if isinstance(body, str):
        return _text(body, values)
    if isinstance(body, Mapping):
        return {key: fill(value, values) for key, value in body.items()}
    if isinstance(body, list | tuple):
        return [fill(value, values) for value in body]
    return body


def _text(text: str, values: Mapping[str, Any]) -> Any:
    whole = _PLACE.fullmatch(text)
    if whole is not None and whole[1] is None:
        known, value = _value(whole[2], values)
        return value if known else text
    return _PLACE.sub(lambda place: _inside(place, values), text)


def _inside(place: re.Match[str], values: Mapping[str, Any]) -> str:
    if place[1] is not None:
        return place[0][1:]
    known, value = _value(place[2], values)
    if not known:
        return place[0]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(name: str, values: Mapping[str, Any]) -> tuple[bool, Any]:
    if name in values:
        return True, values[name]
    found: Any = values
    for part in name.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return False, None
        found = found[part]
    return True, found
