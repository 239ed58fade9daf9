"""Check declared properties against Azure's own types, and read the types to compare values.

Azure drops what it does not know and says nothing: an account that somebody believes closed is
open. A key that the table lacks may be newer than the table, and is only warned of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from harness.azure.tables import arm_types as tables

Path = tuple[str | int, ...]

ACCOUNT: Mapping[str, Any] = tables.ACCOUNT
DEPLOYMENT: Mapping[str, Any] = {**tables.DEPLOYMENT, **tables.NEWER}

WORDS = {"string": "a string", "boolean": "true or false", "integer": "a whole number",
         "number": "a number"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TypeFinding:
    """A value that Azure would refuse, or a key that it does not have.

    Attributes:
        path: of the value, from the properties.
        severity: an unknown or read-only key is a warning.
        said: the finding in words.
        hint: what to write instead, "" where nothing is near.
    """

    path: Path
    severity: Literal["error", "warning"]
    said: str
    hint: str = ""


def check_properties(properties: Mapping[str, Any], types: Mapping[str, Any]) -> list[TypeFinding]:
    """Return what is wrong with properties that are written as ARM writes them."""
    return list(_check(properties, types, ()))


def spell(value: Any, kind: Any) -> Any:
    """Return a value with the words of its enumerations in Azure's spelling."""
    if isinstance(kind, tuple):
        return next((each for each in kind if _fold(each) == _fold(value)), value)
    if isinstance(value, Mapping) and isinstance(kind, Mapping):
        return {key: spell(inner, find_type(kind, (key,))) for key, inner in value.items()}
    if isinstance(value, list) and isinstance(kind, list):
        return [spell(each, kind[0]) for each in value]
    return value


def find_type(types: Any, path: Path) -> Any:
    """Return the type at a path, "any" where the table does not say."""
    for key in path:
        if isinstance(types, list):
            types = types[0]
            continue
        if not isinstance(types, Mapping):
            return "any"
        types = types.get(str(key), types.get("*", "any"))
    return types


def is_read_only(types: Mapping[str, Any], path: Path) -> bool:
    """Return whether Azure alone writes what stands at a path, or something above it."""
    inner: Any = types
    for key in path:
        if isinstance(inner, list):
            inner = inner[0]
            continue
        if not isinstance(inner, Mapping):
            return False
        if f"!{key}" in inner:
            return True
        inner = inner.get(str(key), "any")
    return False


def drop_read_only(value: Any, kind: Any) -> Any:
    """Return a value without what Azure alone writes, at any depth."""
    if isinstance(value, Mapping) and isinstance(kind, Mapping):
        return {
            key: drop_read_only(inner, find_type(kind, (key,)))
            for key, inner in value.items()
            if f"!{key}" not in kind
        }
    if isinstance(value, list) and isinstance(kind, list):
        return [drop_read_only(each, kind[0]) for each in value]
    return value


def _check(value: Any, kind: Any, path: Path) -> Iterator[TypeFinding]:
    # Null is how a property is unset; what the environment fills in is not known here.
    if value is None or kind == "any" or (isinstance(value, str) and "${" in value):
        return
    if isinstance(kind, Mapping):
        yield from _check_mapping(value, kind, path)
    elif isinstance(kind, list):
        if not isinstance(value, list):
            yield TypeFinding(path, "error", f"expected a list, got {_name(value)}")
            return
        for at, each in enumerate(value):
            yield from _check(each, kind[0], (*path, at))
    elif isinstance(kind, tuple):
        if not isinstance(value, str) or _fold(value) not in map(_fold, kind):
            near = _suggest(value, kind)
            said = f"{_name(value)} is not one of {', '.join(kind)}"
            yield TypeFinding(path, "error", said, near or f"one of: {', '.join(kind)}")
    elif not _fits(value, kind):
        yield TypeFinding(path, "error", f"expected {WORDS[kind]}, got {_name(value)}")


def _check_mapping(value: Any, kind: Mapping[str, Any], path: Path) -> Iterator[TypeFinding]:
    if not isinstance(value, Mapping):
        keys = [key for key in kind if key[0] not in "!*"]
        example = f"{{{keys[0]}: …}}" if keys else "{…}"
        yield TypeFinding(
            path, "error", f"expected a mapping, got {_name(value)}", f"write {example}"
        )
        return
    for key, inner in value.items():
        if key in kind:
            yield from _check(inner, kind[key], (*path, key))
        elif f"!{key}" in kind:
            yield TypeFinding((*path, key), "warning", f"{key} is written by Azure alone")
        elif "*" not in kind:
            known = [each for each in kind if each[0] != "!"]
            said = f"Azure is not known to have a property {key}, and drops what it does not know"
            yield TypeFinding((*path, key), "warning", said, _suggest(key, known))


def _fits(value: Any, kind: str) -> bool:
    if kind == "string":
        return isinstance(value, str)
    if kind == "boolean":
        return isinstance(value, bool)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole or (kind == "number" and isinstance(value, float))


def _suggest(word: Any, known: Any) -> str:
    folded = {_fold(each): each for each in known}
    close = get_close_matches(_fold(word), folded, n=1, cutoff=0.5)
    return f"did you mean {folded[close[0]]}?" if close else ""


def _fold(value: Any) -> str:
    return str(value).casefold()


def _name(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list) else str(value)[:60] or '""'
