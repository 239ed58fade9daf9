"""One reading of the protocol: what comes whole and what comes in pieces are read alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from harness.conversation.transcript import Answer, Failure, Reply, ToolCall
from harness.providers.openai.completion import ResponseHead, read_completion
from harness.providers.openai.response import GatheredResponse, read_response
from harness.providers.openai.stream import Gathered

OK = ResponseHead(200, {})


def whole(message: dict[str, Any]) -> Answer:
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return read_completion(json.dumps({"choices": [choice]}).encode(), OK)


def streamed(*deltas: dict[str, Any], **more: Any) -> Answer:
    gathered = Gathered(OK)
    for delta in deltas:
        gathered.take(json.dumps({"choices": [{"index": 0, "delta": delta, **more}]}).encode())
    gathered.take(b'{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}')
    gathered.take(b"[DONE]")
    return gathered.answer()


def response(content: Any) -> Answer:
    item = {"type": "message", "content": content}
    return read_response(json.dumps({"status": "completed", "output": [item]}).encode(), OK)


def streamed_response(content: Any) -> Answer:
    gathered = GatheredResponse(OK)
    item = {"type": "message", "content": content}
    done = {"type": "response.output_item.done", "item": item}
    gathered.take(json.dumps(done).encode())
    gathered.take(b'{"type": "response.completed", "response": {"status": "completed"}}')
    return gathered.answer()


READERS: dict[str, Callable[[Any], Answer]] = {
    "whole": lambda content: whole({"content": content}),
    "streamed": lambda content: streamed({"role": "assistant", "content": content}),
    "responses": response,
    "responses streamed": streamed_response,
}
HI = "The answer is 42"


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(HI, id="a text"),
        pytest.param([{"type": "text", "text": HI}], id="a part"),
        pytest.param({"type": "text", "text": HI}, id="a part alone"),
        pytest.param([{"type": "text", "text": "The answer"}, " is ", {"text": "42"}], id="pieces"),
        pytest.param([{"type": "output_text", "text": HI, "annotations": []}], id="output_text"),
        pytest.param([{"type": "text", "text": {"value": HI}}], id="a value"),
        pytest.param(
            [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}, {"text": HI}],
            id="thoughts are no words",
        ),
    ],
)
def test_every_known_shape_of_content_is_read_whole(
    reader: Callable[[Any], Answer], content: Any
) -> None:
    answer = reader(content)
    assert isinstance(answer, Reply)
    assert (answer.text, answer.refusal) == (HI, False)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_a_refusal_among_the_parts_is_the_text(reader: Callable[[Any], Answer]) -> None:
    answer = reader([{"type": "refusal", "refusal": "I can't."}])
    assert isinstance(answer, Reply)
    assert (answer.text, answer.refusal) == ("I can't.", True)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (7, "content holds 7"),
        ([{"type": "text", "text": "Hi"}, 7], "content holds 7"),
        ([{"type": "image_url", "image_url": {"url": "x"}}], '"image_url"'),
        ([{"type": "text", "text": "Hi"}, {"type": "audio", "data": "x"}], '"audio"'),
        ([{"type": "text", "text": 7}], "whose text is 7"),
        ([{"type": "text"}], "whose text is null"),
        ([{"words": "Hi"}], "no text"),
    ],
)
def test_a_shape_that_nobody_knows_is_no_shorter_reply(
    reader: Callable[[Any], Answer], content: Any, says: str
) -> None:
    failure = reader(content)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.retryable) == ("protocol", False)
    assert says in failure.message


def test_content_in_parts_may_come_in_pieces() -> None:
    answer = streamed(
        {"role": "assistant", "content": [{"type": "text", "text": "The answer"}]},
        {"content": " is"},
        {"content": [{"type": "text", "text": " 42"}]},
    )
    assert isinstance(answer, Reply)
    assert answer.text == HI


def test_words_come_when_a_part_brings_them() -> None:
    gathered = Gathered(OK)
    first = {"choices": [{"index": 0, "delta": {"role": "assistant", "content": [{"text": ""}]}}]}
    assert not gathered.take(json.dumps(first).encode())
    part = {"choices": [{"index": 0, "delta": {"content": [{"type": "text", "text": "x"}]}}]}
    assert gathered.take(json.dumps(part).encode())


def test_a_message_that_comes_whole_in_a_stream_is_read_and_not_twice() -> None:
    gathered = Gathered(OK)
    choice = {"index": 0, "finish_reason": "stop", "message": {"content": HI}}
    for _ in range(2):
        gathered.take(json.dumps({"choices": [choice]}).encode())
    answer = gathered.answer()
    assert isinstance(answer, Reply)
    assert answer.text == HI


def test_an_older_function_call_is_read_either_way() -> None:
    call = {"name": "f", "arguments": '{"a": 1}'}
    one = whole({"content": None, "function_call": call})
    other = streamed(
        {"function_call": {"name": "f", "arguments": '{"a"'}},
        {"function_call": {"arguments": ": 1}"}},
    )
    for answer in (one, other):
        assert isinstance(answer, Reply)
        assert answer.tool_calls == (ToolCall("", "f", '{"a": 1}'),)


def test_a_custom_tool_is_called_with_a_text_either_way() -> None:
    call = {"id": "c1", "type": "custom", "custom": {"name": "sql", "input": "select 1"}}
    item = {"type": "custom_tool_call", "call_id": "c1", "name": "sql", "input": "select 1"}
    document = {"status": "completed", "output": [item]}
    for answer in (
        whole({"content": None, "tool_calls": [call]}),
        streamed({"tool_calls": [{**call, "index": 0}]}),
        read_response(json.dumps(document).encode(), OK),
    ):
        assert isinstance(answer, Reply)
        assert answer.tool_calls == (ToolCall("c1", "sql", "select 1"),)


@pytest.mark.parametrize("calls", [7, [7], [{"id": "c"}], [{"function": {"arguments": "{}"}}]])
def test_what_is_no_call_is_not_passed_over(calls: Any) -> None:
    for answer in (
        whole({"content": "x", "tool_calls": calls}),
        streamed({"content": "x", "tool_calls": calls}),
    ):
        assert isinstance(answer, Failure)
        assert (answer.kind, "tool_calls" in answer.message) == ("protocol", True)


def part(name: str = "", arguments: Any = "", **more: Any) -> dict[str, Any]:
    return {"tool_calls": [{"function": {"name": name, "arguments": arguments}, **more}]}


@pytest.mark.parametrize(
    "deltas",
    [
        pytest.param(
            [part("f", "{}", index=0, id="a"), part("g", "{}", index=0, id="b")],
            id="one number for all and an id each",
        ),
        pytest.param(
            [part("f", "{", id="a"), part("", "}"), part("g", "{}", id="b")], id="no numbers"
        ),
        pytest.param([part("f", "{}"), part("g", "{}")], id="neither number nor id"),
        pytest.param(
            [part("f", "{}", index=0), part("g", "{}", index=0)], id="one number and no ids"
        ),
        pytest.param([part("f", {}, index=0), part("g", {}, index=1)], id="objects"),
        pytest.param(
            [part("f", "{", index=0, id="a"), part("f", "}", index=0), part("g", "{}", index=1)],
            id="the name with every part",
        ),
        pytest.param(
            [part("g", "{}", index=1), part("f", "{", index=0), part("", "}", index=0)],
            id="the second one first",
        ),
    ],
)
def test_parts_of_calls_find_their_call(deltas: list[dict[str, Any]]) -> None:
    answer = streamed(*deltas)
    assert isinstance(answer, Reply)
    assert [(call.name, call.arguments) for call in answer.tool_calls] == [("f", "{}"), ("g", "{}")]


@pytest.mark.parametrize("more", [{}, {"index": 0}])
def test_whole_calls_of_one_function_are_told_apart_without_ids(more: dict[str, Any]) -> None:
    answer = streamed(part("f", '{"a": 1}', **more), part("f", '{"a": 2}', **more))
    assert isinstance(answer, Reply)
    assert [call.arguments for call in answer.tool_calls] == ['{"a": 1}', '{"a": 2}']


@pytest.mark.parametrize("more", [{}, {"index": 0}])
def test_a_name_that_comes_again_without_arguments_begins_no_call(more: dict[str, Any]) -> None:
    answer = streamed(part("f", '{"a": 1}', **more), part("f", "", **more))
    assert isinstance(answer, Reply)
    assert [call.arguments for call in answer.tool_calls] == ['{"a": 1}']


def test_a_name_in_pieces_is_one_name() -> None:
    answer = streamed(part("get_", index=0), part("weather", index=0), part("", "{}", index=0))
    assert isinstance(answer, Reply)
    assert [call.name for call in answer.tool_calls] == ["get_weather"]


def test_a_response_that_leaves_its_output_out_is_read_from_its_words_on_the_way() -> None:
    gathered = GatheredResponse(OK)
    for piece in ("The answer", " is 42"):
        event = {"type": "response.output_text.delta", "delta": piece}
        gathered.take(json.dumps(event).encode())
    gathered.take(b'{"type": "response.completed", "response": {"output": []}}')
    answer = gathered.answer()
    assert isinstance(answer, Reply)
    assert answer.text == HI


def test_an_unknown_item_of_a_response_that_may_hold_words_is_not_passed_over() -> None:
    known = {"type": "web_search_call", "id": "w", "status": "completed"}
    message = {"type": "message", "content": [{"type": "output_text", "text": HI}]}
    fine = read_response(json.dumps({"output": [known, message]}).encode(), OK)
    assert isinstance(fine, Reply)
    strange = {"type": "speech", "content": [{"type": "text", "text": "And more."}]}
    failure = read_response(json.dumps({"output": [message, strange]}).encode(), OK)
    assert isinstance(failure, Failure)
    assert 'type "speech"' in failure.message


@pytest.mark.parametrize("nothing", [None, [], "", False])
def test_calls_and_refusals_that_are_nothing_are_none(nothing: Any) -> None:
    message = {"content": HI, "tool_calls": nothing, "refusal": nothing, "function_call": nothing}
    for answer in (whole(message), streamed(message)):
        assert isinstance(answer, Reply)
        assert (answer.text, answer.tool_calls, answer.refusal) == (HI, (), False)


def test_an_empty_list_of_parts_is_an_empty_reply_either_way() -> None:
    for answer in (whole({"content": []}), streamed({"content": []})):
        assert isinstance(answer, Reply)
        assert answer.text == ""


def read_tier(head: ResponseHead, named: str | None) -> str | None:
    choice = {"finish_reason": "stop", "message": {"content": HI}}
    body = json.dumps({"choices": [choice], "service_tier": named}).encode()
    answer = read_completion(body, head)
    assert isinstance(answer, Reply)
    return answer.served.tier if answer.served else None


@pytest.mark.parametrize(
    ("named", "header", "asked", "tier"),
    [
        ("priority", None, True, "priority"),
        ("priority", None, False, "priority"),
        ("default", None, True, "default"),
        ("default", None, False, None),
        (None, "priority", True, "priority"),
        (None, "default", False, None),
        ("flex", "default", True, "flex"),
        (None, None, True, None),
    ],
)
def test_the_tier_that_served_is_kept_where_it_is_worth_a_word(
    named: str | None, header: str | None, *, asked: bool, tier: str | None
) -> None:
    headers = {} if header is None else {"x-ms-region": "x", "azureai-processed-tier": header}
    assert read_tier(ResponseHead(200, headers, asked), named) == tier


def test_a_streamed_tier_is_that_of_the_last_chunk_that_names_one() -> None:
    gathered = Gathered(ResponseHead(200, {}, tier_asked=True))
    for tier in ("auto", "priority", None):
        chunk = {"choices": [{"delta": {"content": "x"}}], "service_tier": tier}
        gathered.take(json.dumps(chunk).encode())
    gathered.take(b"[DONE]")
    answer = gathered.answer()
    assert isinstance(answer, Reply)
    assert answer.served is not None
    assert answer.served.tier == "priority"
