"""The base of endpoints: values that say where a target is, and open what answers there.

A subclass a kind, in the module of the kind.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from harness.conversation.ports import ChatModel, Embedder
from harness.providers.connections import Connections
from harness.providers.transport import Transport, Wrap

Run = Callable[[bytes, float], Awaitable[tuple[bytes, bytes, int]]]
"""Starts a program: what it is told and its seconds; its stdout, stderr and exit status."""


def _wrap_nothing(transport: Transport) -> Transport:
    return transport


def _wrap_no_program(run: Run, address: str) -> Run:
    del address
    return run


@dataclass(frozen=True, slots=True)
class Carrier:
    """The means by which requests leave this process.

    Attributes:
        connections: shared by several models and closed by whoever made them; without them a model
            has connections of its own.
        wrap: puts another transport around the live one, which records or replays.
        wrap_program: does the same with what starts a program, given the program's address.
    """

    connections: Connections | None = None
    wrap: Wrap = _wrap_nothing
    wrap_program: Callable[[Run, str], Run] = _wrap_no_program


LIVE = Carrier()
"""Nothing is recorded, and no connection is shared."""


class TargetModel(ChatModel, Protocol):
    """A model that can say what it had to send otherwise than asked."""

    @property
    def adapted(self) -> tuple[str, ...]:
        """Adaptations so far, in the order they were made: ``temperature dropped``."""
        ...


class Endpoint(ABC):
    """A place that answers conversations.

    Attributes:
        is_exact: all requests go to the address itself, none to a path beneath it.
    """

    __slots__ = ()
    is_exact: ClassVar[bool] = False

    @property
    @abstractmethod
    def address(self) -> str | None:
        """The URL that requests go to, or what stands for it; None where nothing is sent."""

    @abstractmethod
    def open(self, carrier: Carrier = LIVE) -> TargetModel:
        """Return the model that answers here. Nothing is sent before its first request."""


class EmbeddingEndpoint(ABC):
    """A place that embeds texts."""

    __slots__ = ()
    is_exact: ClassVar[bool] = False

    @property
    @abstractmethod
    def address(self) -> str | None:
        """The URL that requests go to; None where nothing is sent."""

    @abstractmethod
    def open_embedder(self, carrier: Carrier = LIVE) -> Embedder:
        """Return the model that embeds here. Nothing is sent before its first request."""
