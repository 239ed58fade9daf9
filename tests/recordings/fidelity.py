"""How faithful the simulator is: recorded answers beside its own, aspect by aspect.

Pure: values in, marks out. Of an exchange are compared: the status; the error's code; the headers
that matter (links to operations, etag, Retry-After, who failed, the families of allowances); the
body's keys and types all the way down; and the order of keys. A wrong status fails every aspect.

What differs by nature is no difference: values; the keys of maps whose keys are data; keys that
only some rows of a recorded list have; whether an operation had ended yet; a header that the
recorder took out of every answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.recordings.player import Said
from tests.recordings.traffic import Exchange

Aspect = Literal["status", "code", "headers", "body", "order"]
ASPECTS: tuple[Aspect, ...] = ("status", "code", "headers", "body", "order")

WATCHED = ("azure-asyncoperation", "location", "retry-after", "etag", "x-ms-failure-cause")
ALLOWANCE = "x-ms-ratelimit-remaining-subscription-"
MAPS = {"endpoints", "capabilities", "finetuneCapabilities", "tags", "userAssignedIdentities"}
"""Objects whose keys are data, not form."""
RUNNING = {"Creating", "Updating", "Deleting"}
AFTER_THE_END = {".status", ".endTime"}


@dataclass(frozen=True)
class Mark:
    """One aspect of one exchange: right, or what is wrong with it."""

    aspect: Aspect
    wrong: str = ""


def marks(
    exchange: Exchange,
    said: Said,
    kept: frozenset[str],
    *,
    watched: tuple[str, ...] = WATCHED,
    elsewhere: frozenset[str] = frozenset(),
) -> list[Mark]:
    """How an answer compares with the recorded one.

    Args:
        exchange: what was recorded.
        said: what the simulator answered.
        kept: headers that the recorder leaves in.
        watched: headers that matter, beside those of allowances.
        elsewhere: paths that other recordings of the operation have: none of them is invented.
    """
    aspects = [*_aspects(exchange)]
    if said.status != exchange.status and not (_running(exchange) and said.status == 200):
        wrong = f"{said.status}, not {exchange.status}: {said.text[:160]}"
        return [Mark(aspect, wrong) for aspect in aspects]
    found = {
        "status": "",
        "code": _code(exchange, said),
        "headers": ", ".join(_headers(exchange, said, kept, watched)),
        "body": ", ".join(_body(exchange, said, elsewhere)),
        "order": ", ".join(_order(exchange.document, said.document)),
    }
    return [Mark(aspect, found[aspect]) for aspect in aspects]


def _aspects(exchange: Exchange) -> Iterator[Aspect]:
    yield "status"
    if exchange.status >= 400:
        yield "code"
    yield "headers"
    if isinstance(exchange.document, dict) or not exchange.answer:
        yield "body"
    if isinstance(exchange.document, dict) and not _running(exchange):
        yield "order"


def _running(exchange: Exchange) -> bool:
    """Recorded while an operation ran; here it may have ended already."""
    if exchange.status == 202 and exchange.method == "GET":
        return True
    document = exchange.document
    return isinstance(document, dict) and document.get("status") in RUNNING


def _code(exchange: Exchange, said: Said) -> str:
    theirs, ours = (_error_code(document) for document in (exchange.document, said.document))
    return "" if theirs == ours else f"error code {ours}, not {theirs}"


def _error_code(document: object) -> object:
    error = document.get("error") if isinstance(document, dict) else None
    return error.get("code") if isinstance(error, dict) else None


def _headers(
    exchange: Exchange, said: Said, kept: frozenset[str], watched: tuple[str, ...]
) -> Iterator[str]:
    if _running(exchange):
        return
    for name in watched:
        theirs, ours = name in exchange.headers, name in said.headers
        if theirs and not ours:
            yield f"no {name}"
        if ours and not theirs and name in kept:
            yield f"{name} too many"
    for name in exchange.headers:
        if name.startswith(ALLOWANCE) and name not in said.headers:
            yield f"no {name}"
    if "retry-after" in exchange.headers and "retry-after" in said.headers:
        theirs_s, ours_s = exchange.headers["retry-after"], said.headers["retry-after"]
        if theirs_s != ours_s:
            yield f"retry-after {ours_s}, not {theirs_s}"


def _body(exchange: Exchange, said: Said, elsewhere: frozenset[str]) -> Iterator[str]:
    if not exchange.answer:
        if said.text and not _running(exchange):
            yield "a body where there was none"
        return
    theirs, ours = shape(exchange.document), shape(said.document)
    late = AFTER_THE_END if _running(exchange) else set()
    unknown = _empty_lists(theirs) | _empty_lists(ours)
    for path in sorted(theirs.keys() | ours.keys()):
        if path in late or any(path.startswith(f"{at}[]") for at in unknown):
            continue
        if path not in ours:
            if SOMETIMES not in theirs[path]:
                yield f"{path} is missing"
        elif path not in theirs:
            if path not in elsewhere:
                yield f"{path} is too many"
        elif not _compatible(theirs[path], ours[path]):
            yield f"{path} is {'/'.join(ours[path])}, not {'/'.join(theirs[path])}"


def _compatible(theirs: frozenset[str], ours: frozenset[str]) -> bool:
    return bool((theirs & ours) - {SOMETIMES}) or "null" in theirs or "null" in ours


Shape = Mapping[str, frozenset[str]]
SOMETIMES = "sometimes"
"""Stands among the types of a path that not every element of a list has: data, not form."""


def shape(value: object, at: str = "") -> Shape:
    """The types found at every path; lists are ``[]``, keys of maps ``*``."""
    match value:
        case dict():
            name = at.rpartition(".")[2].removesuffix("[]")
            parts = [shape(v, f"{at}.{'*' if name in MAPS else k}") for k, v in value.items()]
            return _union([{at: frozenset({"object"})}, *parts])
        case list():
            rows = [shape(inner, f"{at}[]") for inner in value]
            everywhere = set.intersection(*(set(row) for row in rows)) if rows else set()
            merged = _union(rows)
            some = {path: merged[path] | {SOMETIMES} for path in merged.keys() - everywhere}
            return {at: frozenset({"list" if value else "empty list"}), **merged, **some}
        case _:
            return {at: frozenset({_type(value)})}


def _union(shapes: list[Shape]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for one in shapes:
        for path, kinds in one.items():
            found[path] = found.get(path, frozenset()) | kinds
    return found


def _type(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case _:
            return "string"


def _empty_lists(found: Shape) -> set[str]:
    """Lists without an element: what they would hold is not known."""
    return {path for path, kinds in found.items() if kinds - {SOMETIMES} == {"empty list"}}


def _order(theirs: Any, ours: Any, at: str = "") -> Iterator[str]:
    """Objects whose common keys stand in another order; maps and lists aside."""
    if not isinstance(theirs, dict) or not isinstance(ours, dict):
        return
    common = [key for key in theirs if key in ours]
    mine = [key for key in ours if key in theirs]
    if common != mine:
        yield f"{at or 'body'}: {' '.join(mine)}, not {' '.join(common)}"
    for key in common:
        if key not in MAPS:
            yield from _order(theirs[key], ours[key], f"{at}.{key}")


@dataclass
class Score:
    """How an operation fared over everything that was played of it."""

    exchanges: int = 0
    right: Counter[Aspect] = field(default_factory=Counter)
    compared: Counter[Aspect] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def add(self, exchange: Exchange, found: list[Mark]) -> None:
        """Count one exchange."""
        self.exchanges += 1
        for mark in found:
            self.compared[mark.aspect] += 1
            self.right[mark.aspect] += not mark.wrong
            if mark.wrong:
                where = re.sub(r"^https://[^/]+/subscriptions/[^/]+", "", exchange.url)
                self.differences.append(f"{exchange.method} {where[-90:]}: {mark.wrong}")

    @property
    def share(self) -> float:
        """The share of all marks that are right."""
        return sum(self.right.values()) / max(sum(self.compared.values()), 1)
