"""And, or and not over assertions, and how a spec writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

NEGATION = "not-"
TRUTHY = "truthy"
"""Beside an assertion that a field is there: in JavaScript it may not be empty either."""
COUNTED = "counted"
"""Beside an assertion about a number that JavaScript would take out of a text, too."""
ANY_OF = {"contains": "contains-any", "icontains": "icontains-any"}


@dataclass(frozen=True, slots=True)
class Condition:
    """An assertion, or several of which all or any must hold.

    Attributes:
        one: the assertion in a short form, None where there are several.
        parts: the several.
        needs_all: False where ``least`` of them are enough.
    """

    one: dict[str, Any] | str | None = None
    parts: tuple[Condition, ...] = ()
    needs_all: bool = True
    least: int = 1


def so_many_of(parts: Sequence[Condition], least: int) -> Condition:
    """Return the condition that so many of these hold, more than one and not all."""
    return Condition(None, tuple(parts), needs_all=False, least=least)


def all_of(parts: Sequence[Condition]) -> Condition:
    """Return the condition that all of these hold."""
    return _join(parts, needs_all=True)


def any_of(parts: Sequence[Condition]) -> Condition:
    """Return the condition that one of these holds."""
    return _join(parts, needs_all=False)


def _join(parts: Sequence[Condition], *, needs_all: bool) -> Condition:
    flat: list[Condition] = []
    for part in parts:
        if part.one is None and not part.parts:
            if part.needs_all != needs_all:
                return part  # true decides an or, false an and
            continue
        is_same = part.one is None and part.needs_all == needs_all and part.least == 1
        inner = part.parts if is_same else (part,)
        flat += [one for one in inner if one not in flat]
    return flat[0] if len(flat) == 1 else Condition(None, tuple(flat), needs_all)


def negate(condition: Condition) -> Condition:
    """Return the condition that this one does not hold."""
    if condition.one is None:
        turned = tuple(map(negate, condition.parts))
        if condition.least > 1:
            return Condition(None, turned, False, len(turned) - condition.least + 1)
        return Condition(None, turned, not condition.needs_all)
    return Condition(_negate_one(condition.one))


def _negate_one(one: dict[str, Any] | str) -> dict[str, Any] | str:
    if isinstance(one, str):
        return _turn(one)
    name, *beside = one
    if name == "json-path" and set(one[name]) == {"path", "exists"}:
        found = {**one[name], "exists": not one[name]["exists"]}
        return {**one, name: found}
    return {_turn(name): one[name], **{key: one[key] for key in beside}}


def _turn(name: str) -> str:
    return name.removeprefix(NEGATION) if name.startswith(NEGATION) else NEGATION + name


def write_condition(condition: Condition) -> list[dict[str, Any] | str]:
    """Return a condition as assertions, all of which must hold."""
    if condition.one is not None:
        return [condition.one]
    if condition.needs_all:
        return _merge([one for part in condition.parts for one in write_condition(part)])
    short = _shorten(condition.parts)
    if short is not None and condition.least == 1:
        return [short]
    inside = [_wrap(write_condition(part)) for part in condition.parts]
    share = int(100 * condition.least / len(inside)) / 100
    return [{"assert-set": {"threshold": share, "assert": inside}}]


def _wrap(assertions: list[dict[str, Any] | str]) -> dict[str, Any] | str:
    return assertions[0] if len(assertions) == 1 else {"assert-set": {"assert": assertions}}


def _shorten(parts: Sequence[Condition]) -> dict[str, Any] | None:
    """Return `contains-any` for an or of `contains`."""
    for name, several in ANY_OF.items():
        if all(
            isinstance(part.one, dict)
            and list(part.one) == [name]
            and isinstance(part.one[name], str)
            for part in parts
        ):
            return {several: [part.one[name] for part in parts if isinstance(part.one, dict)]}
    return None


def _merge(assertions: list[dict[str, Any] | str]) -> list[dict[str, Any] | str]:
    """Write both ends of one count as one, and leave out what the rest says already."""
    found: list[dict[str, Any] | str] = []
    compared = {
        _read_path(one) for one in assertions if isinstance(one, dict) and TRUTHY not in one
    }
    for one in assertions:
        if isinstance(one, dict) and TRUTHY in one and _read_path(one) in compared - {None}:
            continue
        for at, other in enumerate(found):
            joined = _join_bounds(other, one)
            if joined is not None:
                found[at] = joined
                break
        else:
            found.append(one)
    return found


def _read_path(one: dict[str, Any]) -> Any:
    name = next(iter(one))
    if name == "json-path" and (TRUTHY in one or one[name].get("exists") is not True):
        return one[name]["path"]
    return one.get("path") if name == "equals" else None


def _join_bounds(
    first: dict[str, Any] | str, second: dict[str, Any] | str
) -> dict[str, Any] | None:
    if not isinstance(first, dict) or not isinstance(second, dict) or list(first) != list(second):
        return None
    (name, *beside) = first
    one, other = first[name], second[name]
    if beside or not isinstance(one, dict) or not isinstance(other, dict):
        return None
    if name in ("char-count", "word-count") and not set(one) & set(other):
        return {name: {key: {**one, **other}[key] for key in ("min", "max")}}
    if name != "json-path" or one.get("path") != other.get("path"):
        return None
    bounds = (set(one) | set(other)) - {"path"}
    if bounds == {"at_least", "at_most"} and len(one) == len(other) == 2:
        return {name: {"path": one["path"], **{k: {**one, **other}[k] for k in sorted(bounds)}}}
    return None
