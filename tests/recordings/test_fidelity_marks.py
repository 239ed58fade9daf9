"""The marks themselves: what counts as a difference, and what does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.recordings.fidelity import Score, marks
from tests.recordings.player import Said
from tests.recordings.traffic import Exchange

URL = "https://management.azure.com/subscriptions/s/resourceGroups/g?api-version=2025-04-01"
BODY = {"name": "a", "properties": {"state": "on", "endpoints": {"x": "1"}, "rows": [{"k": 1}]}}


def recorded(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None, method: str = "GET"
) -> Exchange:
    text = "" if body is None else json.dumps(body)
    return Exchange(method, URL, "", status, headers or {}, text)


def said(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Said:
    return Said(status, headers or {}, "" if body is None else json.dumps(body))


def wrong(exchange: Exchange, answer: Said, kept: frozenset[str] = frozenset()) -> dict[str, str]:
    return {m.aspect: m.wrong for m in marks(exchange, answer, kept) if m.wrong}


def changed(**properties: Any) -> dict[str, Any]:
    return {"name": "a", "properties": {**BODY["properties"], **properties}}  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("body", "aspect", "what"),
    [
        ({"name": "a"}, "body", ".properties is missing"),
        (changed(more=1), "body", ".properties.more is too many"),
        (changed(state=5), "body", ".properties.state is number, not string"),
        (changed(rows=[]), "body", ".properties.rows is empty list, not list"),
        (changed(rows=[{"j": 1}]), "body", ".properties.rows[].k is missing"),
        ({"properties": BODY["properties"], "name": "a"}, "order", "properties name"),
    ],
)
def test_what_differs_in_form_is_a_difference(body: Any, aspect: str, what: str) -> None:
    assert what in wrong(recorded(BODY), said(body))[aspect]


@pytest.mark.parametrize(
    "body",
    [
        changed(state="off"),
        changed(endpoints={"y": "2", "z": "3"}),
        changed(rows=[{"k": 1}, {"k": 2, "l": None}]) | {"name": None},
    ],
)
def test_what_differs_by_nature_is_none(body: Any) -> None:
    answered = recorded(changed(rows=[{"k": 1}, {"k": 2, "l": None}]))
    assert not wrong(answered, said(body))


def test_a_wrong_status_fails_every_aspect() -> None:
    missing = recorded({"error": {"code": "NotFound", "message": "m"}}, 404)
    assert set(wrong(missing, said(BODY))) == {"status", "code", "headers", "body", "order"}


def test_another_code_is_a_difference() -> None:
    theirs = recorded({"error": {"code": "A", "message": "m"}}, 404)
    found = wrong(theirs, said({"error": {"code": "B", "message": "m"}}, 404))
    assert found == {"code": "error code B, not A"}


def test_a_link_that_is_missing_and_one_too_many_are_differences() -> None:
    theirs = recorded(BODY, headers={"location": "x", "retry-after": "15"})
    assert wrong(theirs, said(BODY)) == {"headers": "no location, no retry-after"}
    kept = frozenset({"etag"})
    assert wrong(recorded(BODY), said(BODY, headers={"etag": "1"}), kept)
    assert not wrong(recorded(BODY), said(BODY, headers={"etag": "1"}))


def test_an_operation_may_have_ended_already() -> None:
    running = recorded({"id": "1", "status": "Creating"})
    assert not wrong(running, said({"id": "1", "status": "Succeeded", "endTime": "2"}))
    assert not wrong(recorded(None, 202, {"location": "x"}), said(None))


def test_a_score_is_the_share_of_marks_that_are_right() -> None:
    score = Score()
    score.add(recorded(BODY), marks(recorded(BODY), said(BODY), frozenset()))
    other = {"name": "a"}
    score.add(recorded(BODY), marks(recorded(BODY), said(other), frozenset()))
    assert (score.exchanges, score.share) == (2, 7 / 8)
    assert "is missing" in score.differences[0]
