"""Keep the last chat with each target, so that another process goes on with it."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from harness.app.playground.opening import find_chats_folder, read_demand
from harness.app.ports import World
from harness.conversation.transcript import Usage
from harness.errors import Diagnostic, RequestError, SpecError
from harness.playground.asking import CHAT
from harness.playground.session import ChatSession
from harness.playground.state import Chat, ChatAssertion, ChatSpending, ChatTurn
from harness.results.codec import decode_result, encode_result
from harness.results.model import Result, TrialId

FORMAT_VERSION = 1
NOTHING_KEPT = "H945"


def find_chat_file(world: World, target: str, address: str = "") -> Path:
    """Return the file of the last chat with a target of this spec, or at this URL."""
    spec = world.spec_file
    whose = address or str(Path(spec.path).resolve())
    digest = hashlib.sha256(f"{whose}\n{target}".encode()).hexdigest()[:12]
    name = re.sub(r"[^\w.-]+", "-", target)
    return find_chats_folder(world.root) / f"{name}-{digest}.json"


def keep_chat(world: World, session: ChatSession, file: Path) -> None:
    """Write a chat, for ``restore_chat``; what looks like a secret in it is left out.

    Raises:
        OutsideError: the disk refused.
    """
    chat = session.chat
    trial = TrialId(CHAT, None, session.target.name, "default", 1)
    turns = tuple(turn.judged for turn in chat.turns)
    usage = chat.spent.usage
    document = {
        "format_version": FORMAT_VERSION,
        "target": session.target.name,
        "system": chat.system,
        "parameters": chat.parameters,
        "session": chat.session,
        "asserted": [[one.written for one in turn.demands] for turn in chat.turns],
        "stopped": [turn.stopped for turn in chat.turns],
        "spent": {
            "usage": None if usage is None else [usage.input_tokens, usage.output_tokens],
            "usd": chat.spent.usd,
        },
        "result": json.loads(encode_result(Result(trial, "", "passed", None, turns))),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    world.archive.write(file, [session.ports.hide_secrets(text), "\n"])


def restore_chat(world: World, session: ChatSession, file: Path) -> None:
    """Put the last chat with the target into the session.

    Raises:
        RequestError: there is none, or the file is none that this version can read.
    """
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        version = document["format_version"]
        result = decode_result(json.dumps(document["result"]))
        session.chat = _read_chat(world, {FORMAT_VERSION: document}[version], result)
    except FileNotFoundError:
        summary = f"there is no chat with {session.target.name} to go on with"
        raise RequestError(Diagnostic(NOTHING_KEPT, summary, hint="leave -c out")) from None
    except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError):
        summary = f"the last chat with {session.target.name} cannot be read"
        hint = "leave -c out: the new chat takes its place"
        raise RequestError(Diagnostic(NOTHING_KEPT, summary, str(file), hint=hint)) from None


def _read_chat(world: World, document: dict[str, Any], result: Result) -> Chat:
    asserted, stopped = document["asserted"], document["stopped"]
    usage = document["spent"]["usage"]
    turns = [
        ChatTurn(judged, _read_demands(world, asserted[number]), bool(stopped[number]))
        for number, judged in enumerate(result.turns)
    ]
    return Chat(
        system=document["system"],
        parameters=dict(document["parameters"]),
        turns=turns,
        session=document["session"],
        spent=ChatSpending(None if usage is None else Usage(*usage), document["spent"]["usd"]),
    )


def _read_demands(world: World, written: list[Any]) -> tuple[ChatAssertion, ...]:
    """Read a turn's assertions again; what the spec no longer allows is left out."""
    found = []
    for one in written:
        try:
            found.append(read_demand(world, one))
        except SpecError:
            continue
    return tuple(found)
