import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Answer, Failure, Message, Reply
from harness.providers import (
    ApiKey,
    AzureClassic,
    AzureV1,
    Carrier,
    Connections,
    Endpoint,
    OpenAIEndpoint,
    TokenProvider,
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], str]
Ask = Callable[..., Answer]

REQUEST = Request(
    Place("sweden/mini", "founders", None, "default", 1, 1),
    (Message("system", "Be brief."), Message("user", "Hello")),
    {"temperature": 0, "max_output_tokens": 50},
    deadline_s=5.0,
)
HELLO = {
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi"}}
    ],
    "model": "gpt-4.1-mini-2025-04-14",
    "usage": {"prompt_tokens": 9, "completion_tokens": 1},
}


def here(url: str) -> OpenAIEndpoint:
    return OpenAIEndpoint(f"{url}/v1", "mini", ApiKey("k-1"))


def together(endpoint: Endpoint, times: int) -> tuple[list[Answer], tuple[str, ...]]:
    async def run() -> tuple[list[Answer], tuple[str, ...]]:
        connections = Connections()
        model = endpoint.open(Carrier(connections))
        try:
            answers = await asyncio.gather(*(model.complete(REQUEST) for _ in range(times)))
            return list(answers), model.adapted
        finally:
            await model.close()
            await connections.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("endpoint", "path", "headers"),
    [
        (
            lambda url: AzureV1(f"{url}/openai/v1/", "mini", ApiKey("k-1")),
            "/openai/v1/chat/completions",
            {"Authorization": "Bearer k-1"},
        ),
        (
            lambda url: AzureClassic(f"{url}/gate/way", "mini", "2024-10-21", ApiKey("k-1")),
            "/gate/way/openai/deployments/mini/chat/completions?api-version=2024-10-21",
            {"api-key": "k-1"},
        ),
        (here, "/v1/chat/completions", {"Authorization": "Bearer k-1"}),
    ],
    ids=["azure v1", "azure dated", "openai"],
)
@pytest.mark.parametrize("stream", [False, True])
def test_each_api_is_asked_at_its_own_place(
    serve: Serve,
    ask: Ask,
    endpoint: Callable[[str], Endpoint],
    path: str,
    headers: dict[str, str],
    stream: bool,
) -> None:
    seen: list[tuple[str, dict[str, str], Any]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append((request.raw_path, dict(request.headers), await request.json()))
        if not stream:
            return web.json_response(HELLO, headers={"apim-request-id": "a-1"})
        event = {"choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}]}
        body = f"data: {json.dumps(event)}\n\ndata: [DONE]\n\n"
        return web.Response(text=body, content_type="text/event-stream")

    reply = ask(endpoint(serve(answer)), stream=stream, temperature=0)
    assert isinstance(reply, Reply)
    assert (reply.text, reply.finish_reason) == ("Hi", "stop")
    assert reply.latency_s > 0
    assert (reply.ttft_s is not None) is stream
    ((asked, sent, body),) = seen
    assert asked == path
    assert headers.items() <= sent.items()
    assert body["model"] == "mini"
    assert body["temperature"] == 0


def test_a_local_server_that_wants_no_key_is_sent_a_placeholder(serve: Serve, ask: Ask) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.headers["Authorization"] == "Bearer none"
        return web.json_response(HELLO)

    assert isinstance(ask(OpenAIEndpoint(f"{serve(answer)}/v1", "llama3.2", None)), Reply)


def test_a_stream_that_is_answered_whole_is_read_whole(serve: Serve, ask: Ask) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response(HELLO)

    reply = ask(here(serve(answer)), stream=True)
    assert isinstance(reply, Reply)
    assert (reply.text, reply.ttft_s) == ("Hi", None)


def test_a_stream_that_nobody_asked_for_is_read_whole(serve: Serve, ask: Ask) -> None:
    chunk = '{"choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}]}'
    events = respond(200, f"data: {chunk}\n\ndata: [DONE]\n\n", Content_Type="text/event-stream")
    reply = ask(here(serve(events)))
    assert isinstance(reply, Reply)
    assert (reply.text, reply.ttft_s) == ("Hi", None)


def respond(status: int, body: str | bytes, **headers: str) -> Handler:
    raw = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("Content-Type", "application/json")

    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        return web.Response(status=status, body=raw, headers=named)

    return answer


FLAT_401 = '{"statusCode":401,"message":"Unauthorized. Access token is missing, invalid"}'
THROTTLED = '{"error":{"code":"429","message":"Please retry after 86400 seconds."}}'


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        pytest.param(respond(401, FLAT_401), ("auth", 401, False), id="flat 401"),
        pytest.param(
            respond(502, "<html><title>502 Bad Gateway</title></html>", Content_Type="text/html"),
            ("server", 502, True),
            id="html 502",
        ),
        pytest.param(respond(503, ""), ("server", 503, True), id="empty 503"),
        pytest.param(respond(429, THROTTLED), ("rate_limit", 429, False), id="impossible"),
        pytest.param(
            respond(429, '{"error":{"code":"429","message":"x"}}', retry_after="2"),
            ("rate_limit", 429, True),
            id="wait",
        ),
        pytest.param(respond(200, "null"), ("protocol", 200, True), id="null"),
        pytest.param(respond(200, '{"choices":[{"ind'), ("protocol", 200, True), id="truncated"),
        pytest.param(
            respond(200, "<html>hi</html>", Content_Type="text/html"),
            ("protocol", 200, False),
            id="html 200",
        ),
        pytest.param(
            respond(307, "", Location="http://127.0.0.1:1/"),
            ("protocol", 307, False),
            id="redirect",
        ),
        pytest.param(respond(200, b"x" * (17 * 2**20)), ("protocol", 0, False), id="17 MB"),
        pytest.param(
            respond(500, b"x" * (17 * 2**20)), ("protocol", 0, False), id="17 MB of error"
        ),
    ],
)
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
def test_what_a_server_says_instead_of_an_answer_is_a_failure(
    serve: Serve, ask: Ask, handler: Handler, expected: tuple[str, int, bool], stream: bool
) -> None:
    failure = ask(here(serve(handler)), stream=stream)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.status, failure.retryable) == expected


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
def test_a_connection_that_is_reset_is_no_timeout(serve: Serve, ask: Ask, stream: bool) -> None:
    async def drop(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        raise ConnectionResetError

    failure = ask(here(serve(drop)), stream=stream)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.retryable) == ("connection", True)


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
def test_a_connection_that_breaks_off_inside_the_answer(
    serve: Serve, ask: Ask, stream: bool
) -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        kind = "text/event-stream" if stream else "application/json"
        response = web.StreamResponse(headers={"Content-Type": kind, "Content-Length": "5000"})
        await response.prepare(request)
        await response.write(b'data: {"choices":[]}\n\n' if stream else b'{"choices":')
        await asyncio.sleep(0.05)
        assert request.transport is not None
        request.transport.close()
        raise ConnectionResetError

    failure = ask(here(serve(half)), stream=stream)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.retryable) == ("connection", True)


def test_a_server_that_drips_is_cut_at_the_deadline(serve: Serve, ask: Ask) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(200):
            await response.write(b" ")
            await asyncio.sleep(0.05)
        return response

    failure = ask(here(serve(drip)), deadline_s=0.4)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.retryable) == ("timeout", True)
    assert "0.4 s" in failure.message


def test_a_port_where_nobody_listens_and_a_name_that_nobody_has(ask: Ask) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}"
    for url in (closed, "http://nobody.invalid"):
        failure = ask(here(url))
        assert isinstance(failure, Failure)
        assert failure.kind == "connection"
        assert failure.message


def test_a_server_that_speaks_no_tls(serve: Serve, ask: Ask) -> None:
    url = serve(respond(200, "{}")).replace("http:", "https:")
    failure = ask(here(url))
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.retryable) == ("connection", False)
    assert "TLS" in failure.message


def test_no_credential_follows_a_redirect(serve: Serve, ask: Ask) -> None:
    elsewhere: list[str] = []

    async def listen(request: web.Request) -> web.StreamResponse:
        elsewhere.append(request.path)
        return web.json_response(HELLO)

    other = serve(listen)
    failure = ask(here(serve(respond(308, "", Location=other))))
    assert isinstance(failure, Failure)
    assert not elsewhere


def unsupported(param: str, message: str) -> web.Response:
    error = {"message": message, "param": param, "code": "unsupported_parameter"}
    return web.json_response({"error": error}, status=400)


def picky(asked: list[dict[str, Any]]) -> Handler:
    """A reasoning model behind a name that does not say so."""

    async def answer(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        asked.append(body)
        if "max_tokens" in body:
            return unsupported(
                "max_tokens", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'."
            )
        if "temperature" in body:
            return unsupported("temperature", "Unsupported value: 'temperature' does not support 0")
        return web.json_response(HELLO)

    return answer


def test_what_a_model_refuses_is_learned_once_and_told(serve: Serve) -> None:
    asked: list[dict[str, Any]] = []
    url = serve(picky(asked))

    async def twice() -> tuple[Answer, Answer, tuple[str, ...]]:
        model = here(url).open()
        try:
            return await model.complete(REQUEST), await model.complete(REQUEST), model.adapted
        finally:
            await model.close()

    first, second, adapted = asyncio.run(twice())
    notes = ("temperature dropped", "max_output_tokens sent as max_completion_tokens")
    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    assert first.notes == second.notes == notes
    assert set(adapted) == set(notes)
    assert len(asked) == 4  # two lessons, then one request for each answer


def test_requests_in_flight_together_all_profit_from_a_lesson(serve: Serve) -> None:
    asked: list[dict[str, Any]] = []
    answers, _ = together(here(serve(picky(asked))), 20)
    assert all(isinstance(answer, Reply) for answer in answers)


def test_a_known_reasoning_model_needs_no_lesson(serve: Serve) -> None:
    asked: list[dict[str, Any]] = []
    endpoint = OpenAIEndpoint(f"{serve(picky(asked))}/v1", "five", ApiKey("k"), reasoning=True)
    answers, _ = together(endpoint, 1)
    assert isinstance(answers[0], Reply)
    assert len(asked) == 1


def test_a_refusal_that_cannot_be_helped_is_asked_once(serve: Serve) -> None:
    asked: list[Any] = []

    async def refuse(request: web.Request) -> web.StreamResponse:
        asked.append(await request.json())
        return unsupported("messages", "Unsupported value: 'messages' is not supported")

    answers, _ = together(here(serve(refuse)), 1)
    assert isinstance(answers[0], Failure)
    assert answers[0].kind == "bad_request"
    assert len(asked) == 1


DENIED = '{"error":{"code":"PermissionDenied","message": "Principal does not have access"}}'


def guarded(seen: list[str]) -> Handler:
    """An account at which only the key has access."""

    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        shown = request.headers.get("api-key") or request.headers["Authorization"]
        seen.append(shown)
        if "the-key" in shown:
            return web.json_response(HELLO)
        return web.Response(status=401, text=DENIED, content_type="application/json")

    return answer


async def token() -> str:
    return "entra-token"


@pytest.mark.parametrize("dated", [False, True], ids=["v1", "dated"])
def test_without_a_role_the_accounts_key_is_asked_for_once(serve: Serve, dated: bool) -> None:
    asked: list[str] = []
    seen: list[str] = []

    async def key() -> str:
        asked.append("key")
        await asyncio.sleep(0.02)
        return "the-key"

    url, auth = serve(guarded(seen)), TokenProvider(token, key)
    endpoint: Endpoint = (
        AzureClassic(url, "mini", "2024-10-21", auth)
        if dated
        else AzureV1(f"{url}/openai/v1/", "mini", auth)
    )
    answers, _ = together(endpoint, 8)
    assert all(isinstance(answer, Reply) for answer in answers)
    assert asked == ["key"]
    assert seen[0] == "Bearer entra-token"


def test_where_keys_are_off_the_error_names_the_role_and_the_command(serve: Serve) -> None:
    endpoint = AzureV1(f"{serve(guarded([]))}/openai/v1/", "mini", TokenProvider(token))
    answers, _ = together(endpoint, 1)
    assert isinstance(answers[0], Failure)
    assert answers[0].kind == "auth"
    assert "Cognitive Services OpenAI User" in answers[0].message
    assert "az role assignment create" in answers[0].message


def test_signing_in_that_fails_is_told_in_a_line(serve: Serve) -> None:
    async def nobody() -> str:
        raise RuntimeError("DefaultAzureCredential failed to retrieve a token.\nAttempted:\n\t...")

    endpoint = AzureV1(f"{serve(guarded([]))}/openai/v1/", "mini", TokenProvider(nobody))
    answers, _ = together(endpoint, 1)
    assert answers[0] == Failure(
        kind="auth",
        message="signing in failed: DefaultAzureCredential failed to retrieve a token.",
    )


@pytest.mark.parametrize("dated", [False, True], ids=["v1", "dated"])
def test_nothing_of_the_environment_reaches_another_host(
    serve: Serve, ask: Ask, monkeypatch: pytest.MonkeyPatch, dated: bool
) -> None:
    for name in ("ORG_ID", "PROJECT_ID", "API_KEY", "ADMIN_KEY", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", "ambient-secret")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: ambient-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "ambient-secret")
    monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", "ambient-secret")
    seen: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(str(dict(request.headers)) + await request.text())
        return web.json_response(HELLO)

    url = serve(answer)
    for auth in (ApiKey("k-1"), TokenProvider(token)):
        endpoint: Endpoint = (
            AzureClassic(url, "mini", "2024-10-21", auth)
            if dated
            else OpenAIEndpoint(f"{url}/v1", "mini", auth)
        )
        assert isinstance(ask(endpoint), Reply)
    assert len(seen) == 2
    assert "ambient-secret" not in "".join(seen)


def test_a_key_shows_itself_to_nobody() -> None:
    assert "secret" not in repr(AzureV1("https://x/openai/v1/", "mini", ApiKey("secret")))
