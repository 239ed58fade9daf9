"""Tests ready to be written: what differs from one to the next, and what they share."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harness.importers.promptfoo.cases import PromptTest
from harness.importers.promptfoo.demanding.demands import Assertion
from harness.importers.promptfoo.saying.scripts import SaidScript
from harness.spec.document.template import find_names

_HANDLE = re.compile(r"[^\w.-]+")
_NAMED = re.compile(r"(\{\{\s*)(\w+)")


@dataclass(slots=True)
class Play:
    """A case with what every prompt says in it, and its assertions in the spec's words.

    Attributes:
        scripts: by the number of the prompt; those that cannot be worked out are missing.
        variables: what names stand for, what was worked out included.
        asserts: of the last turn.
        taken: names of variables that others took in.
    """

    case: PromptTest
    scripts: dict[int, SaidScript]
    variables: dict[str, Any]
    asserts: list[Assertion] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    threshold: float | None = None


def list_named(value: Any) -> set[str]:
    """List the names of variables in the texts of a value."""
    if isinstance(value, str):
        return {name.split(".")[0] for name in find_names(value)}
    if isinstance(value, dict):
        value = list(value.values())
    return set().union(*map(list_named, value)) if isinstance(value, list) else set()


def make_matrix(
    plays: list[Play], rows: list[dict[str, Any]], own: list[list[Assertion]], varying: set[str]
) -> dict[str, Any]:
    """Return a matrix where the cases are all combinations of the lists of one test."""
    names = plays[0].case.matrix
    places = {id(play.case.place) for play in plays}
    if not names or len(places) != 1 or any(own) or varying - set(names):
        return {}
    found: dict[str, list[Any]] = {}
    for name in names:
        values: list[Any] = []
        for row in rows:
            if name in row and row[name] not in values:
                values.append(row[name])
        if values:
            found[name] = values
    count = 1
    for values in found.values():
        count *= len(values)
    return found if count == len(rows) else {}


def list_ids(cases: list[PromptTest]) -> list[str]:
    """List names for cases, made of their descriptions; none where there is no description."""
    titles = [case.description for case in cases]
    if not any(titles):
        return []
    found: list[str] = []
    for at, title in enumerate(titles, 1):
        plain = " ".join(title.split()) or str(at)
        number, chosen = 2, plain
        while chosen in found:
            chosen, number = f"{plain} {number}", number + 1
        found.append(chosen)
    return found


def list_notes(cases: list[PromptTest]) -> dict[str, list[Any]]:
    """List what people noted about cases, by columns that nothing reads."""
    keys: dict[str, None] = {}
    for case in cases:
        keys |= dict.fromkeys(key for key in case.metadata if key != "conversationId")
    found = {}
    for key in keys:
        values = [case.metadata.get(key, "") for case in cases]
        if any(value != values[0] for value in values):
            found[f"x-{_HANDLE.sub('-', key)}"] = values
    return found


def list_tags(cases: list[PromptTest]) -> list[str]:
    """List the metadata that all of these cases share, as tags."""
    first = cases[0].metadata
    return [
        f"{key}:{value}"
        for key, value in first.items()
        if key != "conversationId"
        and isinstance(value, (str, int, float))
        and all(case.metadata.get(key) == value for case in cases)
    ]


def rename_variables(play: Play, names: Collection[str]) -> None:
    """Give variables another name whose own means something else in a spec, as ``id`` does."""
    taken = {name: f"var_{name}" for name in names}
    play.variables = {taken.get(name, name): value for name, value in play.variables.items()}
    play.asserts = [_rename(one, taken) for one in play.asserts]
    play.scripts = {
        number: replace(
            script,
            system=_rename(script.system, taken),
            user=_rename(script.user, taken),
            messages=_rename(script.messages, taken),
            before=tuple((_rename(a, taken), _rename(b, taken)) for a, b in script.before),
        )
        for number, script in play.scripts.items()
    }


def _rename(value: Any, names: Mapping[str, str]) -> Any:
    """Return a value with other names in the double braces of its texts."""
    if isinstance(value, str):
        return _NAMED.sub(lambda match: match[1] + names.get(match[2], match[2]), value)
    if isinstance(value, dict):
        return {key: _rename(inner, names) for key, inner in value.items()}
    return [_rename(inner, names) for inner in value] if isinstance(value, list) else value
