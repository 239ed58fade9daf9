"""Programs under test: what they were told, and what they wrote, is kept like an exchange."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

from harness.recording.session.recording_session import RecordingSession
from harness.recording.storage.exchange import Received, Sent

Run = Callable[[bytes, float], Awaitable[tuple[bytes, bytes, int]]]
"""Starts a program: what it is told and its seconds; its stdout, stderr and exit status."""


class NotRecordedError(Exception):
    """A replay starts no program."""


def taped_program(run: Run, url: str, tape: RecordingSession) -> Run:
    """A program whose starts pass by the tape; a replay starts nothing.

    Args:
        run: starts it.
        url: what stands for it in the cassette.
        tape: keeps and plays.
    """

    async def started(told: bytes, within_s: float) -> tuple[bytes, bytes, int]:
        sent = Sent("RUN", url, {"content-type": "application/json"}, told)
        if tape.find(sent):
            return _ended(tape.play(sent))
        if tape.replays:
            raise NotRecordedError
        said, printed, status = await run(told, within_s)
        tape.keep(sent, _received(said, printed, status))
        return said, printed, status

    return started


def _received(said: bytes, printed: bytes, status: int) -> Received:
    document = {"exit_status": status, **_text("stdout", said), **_text("stderr", printed)}
    return Received(200, body=json.dumps(document, ensure_ascii=False).encode())


def _ended(received: Received) -> tuple[bytes, bytes, int]:
    document = json.loads(received.body)
    return _bytes("stdout", document), _bytes("stderr", document), int(document["exit_status"])


def _text(name: str, written: bytes) -> dict[str, str]:
    try:
        return {name: written.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(written).decode()}


def _bytes(name: str, document: dict[str, Any]) -> bytes:
    if name in document:
        return str(document[name]).encode()
    return base64.b64decode(document[f"{name}_base64"])
