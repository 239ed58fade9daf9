"""Results of promptfoo say the same afterwards: outcomes, reasons, tokens, and what is unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.importers.results.foreign_trial import ForeignTrial
from harness.importers.results.promptfoo_results import is_results, read_result, read_results
from harness.source import Span

HERE = Span("results.json", 3, 1)


def make(**more: Any) -> dict[str, Any]:
    return {
        "promptIdx": 0,
        "testIdx": 4,
        "provider": {"id": "azure:chat:gpt-4o-prod", "label": "gpt-4o"},
        "prompt": {"raw": "Capital of France?", "label": "p"},
        "vars": {"country": "France"},
        "response": {"output": "Paris", "tokenUsage": {"prompt": 10, "completion": 2, "total": 12}},
        "success": True,
        "failureReason": 0,
        "score": 1,
        "latencyMs": 1500,
        "cost": 0.25,
        "testCase": {"description": "France", "vars": {}},
        **more,
    }


def read(**more: Any) -> ForeignTrial:
    return read_result(make(**more), HERE, 0)


def test_a_passed_result_keeps_its_figures() -> None:
    trial = read()
    assert (trial.outcome, trial.score, trial.reply) == ("passed", 1.0, "Paris")
    assert trial.usage is not None
    assert (trial.usage.input_tokens, trial.usage.output_tokens) == (10, 2)
    assert (trial.cost_usd, trial.latency_s) == (0.25, 1.5)
    assert trial.providers == ("gpt-4o", "azure:chat:gpt-4o-prod")
    assert (trial.name, trial.test, trial.users) == (
        "result 1 (France)",
        4,
        ("Capital of France?",),
    )


def test_an_assertion_that_said_no_is_a_failure_with_its_reason() -> None:
    grading = {
        "pass": False,
        "score": 0.5,
        "reason": "x",
        "componentResults": [
            {
                "pass": True,
                "score": 1,
                "reason": "ok",
                "assertion": {"type": "contains", "value": "P"},
            },
            {
                "pass": False,
                "score": 0,
                "reason": "too slow",
                "assertion": {"type": "latency", "threshold": 9, "weight": 2, "metric": "speed"},
            },
            {"pass": True, "score": 1, "reason": "set", "componentResults": [{"pass": True}]},
        ],
    }
    # promptfoo repeats the reason of a failed assertion as `error`: it is none.
    trial = read(success=False, failureReason=1, score=0.5, gradingResult=grading, error="x")
    assert (trial.outcome, trial.failure, trial.score) == ("failed", None, 0.5)
    assert [(one.type, one.outcome, one.reason) for one in trial.verdicts] == [
        ("contains", "passed", "ok"),
        ("latency", "failed", "too slow"),
        ("assert", "passed", "set"),
    ]
    assert (trial.verdicts[1].weight, trial.verdicts[1].metric) == (2, "speed")
    assert len(trial.verdicts[2].parts) == 1


@pytest.mark.parametrize(
    ("message", "kind", "status"),
    [
        ("API error: 429 Too Many Requests", "rate_limit", 429),
        ("Request timed out after 300000ms", "timeout", 0),
        ("API error: 400 content_filter", "content_filter", 400),
        ("401 Unauthorized", "auth", 401),
        ("fetch failed", "connection", 0),
        ("500 Internal Server Error", "server", 500),
        ("what", "protocol", 0),
    ],
)
def test_an_error_is_no_failure_of_the_model(message: str, kind: str, status: int) -> None:
    trial = read(success=False, failureReason=2, response={"error": message}, error=message)
    assert trial.outcome == "errored"
    assert trial.failure is not None
    assert (trial.failure.kind, trial.failure.status, trial.score) == (kind, status, None)


def test_older_files_do_not_say_why_and_an_answer_that_failed_is_a_failure() -> None:
    one = make(success=False)
    del one["failureReason"]
    assert read_result(one, HERE, 0).outcome == "failed"
    one["response"] = {"error": "boom"}
    assert read_result(one, HERE, 0).outcome == "errored"


def test_what_is_not_known_is_none() -> None:
    cached = {"output": "Paris", "cached": True, "tokenUsage": {"cached": 12, "total": 12}}
    trial = read(response=cached, cost=0)
    assert (trial.usage, trial.cost_usd, trial.latency_s) == (None, None, None)


def test_a_prompt_of_messages_is_read_and_an_output_of_json_is_text() -> None:
    raw = json.dumps([{"role": "system", "content": "s"}, {"role": "user", "content": "u"}])
    trial = read(prompt={"raw": raw}, response={"output": {"a": 1}})
    assert (trial.system, trial.users, trial.reply) == ("s", ("u",), '{"a": 1}')
    assert read(prompt={"raw": "[not json"}).users == ("[not json",)


@pytest.mark.parametrize(
    "document",
    [
        {"version": 1, "results": [make()]},
        {"version": 2, "results": [make()], "table": {}},
        {"evalId": "e", "results": {"version": 3, "results": [make()]}, "config": {"a": 1}},
        make(),
    ],
)
def test_every_version_is_recognised(document: dict[str, Any]) -> None:
    assert is_results(document)
    if "results" in document:
        found = read_results(document, "results.json", None)
        assert [one.reply for one in found.trials] == ["Paris"]
        assert found.config == document.get("config")


def test_a_configuration_is_no_result() -> None:
    assert not is_results({"prompts": ["p"], "providers": ["x"], "tests": [{"vars": {}}]})
    assert not is_results({"results": {"a": 1}})
    assert not is_results([1])


def test_the_tool_and_the_moment_are_kept() -> None:
    document = {
        "results": {
            "version": 3,
            "timestamp": "2026-01-02T03:04:05Z",
            "results": [make(), {"a": 1}],
        },
        "metadata": {"promptfooVersion": "0.118.0"},
    }
    found = read_results(document, "results.json", None)
    assert (found.tool, found.made_at) == ("promptfoo 0.118.0", "2026-01-02T03:04:05Z")
    assert [why for _, _, why in found.troubles] == ["it is no result"]


def test_a_prompt_of_too_many_brackets_is_what_the_user_says() -> None:
    prompt = "[" * 100_000
    found = read_result({"success": True, "vars": {}, "prompt": prompt}, Span("r.json", 1, 1), 0)
    assert found.users == (prompt,)
