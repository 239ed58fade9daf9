"""Each kind of broken answer, by the Responses API and of embeddings, read by our own models."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from harness.conversation.ports import EmbeddingRequest, Place, Request
from harness.conversation.transcript import EmbeddingReply, Failure, Message, Reply
from harness.providers import ApiKey, AzureV1, Carrier, Connections, v1_base_url
from harness.simulator.malformed import KINDS

Start = Callable[..., Any]
PLACE = Place("contoso/mini", "c", None, "default", 1, 1)
MODELS = {
    "mini": ("gpt-4.1-mini", "2025-04-14"),
    "embed": ("text-embedding-3-small", "1"),
}

WHOLE = tuple(kind for kind, row in KINDS.items() if row.of_stream is not True)
STREAMED = tuple(kind for kind, row in KINDS.items() if row.of_stream is not False)
GOOD = {"text-numbers", "lone-surrogate", "filter-error"}
"""Whole answers that are a reply all the same; of vectors, which hold no words, see below."""
GOOD_STREAMS = {"no-done", "after-end", "crlf", "byte-chunks", "comments", "no-space"}


def start_each(start: Start, operation: str, kinds: tuple[str, ...]) -> Any:
    """Start an account where the n-th request gets the n-th kind."""
    faults = [{"operation": operation, "malform": kind, "times": 1} for kind in kinds]
    return start(faults=faults, deployments=MODELS)


def ask(azure: Any, count: int, *, stream: bool) -> list[Any]:
    endpoint = AzureV1(v1_base_url(azure.base), "mini", ApiKey(azure.token), api="responses")
    request = Request(PLACE, (Message("user", "Hi"),), {}, stream=stream, deadline_s=20.0)

    async def run() -> list[Any]:
        connections = Connections()
        model = endpoint.open(Carrier(connections))
        try:
            return [await model.complete(request) for _ in range(count)]
        finally:
            await connections.close()

    return asyncio.run(run())


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
def test_a_response_that_is_broken_is_no_reply(start: Start, stream: bool) -> None:
    kinds = STREAMED if stream else WHOLE
    answers = ask(start_each(start, "responses", kinds), len(kinds), stream=stream)
    replied = {kind for kind, answer in zip(kinds, answers, strict=True) if type(answer) is Reply}
    assert replied == (GOOD_STREAMS if stream else GOOD)
    failures = [answer for answer in answers if isinstance(answer, Failure)]
    assert {failure.kind for failure in failures} <= {"protocol", "connection", "server"}


def test_vectors_that_are_broken_are_none(start: Start) -> None:
    azure = start_each(start, "embeddings", WHOLE)
    endpoint = AzureV1(v1_base_url(azure.base), "embed", ApiKey(azure.token))

    async def run() -> list[Any]:
        model = endpoint.open_embedder()
        try:
            return [await model.embed(EmbeddingRequest(PLACE, ("a",), 20.0)) for _ in WHOLE]
        finally:
            await model.close()

    answers = asyncio.run(run())
    kinds = {kind for kind, one in zip(WHOLE, answers, strict=True) if type(one) is EmbeddingReply}
    assert kinds <= {"text-numbers", "filter-error"}
    failures = [answer for answer in answers if isinstance(answer, Failure)]
    assert {failure.kind for failure in failures} == {"protocol", "connection"}
