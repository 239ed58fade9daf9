"""Programs under test: what they were told, and what they wrote, is kept like an exchange."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

from harness.exchange import PlainRequest, PlainResponse
from harness.recording.session.recording_session import RecordingSession

Run = Callable[[bytes, float], Awaitable[tuple[bytes, bytes, int]]]
"""Starts a program: what it is told and its seconds; its stdout, stderr and exit status."""


class NotRecordedError(Exception):
    """A replay starts no program."""


def record_program(run: Run, url: str, session: RecordingSession) -> Run:
    """Return a program whose starts pass by the session; a replay starts nothing.

    Args:
        run: starts it.
        url: what stands for it in the cassette.
        session: keeps and plays.
    """

    async def start(told: bytes, within_s: float) -> tuple[bytes, bytes, int]:
        sent = PlainRequest("RUN", url, {"content-type": "application/json"}, told)
        if session.find(sent):
            return _from_response(session.play(sent))
        if session.replays:
            raise NotRecordedError
        said, printed, status = await run(told, within_s)
        session.keep(sent, _to_response(said, printed, status))
        return said, printed, status

    return start


def _to_response(said: bytes, printed: bytes, status: int) -> PlainResponse:
    document = {
        "exit_status": status,
        **_encode_text("stdout", said),
        **_encode_text("stderr", printed),
    }
    return PlainResponse(200, body=json.dumps(document, ensure_ascii=False).encode())


def _from_response(received: PlainResponse) -> tuple[bytes, bytes, int]:
    document = json.loads(received.body)
    return (
        _decode_text("stdout", document),
        _decode_text("stderr", document),
        int(document["exit_status"]),
    )


def _encode_text(name: str, written: bytes) -> dict[str, str]:
    try:
        return {name: written.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(written).decode()}


def _decode_text(name: str, document: dict[str, Any]) -> bytes:
    if name in document:
        return str(document[name]).encode()
    return base64.b64decode(document[f"{name}_base64"])
