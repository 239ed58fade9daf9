"""Open a chat with a target of a spec."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from harness.app.deployed import find_missing
from harness.app.evaluation import NOT_DEPLOYED
from harness.app.ports import World
from harness.app.programs.chats import write_chat_program
from harness.app.specs.cloud_choice import NO_SPEC
from harness.errors import Diagnostic, OutsideError, RequestError, SpecError
from harness.exchange import PlainRequest, PlainResponse
from harness.playground.ports import ChatPorts, WireExchange
from harness.playground.session import ChatSession
from harness.playground.state import Chat, ChatAssertion
from harness.redaction.hiding import Redaction
from harness.run.targets import Target, select_targets
from harness.spec.formats.yaml import decode_text
from harness.spec.load import SpecFile
from harness.spec.ports import UnreadableError

NO_TARGET = "H944"
UNREADABLE = "H942"
_OF_OTHERS = frozenset({"conversations", "defaults", "variants", "simulator", "extends", "include"})
"""Keys of a spec that say nothing about an assertion on a reply."""
LARGEST_FILE = 1024 * 1024
"""Bytes of a file that can go into a message: no model's context holds more text."""


def open_chat(
    world: World,
    name: str | None,
    *,
    find_width: Callable[[], int] = lambda: 100,
    save: Callable[[Mapping[str, Any], str], SpecFile] | None = None,
) -> ChatSession:
    """Return a chat with a target that is there; nothing is sent to it yet.

    Args:
        world: the outside of the spec.
        name: the target's name; None for the only one.
        find_width: the columns of the screen.
        save: writes a conversation into the spec: see ``ChatPorts``.

    Raises:
        RequestError: there is no such target, or there are several and none is named.
        OutsideError: it is not deployed.
    """
    target = _choose_target(world, name)
    if find_missing(world, [target]):
        said = f"{target.name} is not deployed"
        hint = f"harness apply {shlex.quote(world.spec_file.path)}"
        raise OutsideError(Diagnostic(NOT_DEPLOYED, said, hint=hint))
    overheard: list[WireExchange] = []

    def overhear(request: PlainRequest, response: PlainResponse | None) -> None:
        overheard[:] = [WireExchange(request, response)]

    run = world.open_run_ports(overhear=overhear)
    ports = ChatPorts(
        run=run,
        read_file=lambda path: read_text(world, path),
        write_file=lambda path, text: world.archive.write(path, [text]),
        read_demand=lambda written: read_demand(world, written),
        find_wire=lambda: overheard[-1] if overheard else None,
        hide_secrets=Redaction({}).hide_text,
        find_width=find_width,
        save=save,
        write_code=partial(write_chat_program, world.spec_file, world.call_forms()),
    )
    system = world.spec_file.spec.evaluation.system
    return ChatSession(
        target,
        world.spec_file,
        ports,
        Chat(system=system),
        has_spec=world.spec_file.path != NO_SPEC,
        simulated=run.simulated(target),
    )


def _choose_target(world: World, name: str | None) -> Target:
    spec_file = world.spec_file
    targets = select_targets(spec_file.spec, [] if name is None else [name])
    if len(targets) == 1:
        return targets[0]
    known = ", ".join(target.name for target in targets)
    summary = f"{spec_file.path} has several targets, and a chat is with one"
    if name is not None:
        summary = f"{name} names several targets, and a chat is with one"
    raise RequestError(Diagnostic(NO_TARGET, summary, hint=f"targets: {known}"))


def read_text(world: World, path: str) -> str:
    """Return the text of a file of the project.

    Raises:
        RequestError: it is outside the project, cannot be read, is too large, or is no text.
    """
    try:
        data = world.reader.read(world.reader.resolve("chat", path), LARGEST_FILE)
    except UnreadableError as error:
        raise _refuse_file(path, error.reason, error.hint) from None
    if len(data) > LARGEST_FILE:
        raise _refuse_file(path, f"it is larger than {LARGEST_FILE // 1024:,} KiB")
    text, problem = decode_text(data, path)
    if problem is not None or "\0" in text:
        raise _refuse_file(path, "it is no text in UTF-8")
    return text


def _refuse_file(path: str, reason: str, hint: str = "") -> RequestError:
    return RequestError(Diagnostic(UNREADABLE, f"cannot read {path}: {reason}", hint=hint))


def read_demand(world: World, written: Any) -> ChatAssertion:
    """Read an assertion as the spec would, with its targets, judge and files.

    Args:
        world: the outside of the spec.
        written: as an author writes it: a name, or a mapping in the short form or the long one.

    Raises:
        SpecError: it is none; places are left out, as nobody wrote a file.
    """
    document = world.spec_file.document
    turn = {"user": "chat", "assert": [written]}
    asked = {
        **{key: value for key, value in document.items() if key not in _OF_OTHERS},
        "conversations": [{"id": "chat", "turns": [turn]}],
    }
    try:
        spec = world.read_instead(json.dumps(asked, ensure_ascii=False)).spec
    except SpecError as error:
        found = [
            Diagnostic(one.code, one.summary, one.detail, hint=one.hint)
            for one in error.diagnostics
        ]
        raise SpecError(found) from None
    return ChatAssertion(spec.conversations[0].turns[0].assertions[0], written)


def find_chats_folder(root: Path) -> Path:
    """Return the folder in which chats are kept: they are nobody else's business."""
    return root / ".harness" / "chats"
