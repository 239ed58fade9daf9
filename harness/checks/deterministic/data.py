"""Checks that read the reply as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.checks.deterministic.text import is_same
from harness.checks.finding import (
    CannotCheck,
    Finding,
    NothingThere,
    as_text,
    name_subject,
    quote,
)
from harness.checks.reading.json import NotJson, find_json, find_value, read_json
from harness.checks.reading.pattern import search
from harness.checks.reading.schema import find_violation
from harness.checks.subject import Subject
from harness.spec.model.spec import Assertion
from harness.text.numbers import is_number


def is_json(assertion: Assertion, subject: Subject) -> Finding:
    """Check that the whole reply is JSON, and fits the schema where one is given."""
    try:
        document = _read_document(subject)
    except NotJson as why:
        return Finding(False, f"The reply is not JSON: {why}: {quote(subject.text)}")
    if assertion.value in (None, ""):
        return Finding(True, f"{name_subject(subject)} is JSON")
    misfit = find_violation(assertion.value, document)
    if misfit is None:
        return Finding(True, f"{name_subject(subject)} is JSON that fits the schema")
    return Finding(False, f"{name_subject(subject)} is JSON that does not fit the schema: {misfit}")


def contains_json(assertion: Assertion, subject: Subject) -> Finding:
    """Check that an object or a list of JSON stands in the reply, and that one fits the schema."""
    misfit = None
    count = 0
    for document in find_json(subject.text):
        count += 1
        if assertion.value in (None, ""):
            return Finding(True, f"{name_subject(subject)} contains JSON: {quote(document)}")
        misfit = find_violation(assertion.value, document)
        if misfit is None:
            fact = f"{name_subject(subject)} contains JSON that fits the schema: {quote(document)}"
            return Finding(True, fact)
    if not count:
        return Finding(False, f"{name_subject(subject)} contains no JSON: {quote(subject.text)}")
    fact = f"{name_subject(subject)} contains JSON, but none that fits the schema: {misfit}"
    return Finding(False, fact)


LENGTH_BOUNDS = ("at_least", "at_most")


def _equals(found: Any, wanted: Any) -> bool:
    return is_same(found, wanted) or (isinstance(wanted, str) and as_text(found) == wanted)


def _is_at_least(found: Any, wanted: Any) -> bool:
    limit = _read_limit(wanted, "at_least")
    return is_number(found) and bool(found >= limit)


def _is_at_most(found: Any, wanted: Any) -> bool:
    limit = _read_limit(wanted, "at_most")
    return is_number(found) and bool(found <= limit)


def _has_length(found: Any, wanted: Any) -> bool:
    """Compare the length of a text, a list or an object with a number or with bounds."""
    if not isinstance(wanted, Mapping):
        wanted = {"equals": _read_limit(wanted, "length")}
    elif not wanted or any(name not in LENGTH_BOUNDS for name in wanted):
        bounds = " and ".join(LENGTH_BOUNDS)
        raise CannotCheck(f"length of json-path takes a number, or {bounds}, not {quote(wanted)}")
    if not isinstance(found, str | list | dict):
        return False
    compares = {"equals": is_same, "at_least": _is_at_least, "at_most": _is_at_most}
    holding = [compares[name](len(found), limit) for name, limit in wanted.items()]
    return all(holding)


def _has_part(found: Any, wanted: Any) -> bool:
    """Look for a part in a text, an item in a list, a key in an object."""
    if isinstance(found, list):
        return any(_equals(one, wanted) for one in found)
    return isinstance(found, str | dict) and as_text(wanted) in found


def _matches(found: Any, wanted: Any) -> bool:
    if not isinstance(wanted, str):
        raise CannotCheck(f"matches of json-path needs a pattern, not {quote(wanted)}")
    return search(wanted, as_text(found)) is not None


def _read_limit(wanted: Any, name: str) -> float:
    """Read the limit; from a data set it comes as text."""
    if is_number(wanted):
        return float(wanted)
    try:
        return float(wanted if isinstance(wanted, str) else "")
    except ValueError:
        raise CannotCheck(f"{name} of json-path needs a number, not {quote(wanted)}") from None


_COMPARISONS = {
    "equals": _equals,
    "at_least": _is_at_least,
    "at_most": _is_at_most,
    "length": _has_length,
    "contains": _has_part,
    "matches": _matches,
}


def has_path_beside(assertion: Assertion) -> bool:
    """Return True where a ``json-path`` has its path beside it and not in it."""
    value = assertion.value
    return (
        assertion.type == "json-path"
        and assertion.path is not None
        and isinstance(value, Mapping)
        and "path" not in value
    )


def json_path(assertion: Assertion, subject: Subject) -> Finding:
    """Compare the value that a JSONPath finds; without a comparison, check that there is one."""
    demand = assertion.value
    if isinstance(demand, str):
        demand = {"path": demand}
    if has_path_beside(assertion):
        demand = {"path": assertion.path, **demand}
    if not isinstance(demand, Mapping) or not isinstance(demand.get("path"), str):
        raise CannotCheck("json-path needs a path, such as {path: $.total, at_least: 1}")
    known = ("path", "exists", *_COMPARISONS)
    if unknown := [str(key) for key in demand if key not in known]:
        raise CannotCheck(
            f"json-path does not know {quote(unknown[0])}; it knows {', '.join(known)}"
        )
    path = demand["path"]
    try:
        exists, found = find_value(path, _read_document(subject))
    except NotJson as why:
        raise NothingThere(f"The reply is not JSON: {why}: {quote(subject.text)}") from None
    wants_it = bool(demand.get("exists", True))
    if not exists and wants_it and any(name in demand for name in _COMPARISONS):
        raise NothingThere(f"There is no {path} in the reply: {quote(subject.text)}")
    if not exists or not wants_it:
        return Finding(exists == wants_it, f"{path} is {'there' if exists else 'not there'}")
    for name, compares in _COMPARISONS.items():
        if name in demand and not compares(found, demand[name]):
            return Finding(False, f"{path} {_describe_misfit(name, found, demand[name])}")
    return Finding(True, f"{path} is {quote(found)}, as wanted")


def _describe_misfit(name: str, found: Any, wanted: Any) -> str:
    """Describe what was found and what was wanted in its place."""
    if name == "length" and isinstance(found, str | list | dict):
        bounds = wanted if isinstance(wanted, Mapping) else {}
        limits = " and ".join(f"{one.replace('_', ' ')} {quote(bounds[one])}" for one in bounds)
        return f"has a length of {len(found)}: {quote(found)}; wanted: {limits or quote(wanted)}"
    return f"is {quote(found)}; wanted: {name.replace('_', ' ')} {quote(wanted)}"


def _read_document(subject: Subject) -> Any:
    return read_json(subject.text) if subject.found is None else subject.found.value
