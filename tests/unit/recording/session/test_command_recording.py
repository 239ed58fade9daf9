"""What a command said to the management plane: replaced by answers, never by an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from harness.errors import Diagnostic, OutsideError
from harness.exchange import PlainRequest, PlainResponse
from harness.recording.session.recording_session import RecordingSession
from harness.recording.storage.folder import Folder, Manifest, read_manifest
from harness.recording.storage.library import Library
from harness.redaction.hiding import Redaction

TODAY = date(2026, 11, 20)
SENT = PlainRequest("GET", "https://management.azure.com/subscriptions/s/resourceGroups/g")


@contextmanager
def unlocked(path: Path) -> Iterator[None]:
    yield


def record(path: Path, body: bytes, *, broken: bool) -> None:
    library = Library(Folder(path, unlocked, read_manifest(path) or Manifest()), records=True)
    session = RecordingSession("all", library, Redaction({}), lambda: "2026-11-20T08:00:00Z")
    with suppress(OutsideError), session.command("plan", TODAY):
        session.commands.keep(SENT, PlainResponse(200, {}, body), 0.1)
        if broken:
            raise OutsideError(Diagnostic("H900", "nobody is signed in"))
    session.close()


def replay(path: Path) -> bytes:
    library = Library(Folder(path, unlocked, read_manifest(path) or Manifest()), records=False)
    session = RecordingSession("replay", library, Redaction({}), str)
    with session.command("plan", TODAY):
        answer = session.commands.answer(SENT)
    assert answer is not None
    return answer.body


def test_a_command_that_failed_leaves_what_was_recorded_before(tmp_path: Path) -> None:
    record(tmp_path, b'{"n": 1}', broken=False)
    record(tmp_path, b'{"n": 2}', broken=True)
    assert replay(tmp_path) == b'{"n": 1}'
    record(tmp_path, b'{"n": 3}', broken=False)
    assert replay(tmp_path) == b'{"n": 3}'


def test_what_a_command_said_before_it_failed_is_kept_where_nothing_else_is(
    tmp_path: Path,
) -> None:
    record(tmp_path, b'{"n": 1}', broken=True)
    assert replay(tmp_path) == b'{"n": 1}'
