"""Faults of answers on the management plane: the kinds of whole answers, and headers."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from harness.simulator.embedded import Simulated, simulate
from harness.spec.model.spec import Simulator

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg"
Answered = tuple[int, bytes, Message]


@contextmanager
def struck(**fault: Any) -> Iterator[Simulated]:
    faults = [{"operation": "group.put", **fault}]
    simulator = Simulator.model_validate({"faults": faults})
    with simulate(None, simulator, {}, environment={}) as simulated:
        yield simulated


def send(simulated: Simulated, method: str, path: str, body: bytes | None = None) -> Answered:
    headers = {"Authorization": f"Bearer {simulated.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(
        f"{simulated.url}{path}", data=body, method=method, headers=headers
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


def create(simulated: Simulated) -> Answered:
    path = f"{GROUP}?api-version=2021-04-01"
    return send(simulated, "PUT", path, b'{"location":"swedencentral"}')


def count(simulated: Simulated) -> tuple[int, int]:
    (fault,) = json.loads(send(simulated, "GET", "/_simulator/counters")[1])["faults"]
    return fault["met"], fault["struck"]


@pytest.mark.parametrize(
    ("kind", "body"), [("json-null", b"null"), ("empty", b""), ("empty-object", b"{}")]
)
def test_an_answer_of_azures_management_may_be_broken(kind: str, body: bytes) -> None:
    with struck(malform=kind) as simulated:
        assert create(simulated)[:2] == (201, body)
        assert count(simulated) == (1, 1)


def test_a_clock_may_be_wrong_and_a_wait_is_told_by_it() -> None:
    with struck(clock_s=-3600, status=429, retry_after_s=5, headers={"x-own": "1"}) as simulated:
        status, _, headers = create(simulated)
    there = parsedate_to_datetime(headers["Date"])
    assert status == 429
    assert (parsedate_to_datetime(headers["Retry-After"]) - there).total_seconds() == 5
    assert headers["x-own"] == "1"


@pytest.mark.parametrize(
    "fault", [{"malform": "no-done"}, {"model": "another"}, {"limit": 0.5}], ids=str
)
def test_what_only_models_have_strikes_no_management(fault: dict[str, Any]) -> None:
    with struck(**fault) as simulated:
        assert create(simulated)[0] == 201
        assert count(simulated) == (0, 0)
