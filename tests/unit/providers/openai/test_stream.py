import json
from typing import Any

import pytest

from harness.conversation.ports import ReplyPiece
from harness.conversation.transcript import Answer, Failure, Reply, ToolCall, Usage
from harness.providers.openai.completion import ResponseHead
from harness.providers.openai.stream import EventLines, Gathered

OK = ResponseHead(200, {"x-request-id": "x1"})
FIRST = {"choices": [], "id": "", "model": "", "prompt_filter_results": [{"prompt_index": 0}]}


def chunk(delta: dict[str, Any] | None = None, finish: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "finish_reason": finish, **({} if delta is None else {"delta": delta})}
    return event({"choices": [choice], "model": "gpt-4o-2024-08-06", **more})


def event(value: object) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


def gather(stream: bytes, cut: int = 7) -> Answer:
    gathered, lines = Gathered(OK), EventLines()
    for start in range(0, len(stream), cut):
        for data in lines.feed(stream[start : start + cut]):
            gathered.take(data)
    for data in lines.end():
        gathered.take(data)
    return gathered.answer()


@pytest.mark.parametrize("cut", [1, 2, 3, 64, 100_000])
def test_a_stream_is_the_same_however_it_is_cut(cut: int) -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 2}
    stream = (
        event(FIRST)
        + chunk({"role": "assistant", "content": ""})
        + chunk({"content": "Grüß "})
        + chunk({"content": "dich 👋"})
        + chunk({}, "stop")
        + event({"choices": [], "usage": usage})
        + DONE
    )
    reply = gather(stream, cut)
    assert reply == Reply(
        text="Grüß dich 👋",
        finish_reason="stop",
        model="gpt-4o-2024-08-06",
        usage=Usage(5, 2),
        request_id="x1",
        content_filter={"prompt_filter_results": [{"prompt_index": 0}]},
    )
    assert gather(stream.replace(b"\n", b"\r\n"), cut) == reply


def test_an_emoji_in_two_escaped_halves_is_one_character() -> None:
    stream = (
        b'data: {"choices":[{"index":0,"delta":{"content":"\\ud83d"}}]}\n\n'
        b'data: {"choices":[{"index":0,"delta":{"content":"\\udc4b"},"finish_reason":"stop"}]}\n\n'
    )
    reply = gather(stream)
    assert isinstance(reply, Reply)
    assert reply.text == "👋"


def test_tool_calls_are_put_together_by_their_index() -> None:
    def part(index: int, **function: str) -> dict[str, Any]:
        return {"tool_calls": [{"index": index, "function": function}]}

    first = {"tool_calls": [{"index": 0, "id": "c0", "function": {"name": "f", "arguments": ""}}]}
    second = {"tool_calls": [{"index": 1, "id": "c1", "function": {"name": "g", "arguments": ""}}]}
    stream = (
        chunk(first)
        + chunk(part(0, arguments='{"a"'))
        + chunk(second)
        + chunk(part(0, arguments=": 1}"))
        + chunk(part(1, arguments="{}"))
        + chunk({}, "tool_calls")
        + DONE
    )
    reply = gather(stream)
    assert isinstance(reply, Reply)
    assert reply.tool_calls == (ToolCall("c0", "f", '{"a": 1}'), ToolCall("c1", "g", "{}"))
    assert reply.finish_reason == "tool_calls"


def test_the_asynchronous_filters_late_chunks_are_no_obstacle() -> None:
    late = {"index": 0, "content_filter_results": {"hate": {"filtered": True}}}
    stream = chunk({"content": "x"}) + chunk({}, "stop") + event({"choices": [late]}) + DONE
    reply = gather(stream)
    assert isinstance(reply, Reply)
    assert reply.text == "x"
    assert reply.content_filter == {"content_filter_results": {"hate": {"filtered": True}}}


def test_a_refusal_in_pieces_is_the_text() -> None:
    reply = gather(chunk({"refusal": "I "}) + chunk({"refusal": "can't."}) + chunk({}, "stop"))
    assert isinstance(reply, Reply)
    assert (reply.text, reply.refusal) == ("I can't.", True)


def test_comments_and_other_fields_are_skipped() -> None:
    stream = b": ping\n\nevent: x\nid: 3\n" + chunk({"content": "x"}, "stop")
    assert isinstance(gather(stream), Reply)


def test_a_finish_reason_is_enough_and_so_is_done() -> None:
    assert isinstance(gather(chunk({"content": "x"}, "length")), Reply)
    done = gather(chunk({"content": "x"}) + DONE)
    assert isinstance(done, Reply)
    assert done.finish_reason == "stop"


def test_a_cut_after_the_finish_reason_loses_the_usage_not_the_answer() -> None:
    reply = gather(chunk({"content": "x"}, "stop") + b'data: {"choices":[],"usa')
    assert isinstance(reply, Reply)
    assert (reply.text, reply.usage) == ("x", None)


@pytest.mark.parametrize(
    ("stream", "says"),
    [
        pytest.param(chunk({"content": "Hal"}), "neither a finish reason", id="clean end"),
        pytest.param(chunk({"content": "Hal"}) + b'data: {"choi', "broke off", id="half an event"),
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(DONE, "no answer", id="only the end"),
        pytest.param(event(FIRST) + DONE, "`choices` are empty", id="filter results and the end"),
        pytest.param(b"data: 7\n\n", "not an object", id="a number"),
        pytest.param(b"<html>signed out</html>", "empty", id="a web page"),
    ],
)
def test_a_stream_that_just_ends_is_a_protocol_failure(stream: bytes, says: str) -> None:
    failure = gather(stream)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.retryable) == ("protocol", True)
    assert says in failure.message


def test_an_error_in_the_middle_of_a_stream_is_of_its_own_kind() -> None:
    error = {"error": {"code": "insufficient_quota", "message": "check your plan"}}
    failure = gather(chunk({"content": "Hal"}) + event(error))
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.code, failure.retryable) == (
        "rate_limit",
        "insufficient_quota",
        False,
    )


def test_how_likely_each_token_was_is_gathered_from_every_event() -> None:
    def told(text: str, logprob: float) -> bytes:
        likely = {"content": [{"token": text, "logprob": logprob}], "refusal": None}
        choice = {"index": 0, "finish_reason": None, "delta": {"content": text}, "logprobs": likely}
        return event({"choices": [choice]})

    reply = gather(told("Hi", -0.25) + told(" you", -1) + chunk({}, "stop") + DONE)
    assert isinstance(reply, Reply)
    assert reply.logprobs == (-0.25, -1.0)


def test_what_there_is_to_read_is_heard_as_it_comes() -> None:
    heard: list[ReplyPiece] = []
    gathered, lines = Gathered(OK, hear=heard.append), EventLines()
    stream = (
        chunk({"reasoning_content": "Let me see"})
        + chunk({"content": "Bill "})
        + chunk({"content": [{"type": "text", "text": "Gates"}]})
        + chunk({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f"}}]})
        + chunk({"refusal": "No."})
        + chunk({}, "stop")
    )
    for data in lines.feed(stream):
        gathered.take(data)
    assert heard == [
        ReplyPiece("Let me see", "reasoning"),
        ReplyPiece("Bill "),
        ReplyPiece("Gates"),
        ReplyPiece("No."),
    ]
