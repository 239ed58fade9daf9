"""An embeddings model over the real SDK, against a server that answers as the test wants."""

from __future__ import annotations

import asyncio
import base64
import json
from array import array
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from harness.conversation.ports import EmbeddingRequest, Place
from harness.conversation.transcript import EmbeddingReply, Failure, Usage
from harness.providers import ApiKey, AzureClassic, AzureV1, OpenAIEndpoint, TokenProvider
from harness.providers.openai.completion import ResponseHead
from harness.providers.openai.embedding import read_embeddings

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], str]
REQUEST = EmbeddingRequest(Place("p/embed", "x", None, "default", 1, 1, check="1"), ("one", "two"))
FINE = ResponseHead(200, {})


def packed(*numbers: float) -> str:
    return base64.b64encode(array("f", numbers).tobytes()).decode()


def embed(endpoint: AzureV1 | AzureClassic | OpenAIEndpoint) -> EmbeddingReply | Failure:
    async def run() -> EmbeddingReply | Failure:
        model = endpoint.open_embedder()
        try:
            return await model.embed(REQUEST)
        finally:
            await model.close()

    return asyncio.run(run())


@pytest.mark.parametrize("kind", ["v1", "classic", "openai"])
def test_texts_are_embedded_in_one_request_and_come_back_in_their_order(
    serve: Serve, kind: str
) -> None:
    seen: list[tuple[str, dict[str, Any]]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append((request.path, await request.json()))
        data = [
            {"index": 1, "embedding": packed(0.5, 2.0)},
            {"index": 0, "embedding": [1.0, -0.25]},
        ]
        usage = {"prompt_tokens": 4, "total_tokens": 4}
        return web.json_response({"object": "list", "data": data, "model": "e", "usage": usage})

    url = serve(handler)
    endpoints: dict[str, AzureV1 | AzureClassic | OpenAIEndpoint] = {
        "v1": AzureV1(f"{url}/openai/v1/", "embed", ApiKey("k")),
        "classic": AzureClassic(url, "embed", "2024-10-21", ApiKey("k")),
        "openai": OpenAIEndpoint(f"{url}/v1", "embed", ApiKey("k")),
    }
    answer = embed(endpoints[kind])
    assert isinstance(answer, EmbeddingReply)
    assert answer.vectors == ((1.0, -0.25), (0.5, 2.0))
    assert answer.usage == Usage(4, 0)
    assert answer.latency_s > 0
    ((path, body),) = seen
    assert path.endswith("/embeddings")
    assert body["input"] == ["one", "two"]


def test_without_the_role_the_accounts_key_is_used(serve: Serve) -> None:
    seen: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.headers["Authorization"])
        if seen[-1].endswith("token"):
            error = {"code": "PermissionDenied", "message": "lacks the required data action"}
            return web.json_response({"error": error}, status=401)
        return web.json_response(
            {"data": [{"embedding": [1.0]}, {"embedding": [2.0]}], "model": "e"}
        )

    async def token() -> str:
        return "token"

    async def key() -> str:
        return "key"

    url = serve(handler)
    answer = embed(AzureV1(f"{url}/openai/v1/", "embed", TokenProvider(token, key)))
    assert isinstance(answer, EmbeddingReply)
    assert answer.usage is None
    assert [header.split()[1] for header in seen] == ["token", "key"]


def test_a_refusal_is_a_failure_of_its_kind(serve: Serve) -> None:
    async def handler(_: web.Request) -> web.Response:
        error = {"code": "429", "message": "slow down"}
        return web.json_response({"error": error}, status=429, headers={"Retry-After": "3"})

    answer = embed(OpenAIEndpoint(f"{serve(handler)}/v1", "embed", ApiKey("k")))
    assert isinstance(answer, Failure)
    assert (answer.kind, answer.retry_after_s) == ("rate_limit", 3.0)


@pytest.mark.parametrize(
    "body",
    [
        "<html>",
        "[]",
        "{}",
        '{"data": [{"embedding": [1]}]}',
        '{"data": [{"embedding": [1]}, {"embedding": []}]}',
        '{"data": [{"embedding": [1]}, {"embedding": "???"}]}',
        '{"data": [{"embedding": [1]}, {"embedding": ["x"]}]}',
        '{"data": [1, 2]}',
    ],
)
def test_what_holds_no_vectors_is_no_answer(body: str) -> None:
    answer = read_embeddings(body.encode(), FINE, 2)
    assert isinstance(answer, Failure)
    assert answer.kind == "protocol"


def test_an_error_inside_a_200_is_an_error() -> None:
    body = json.dumps({"error": {"code": "429", "message": "slow down"}}).encode()
    answer = read_embeddings(body, FINE, 1)
    assert isinstance(answer, Failure)
    assert answer.kind == "rate_limit"


@pytest.mark.parametrize("counted", [0, -4, None, True, "4"])
def test_texts_have_tokens_so_none_is_unknown(counted: object) -> None:
    document = {"data": [{"embedding": [1.0]}], "usage": {"prompt_tokens": counted}}
    answer = read_embeddings(json.dumps(document).encode(), FINE, 1)
    assert isinstance(answer, EmbeddingReply)
    assert answer.usage is None
