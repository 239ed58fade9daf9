"""Answers have the form of the session's day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from harness.simulator.inference.serializing import history

Start = Callable[..., Any]
TOOL = {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}}


def answer(start: Start, day: str, **more: Any) -> Any:
    azure = start(date=day, catalogue="open", deployments={"five": ("gpt-5-mini", "2025-08-07")})
    body = {"model": "five", "input": "Hello", "tools": [TOOL], **more}
    return azure.send("POST", "v1/responses", body)


@pytest.mark.parametrize(
    ("day", "has", "lacks"),
    [
        ("2025-10-01", "safety_identifier", "top_logprobs"),
        ("2025-12-31", "prompt_cache_retention", "completed_at"),
        ("2026-02-11", "completed_at", "frequency_penalty"),
        ("2026-05-01", "presence_penalty", "moderation"),
        ("2026-06-24", "moderation", "tool_usage"),
        ("2026-09-01", "tool_usage", "billing"),
    ],
)
def test_a_key_is_there_from_its_day_on(start: Start, day: str, has: str, lacks: str) -> None:
    document = answer(start, day).json
    assert has in document
    assert lacks not in document


def test_what_is_inside_has_its_days_too(start: Start) -> None:
    old, new = (answer(start, day).json for day in ("2026-02-11", "2026-09-01"))
    assert old["reasoning"] == {"effort": "medium", "summary": None}
    assert new["reasoning"]["mode"] == "standard"
    assert "output_schema" in new["tools"][0]
    assert "output_schema" not in old["tools"][0]
    assert [item["type"] for item in old["output"]] == ["reasoning", "message"]
    assert "content" in new["output"][0]
    assert "content" not in old["output"][0]
    assert "cache_write_tokens" in new["usage"]["input_tokens_details"]
    assert "cache_write_tokens" not in old["usage"]["input_tokens_details"]


def test_filters_are_told_of_from_their_day_on(start: Start) -> None:
    assert answer(start, "2025-12-31").json["content_filters"] is None
    assert len(answer(start, "2026-02-11").json["content_filters"]) == 2


@pytest.mark.parametrize(("day", "ordered"), [("2026-06-01", False), ("2026-06-24", True)])
def test_keys_of_events_are_sorted_from_their_day_on(start: Start, day: str, ordered: bool) -> None:
    text = answer(start, day, stream=True).body.decode()
    delta = next(line for line in text.splitlines() if "output_text.delta" in line and "{" in line)
    begin = '{"type":"response.output_text.delta","content_index"'
    assert delta.removeprefix("data: ").startswith(begin) is ordered


def test_a_stream_tells_of_protected_material_from_its_day_on(start: Start) -> None:
    for day, told in (("2026-01-22", False), ("2026-03-31", True)):
        azure = start(date=day, catalogue="open")
        streamed = azure.chat("mini", "Hello", stream=True).body.decode()
        assert ('"protected_material_code":{' in streamed) is told
        assert '"hate":{' in streamed


def test_a_key_is_dropped_wherever_it_stands() -> None:
    document = {"a": [{"b": 1, "c": 2}, {"c": 3}, 4], "d": {"b": 5}}
    young = {"a.b": date(2026, 1, 2), "d.x": date(2027, 1, 1)}
    assert history.drop_younger(document, young, date(2026, 1, 1)) == {
        "a": [{"c": 2}, {"c": 3}, 4],
        "d": {"b": 5},
    }
    assert history.drop_younger(document, {"a.b": date(2026, 1, 1)}, date(2026, 1, 1)) == document
