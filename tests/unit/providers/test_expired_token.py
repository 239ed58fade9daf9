"""A token that the service does not accept any more: another one is asked for, once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from azure.core.credentials import AccessToken

from harness.conversation.ports import EmbeddingRequest, Place, Request
from harness.conversation.transcript import EmbeddingReply, Failure, Message, Reply
from harness.providers import AzureV1, Carrier, Connections, TokenProvider
from harness.wiring.providers.sign_in import CachedToken

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], str]

EXPIRED = '{"statusCode":401,"message":"Unauthorized. Access token is missing, or have expired."}'
HELLO = {
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"content": "Hi"}}],
    "data": [{"index": 0, "embedding": [1.0, 0.0]}],
}
PLACE = Place("sweden/mini", "c", None, "default", 1, 1)


class Credential:
    """Gives a token after another, each good for an hour, as it believes."""

    def __init__(self) -> None:
        self.given = 0

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        self.given += 1
        return AccessToken(f"token {self.given}", int(time.time() + 3600))


def accept(*tokens: str) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        if request.headers["Authorization"].removeprefix("Bearer ") in tokens:
            return web.json_response(HELLO)
        return web.Response(status=401, text=EXPIRED, content_type="application/json")

    return answer


def ask(url: str, credential: Credential, times: int) -> list[Any]:
    token = CachedToken(credential, "scope")
    endpoint = AzureV1(f"{url}/openai/v1/", "mini", TokenProvider(token, forget=token.forget))
    request = Request(PLACE, (Message("user", "Hello"),), {}, deadline_s=10.0)

    async def run() -> list[Any]:
        connections = Connections()
        model = endpoint.open(Carrier(connections))
        try:
            return list(await asyncio.gather(*(model.complete(request) for _ in range(times))))
        finally:
            await connections.close()

    return asyncio.run(run())


def test_all_that_were_refused_with_one_token_go_on_with_the_next(serve: Serve) -> None:
    credential = Credential()
    answers = ask(serve(accept("token 2")), credential, 8)
    assert all(isinstance(answer, Reply) for answer in answers)
    assert credential.given == 2


def test_where_the_next_is_refused_too_the_error_says_what_to_do(serve: Serve) -> None:
    credential = Credential()
    (failure,) = ask(serve(accept()), credential, 1)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.status, failure.retryable) == ("auth", 401, False)
    assert "az login" in failure.message
    assert credential.given == 2


@pytest.mark.parametrize("good", ["token 1", "token 2"])
def test_embeddings_are_signed_in_alike(serve: Serve, good: str) -> None:
    credential = Credential()
    token = CachedToken(credential, "scope")
    endpoint = AzureV1(
        f"{serve(accept(good))}/openai/v1/", "e", TokenProvider(token, forget=token.forget)
    )

    async def run() -> EmbeddingReply | Failure:
        model = endpoint.open_embedder()
        try:
            return await model.embed(EmbeddingRequest(PLACE, ("a",), 10.0))
        finally:
            await model.close()

    assert isinstance(asyncio.run(run()), EmbeddingReply)
    assert f"token {credential.given}" == good
