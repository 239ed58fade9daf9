"""The ports of a chat: everything that it needs from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.conversation.play import Script
from harness.exchange import PlainRequest, PlainResponse
from harness.playground.state import ChatAssertion
from harness.run.ports import RunPorts
from harness.run.targets import Target
from harness.spec.load import SpecFile


@dataclass(frozen=True, slots=True)
class WireExchange:
    """A request as it was sent and its answer; None where none came."""

    request: PlainRequest
    response: PlainResponse | None


@dataclass(frozen=True, slots=True)
class ChatPorts:
    """The outside of a chat.

    Attributes:
        run: models, clock, chance, code: those of an evaluation.
        read_file: the text of a file of the project, by its path; raises ``RequestError``.
        write_file: writes a file whole or not at all; raises ``OutsideError``.
        read_demand: an assertion as an author writes it in a spec (a text or a mapping); raises
            ``SpecError`` as the spec would.
        find_wire: what was last sent to a model and came back; None before.
        hide_secrets: returns a text without what looks like a secret.
        find_width: the columns of the screen.
        save: writes a conversation into the spec of the chat, and returns the spec as it is then;
            a chat without a spec needs the name of the file that is to be one, "" otherwise.
            Raises ``HarnessError`` where nothing was written. None where there is no way.
        write_code: returns the program that plays a script against a target, in the form that words
            say; raises ``RequestError``. None where there is no way.
    """

    run: RunPorts
    read_file: Callable[[str], str]
    write_file: Callable[[Path, str], None]
    read_demand: Callable[[Any], ChatAssertion]
    find_wire: Callable[[], WireExchange | None]
    hide_secrets: Callable[[str], str]
    find_width: Callable[[], int]
    save: Callable[[Mapping[str, Any], str], SpecFile] | None = None
    write_code: Callable[[Target, Script, tuple[str, ...]], str] | None = None
