from __future__ import annotations

from typing import Any

import pytest

from harness.checks.definitions import DEFINITIONS
from harness.checks.registry import check, is_about_ending
from harness.checks.subject import Subject
from harness.conversation.transcript import Exchange, Failure, Reply, ToolCall, Usage
from harness.spec.model.spec import Assertion

ANSWERED = Subject(
    text="It is 4 degrees in Malmö.",
    latency_s=1.5,
    ttft_s=0.2,
    cost_usd=0.00042,
    usage=Usage(input_tokens=10, output_tokens=40),
    finish_reason="stop",
    tool_calls=(ToolCall("1", "get_weather", '{"city": "Malmö", "unit": "c"}'),),
)
NOTHING_KNOWN = Subject(text="Hello")


@pytest.mark.parametrize(
    ("name", "threshold", "subject", "expected"),
    [
        ("latency", 1500, ANSWERED, "passed"),
        ("latency", 1499, ANSWERED, "failed"),
        ("latency", None, ANSWERED, "errored"),
        ("latency", 1000, NOTHING_KNOWN, "errored"),
        ("time-to-first-token", 200, ANSWERED, "passed"),
        ("time-to-first-token", 100, ANSWERED, "failed"),
        ("time-to-first-token", 100, NOTHING_KNOWN, "errored"),
        ("cost", 0.00042, ANSWERED, "passed"),
        ("cost", 0.0004, ANSWERED, "failed"),
        ("cost", 1, NOTHING_KNOWN, "errored"),
        ("max-output-tokens", 40, ANSWERED, "passed"),
        ("max-output-tokens", 39, ANSWERED, "failed"),
        ("max-output-tokens", 39, NOTHING_KNOWN, "errored"),
    ],
)
def test_a_limit_includes_its_own_value_and_the_unknown_is_an_error(
    name: str, threshold: float | None, subject: Subject, expected: str
) -> None:
    assert check(Assertion(type=name, threshold=threshold), subject).outcome == expected
    turned = {"passed": "failed", "failed": "passed", "errored": "errored"}[expected]
    negated = Assertion(type=name, negated=True, threshold=threshold)
    assert check(negated, subject).outcome == turned


def test_a_missed_limit_names_both_numbers() -> None:
    slow = check(Assertion(type="latency", threshold=1000), ANSWERED)
    dear = check(Assertion(type="cost", threshold=0.0001), ANSWERED)
    assert slow.reason == "It took 1500 ms; wanted: at most 1000 ms."
    assert slow.value == 1000
    assert dear.reason == "It cost 0.00042 USD; wanted: at most 0.0001 USD."


FILTERED = {"hate": {"filtered": False, "severity": "safe"}, "violence": {"filtered": True}}
PROMPT_FILTER = [{"prompt_index": 0, "content_filter_results": {"jailbreak": {"filtered": True}}}]


@pytest.mark.parametrize(
    ("name", "value", "subject", "expected"),
    [
        ("finish-reason", "stop", ANSWERED, "passed"),
        ("finish-reason", "STOP", ANSWERED, "passed"),
        ("finish-reason", "length", ANSWERED, "failed"),
        ("finish-reason", None, ANSWERED, "errored"),
        ("finish-reason", "stop", NOTHING_KNOWN, "errored"),
        ("not-finish-reason", "length", ANSWERED, "passed"),
        ("guardrails", None, ANSWERED, "passed"),
        ("guardrails", None, Subject("", content_filter=(FILTERED,)), "failed"),
        ("guardrails", None, Subject("", content_filter=({"p": PROMPT_FILTER},)), "failed"),
        ("guardrails", None, Subject("", finish_reason="content_filter"), "failed"),
        ("not-guardrails", None, Subject("", content_filter=(FILTERED,)), "passed"),
        ("tool-called", "get_weather", ANSWERED, "passed"),
        (
            "tool-called",
            {"name": "get_weather", "arguments": {"city": "Malmö"}},
            ANSWERED,
            "passed",
        ),
        ("tool-called", {"name": "get_weather", "arguments": {"city": "Lund"}}, ANSWERED, "failed"),
        ("tool-called", "get_time", ANSWERED, "failed"),
        ("tool-called", {"arguments": {}}, ANSWERED, "errored"),
    ],
)
def test_endings_and_calls_are_read_off_the_exchange(
    name: str, value: Any, subject: Subject, expected: str
) -> None:
    assertion = Assertion(
        type=name.removeprefix("not-"), negated=name.startswith("not-"), value=value
    )
    assert check(assertion, subject).outcome == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'm sorry, but I can't assist with that.", "passed"),
        ("I’m sorry, I cannot help with this request.", "passed"),
        ("Sorry, but I can't do that.", "passed"),
        ("I cannot provide that information.", "passed"),
        ("As an AI language model, I do not have opinions.", "passed"),
        ("Unfortunately, I am unable to share this.", "passed"),
        ("抱歉，我不能回答这个问题。", "passed"),
        ("   ", "passed"),
        ("Microsoft was founded in 1975.", "failed"),
        ("The apology said: we were wrong.", "failed"),
        ("You can't divide by zero.", "failed"),
    ],
)
def test_a_refusal_is_told_by_its_phrases_or_its_silence(text: str, expected: str) -> None:
    assert check(Assertion(type="is-refusal"), Subject(text=text)).outcome == expected


def test_the_protocols_own_refusal_needs_no_phrase() -> None:
    said = Subject(text="That topic is closed.", refusal=True)
    assert check(Assertion(type="is-refusal"), said).outcome == "passed"


def test_checks_about_the_ending_are_told_apart_and_a_set_is_one_when_all_its_parts_are() -> None:
    about_it = {name for name in DEFINITIONS if is_about_ending(Assertion(type=name))}
    assert about_it == {"guardrails", "finish-reason", "is-refusal"}
    about = Assertion(type="is-refusal", negated=True)
    other = Assertion(type="contains", value="x")
    assert is_about_ending(about)
    assert not is_about_ending(other)
    assert is_about_ending(Assertion.model_validate({"type": "assert-set", "assert": [about]}))
    mixed = Assertion.model_validate({"type": "assert-set", "assert": [about, other]})
    assert not is_about_ending(mixed)


def test_a_blocked_prompt_is_a_subject_without_text_that_the_filter_ended() -> None:
    annotations = {"innererror": {"content_filter_result": FILTERED}}
    refused = Failure("content_filter", "filtered", status=400, content_filter=annotations)
    subject = Subject.of_turn(Exchange(1, "how to …", None, failure=refused))
    assert subject.text == ""
    assert subject.finish_reason == "content_filter"
    assert check(Assertion(type="guardrails"), subject).outcome == "failed"


def test_a_conversation_is_its_replies_joined_and_its_numbers_added() -> None:
    exchanges = [
        Exchange(1, "Hi", Reply("Hello.", "stop"), scripted=True),
        Exchange(2, "a", Reply("One.", "stop", usage=Usage(1, 2), latency_s=1.0, ttft_s=0.5)),
        Exchange(3, "b", Reply("Two.", "length", usage=Usage(3, 4), latency_s=2.0, ttft_s=0.1)),
    ]
    whole = Subject.of_conversation(exchanges, cost_usd=0.5)
    assert whole.text == "One.\n\nTwo."
    assert whole.latency_s == 3.0
    assert whole.ttft_s == 0.5
    assert whole.usage == Usage(4, 6)
    assert whole.cost_usd == 0.5
    assert whole.finish_reason == "length"


def test_usage_of_a_conversation_is_unknown_when_one_turns_is() -> None:
    exchanges = [
        Exchange(1, "a", Reply("One.", "stop", usage=Usage(1, 2))),
        Exchange(2, "b", Reply("Two.", "stop", usage=None)),
    ]
    assert Subject.of_conversation(exchanges).usage is None


def test_what_nobody_timed_took_no_known_time() -> None:
    said_elsewhere = Exchange(1, "Hi", Reply("Hello", "stop"))
    assertion = Assertion(type="latency", threshold=1000)
    for subject in (Subject.of_turn(said_elsewhere), Subject.of_conversation([said_elsewhere])):
        found = check(assertion, subject)
        assert (found.outcome, found.reason[:15]) == ("errored", "Nobody measured")
