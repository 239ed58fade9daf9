"""Models and transports that keep to themselves what they were told: their own credentials.

A server may repeat the key it was sent, in a reply, an error, a header, a stream. What is here
stands between whatever carries requests and everything that keeps or shows an answer, so that no
writer has to think of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from harness.conversation.ports import (
    ChatModel,
    Embedder,
    EmbeddingRequest,
    Hear,
    ReplyPiece,
    Request,
)
from harness.conversation.transcript import Answer, EmbeddingReply, Failure
from harness.exchange import PlainRequest
from harness.providers.auth import ApiKey, Auth, TokenProvider
from harness.providers.transport import OpenResponse, Transport
from harness.redaction.sent import SentSecrets

T = TypeVar("T")


class DiscreetTransport:
    """A transport around a live one: notes each credential, and hides it where it comes back."""

    def __init__(self, live: Transport, sent: SentSecrets) -> None:
        self._live = live
        self._sent = sent

    async def send(
        self, request: PlainRequest, *, auth: Auth | None = None, stream: bool = False
    ) -> OpenResponse:
        """Return the live transport's answer without the credential that was sent."""
        if isinstance(auth, ApiKey):
            self._sent.add(auth.value)
        try:
            answer = await self._live.send(request, auth=auth, stream=stream)
        except Exception:  # its words may hold what was sent
            await self._note_token(auth)
            raise
        await self._note_token(auth)
        headers = {name: self._sent.hide(value) for name, value in answer.headers.items()}
        return replace(answer, headers=headers, chunks=self._hide_chunks(answer.chunks))

    async def close(self) -> None:
        """Let go of the live transport's connections."""
        await self._live.close()

    async def _note_token(self, auth: Auth | None) -> None:
        if isinstance(auth, TokenProvider):
            with suppress(Exception):  # it was given a moment ago, and is kept by its source
                self._sent.add(await auth.token())

    async def _hide_chunks(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            yield self._sent.hide_bytes(chunk)


class DiscreetModel:
    """A model around another: no answer of it holds a credential, in one piece or in several."""

    def __init__(self, model: ChatModel, sent: SentSecrets) -> None:
        self._model = model
        self._sent = sent

    @property
    def adapted(self) -> tuple[str, ...]:
        """The parameters that the model was sent otherwise than asked."""
        return tuple(getattr(self._model, "adapted", ()))

    async def complete(self, request: Request) -> Answer:
        """Return the model's answer; pieces that are heard on its way are hidden alike."""
        if request.hear is None:
            return conceal(await self._model.complete(request), self._sent)
        pieces = _HeldPieces(request.hear, self._sent)
        answer = await self._model.complete(replace(request, hear=pieces.hear))
        pieces.end()
        return conceal(answer, self._sent)

    async def close(self) -> None:
        """Let go of the model's connections."""
        await self._model.close()


class DiscreetEmbedder:
    """An embedder around another: no failure of it holds a credential."""

    def __init__(self, embedder: Embedder, sent: SentSecrets) -> None:
        self._embedder = embedder
        self._sent = sent

    async def embed(self, request: EmbeddingRequest) -> EmbeddingReply | Failure:
        """Return the embedder's answer."""
        answer = await self._embedder.embed(request)
        return conceal(answer, self._sent) if isinstance(answer, Failure) else answer

    async def close(self) -> None:
        """Let go of the embedder's connections."""
        await self._embedder.close()


class _HeldPieces:
    """Pieces of a streamed answer, the last held back while it may be a credential's beginning."""

    def __init__(self, hear: Hear, sent: SentSecrets) -> None:
        self._hear = hear
        self._sent = sent
        self._held: dict[str, str] = {}

    def hear(self, piece: ReplyPiece) -> None:
        """Hear a piece, and pass on what can be told already."""
        if piece.kind == "begin":
            self._held.clear()
            self._hear(piece)
            return
        text = self._sent.hide(self._held.pop(piece.kind, "") + piece.text)
        told = len(text) - self._sent.count_begun(text)
        if told:
            self._hear(replace(piece, text=text[:told]))
        if text[told:]:
            self._held[piece.kind] = text[told:]

    def end(self) -> None:
        """Pass on what was held back: it was nothing."""
        for kind, text in self._held.items():
            self._hear(ReplyPiece(text, cast("Any", kind)))


def conceal(value: T, sent: SentSecrets) -> T:
    """Return a value with the credentials in all of its texts hidden; itself where it has none."""
    return cast("T", _conceal(value, sent))


def _conceal(value: Any, sent: SentSecrets) -> Any:
    if isinstance(value, str):
        return sent.hide(value)
    if type(value) in {tuple, list}:
        items = [_conceal(item, sent) for item in value]
        same = all(new is old for new, old in zip(items, value, strict=True))
        return value if same else type(value)(items)
    if isinstance(value, Mapping):
        pairs = {_conceal(name, sent): _conceal(item, sent) for name, item in value.items()}
        return value if pairs == value else pairs
    if is_dataclass(value) and not isinstance(value, type):
        old = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
        new = {name: _conceal(item, sent) for name, item in old.items()}
        changed = {name: item for name, item in new.items() if item is not old[name]}
        return replace(value, **changed) if changed else value
    return value
