"""Tools that the model calls, with the examples of promptfoo's documentation."""

from __future__ import annotations

import math
from typing import Any

import pytest

from harness.checks.registry import check
from harness.checks.subject import Subject
from harness.checks.verdict import Verdict
from harness.conversation.transcript import ToolCall
from harness.spec.model.spec import Assertion

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "unit": {"enum": ["celsius"]}},
            "required": ["city"],
        },
    },
}
FLIGHT = {"type": "function", "name": "book_flight", "parameters": {"type": "object"}}


def calls(*made: tuple[str, str]) -> Subject:
    made_calls = tuple(ToolCall(f"c{n}", name, text) for n, (name, text) in enumerate(made))
    return Subject(text="", tool_calls=made_calls, tools=(WEATHER, FLIGHT))


def verdict(name: str, subject: Subject, value: Any = None, **more: Any) -> Verdict:
    base = name.removeprefix("not-")
    return check(Assertion(type=base, negated=base != name, value=value, **more), subject)


@pytest.mark.parametrize(
    ("made", "expected", "reason"),
    [
        ([("get_weather", '{"city": "Boston, MA"}')], "passed", "1 call fits its declaration"),
        ([("get_weather", '{"city": "X"}'), ("book_flight", "")], "passed", "2 calls fit"),
        ([("get_weather", '{"town": "X"}')], "failed", '"city" is a required property'),
        ([("get_weather", '{"city": 7}')], "failed", "$.city"),
        ([("get_weather", '{"city": "X", "unit": "kelvin"}')], "failed", "$.unit"),
        ([("get_weather", '{"city": ')], "failed", "are not JSON"),
        ([("book_flight", "{}"), ("delete_all", "{}")], "failed", '"delete_all" was called'),
        ([], "failed", "No tool was called"),
    ],
)
def test_calls_fit_the_tools_that_are_declared(
    made: list[tuple[str, str]], expected: str, reason: str
) -> None:
    found = verdict("is-valid-openai-tools-call", calls(*made))
    assert (found.outcome, reason in found.reason) == (expected, True), found.reason


def test_without_declared_tools_no_call_can_be_judged() -> None:
    bare = Subject(text="", tool_calls=(ToolCall("1", "f", "{}"),))
    assert verdict("is-valid-openai-tools-call", bare).outcome == "errored"
    assert verdict("not-is-valid-openai-tools-call", bare).outcome == "errored"


@pytest.mark.parametrize(
    ("wanted", "made", "score"),
    [
        (["get_weather", "book_flight"], ["get_weather", "book_flight"], 1.0),
        (["get_weather", "book_flight"], ["get_weather"], 2 / 3),
        (["get_weather", "book_flight"], ["get_weather", "book_flight", "search"], 0.8),
        (["get_weather"], ["book_flight"], 0.0),
        ("get_weather, book_flight", ["book_flight", "get_weather", "get_weather"], 1.0),
        (["get_weather"], [], 0.0),
    ],
)
def test_f1_compares_the_names_that_were_called(wanted: Any, made: list[str], score: float) -> None:
    subject = calls(*[(name, "{}") for name in made])
    found = verdict("tool-call-f1", subject, wanted)
    assert found.score == pytest.approx(score)
    assert found.outcome == ("passed" if score == 1 else "failed")
    assert verdict("tool-call-f1", subject, wanted, threshold=score).outcome == "passed"
    assert verdict("not-tool-call-f1", subject, wanted).score == pytest.approx(1 - score)


@pytest.mark.parametrize("value", [None, [], " , ", 7, [7]])
def test_f1_of_nothing_is_an_error(value: Any) -> None:
    assert verdict("tool-call-f1", calls(), value).outcome == "errored"


@pytest.mark.parametrize(
    "text",
    [
        '{"tool_calls": [{"function": {"name": "get_weather", "arguments": {"city": "X"}}}]}',
        '[{"type": "function_call", "name": "get_weather", "arguments": "{\\"city\\": \\"X\\"}"}]',
        '{"type": "function_call", "name": "get_weather", "arguments": "{\\"city\\": \\"X\\"}"}',
        '[{"name": "get_weather", "arguments": {"city": "X"}}]',
    ],
)
def test_calls_that_an_application_spells_out_are_read(text: str) -> None:
    subject = Subject(text=text, tools=(WEATHER,))
    assert verdict("tool-call-f1", subject, "get_weather").outcome == "passed"
    assert verdict("is-valid-openai-tools-call", subject).outcome == "passed"
    wanted = {"name": "get_weather", "arguments": {"city": "X"}}
    assert verdict("tool-called", subject, wanted).outcome == "passed"


def test_an_object_with_a_name_is_no_call() -> None:
    subject = Subject(text='{"name": "get_weather", "id": 1}')
    assert verdict("tool-call-f1", subject, "get_weather").outcome == "failed"


def test_a_path_leads_to_the_calls_inside_an_answer() -> None:
    subject = Subject(text='{"debug": {"calls": [{"name": "get_weather"}]}}')
    found = verdict("tool-call-f1", subject, "get_weather", path="$.debug.calls")
    assert found.outcome == "passed"


@pytest.mark.parametrize(
    ("logprobs", "threshold", "expected"),
    [
        ((0.0, 0.0), 1.0, "passed"),
        ((-0.5, -0.5), 1.5, "failed"),
        ((-0.5, -0.5), 1.65, "passed"),
        ((-math.log(2),) * 3, 2.0001, "passed"),
        ((-1e9,), 100.0, "failed"),
        (None, 2.0, "errored"),
        ((), 2.0, "errored"),
        ((math.nan,), 2.0, "errored"),
        ((-0.5,), None, "errored"),
    ],
)
def test_perplexity_needs_log_probabilities(
    logprobs: tuple[float, ...] | None, threshold: float | None, expected: str
) -> None:
    subject = Subject(text="x", logprobs=logprobs)
    assert verdict("perplexity", subject, threshold=threshold).outcome == expected
    around = {"passed": "failed", "failed": "passed", "errored": "errored"}
    assert verdict("not-perplexity", subject, threshold=threshold).outcome == around[expected]
