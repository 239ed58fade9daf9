"""The ports to models: one that answers, and one that embeds texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

from harness.conversation.history import estimate_messages, estimate_texts
from harness.conversation.transcript import Answer, EmbeddingReply, Failure, Message

ASSUMED_OUTPUT_TOKENS = 4096
"""The tokens that a reply may have where ``max_output_tokens`` does not say."""


@dataclass(frozen=True, slots=True)
class Place:
    """The position of a request in an evaluation; recordings and journals use it as a key.

    ``turn`` and ``round`` count from 1 (a round is one request of a turn; tool results start the
    next), ``repeat`` from 1. A request that a check makes says which: ``check`` is its number among
    the turn's, from 1 (``2.1`` inside a set), and ``turn`` 0 means the conversation's own checks.
    """

    target: str
    conversation: str
    case: str | None
    variant: str
    repeat: int
    turn: int
    round: int = 1
    check: str = ""


@dataclass(frozen=True, slots=True)
class ReplyPiece:
    """A piece of an answer on its way: of the reply, or of what the model tells of its reasoning.

    ``begin`` has no text: the request is sent, for the first time or again.
    """

    text: str
    kind: Literal["text", "reasoning", "begin"] = "text"


Hear = Callable[[ReplyPiece], None]
"""Gets the pieces of a streamed answer as they come."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a model: it holds the whole history, every time.

    ``parameters`` holds the contract's names (``max_output_tokens``), not the wire's.
    ``variables`` and ``user`` serve targets that are applications and fill a body of their own.
    ``hear`` gets a streamed answer piece by piece, from models that can tell.
    """

    place: Place
    messages: tuple[Message, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    tools: tuple[Any, ...] = ()
    stream: bool = False
    deadline_s: float = 120.0
    user: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    hear: Hear | None = field(default=None, compare=False, repr=False)

    @property
    def most_tokens(self) -> tuple[int, int]:
        """About how many tokens are sent, and the most that may come back."""
        most = self.parameters.get("max_output_tokens") or ASSUMED_OUTPUT_TOKENS
        return estimate_messages(self.messages), int(most)


@dataclass(frozen=True, slots=True)
class EmbeddingRequest:
    """A request to an embeddings model: texts, each of which becomes a vector."""

    place: Place
    texts: tuple[str, ...]
    deadline_s: float = 120.0

    @property
    def most_tokens(self) -> tuple[int, int]:
        """About how many tokens are sent; none come back."""
        return estimate_texts(self.texts), 0


RequestT = TypeVar("RequestT", bound=Request | EmbeddingRequest)


class ChatModel(Protocol):
    """A target that answers.

    One call is one attempt: retrying, queueing and journalling belong to the run. Implementations
    never raise for what the other side did: that is a ``Failure``. They own a wall-clock deadline
    (``request.deadline_s``) because the SDK's timeout is per read.
    """

    async def complete(self, request: Request) -> Answer:
        """Return the answer to this request, or why there is none."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Embedder(Protocol):
    """A target that embeds texts.

    As with a ``ChatModel`` one call is one attempt, it owns its deadline, and what the other side
    did is a ``Failure``, never an exception.
    """

    async def embed(self, request: EmbeddingRequest) -> EmbeddingReply | Failure:
        """Return a vector for each text, in their order, or why there are none."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
