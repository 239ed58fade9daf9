"""Answers that come packed, though nobody asked for it, are measured by what they unpack to."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
from aiohttp import web

from harness.conversation.transcript import Failure, Reply
from harness.providers import ApiKey, OpenAIEndpoint
from tests.unit.providers.conftest import Ask, Serve


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("form", ["gzip", "deflate"])
def test_what_unpacks_to_more_than_any_answer_has_is_refused(
    serve: Serve, ask: Ask, form: str, status: int, stream: bool
) -> None:
    failure = ask(_make_endpoint(serve, form, b" " * (17 * 2**20), status), stream=stream)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.message) == ("protocol", "the answer is larger than 16 MB")


@pytest.mark.parametrize("form", ["gzip", "deflate"])
def test_an_answer_that_is_packed_is_read(serve: Serve, ask: Ask, form: str) -> None:
    text = "x" * 2**20
    message = {"role": "assistant", "content": text}
    body = {"choices": [{"index": 0, "finish_reason": "stop", "message": message}]}
    reply = ask(_make_endpoint(serve, form, json.dumps(body).encode()))
    assert isinstance(reply, Reply)
    assert reply.text == text


def _make_endpoint(serve: Serve, form: str, body: bytes, status: int = 200) -> OpenAIEndpoint:
    packed = gzip.compress(body) if form == "gzip" else zlib.compress(body)

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=packed, headers={"Content-Encoding": form})

    return OpenAIEndpoint(f"{serve(answer)}/v1", "m", ApiKey("k-1"))
