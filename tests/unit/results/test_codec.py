from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from harness.checks.verdict import Verdict
from harness.conversation.transcript import (
    Effort,
    Exchange,
    Failure,
    Message,
    Reply,
    Served,
    ToolCall,
    Usage,
)
from harness.results.codec import (
    decode_result,
    decode_run,
    encode_result,
    encode_run,
)
from harness.results.lines import RunFormatError
from harness.results.model import (
    JudgedExchange,
    Judging,
    Looks,
    Result,
    RunInfo,
    TargetInfo,
    Totals,
    TrialId,
)

REPLY = Reply(
    text="Bill Gates und Paul Allen · 比尔·盖茨",
    finish_reason="stop",
    model="gpt-4.1-mini-2025-04-14",
    usage=Usage(20, 10, cached_tokens=4),
    latency_s=0.25,
    request_id="abc",
)
VERDICT = Verdict("icontains", "Bill Gates", "passed", 1.0, 'The reply contains "Bill Gates".')
RESULT = Result(
    trial=TrialId("founders", None, "sweden/mini", "default", 1),
    question_sha256="ab" * 32,
    outcome="passed",
    score=1.0,
    turns=(JudgedExchange(Exchange(1, "Who?", REPLY), (VERDICT,), 0.000024),),
)

CONTRACT_RESULT = {
    "conversation", "case", "target", "variant", "repeat", "question_sha256", "outcome", "score",
    "turns", "checks", "error",
}  # fmt: skip
CONTRACT_TURN = {
    "user", "assistant", "tool_calls", "finish_reason", "model", "usage", "cost_usd", "latency_s",
    "queued_s", "ttft_s", "attempts", "requests", "request_id", "content_filter", "checks",
}  # fmt: skip
CONTRACT_CHECK = {"type", "value", "outcome", "score", "weight", "metric", "reason"}
CONTRACT_RUN = {
    "format_version", "id", "spec", "harness_version", "started_at", "finished_at", "status",
    "verdict", "exit_code", "simulated", "replayed", "targets", "totals",
}  # fmt: skip


def test_a_plain_result_has_the_contracts_keys_and_no_others() -> None:
    line = json.loads(encode_result(RESULT))
    assert set(line) == CONTRACT_RESULT
    (turn,) = line["turns"]
    assert set(turn) == CONTRACT_TURN
    assert set(turn["checks"][0]) == CONTRACT_CHECK
    assert turn["usage"] == {
        "input_tokens": 20, "cached_tokens": 4, "output_tokens": 10, "reasoning_tokens": 0,
    }  # fmt: skip


def test_a_result_is_one_line_of_characters_as_they_are() -> None:
    text = encode_result(RESULT)
    assert "\n" not in text
    assert "比尔·盖茨" in text


def test_what_is_unknown_is_null_and_never_zero() -> None:
    silent = replace(REPLY, usage=None)
    result = replace(RESULT, turns=(JudgedExchange(Exchange(1, "Who?", silent)),))
    (turn,) = json.loads(encode_result(result))["turns"]
    assert turn["usage"] is None
    assert turn["cost_usd"] is None


def test_an_error_says_what_the_contract_wants() -> None:
    failure = Failure("rate_limit", "slow down", 429, "429", retryable=True, retry_after_s=2.0)
    exchange = Exchange(1, "Who?", None, Effort(1, 5, 7.5), failure)
    result = replace(RESULT, outcome="errored", turns=(JudgedExchange(exchange),), failure=failure)
    line = json.loads(encode_result(result))
    assert {key: line["error"][key] for key in ("kind", "status", "code", "message")} == {
        "kind": "rate_limit", "status": 429, "code": "429", "message": "slow down",
    }  # fmt: skip
    assert line["turns"][0]["assistant"] is None
    assert line["turns"][0]["attempts"] == 5


FULL = replace(
    RESULT,
    trial=TrialId("weather", "#3", "app", "concise", 2),
    outcome="failed",
    score=0.333333333,
    turns=(
        JudgedExchange(
            Exchange(1, "I am Ada.", Reply("Hello.", "stop"), Effort(0, 0, 0.0), scripted=True)
        ),
        JudgedExchange(
            Exchange(
                2,
                "Weather?",
                replace(
                    REPLY,
                    finish_reason="tool_calls",
                    tool_calls=(ToolCall("1", "get_weather", '{"city": "Malmö"}'),),
                    ttft_s=0.1,
                    content_filter={"prompt": [{"hate": {"filtered": False}}]},
                    system_fingerprint="fp",
                    refusal=True,
                    notes=("temperature dropped",),
                    served=Served("gpt-4.1-mini-2025-04-14", "mini-2", "mini"),
                ),
                Effort(2, 3, 0.5),
                tool_calls=(ToolCall("1", "get_weather", '{"city": "Malmö"}'),),
                dropped=4,
                messages=(
                    Message("assistant", None, (ToolCall("1", "f", "{}"),)),
                    Message("tool", "4", tool_call_id="1"),
                    Message("user", "Weather?", parts=({"type": "text", "text": "Weather?"},)),
                ),
            ),
            (
                Verdict(
                    "assert-set", None, "failed", 0.5, "half", 2.5, "recall",
                    parts=(VERDICT, Verdict("not-regex", "x", "errored", None, "no")),
                ),
            ),
            0.5,
        ),
    ),
    verdicts=(Verdict("latency", 1, "skipped", None, "later", 0.0),),
    system="Be kind.",
    tags=("smoke", "facts"),
)  # fmt: skip


HALF = replace(
    RESULT,
    outcome="errored",
    failure=Failure("server", "down", 503),
    turns=(
        JudgedExchange(
            Exchange(
                1,
                "Weather?",
                None,
                Effort(2, 6, 0.5),
                Failure("server", "down", 503),
                (ToolCall("1", "get_weather", "{}"),),
                unfinished=Reply(
                    "", "tool_calls", (ToolCall("1", "get_weather", "{}"),), usage=Usage(9, 4)
                ),
            ),
            (),
            0.25,
        ),
    ),
)


@pytest.mark.parametrize("result", [RESULT, FULL, HALF], ids=["plain", "full", "half"])
def test_a_result_read_back_is_the_result_that_was_written(result: Result) -> None:
    text = encode_result(result)
    assert decode_result(text) == result
    assert encode_result(decode_result(text)) == text


def test_a_blocked_prompt_read_back_knows_its_failure() -> None:
    failure = Failure("content_filter", "no", 400, "content_filter", content_filter={"hate": {}})
    blocked = replace(
        RESULT,
        outcome="blocked",
        score=None,
        turns=(*RESULT.turns, JudgedExchange(Exchange(2, "?", None, failure=failure))),
        failure=failure,
    )
    assert decode_result(encode_result(blocked)) == blocked


def test_keys_of_a_later_version_are_left_aside_and_missing_ones_filled_in() -> None:
    line = json.loads(encode_result(RESULT))
    line["mood"] = "sunny"
    line["turns"][0]["usage"]["audio_tokens"] = 3
    for key in ("case", "checks", "error"):
        del line[key]
    del line["turns"][0]["queued_s"]
    assert decode_result(json.dumps(line)) == RESULT


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"outcome": "passed"}', '{"turns": 3}']
)
def test_what_is_no_result_is_told(text: str) -> None:
    with pytest.raises(RunFormatError):
        decode_result(text)


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("outcome",), "weird", "outcome"),
        (("score",), "high", "score"),
        (("repeat",), None, "repeat"),
        (("conversation",), 7, "conversation"),
        (("tags",), [1], "tags"),
        (("turns", 0, "latency_s"), "fast", "latency_s"),
        (("turns", 0, "cost_usd"), "x", "cost_usd"),
        (("turns", 0, "attempts"), True, "attempts"),
        (("turns", 0, "assistant"), {"a": 1}, "assistant"),
        (("turns", 0, "usage", "input_tokens"), 1.5, "input_tokens"),
        (("turns", 0, "checks", 0, "outcome"), "maybe", "outcome"),
        (("turns", 0, "checks", 0, "weight"), [], "weight"),
    ],
)
def test_a_field_that_holds_something_else_is_named(
    path: tuple[str | int, ...], value: object, named: str
) -> None:
    line = json.loads(encode_result(RESULT))
    place = line
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(RunFormatError, match=f"`{named}` does not hold what it should"):
        decode_result(json.dumps(line))


def test_what_is_missing_is_named() -> None:
    with pytest.raises(RunFormatError, match="`conversation` is missing"):
        decode_result('{"outcome": "passed"}')
    with pytest.raises(RunFormatError, match="`id` is missing"):
        decode_run("{}")


def test_totals_that_are_no_numbers_are_refused() -> None:
    document = json.loads(encode_run(INFO))
    document["totals"]["trials"] = "many"
    with pytest.raises(RunFormatError, match="`trials`"):
        decode_run(json.dumps(document))


def test_characters_that_some_readers_take_for_a_newline_do_not_break_the_line() -> None:
    text = "one\u2028two\u2029three\x85four\x0bfive\x1csix"
    odd = replace(RESULT, turns=(JudgedExchange(Exchange(1, text, REPLY)),))
    assert len(encode_result(odd).splitlines()) == 1
    assert decode_result(encode_result(odd)) == odd


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_is_none_is_not_known(number: str) -> None:
    line = (
        '{"conversation": "a", "target": "s/m", "outcome": "passed",'
        f' "turns": [{{"user": "?", "assistant": "!", "cost_usd": {number}}}]}}'
    )
    assert decode_result(line).turns[0].cost_usd is None


def test_a_lone_surrogate_survives() -> None:
    odd = replace(RESULT, turns=(JudgedExchange(Exchange(1, "\ud83d", REPLY)),))
    text = encode_result(odd)
    assert decode_result(text.encode().decode()) == odd


INFO = RunInfo(
    id="20261122-130000-abcdef",
    spec_name="sweden",
    spec_sha256="cd" * 32,
    harness_version="0.1.0",
    started_at="2026-11-22T13:00:00.000Z",
    finished_at="2026-11-22T13:01:00.000Z",
    status="complete",
    verdict="passed",
    exit_code=0,
    simulated=True,
    targets=(
        TargetInfo(
            "sweden/mini", "gpt-4.1-mini", "2025-04-14", "swedencentral", "GlobalStandard", 50, True
        ),
        TargetInfo("app", adapted=("temperature dropped",)),
    ),
    totals=Totals(trials=3, passed=2, failed=1, requests=4, cost_usd=None, wall_s=1.5),
    planned_trials=3,
    selection={"targets": ["sweden/mini"], "keyword": "", "tags": [], "repeats": 1},
)


def test_run_json_has_the_contracts_keys() -> None:
    document: dict[str, Any] = json.loads(encode_run(INFO))
    assert set(document) >= CONTRACT_RUN
    assert set(document["targets"][0]) == {
        "name", "model", "version", "region", "sku", "capacity", "simulated",
    }  # fmt: skip
    assert list(document["totals"]) == [
        "trials", "passed", "failed", "blocked", "truncated", "errored", "skipped", "requests",
        "input_tokens", "output_tokens", "cost_usd", "wall_s",
    ]  # fmt: skip


def test_run_json_read_back_is_the_run_that_was_written() -> None:
    assert decode_run(encode_run(INFO)) == INFO
    judge = TargetInfo("p/judge", "gpt-4.1", simulated=True, adapted=("temperature dropped",))
    judged = replace(INFO, judges=(judge,), embeddings=TargetInfo("p/embed"))
    assert decode_run(encode_run(judged)) == judged


def test_looks_are_written_as_the_contract_has_them_and_read_back() -> None:
    stopped = replace(INFO, looks=Looks(planned=4, at=2, seed=7, trials=6))
    written = json.loads(encode_run(stopped))["looks"]
    assert written == {"planned": 4, "at": 2, "seed": 7, "trials": 6}
    assert decode_run(encode_run(stopped)) == stopped
    assert "looks" not in json.loads(encode_run(INFO))


@pytest.mark.parametrize(("at", "planned"), [(5, 4), (-1, 4), (1, 10**9)])
def test_a_look_that_cannot_be_is_refused(at: int, planned: int) -> None:
    document = json.loads(encode_run(INFO)) | {"looks": {"planned": planned, "at": at}}
    with pytest.raises(RunFormatError, match=f"look {at} of {planned} cannot be"):
        decode_run(json.dumps(document))


def test_a_file_of_an_older_version_is_read_and_of_a_newer_one_refused() -> None:
    old = {"id": "x", "spec": {"name": "n"}, "totals": {"trials": 1, "moods": 2}}
    assert decode_run(json.dumps(old)).totals.trials == 1
    with pytest.raises(RunFormatError, match="upgrade harness"):
        decode_run(json.dumps({**old, "format_version": 2}))
    with pytest.raises(RunFormatError):
        decode_run("[]")


@pytest.mark.parametrize("wrong", [b"\xed\xa0\x80", b"\xff", b"\xe4"])
def test_a_line_that_is_no_utf8_is_no_result(wrong: bytes) -> None:
    trial = TrialId("c", None, "t", "default", 1)
    line = encode_result(Result(trial, "0", "passed", 1.0, ())).encode()
    with pytest.raises(RunFormatError, match="is not JSON"):
        decode_result(line.replace(b'"c"', b'"c' + wrong + b'"'))


def test_what_judging_took_is_written_when_anybody_was_asked_and_read_back() -> None:
    trial = TrialId("c", None, "t", "default", 1)
    asked = Result(trial, "0", "passed", 1.0, (), judging=Judging(2, 30, None, None))
    written = json.loads(encode_result(asked))
    assert written["judging"] == {
        "requests": 2, "input_tokens": 30, "output_tokens": None, "cost_usd": None,
    }  # fmt: skip
    assert decode_result(encode_result(asked)) == asked
    assert "judging" not in json.loads(encode_result(replace(asked, judging=Judging())))
