import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Answer, Failure, Message, Reply, ToolCall, Usage
from harness.providers import ApiKey
from harness.providers.applications.http import HttpEndpoint
from harness.providers.applications.picking import ReplyPaths

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], str]

REQUEST = Request(
    Place("app", "capitals", None, "default", 1, 1),
    (Message("user", "Capital of Malmö?"),),
    deadline_s=1.0,
    user="Capital of Malmö?",
    variables={"country": "Sweden", "year": 1999, "tags": ["a"]},
)


def call(endpoint: HttpEndpoint, request: Request = REQUEST) -> Answer:
    async def run() -> Answer:
        model = endpoint.open()
        try:
            return await model.complete(request)
        finally:
            await model.close()

    return asyncio.run(run())


def test_the_body_is_filled_in_and_the_reply_found(serve: Serve) -> None:
    seen: list[tuple[str, dict[str, str], Any]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append((request.method, dict(request.headers), await request.json()))
        usage = {"input_tokens": 4, "output_tokens": 2}
        return web.json_response({"data": [{"answer": "Ingen 🙂"}], "usage": usage})

    reply = call(
        HttpEndpoint(
            url=serve(answer) + "/chat",
            method="PUT",
            headers={"X-Team": "platform"},
            body={
                "messages": "{{messages}}",
                "question": "{{user}}",
                "meta": ["in {{year}}: {{country}}", "{{year}}", "{{tags}}", "{{nothing}}", 7],
            },
            paths=ReplyPaths("$.data[0].answer", "$.usage"),
            auth=ApiKey("k-1"),
        )
    )
    assert isinstance(reply, Reply)
    assert (reply.text, reply.finish_reason, reply.usage) == ("Ingen 🙂", "stop", Usage(4, 2))
    ((method, headers, body),) = seen
    assert method == "PUT"
    assert {"X-Team": "platform", "Authorization": "Bearer k-1"}.items() <= headers.items()
    assert body == {
        "messages": [{"role": "user", "content": "Capital of Malmö?"}],
        "question": "Capital of Malmö?",
        "meta": ["in 1999: Sweden", 1999, ["a"], "{{nothing}}", 7],
    }


def test_an_application_may_be_told_the_system_text_and_gets_none_where_there_is_none(
    serve: Serve,
) -> None:
    told: list[Any] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        told.append((await request.json())["instructions"])
        return web.json_response({"answer": "ok"})

    endpoint = HttpEndpoint(serve(answer), {"instructions": "{{system}}"}, ReplyPaths("$.answer"))
    call(endpoint)
    call(endpoint, replace(REQUEST, messages=(Message("system", "Brief."), *REQUEST.messages)))
    assert told == ["", "Brief."]


def test_a_reply_that_is_no_text_is_shown_as_json(serve: Serve) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response({"answer": {"city": "Malmö"}})

    reply = call(HttpEndpoint(serve(answer), {}, ReplyPaths("$.answer")))
    assert isinstance(reply, Reply)
    assert json.loads(reply.text) == {"city": "Malmö"}
    assert reply.usage is None


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        pytest.param(200, "not json", "protocol", "not JSON", id="no JSON"),
        pytest.param(200, "{}", "protocol", "nothing at $.answer", id="no reply"),
        pytest.param(200, '{"answer":null}', "protocol", "nothing at $.answer", id="null"),
        pytest.param(500, "oh no", "server", "oh no", id="500"),
        pytest.param(302, "", "protocol", "redirects", id="redirect"),
        pytest.param(401, '{"error":"who are you"}', "auth", "who are you", id="401"),
        pytest.param(200, "x" * (17 * 2**20), "protocol", "larger than 16 MB", id="17 MB"),
    ],
)
def test_an_application_that_does_not_answer(
    serve: Serve, status: int, body: str, kind: str, says: str
) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        headers = {"Location": "/elsewhere"} if status == 302 else {}
        return web.Response(status=status, text=body, headers=headers)

    failure = call(HttpEndpoint(serve(answer), {}, ReplyPaths("$.answer")))
    assert isinstance(failure, Failure)
    assert failure.kind == kind
    assert says in failure.message


@pytest.mark.parametrize(
    ("body", "says", "again"),
    [
        pytest.param("<html><title>Sign in</title></html>", "got a web page: Sign in", False),
        pytest.param('{"answer": "he', "the application's answer was cut off after 14", True),
        pytest.param("", "the application's answer is empty", True),
    ],
)
def test_an_applications_broken_answer_is_told_and_tried_again_as_a_models_is(
    serve: Serve, body: str, says: str, again: bool
) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(text=body)

    failure = call(HttpEndpoint(serve(answer), {}, ReplyPaths("$.answer")))
    assert isinstance(failure, Failure)
    assert says in failure.message
    assert failure.retryable is again


def test_an_application_that_hangs(serve: Serve) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(1.5)
        return web.json_response({})

    failure = call(HttpEndpoint(serve(answer), {}, ReplyPaths("$.answer")))
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.retryable) == ("timeout", True)


def streamed(*data: str, kind: str = "text/event-stream") -> Handler:
    async def answer(_: web.Request) -> web.StreamResponse:
        body = "".join(f"data: {one}\n\n" for one in data)
        return web.Response(text=body, content_type=kind)

    return answer


@pytest.mark.parametrize(
    ("data", "reply", "text"),
    [
        (('{"delta": "Bill "}', '{"delta": "Gates"}', "[DONE]"), "$.delta", "Bill Gates"),
        (('{"type": "ping"}', '{"delta": "Bill"}', '{"delta": null}'), "$.delta", "Bill"),
        (("Bill", " Gates", " 1975", "[DONE]"), "$.delta", "Bill Gates 1975"),
        (('"Bill "', '"Gates"'), "$", "Bill Gates"),
    ],
)
def test_of_events_the_parts_are_joined(
    serve: Serve, data: tuple[str, ...], reply: str, text: str
) -> None:
    answer = call(HttpEndpoint(serve(streamed(*data)), {}, ReplyPaths(reply)))
    assert isinstance(answer, Reply)
    assert answer.text == text
    assert answer.ttft_s is not None


def test_events_may_tell_tokens_and_session(serve: Serve) -> None:
    usage = '{"usage": {"input_tokens": 3, "output_tokens": 1}, "id": "s-1"}'
    endpoint = HttpEndpoint(
        serve(streamed('{"delta": "Hi"}', usage)), {}, ReplyPaths("$.delta", "$.usage", "$.id")
    )
    answer = call(endpoint)
    assert isinstance(answer, Reply)
    assert (answer.usage, answer.session) == (Usage(3, 1), "s-1")


@pytest.mark.parametrize(
    ("events", "kind", "says"),
    [
        (('{"delta": "Bi"}', '{"error": {"message": "out of words"}}'), "server", "out of words"),
        (('{"delta": "Bi"}', '{"error": "out of words"}', "[DONE]"), "server", "out of words"),
        (('{"delta": "Bi"}', '{"delta": "ll'), "protocol", "broke off"),
    ],
)
def test_a_stream_that_breaks_off_is_no_short_reply(
    serve: Serve, events: tuple[str, ...], kind: str, says: str
) -> None:
    failure = call(HttpEndpoint(serve(streamed(*events)), {}, ReplyPaths("$.delta")))
    assert isinstance(failure, Failure)
    assert (failure.kind, says in failure.message) == (kind, True)


def test_events_of_words_may_begin_with_a_brace(serve: Serve) -> None:
    answer = call(HttpEndpoint(serve(streamed("{", '"a": 1', "}")), {}, ReplyPaths("$.delta")))
    assert isinstance(answer, Reply)
    assert answer.text == '{"a": 1}'


def test_an_application_may_say_in_a_200_why_it_does_not_answer(serve: Serve) -> None:
    async def broken(_: web.Request) -> web.Response:
        return web.json_response({"error": "no index"})

    failure = call(HttpEndpoint(serve(broken), {}, ReplyPaths("$.answer")))
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.status, failure.message) == ("server", 200, "no index")


@pytest.mark.parametrize("data", [(), ('{"other": 1}',), ("[DONE]",)])
def test_events_without_a_reply_are_no_reply(serve: Serve, data: tuple[str, ...]) -> None:
    failure = call(HttpEndpoint(serve(streamed(*data)), {}, ReplyPaths("$.delta")))
    assert isinstance(failure, Failure)
    assert failure.kind == "protocol"


CALLED = {
    "answer": "It is 4 degrees.",
    "calls": [
        {"name": "get_weather", "arguments": {"city": "Malmö"}},
        {"id": "c2", "function": {"name": "search", "arguments": '{"q": 1}'}},
        {"name": "notify", "args": {"who": "Ada"}},
        "ping",
    ],
    "passages": ["Malmö: 4", {"page_content": "Lund: 5"}, {"id": 7}, None],
}
TELLS = ReplyPaths("$.answer", tool_calls="$.calls", context="$.passages")
CALLS = (
    ToolCall("", "get_weather", '{"city": "Malmö"}'),
    ToolCall("c2", "search", '{"q": 1}'),
    ToolCall("", "notify", '{"who": "Ada"}'),
    ToolCall("", "ping", "{}"),
)


def test_an_application_may_tell_what_it_called_and_what_it_answered_from(serve: Serve) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(CALLED)

    reply = call(HttpEndpoint(serve(answer), {}, TELLS))
    assert isinstance(reply, Reply)
    assert reply.made_calls == CALLS
    assert reply.context == ("Malmö: 4", "Lund: 5", '{"id": 7}')
    assert reply.tool_calls == (), "nobody has to answer them"


def test_each_event_may_tell_of_calls_and_passages(serve: Serve) -> None:
    events = (
        '{"calls": [{"name": "a"}], "passages": ["one"]}',
        '{"answer": "Hi"}',
        '{"calls": [{"name": "b"}], "passages": ["one", "two"]}',
    )
    reply = call(HttpEndpoint(serve(streamed(*events)), {}, TELLS))
    assert isinstance(reply, Reply)
    assert [call.name for call in reply.made_calls] == ["a", "b"]
    assert reply.context == ("one", "two")


def test_an_application_that_found_nothing_has_no_passages_and_one_that_tells_none_is_unknown(
    serve: Serve,
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"answer": "x", "passages": []})

    url = serve(answer)
    one, other = (call(HttpEndpoint(url, {}, paths)) for paths in (TELLS, ReplyPaths("$.answer")))
    assert isinstance(one, Reply)
    assert isinstance(other, Reply)
    assert (one.context, other.context) == ((), None)


def test_a_call_without_a_name_is_no_call(serve: Serve) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"answer": "x", "calls": [{"tool": 7}]})

    failure = call(HttpEndpoint(serve(answer), {}, TELLS))
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.message) == (
        "protocol",
        'the application\'s tool_calls hold {"tool": 7}, which has no name',
    )


@pytest.mark.parametrize("usage", [7, "input_tokens", ["input_tokens"], {}])
def test_tokens_in_no_known_form_are_unknown(serve: Serve, usage: Any) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"answer": "x", "usage": usage})

    reply = call(HttpEndpoint(serve(answer), {}, ReplyPaths("$.answer", "$.usage")))
    assert isinstance(reply, Reply)
    assert reply.usage is None


@pytest.mark.parametrize(
    ("path", "said", "kind"), [("$", '"{"', "{"), ("$.answer", '"{"', None), ("$.a", '"{}"', None)]
)
def test_an_answer_that_is_a_text_is_not_read_as_json_once_more(
    serve: Serve, path: str, said: str, kind: str | None
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=said, content_type="application/json")

    reply = call(HttpEndpoint(serve(answer), {}, ReplyPaths(path)))
    if kind is None:
        assert isinstance(reply, Failure)
        assert f"has nothing at {path}" in reply.message
    else:
        assert isinstance(reply, Reply)
        assert reply.text == kind
