"""An embeddings model behind the openai SDK, answering through the door of every other model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, Final

from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Reply, Usage
from harness.conversation.vectors import encode, unpack
from harness.providers.openai.chat import Refusal, SdkModel
from harness.providers.openai.completion import ResponseHead, in_band_error, protocol

_PATH: Final = "/embeddings"


class EmbeddingModel(SdkModel):
    """Embeds each message of a request; the reply's text is ``conversation.vectors.encode``'s."""

    async def _ask(self, request: Request) -> Answer:
        texts = [message.content or "" for message in request.messages]
        body = {"model": self._model, "input": texts, "encoding_format": "base64"}
        auth = self._endpoint.auth
        response = await self._post(_PATH, body)
        if isinstance(response, Refusal):
            failure = await self._signed_in_otherwise(auth, response.failure)
            if failure is not None:
                return failure
            response = await self._post(_PATH, body)
            if isinstance(response, Refusal):
                return response.failure
        answer = read_embeddings(await response.read(), response.received, len(texts))
        if isinstance(answer, Reply):
            return replace(answer, latency_s=perf_counter() - response.began)
        return answer


def read_embeddings(body: bytes, received: ResponseHead, count: int) -> Answer:
    """The vectors in the body of a 200, in the order of their texts, or what is wrong with it."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return protocol("the answer is not JSON", received)
    if not isinstance(document, dict):
        return protocol("expected embeddings, got something else", received)
    if document.get("error"):
        return in_band_error(document, received)
    try:
        vectors = _vectors(document.get("data"), count)
    except (ValueError, TypeError, OverflowError) as error:
        return protocol(f"the embeddings cannot be read: {error}", received)
    model, usage = document.get("model"), document.get("usage")
    return Reply(
        text=encode(vectors),
        finish_reason="stop",
        model=model if isinstance(model, str) else None,
        usage=_usage(usage),
        request_id=received.request_id,
    )


def _vectors(data: object, count: int) -> list[Sequence[float]]:
    if not isinstance(data, list) or not all(isinstance(one, Mapping) for one in data):
        raise ValueError("there is no `data`")
    if len(data) != count:
        raise ValueError(f"{count} texts were sent, and {len(data)} vectors came back")
    ordered = sorted(data, key=lambda one: one.get("index", 0))
    return [_vector(one.get("embedding")) for one in ordered]


def _vector(embedding: Any) -> Sequence[float]:
    """A vector as base64, which was asked for, or as numbers, which some servers send anyway."""
    if isinstance(embedding, str):
        return unpack(embedding)
    if not isinstance(embedding, list) or not embedding:
        raise ValueError("a vector is missing")
    return [float(number) for number in embedding]


def _usage(usage: object) -> Usage | None:
    sent = usage.get("prompt_tokens") if isinstance(usage, Mapping) else None
    return Usage(sent, 0) if isinstance(sent, int) and not isinstance(sent, bool) else None
