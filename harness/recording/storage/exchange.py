"""The content of a cassette: requests and their answers, each in its slot."""

from __future__ import annotations

from dataclasses import dataclass

from harness.conversation.ports import Place
from harness.exchange import PlainRequest, PlainResponse


@dataclass(frozen=True, slots=True)
class CommandSlot:
    """A command that spoke to the management plane: ``plan``, ``apply``, ``verify``, ``destroy``.

    Its exchanges have no finer slot than that: it is their method, URL and body, in the order in
    which equal ones were sent, that tell them apart.
    """

    name: str


Slot = Place | CommandSlot
"""The sender of a request: a turn (or a check of it) of a trial, or a command."""


@dataclass(frozen=True, slots=True)
class RecordedExchange:
    """One request and its answer.

    Attributes:
        slot: who sent it.
        latency_s: wall-clock seconds from sending to the last byte, when it was recorded.
        lesson: the answer was a refusal that taught the client to ask otherwise (a parameter, an
            API, a sign-in). What was learned is kept with the target, so a replay never asks this.
        restored: something of the answer was hidden when it was recorded, and comes back when it
            is played.
    """

    slot: Slot
    sent: PlainRequest
    received: PlainResponse
    latency_s: float
    lesson: bool = False
    restored: bool = False
