"""The one door through which a conversation reaches a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from harness.conversation.transcript import Answer, Message


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
class Request:
    """A request to a model: it holds the whole history, every time.

    ``parameters`` holds the contract's names (``max_output_tokens``), not the wire's.
    ``variables`` and ``user`` serve targets that are applications and fill a body of their own.
    """

    place: Place
    messages: tuple[Message, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    tools: tuple[Any, ...] = ()
    stream: bool = False
    deadline_s: float = 120.0
    user: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)


class ChatModel(Protocol):
    """A target that answers.

    One call is one attempt: retrying, queueing and journalling belong to the run. Implementations
    never raise for what the other side did: that is a ``Failure``. They own a wall-clock deadline
    (``request.deadline_s``) because the SDK's timeout is per read.
    """

    async def complete(self, request: Request) -> Answer:
        """The answer to this request, or why there is none."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
