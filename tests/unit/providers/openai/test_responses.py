"""Asking by the Responses API: what is sent, what is made of the answer, and when it is used."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from harness.conversation.ports import Place, ReplyPiece, Request
from harness.conversation.transcript import Answer, Failure, Message, Reply, ToolCall, Usage
from harness.providers import ApiKey, AzureClassic, AzureV1, Carrier, Connections, OpenAIEndpoint
from harness.providers.openai.completion import ResponseHead
from harness.providers.openai.parameters import Adaptation
from harness.providers.openai.response import GatheredResponse, read_response
from harness.providers.openai.response_wire import write_response

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], str]
Ask = Callable[..., Answer]

PLACE = Place("sweden/codex", "founders", None, "default", 1, 1)
OK = ResponseHead(200, {})
CALL = ToolCall("call_1", "get_weather", '{"city":"Malmö"}')
REQUEST = Request(
    PLACE,
    (
        Message("system", "Be brief."),
        Message("user", "Weather in Malmö?"),
        Message("assistant", "", (CALL,)),
        Message("tool", "4", tool_call_id="call_1"),
        Message("assistant", "4 degrees."),
        Message("user", "And tomorrow?"),
    ),
)
HELLO: dict[str, Any] = {
    "object": "response",
    "status": "completed",
    "model": "codex",
    "output": [
        {"type": "reasoning", "summary": []},
        {"type": "message", "content": [{"type": "output_text", "text": "Hi"}]},
    ],
    "usage": {
        "input_tokens": 9,
        "input_tokens_details": {"cached_tokens": 4},
        "output_tokens": 70,
        "output_tokens_details": {"reasoning_tokens": 64},
    },
}
NO_CHAT = {
    "error": {
        "code": "OperationNotSupported",
        "message": "The chatCompletion operation does not work with the specified model, "
        "gpt-5-codex. Please choose different model and try again.",
    }
}


def body(request: Request = REQUEST, **parameters: Any) -> dict[str, Any]:
    found = write_response(replace(request, parameters=parameters), "codex", Adaptation.of(None))
    return dict(found.body)


def test_the_whole_history_is_sent_as_items_and_the_system_message_as_instructions() -> None:
    assert body() == {
        "model": "codex",
        "instructions": "Be brief.",
        "input": [
            {"role": "user", "content": "Weather in Malmö?"},
            {
                "type": "function_call",
                "call_id": "call_1",
                "name": "get_weather",
                "arguments": '{"city":"Malmö"}',
            },
            {"type": "function_call_output", "call_id": "call_1", "output": "4"},
            {"role": "assistant", "content": "4 degrees."},
            {"role": "user", "content": "And tomorrow?"},
        ],
        "store": False,
    }


SCHEMA = {"name": "weather", "schema": {"type": "object"}, "strict": True}


@pytest.mark.parametrize(
    ("parameter", "value", "sent"),
    [
        ("max_output_tokens", 50, {"max_output_tokens": 50}),
        ("temperature", 0, {"temperature": 0}),
        ("reasoning_effort", "low", {"reasoning": {"effort": "low"}}),
        (
            "response_format",
            {"type": "json_schema", "json_schema": SCHEMA},
            {"text": {"format": {"type": "json_schema", **SCHEMA}}},
        ),
        (
            "response_format",
            {"type": "json_object"},
            {"text": {"format": {"type": "json_object"}}},
        ),
        ("tool_choice", "required", {"tool_choice": "required"}),
        (
            "tool_choice",
            {"type": "function", "function": {"name": "f"}},
            {"tool_choice": {"type": "function", "name": "f"}},
        ),
        ("parallel_tool_calls", False, {"parallel_tool_calls": False}),
        ("seed", 7, {}),
        ("stop", ("\n",), {}),
    ],
)
def test_parameters_have_the_names_of_this_api(
    parameter: str, value: Any, sent: dict[str, Any]
) -> None:
    assert body(**{parameter: value}) == {**body(), **sent}


def test_what_this_api_has_no_name_for_is_left_out_and_said() -> None:
    request = replace(REQUEST, parameters={"seed": 7, "stop": ("x",), "presence_penalty": 0})
    assert write_response(request, "m", Adaptation.of(None)).notes == (
        "seed dropped",
        "stop dropped",
    )


def test_tools_are_declared_flat_and_stay_as_loose_as_in_chat() -> None:
    function = {"name": "f", "parameters": {"type": "object"}}
    request = replace(REQUEST, tools=({"type": "function", "function": function},))
    sent = write_response(request, "m", Adaptation.of(None)).body["tools"]
    assert sent == [{"type": "function", "strict": False, **function}]


def read(**other: Any) -> Answer:
    return read_response(json.dumps({**HELLO, **other}).encode(), OK)


def test_text_and_tokens_are_read() -> None:
    answer = read()
    assert isinstance(answer, Reply)
    assert (answer.text, answer.finish_reason, answer.model) == ("Hi", "stop", "codex")
    assert answer.usage == Usage(9, 70, cached_tokens=4, reasoning_tokens=64)


@pytest.mark.parametrize(
    ("other", "finish"),
    [
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "length"),
        (
            {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
            "content_filter",
        ),
        (
            {"output": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}]},
            "tool_calls",
        ),
        (
            {
                "status": "incomplete",
                "output": [],
                "incomplete_details": {"reason": "max_output_tokens"},
            },
            "length",
        ),
    ],
)
def test_the_ending_is_told_in_the_words_of_chat(other: dict[str, Any], finish: str) -> None:
    answer = read(**other)
    assert isinstance(answer, Reply)
    assert answer.finish_reason == finish


def test_a_refusal_is_the_replys_text() -> None:
    part = {"type": "refusal", "refusal": "I cannot help with that."}
    answer = read(output=[{"type": "message", "content": [part]}])
    assert isinstance(answer, Reply)
    assert (answer.text, answer.refusal) == ("I cannot help with that.", True)


def test_azures_annotations_come_in_the_shape_that_chat_has() -> None:
    safe = {"hate": {"filtered": False, "severity": "safe"}}
    hit = {"violence": {"filtered": True, "severity": "high"}}
    answer = read(
        content_filters=[
            {"source_type": "prompt", "content_filter_results": safe},
            {"source_type": "completion", "content_filter_results": hit},
        ]
    )
    assert isinstance(answer, Reply)
    assert answer.content_filter == {
        "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": safe}],
        "content_filter_results": hit,
    }


@pytest.mark.parametrize(
    ("other", "kind", "words"),
    [
        ({"output": []}, "protocol", "`output` is empty"),
        ({"output": None}, "protocol", "no `output`"),
        ({"status": "in_progress"}, "protocol", "in_progress"),
        (
            {"status": "failed", "error": {"code": "server_error", "message": "It broke."}},
            "server",
            "It broke.",
        ),
        (
            {"status": "failed", "error": {"code": "content_filter", "message": "Blocked."}},
            "content_filter",
            "Blocked.",
        ),
    ],
)
def test_what_is_no_answer_is_a_failure(other: dict[str, Any], kind: str, words: str) -> None:
    answer = read(**other)
    assert isinstance(answer, Failure)
    assert answer.kind == kind
    assert words in answer.message


def gathered(*events: dict[str, Any]) -> Answer:
    making = GatheredResponse(OK)
    for event in events:
        making.take(json.dumps(event).encode())
    return making.answer()


DELTA = {"type": "response.output_text.delta", "delta": "Hi"}


def test_a_stream_is_what_its_last_event_repeats() -> None:
    answer = gathered(DELTA, {"type": "response.completed", "response": HELLO})
    assert isinstance(answer, Reply)
    assert answer.text == "Hi"


def test_a_last_event_that_repeats_nothing_is_filled_in_from_the_items() -> None:
    done = {"type": "response.output_item.done", "item": HELLO["output"][1]}
    last = {"type": "response.completed", "response": {**HELLO, "output": []}}
    answer = gathered(DELTA, done, last)
    assert isinstance(answer, Reply)
    assert answer.text == "Hi"


@pytest.mark.parametrize(
    ("events", "kind", "words"),
    [
        ((), "protocol", "empty"),
        ((DELTA,), "protocol", "after 1 events without response.completed"),
        (
            (DELTA, {"type": "error", "code": "server_error", "message": "Sorry."}),
            "server",
            "Sorry.",
        ),
        (
            (
                {
                    "type": "response.failed",
                    "response": {"error": {"code": "rate_limit_exceeded", "message": "Slow."}},
                },
            ),
            "rate_limit",
            "Slow.",
        ),
    ],
)
def test_a_stream_that_does_not_complete_is_never_a_short_answer(
    events: tuple[dict[str, Any], ...], kind: str, words: str
) -> None:
    answer = gathered(*events)
    assert isinstance(answer, Failure)
    assert answer.kind == kind
    assert words in answer.message


@pytest.mark.parametrize(
    ("endpoint", "path"),
    [
        (
            lambda url: AzureV1(f"{url}/openai/v1/", "codex", ApiKey("k"), api="responses"),
            "/openai/v1/responses",
        ),
        (
            lambda url: AzureClassic(
                f"{url}/gate", "codex", "2025-04-01-preview", ApiKey("k"), api="responses"
            ),
            "/gate/openai/responses?api-version=2025-04-01-preview",
        ),
        (
            lambda url: OpenAIEndpoint(f"{url}/v1", "codex", None, api="responses"),
            "/v1/responses",
        ),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_each_service_is_asked_at_its_own_place(
    serve: Serve, ask: Ask, endpoint: Callable[[str], Any], path: str, stream: bool
) -> None:
    seen: list[tuple[str, Any]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append((request.raw_path, await request.json()))
        if not stream:
            return web.json_response(HELLO)
        events = (DELTA, {"type": "response.completed", "response": HELLO})
        text = "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events)
        return web.Response(text=text, content_type="text/event-stream")

    reply = ask(endpoint(serve(answer)), stream=stream)
    assert isinstance(reply, Reply)
    assert reply.text == "Hi"
    assert (reply.ttft_s is not None) is stream
    ((asked, sent),) = seen
    assert asked == path
    assert sent["model"] == "codex"
    assert sent.get("stream", False) is stream


def several(url: str, times: int, api: Any = "auto") -> tuple[list[Answer], tuple[str, ...]]:
    async def run() -> tuple[list[Answer], tuple[str, ...]]:
        connections = Connections()
        endpoint = AzureV1(f"{url}/openai/v1/", "codex", ApiKey("k"), api=api)
        model = endpoint.open(Carrier(connections))
        request = Request(PLACE, (Message("user", "Hello"),))
        try:
            together = await asyncio.gather(*(model.complete(request) for _ in range(times)))
            return [*together, await model.complete(request)], model.adapted
        finally:
            await connections.close()

    return asyncio.run(run())


def test_a_model_that_serves_no_chat_is_asked_by_responses_from_then_on(serve: Serve) -> None:
    paths: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        paths.append(request.path.rpartition("v1/")[2])
        if request.path.endswith("/chat/completions"):
            return web.json_response(NO_CHAT, status=400)
        return web.json_response(HELLO)

    answers, adapted = several(serve(answer), 3)
    assert [reply.text for reply in answers if isinstance(reply, Reply)] == ["Hi"] * 4
    assert paths.count("chat/completions") <= 3
    assert paths[-1] == "responses"
    assert adapted == ("asked by the Responses API: it serves no chat completions",)


def test_a_model_that_does_neither_is_told_what_chat_was_told(serve: Serve) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/chat/completions"):
            return web.json_response(NO_CHAT, status=400)
        return web.json_response({"error": {"code": "404", "message": "Nothing here"}}, status=404)

    answers, adapted = several(serve(answer), 2)
    for failure in answers:
        assert isinstance(failure, Failure)
        assert (failure.kind, failure.code) == ("bad_request", "OperationNotSupported")
    assert adapted == ()


def test_by_chat_alone_where_the_spec_says_so(serve: Serve) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.path.endswith("/chat/completions")
        return web.json_response(NO_CHAT, status=400)

    answers, _ = several(serve(answer), 1, api="chat")
    assert all(isinstance(failure, Failure) for failure in answers)


def test_a_refused_parameter_is_left_out_by_its_name_in_this_api(serve: Serve, ask: Ask) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if "reasoning" in await request.json():
            error = {
                "message": "Unsupported parameter: 'reasoning.effort' is not supported with this "
                "model.",
                "param": "reasoning.effort",
                "code": "unsupported_parameter",
            }
            return web.json_response({"error": error}, status=400)
        return web.json_response(HELLO)

    endpoint = OpenAIEndpoint(f"{serve(answer)}/v1", "m", None, api="responses")
    reply = ask(endpoint, reasoning_effort="low")
    assert isinstance(reply, Reply)
    assert reply.notes == ("reasoning_effort dropped",)


def test_how_likely_each_token_was_is_asked_for_and_read() -> None:
    sent = write_response(replace(REQUEST, parameters={"logprobs": True}), "m", Adaptation())
    assert sent.body["include"] == ["message.output_text.logprobs"]
    likely = [{"token": "H", "logprob": -0.5}, {"token": "i", "logprob": -0.1}]
    part = {"type": "output_text", "text": "Hi", "logprobs": likely}
    document = {**HELLO, "output": [{"type": "message", "content": [part]}]}
    reply = read_response(json.dumps(document).encode(), OK)
    assert isinstance(reply, Reply)
    assert reply.logprobs == (-0.5, -0.1)


def test_a_model_that_tells_nothing_of_its_tokens_is_asked_without() -> None:
    adaptation = Adaptation()
    request = replace(REQUEST, parameters={"logprobs": True})
    body = write_response(request, "m", adaptation).body
    adaptation.learn("include", "logprobs are not supported with reasoning models.", body)
    again = write_response(request, "m", adaptation)
    assert "include" not in again.body
    assert again.notes == ("logprobs dropped",)


def test_an_output_limit_that_is_too_small_is_raised_once_it_was_refused(serve: Serve) -> None:
    asked: list[int] = []

    async def picky(request: web.Request) -> web.StreamResponse:
        limit = (await request.json())["max_output_tokens"]
        asked.append(limit)
        if limit >= 16:
            return web.json_response(HELLO)
        message = (
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but "
            f"got {limit} instead."
        )
        error = {
            "message": message,
            "param": "max_output_tokens",
            "code": "integer_below_min_value",
        }
        return web.json_response({"error": error}, status=400)

    async def twice() -> tuple[Answer, Answer]:
        endpoint = OpenAIEndpoint(f"{serve(picky)}/v1", "m", ApiKey("k"), api="responses")
        model = endpoint.open()
        request = replace(REQUEST, parameters={"max_output_tokens": 5})
        try:
            return await model.complete(request), await model.complete(request)
        finally:
            await model.close()

    first, second = asyncio.run(twice())
    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    assert first.notes == second.notes == ("max_output_tokens raised to 16",)
    assert asked == [5, 16, 16]


def test_what_there_is_to_read_of_a_response_is_heard_as_it_comes() -> None:
    heard: list[ReplyPiece] = []
    gathered = GatheredResponse(OK, hear=heard.append)
    for kind, delta in (
        ("response.reasoning_summary_text.delta", "Let me see"),
        ("response.output_text.delta", "Hi"),
        ("response.function_call_arguments.delta", "{}"),
        ("response.refusal.delta", "No."),
    ):
        gathered.take(json.dumps({"type": kind, "delta": delta}).encode())
    assert heard == [ReplyPiece("Let me see", "reasoning"), ReplyPiece("Hi"), ReplyPiece("No.")]


@pytest.mark.parametrize("kind", [["message"], {}, None, 7])
def test_an_item_whose_type_is_no_word_is_a_failure(kind: Any) -> None:
    body = json.dumps({"status": "completed", "output": [{"type": kind}]}).encode()
    failure = read_response(body, OK)
    assert isinstance(failure, Failure)
    assert failure.kind == "protocol"
