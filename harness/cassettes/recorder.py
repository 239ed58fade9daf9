"""The way through vcrpy: its patches catch every request, and its cassette is this one.

Of vcrpy there are the patches of HTTP libraries and the making of their answers. Its way of
finding, ordering and saving exchanges is not used: it looks at every recorded exchange for every
request, and knows no turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final

from vcr.cassette import Cassette  # type: ignore[import-untyped]
from vcr.record_mode import RecordMode  # type: ignore[import-untyped]
from vcr.request import Request  # type: ignore[import-untyped]

from harness.cassettes.exchange import Received, Sent
from harness.cassettes.tape import Tape

NOT_OURS: Final = ("httplib", "requests", "urllib3", "boto3", "httplib2", "tornado", "httpx")
"""Libraries that models are not asked with; what commands say has a way of its own."""


@contextmanager
def intercepting(tape: Tape) -> Iterator[None]:
    """Let every request of this process pass by the tape, until the block ends.

    The patches are the process's: one such block at a time, around everything that sends.
    """
    with Recorder.use(path="", tape=tape, skip_patchers=NOT_OURS):
        yield


class Recorder(Cassette):  # type: ignore[misc]  # vcrpy has no types
    """vcrpy's idea of a cassette, with a tape behind it."""

    def __init__(self, tape: Tape, **given: Any) -> None:
        mode = RecordMode.NONE if tape.replays else RecordMode.NEW_EPISODES
        super().__init__(**given, record_mode=mode)
        self._tape = tape

    def filter_request(self, request: Request) -> Request | None:
        """The request when it is to be recorded; a replay lets none pass."""
        return request if self._tape.replays or self._tape.slot_of(_sent(request)) else None

    def can_play_response_for(self, request: Request) -> bool:
        """Whether the tape has the answer."""
        return self._tape.find(_sent(request))

    def play_response(self, request: Request) -> dict[str, Any]:
        """The answer, as vcrpy's stubs want it."""
        return _as_vcr(self._tape.play(_sent(request)))

    def append(self, request: Request, response: dict[str, Any]) -> None:
        """An answer that came."""
        self._tape.keep(_sent(request), _received(response))

    def find_requests_with_most_matches(self, request: Request) -> list[Any]:
        """What differs is said elsewhere."""
        del request
        return []

    def _load(self) -> None:
        """Nothing: files are opened when a trial needs them."""

    def _save(self, force: bool = False) -> None:
        """Nothing: files are written when a trial is through."""
        del force


def _sent(request: Request) -> Sent:
    """The request as a value; one and the same for one request, however often it is looked at."""
    known: Sent | None = getattr(request, "as_sent", None)
    if known is None:
        known = request.as_sent = _made(request)
    return known


def _made(request: Request) -> Sent:
    body = request.body
    if isinstance(body, str):
        body = body.encode()
    headers = {str(name).lower(): _text(value) for name, value in request.headers.items()}
    return Sent(request.method, request.uri, headers, body if isinstance(body, bytes) else b"")


def _received(response: dict[str, Any]) -> Received:
    headers = {
        str(name).lower(): ", ".join(map(_text, values))
        if isinstance(values, list)
        else _text(values)
        for name, values in response["headers"].items()
    }
    body = response["body"].get("string") or b""
    return Received(response["status"]["code"], headers, body)


def _as_vcr(received: Received) -> dict[str, Any]:
    try:
        reason = HTTPStatus(received.status).phrase
    except ValueError:
        reason = ""
    return {
        "status": {"code": received.status, "message": reason},
        "headers": {name: [value] for name, value in received.headers.items()},
        "body": {"string": received.body},
    }


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
