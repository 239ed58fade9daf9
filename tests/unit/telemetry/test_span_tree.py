"""A result as spans: what is not known is left out, what went wrong has its name."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from harness.checks.verdict import Verdict
from harness.conversation.transcript import (
    Exchange,
    Failure,
    Message,
    Reply,
    Served,
    ToolCall,
    Usage,
)
from harness.results.model import JudgedExchange, Outcome, Result, RunInfo, TargetInfo, TrialId
from harness.telemetry.sender import Sender
from harness.telemetry.span_tree import Answerer, TrialSpan, make_trial_span
from tests.simulator.otlp_receiver import read_attributes, receive

AZURE = Answerer("azure.ai.openai", address="x.openai.azure.com", port=443)
INFO = RunInfo(
    id="r1",
    spec_name="s",
    spec_sha256="",
    harness_version="1",
    started_at="",
    targets=(TargetInfo("sweden/mini", "gpt-4.1-mini"),),
)
REPLY = Reply(
    "Hello.",
    "stop",
    model="gpt-4.1-mini-2025-04-14",
    usage=Usage(10, 2, cached_tokens=4),
    latency_s=1.5,
    request_id="abc",
    served=Served(tier="priority"),
)


def make_result(*turns: JudgedExchange, failure: Failure | None = None) -> Result:
    outcome: Outcome = "passed" if failure is None else "errored"
    trial = TrialId("greet", "one", "sweden/mini", "default", 2)
    return Result(trial, "hash", outcome, None, turns, failure=failure)


def make_span(result: Result, *, content: bool = False) -> TrialSpan:
    return make_trial_span(result, INFO, AZURE, str.upper if content else None)


def test_what_is_not_known_has_no_attribute() -> None:
    reply = replace(REPLY, usage=None, model=None, latency_s=0.0, request_id=None, served=None)
    span = make_span(make_result(JudgedExchange(Exchange(1, "Hi", reply))))
    (turn,) = span.turns
    assert not any("usage" in name or "cost" in name for name in turn.attributes)
    assert "gen_ai.response.model" not in turn.attributes
    assert "harness.latency_s" not in turn.attributes
    assert "harness.score" not in span.attributes
    assert "harness.cost_usd" not in span.attributes
    assert "harness.simulated" not in span.attributes


def test_what_azure_says_of_its_answer_is_told() -> None:
    span = make_span(make_result(JudgedExchange(Exchange(1, "Hi", REPLY), cost_usd=0.25)))
    told = span.turns[0].attributes
    assert told["azure.service.request.id"] == "abc"
    assert told["openai.response.service_tier"] == "priority"
    assert told["gen_ai.usage.cache_read.input_tokens"] == 4
    assert told["server.address"] == "x.openai.azure.com"
    assert span.attributes["harness.cost_usd"] == 0.25
    assert span.attributes["gen_ai.conversation.id"] == "r1/greet[one]/sweden/mini/default/2"


@pytest.mark.parametrize(
    ("failure", "name"),
    [
        (Failure("rate_limit", "slow down", 429, "too_many"), "too_many"),
        (Failure("server", "down", 503), "503"),
        (Failure("timeout", "late"), "timeout"),
    ],
)
def test_a_failure_is_named_by_its_code_then_its_status_then_our_word(
    failure: Failure, name: str
) -> None:
    turn = JudgedExchange(Exchange(1, "Hi", None, failure=failure))
    span = make_span(make_result(turn, failure=failure))
    assert span.error == span.turns[0].error == name
    assert span.turns[0].attributes["error.type"] == name
    assert "harness.error.message" not in span.attributes, "services quote what was said"


def test_a_check_that_could_not_be_carried_out_has_an_error_and_no_label() -> None:
    verdict = Verdict("llm-rubric", "kind", "errored", None, "no answer")
    span = make_span(make_result(JudgedExchange(Exchange(1, "Hi", REPLY), (verdict,))))
    told = span.turns[0].evaluations[0].attributes
    assert told["error.type"] == "check_errored"
    assert "gen_ai.evaluation.score.label" not in told
    assert "gen_ai.evaluation.score.value" not in told


def test_tool_calls_and_their_results_are_told_in_the_conventions_form() -> None:
    call = ToolCall("c1", "get_weather", '{"city": "malmö"}')
    messages = (
        Message("user", "Weather?", images=("data:image/png;base64,AAAA",)),
        Message("assistant", None, (call,)),
        Message("tool", "4 degrees", tool_call_id="c1"),
    )
    reply = replace(REPLY, text="", finish_reason="tool_calls", tool_calls=(call,))
    exchange = Exchange(1, "Weather?", reply, messages=messages, tool_calls=(call,))
    span = make_span(make_result(JudgedExchange(exchange)), content=True)
    told = span.turns[0].attributes
    asked = json.loads(str(told["gen_ai.input.messages"]))
    assert [part["type"] for part in asked[0]["parts"]] == ["text", "image"]
    assert "AAAA" not in str(told)
    assert asked[1]["parts"][0]["name"] == "get_weather"
    assert asked[2]["parts"] == [
        {"type": "tool_call_response", "id": "c1", "response": "4 DEGREES"}
    ]
    (answer,) = json.loads(str(told["gen_ai.output.messages"]))
    assert answer["parts"][0]["arguments"] == '{"CITY": "MALMÖ"}', "hidden as everything is"
    assert answer["finish_reason"] == "tool_calls"


def test_half_a_character_of_a_reply_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    reply = replace(REPLY, text="half: \ud83d")
    span = make_trial_span(
        make_result(JudgedExchange(Exchange(1, "Hi", reply))), INFO, AZURE, lambda text: text
    )
    with receive() as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        sender = Sender("harness", lambda: datetime.now(UTC))
        sender.send(span)
        sender.close()
    assert sender.spans.sent == sender.spans.made == 2
    assert any("half: ?" in str(read_attributes(one)) for one in received.spans)
