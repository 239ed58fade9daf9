import json
from typing import Any

import pytest

from harness.conversation.transcript import Failure, Reply, ToolCall, Usage
from harness.providers.openai.completion import ResponseHead, read_completion

OK = ResponseHead(200, {"apim-request-id": "a1", "x-request-id": "x1"})


def read(document: object) -> Reply | Failure:
    return read_completion(json.dumps(document).encode(), OK)


def chosen(message: object, finish: str | None = "stop", **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "finish_reason": finish, "message": message}], **more}


def test_an_answer_is_read_whole() -> None:
    usage = {
        "prompt_tokens": 9,
        "completion_tokens": 200,
        "prompt_tokens_details": {"cached_tokens": 4},
        "completion_tokens_details": {"reasoning_tokens": 192},
    }
    document = chosen(
        {"role": "assistant", "content": "Hi", "refusal": None},
        model="gpt-5-nano-2025-08-07",
        usage=usage,
        system_fingerprint="fp_1",
        prompt_filter_results=[{"prompt_index": 0}],
    )
    assert read(document) == Reply(
        text="Hi",
        finish_reason="stop",
        model="gpt-5-nano-2025-08-07",
        usage=Usage(9, 200, cached_tokens=4, reasoning_tokens=192),
        request_id="a1",
        content_filter={"prompt_filter_results": [{"prompt_index": 0}]},
        system_fingerprint="fp_1",
    )


@pytest.mark.parametrize(
    ("message", "finish", "text"),
    [
        pytest.param({"role": "assistant", "refusal": None}, "content_filter", "", id="recorded"),
        pytest.param(None, "content_filter", "", id="no message at all"),
        pytest.param({"content": ""}, "length", "", id="the budget went into reasoning"),
        pytest.param({"content": ""}, "stop", "", id="nothing to say"),
        pytest.param({"content": None}, "length", "", id="all of it went into reasoning"),
        pytest.param(
            {"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
            "stop",
            "ab",
            id="content in parts",
        ),
        pytest.param({"content": "half \ud83d"}, "length", "half \ufffd", id="half an emoji"),
    ],
)
def test_what_looks_odd_and_is_an_answer(message: object, finish: str, text: str) -> None:
    reply = read(chosen(message, finish))
    assert isinstance(reply, Reply)
    assert (reply.text, reply.finish_reason, reply.usage) == (text, finish, None)


def test_a_refusal_is_the_text() -> None:
    reply = read(chosen({"content": None, "refusal": "I'm sorry, I can't."}))
    assert isinstance(reply, Reply)
    assert (reply.text, reply.refusal) == ("I'm sorry, I can't.", True)


def test_tool_calls_are_read_whether_their_arguments_are_text_or_an_object() -> None:
    calls = [
        {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}},
        {"id": "c2", "type": "function", "function": {"name": "g", "arguments": {"b": "ö"}}},
    ]
    reply = read(chosen({"content": None, "tool_calls": calls}, "tool_calls"))
    assert isinstance(reply, Reply)
    assert reply.tool_calls == (ToolCall("c1", "f", '{"a": 1}'), ToolCall("c2", "g", '{"b": "ö"}'))


def test_a_prompt_that_was_filtered_without_a_choice_is_blocked() -> None:
    filtered = [{"content_filter_results": {"hate": {"filtered": True, "severity": "high"}}}]
    reply = read({"choices": [], "prompt_filter_results": filtered})
    assert isinstance(reply, Reply)
    assert reply.finish_reason == "content_filter"


@pytest.mark.parametrize(
    ("body", "says", "retryable"),
    [
        pytest.param(b"null", "null", True, id="null"),
        pytest.param(b"[1]", "list", True, id="a list"),
        pytest.param(b'"fine"', "str", True, id="a string"),
        pytest.param(b"", "empty", True, id="nothing"),
        pytest.param(b"<!DOCTYPE html><title>Sign in</title>", "Sign in", False, id="a web page"),
        pytest.param(b'{"choices":[{"mess', "cut off", True, id="truncated"),
        pytest.param(b"\x00\xff\x01 binary", "not JSON", True, id="binary"),
        pytest.param(b"[" * 100_000, "not JSON", True, id="too deep"),
        pytest.param(b"{}", "no `choices`", True, id="no choices"),
        pytest.param(b'{"choices":[]}', "empty", True, id="empty choices"),
        pytest.param(b'{"choices":[7]}', "not an object", True, id="a choice that is none"),
        pytest.param(
            b'{"choices":[{"message":{"content":"x"},"finish_reason":null}]}',
            "finish_reason",
            True,
            id="no ending",
        ),
        pytest.param(b'{"choices":[{"finish_reason":"stop"}]}', "no message", True, id="nothing"),
        pytest.param(
            b'{"choices":[{"message":{"content":null},"finish_reason":"stop"}]}',
            "content is null",
            True,
            id="null content",
        ),
        pytest.param(
            b'{"choices":[{"message":{"content":{"a":1}},"finish_reason":"stop"}]}',
            "no text",
            False,
            id="content that is an object",
        ),
    ],
)
def test_what_is_no_answer_is_a_protocol_failure(body: bytes, says: str, retryable: bool) -> None:
    failure = read_completion(body, OK)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.retryable) == ("protocol", retryable)
    assert says in failure.message
    assert failure.request_id == "a1"


def test_an_error_inside_a_200_is_of_its_own_kind() -> None:
    failure = read({"error": {"code": "rate_limit_exceeded", "message": "slow down"}})
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.status, failure.retryable) == ("rate_limit", 200, True)


@pytest.mark.parametrize(
    "usage",
    [None, {}, {"prompt_tokens": None, "completion_tokens": 1}, {"prompt_tokens": "9"}, 5],
)
def test_usage_that_does_not_count_is_unknown_and_never_zero(usage: object) -> None:
    reply = read(chosen({"content": "x"}, usage=usage))
    assert isinstance(reply, Reply)
    assert reply.usage is None


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"content": [{"token": "Hi", "logprob": -0.5, "bytes": [72, 105]}]}, (-0.5,)),
        ({"content": [{"logprob": 0}, {"logprob": -1.25}], "refusal": None}, (0.0, -1.25)),
        ({"content": [{"logprob": "x"}, None, {"logprob": True}]}, None),
        ({"content": []}, None),
        ({"content": None}, None),
        (None, None),
        ("?", None),
    ],
)
def test_how_likely_each_token_was_is_read_where_it_is_told(
    given: object, found: tuple[float, ...] | None
) -> None:
    document = chosen({"content": "Hi"})
    document["choices"][0]["logprobs"] = given
    reply = read(document)
    assert isinstance(reply, Reply)
    assert reply.logprobs == found
