"""An embeddings model behind the openai SDK."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any, Final

from harness.conversation.ports import EmbeddingRequest
from harness.conversation.transcript import EmbeddingReply, Failure, Usage, Vector
from harness.conversation.vectors import round_vector, unpack
from harness.providers.limits import read_limit_headers
from harness.providers.openai.client import Refusal, SdkClient, within
from harness.providers.openai.completion import (
    ResponseHead,
    make_protocol_failure,
    read_error,
    read_object,
)
from harness.providers.openai.endpoints import SdkEndpoint
from harness.providers.transport import Transport
from harness.text.numbers import is_number

_PATH: Final = "/embeddings"


class EmbeddingModel:
    """An ``Embedder`` that asks for all texts of a request at once."""

    def __init__(self, endpoint: SdkEndpoint, transport: Transport) -> None:
        self._client = SdkClient(endpoint, transport)

    async def embed(self, request: EmbeddingRequest) -> EmbeddingReply | Failure:
        """Make one attempt; one more where the account's key is to be used instead of a token."""
        return await within(request.deadline_s, self._ask(request.texts))

    async def close(self) -> None:
        """Let go of connections, unless they belong to somebody else."""
        await self._client.close()

    async def _ask(self, texts: tuple[str, ...]) -> EmbeddingReply | Failure:
        model, auth = self._client.endpoint.named_model, self._client.auth
        body = {"model": model, "input": list(texts), "encoding_format": "base64"}
        response = await self._client.post(_PATH, body)
        if isinstance(response, Refusal):
            failure = await self._client.sign_in_otherwise(auth, response.failure)
            if failure is not None:
                return failure
            response = await self._client.post(_PATH, body)
            if isinstance(response, Refusal):
                return response.failure
        answer = read_embeddings(await response.read(), response.received, len(texts))
        if isinstance(answer, Failure):
            return answer
        limits = read_limit_headers(response.headers, refused=False)
        return replace(answer, latency_s=perf_counter() - response.began, limits=limits)


def read_embeddings(body: bytes, received: ResponseHead, count: int) -> EmbeddingReply | Failure:
    """Return the vectors in the body of a 200, in the order of their texts, or what is wrong."""
    document = read_object(body, received, "embeddings")
    if isinstance(document, Failure):
        return document
    if document.get("error"):
        return read_error(document, received)
    try:
        vectors = _read_vectors(document.get("data"), count)
    except (ValueError, TypeError, OverflowError) as error:
        return make_protocol_failure(f"the embeddings cannot be read: {error}", received)
    model = document.get("model")
    return EmbeddingReply(
        vectors=vectors,
        model=model if isinstance(model, str) else None,
        usage=_read_usage(document.get("usage")),
        request_id=received.request_id,
    )


def _read_vectors(data: object, count: int) -> tuple[Vector, ...]:
    if not isinstance(data, list) or not all(isinstance(one, Mapping) for one in data):
        raise ValueError("there is no `data`")
    if len(data) != count:
        raise ValueError(f"{count} texts were sent, and {len(data)} vectors came back")
    ordered = sorted(data, key=lambda one: one.get("index", 0))
    return tuple(_read_vector(one.get("embedding")) for one in ordered)


def _read_vector(embedding: Any) -> Vector:
    """Read a vector as base64, which was asked for, or as numbers, which some servers send."""
    if isinstance(embedding, str):
        return unpack(embedding)
    if not isinstance(embedding, list) or not embedding:
        raise ValueError("a vector is missing")
    return round_vector([float(number) for number in embedding])


def _read_usage(usage: object) -> Usage | None:
    """Read the tokens of texts; texts have some, so that 0 is as good as nothing."""
    sent = usage.get("prompt_tokens") if isinstance(usage, Mapping) else None
    return Usage(sent, 0) if is_number(sent) and isinstance(sent, int) and sent > 0 else None
