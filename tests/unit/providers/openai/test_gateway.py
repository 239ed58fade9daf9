"""A gateway before a service: headers of its own, and the key where it wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import pytest
from aiohttp import web

from harness.conversation.ports import EmbeddingRequest, Place, Request
from harness.conversation.transcript import EmbeddingReply, Message, Reply
from harness.providers import ApiKey, AzureClassic, AzureV1, Gateway, OpenAIEndpoint, TokenProvider
from harness.providers.openai.endpoints import SdkEndpoint

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], str]
PLACE = Place("p/m", "c", None, "default", 1, 1)
GATEWAY = Gateway({"X-Team": "search"}, "Ocp-Apim-Subscription-Key")
HELLO = {"choices": [{"finish_reason": "stop", "message": {"content": "Hi"}}]}


def ask(endpoint: SdkEndpoint) -> None:
    async def run() -> None:
        model, embedder = endpoint.open(), endpoint.open_embedder()
        try:
            answer = await model.complete(Request(PLACE, (Message("user", "Hi"),)))
            assert isinstance(answer, Reply), answer
            vectors = await embedder.embed(EmbeddingRequest(PLACE, ("a",)))
            assert isinstance(vectors, EmbeddingReply), vectors
        finally:
            await model.close()
            await embedder.close()

    asyncio.run(run())


def listen(serve: Serve, seen: list[Mapping[str, str]]) -> str:
    async def answer(request: web.Request) -> web.Response:
        seen.append({name.lower(): value for name, value in request.headers.items()})
        return web.json_response({**HELLO, "data": [{"embedding": [1.0]}]})

    return serve(answer)


def at(kind: str, url: str, gateway: Gateway) -> SdkEndpoint:
    key = ApiKey("s3cret")
    if kind == "v1":
        return AzureV1(f"{url}/openai/v1/", "m", key, gateway=gateway)
    if kind == "classic":
        return AzureClassic(url, "m", "2024-10-21", key, gateway=gateway)
    return OpenAIEndpoint(f"{url}/v1", "m", key, gateway=gateway)


@pytest.mark.parametrize("kind", ["v1", "classic", "compatible"])
def test_the_key_goes_into_the_gateways_header_and_into_no_other(serve: Serve, kind: str) -> None:
    seen: list[Mapping[str, str]] = []
    ask(at(kind, listen(serve, seen), GATEWAY))
    assert len(seen) == 2
    for headers in seen:
        assert headers["x-team"] == "search"
        assert [name for name, value in headers.items() if "s3cret" in value] == [
            "ocp-apim-subscription-key"
        ]
        assert "authorization" not in headers
        assert "api-key" not in headers


@pytest.mark.parametrize(
    ("kind", "header", "value"),
    [
        ("v1", "authorization", "Bearer s3cret"),
        ("classic", "api-key", "s3cret"),
        ("compatible", "authorization", "Bearer s3cret"),
    ],
)
def test_headers_alone_leave_the_key_where_it_was(
    serve: Serve, kind: str, header: str, value: str
) -> None:
    seen: list[Mapping[str, str]] = []
    ask(at(kind, listen(serve, seen), Gateway({"X-Team": "search"})))
    assert [(one["x-team"], one[header]) for one in seen] == [("search", value)] * 2


def test_a_token_stays_a_bearer_token(serve: Serve) -> None:
    async def token() -> str:
        return "t0ken"

    seen: list[Mapping[str, str]] = []
    url = listen(serve, seen)
    ask(AzureV1(f"{url}/openai/v1/", "m", TokenProvider(token), gateway=GATEWAY))
    assert {one["authorization"] for one in seen} == {"Bearer t0ken"}
