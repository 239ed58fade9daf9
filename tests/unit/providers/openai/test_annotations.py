"""The worst annotation of each category counts, over all segments of an answer."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest

from harness.conversation.transcript import Reply
from harness.providers.openai.annotations import (
    merge_annotations,
    merge_prompts,
    note_filter_error,
)
from harness.providers.openai.completion import ResponseHead
from harness.providers.openai.response import read_response
from harness.providers.openai.stream import Gathered

SAFE = {"filtered": False, "severity": "safe"}
LOW = {"filtered": False, "severity": "low"}
HIGH = {"filtered": True, "severity": "high"}
HEAD = ResponseHead(200, {})


def test_in_whatever_order_they_come_the_worst_severity_stays() -> None:
    for order in permutations([SAFE, LOW, HIGH, SAFE]):
        merged: dict[str, Any] = {}
        for found in order:
            merged = merge_annotations(merged, {"hate": found})
        assert merged == {"hate": HIGH}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("one", "other", "worst"),
    [
        pytest.param(
            {"filtered": False, "severity": "high"},
            {"filtered": True, "severity": "low"},
            {"filtered": True, "severity": "high"},
            id="filtered and severe",
        ),
        pytest.param(
            {"filtered": False, "detected": True, "citation": {"URL": "u"}},
            {"filtered": False, "detected": False},
            {"filtered": False, "detected": True, "citation": {"URL": "u"}},
            id="what was detected keeps its source",
        ),
        pytest.param(
            {"filtered": True, "details": [{"id": "a", "filtered": True}]},
            {"filtered": False, "details": []},
            {"filtered": True, "details": [{"id": "a", "filtered": True}]},
            id="details",
        ),
        pytest.param({"error": {"code": "x"}}, SAFE, {**SAFE, "error": {"code": "x"}}, id="error"),
    ],
)
def test_each_fact_of_a_category_at_its_worst(
    one: Any, other: Any, worst: Any, *, turned: bool
) -> None:
    first, second = (other, one) if turned else (one, other)
    assert merge_annotations({"c": first}, {"c": second}) == {"c": worst}


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        (HIGH, None, HIGH),
        (None, HIGH, HIGH),
        ([1], [1, 2], [1, 2]),
        ([1], HIGH, HIGH),
        (HIGH, [1], [1]),
        (HIGH, "off", "off"),
    ],
)
def test_what_is_no_finding_stands_as_it_came(one: Any, other: Any, merged: Any) -> None:
    assert merge_annotations({"c": one}, {"c": other}) == {"c": merged}


def test_prompts_in_a_shape_of_their_own_are_kept_as_they_came() -> None:
    assert merge_prompts(["a"], ["a", "b"]) == ["a", "b"]
    assert merge_prompts([{"prompt_index": 0}], "a") == [{"prompt_index": 0}, "a"]
    assert merge_prompts([], {"content_filter_results": {"hate": HIGH}}) == [
        {"content_filter_results": {"hate": HIGH}}
    ]


def test_a_category_that_one_segment_names_is_kept() -> None:
    assert merge_annotations({"hate": HIGH}, {"violence": SAFE}) == {
        "hate": HIGH,
        "violence": SAFE,
    }


def test_prompts_are_told_apart_by_their_number() -> None:
    first = [{"prompt_index": 0, "content_filter_results": {"hate": HIGH}}]
    again = [{"prompt_index": 0, "content_filter_results": {"hate": SAFE}}]
    other = [{"prompt_index": 1, "content_filter_results": {"hate": SAFE}}]
    assert merge_prompts(merge_prompts(first, again), other) == [*first, *other]


def test_a_segment_of_a_stream_that_was_filtered_stays_so() -> None:
    gathered = Gathered(HEAD)
    for text, found in (("one ", HIGH), ("two", SAFE)):
        choice = {"delta": {"content": text}, "content_filter_results": {"hate": found}}
        gathered.take(json.dumps({"choices": [choice]}).encode())
    gathered.take(b"[DONE]")
    reply = gathered.answer()
    assert isinstance(reply, Reply)
    assert reply.content_filter == {"content_filter_results": {"hate": HIGH}}


def test_a_segment_of_a_response_that_was_filtered_stays_so() -> None:
    filters = [
        {"source_type": "completion", "content_filter_results": {"hate": found}}
        for found in (HIGH, SAFE)
    ]
    item = {"type": "message", "content": [{"type": "output_text", "text": "one two"}]}
    body = json.dumps({"output": [item], "content_filters": filters}).encode()
    reply = read_response(body, HEAD)
    assert isinstance(reply, Reply)
    assert reply.content_filter == {"content_filter_results": {"hate": HIGH}}


@pytest.mark.parametrize(
    ("annotations", "noted"),
    [
        ({"content_filter_results": {"error": {"code": "content_filter_error"}}}, True),
        (
            {
                "prompt_filter_results": [
                    {"prompt_index": 0, "content_filter_results": {"error": {"code": "x"}}}
                ]
            },
            True,
        ),
        ({"content_filter_results": {"hate": {"filtered": False}}}, False),
        ({"prompt_filter_results": "odd", "content_filter_results": "odd"}, False),
        (None, False),
    ],
)
def test_a_filter_that_failed_itself_is_noted(
    annotations: dict[str, Any] | None, noted: bool
) -> None:
    assert (note_filter_error(annotations) != ()) is noted
