"""What a recording remembers of its targets: merged from two branches, and never without end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from harness.errors import OutsideError
from harness.exchange import PlainRequest, PlainResponse
from harness.recording.maintenance.merging import settle
from harness.recording.session.recording_session import MOST_STATES, RecordingSession
from harness.recording.storage import codec
from harness.recording.storage.exchange import CommandSlot, RecordedExchange
from harness.recording.storage.folder import (
    Folder,
    Manifest,
    read_manifest,
)
from harness.recording.storage.library import Library
from harness.recording.storage.naming import MANAGEMENT, MANIFEST, name_target_file
from harness.recording.storage.texts import hash_text
from harness.redaction.hiding import Redaction

NAME = name_target_file("sweden/mini")
TODAY = date(2026, 11, 20)
BEGIN, OTHER_BEGIN = {"api": "chat"}, {"api": "responses"}
OLD, NEW, BOTH = {"lesson": "old"}, {"lesson": "new"}, {"lesson": "both"}


@contextmanager
def unlocked(path: Path) -> Iterator[None]:
    yield


def conflict(ours: str, theirs: str) -> str:
    return f"<<<<<<< ours\n{ours}=======\n{theirs}>>>>>>> theirs\n"


def unmerged(path: Path, sides: list[tuple[str, tuple[dict[str, Any], ...]]]) -> None:
    notes = [
        codec.dumps(codec.encode_target(codec.TargetNotes("sweden/mini", when, learned)))
        for when, learned in sides
    ]
    manifests = [Manifest("simulator", {NAME: hash_text(text)}).to_text() for text in notes]
    (path / NAME).parent.mkdir()
    (path / NAME).write_text(conflict(*notes), encoding="utf-8")
    (path / MANIFEST).write_text(conflict(*manifests), encoding="utf-8")


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(
    ("older", "learned"),
    [
        ((BEGIN, OLD, BOTH), (BEGIN, OLD, BOTH, NEW)),
        ((), (BEGIN, BOTH, NEW)),
        ((OTHER_BEGIN, OLD), (BEGIN, BOTH, NEW)),  # another model's lessons
    ],
)
def test_a_target_knows_after_a_merge_what_it_learned_on_the_older_branch(
    older: tuple[dict[str, Any], ...],
    learned: tuple[dict[str, Any], ...],
    swapped: bool,
    tmp_path: Path,
) -> None:
    sides = [("2026-11-20T08:00:00Z", older), ("2026-11-21T08:00:00Z", (BEGIN, BOTH, NEW))]
    unmerged(tmp_path, sides[::-1] if swapped else sides)
    settle(tmp_path, unlocked)
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    document = Folder(tmp_path, unlocked, manifest).read(NAME)
    assert document is not None
    assert codec.decode_target(document).learned == learned


def test_recordings_of_two_clouds_are_never_merged_into_one(tmp_path: Path) -> None:
    """Half a recording of each would be a recording of nothing; whoever reads it says so."""
    text = codec.dumps(codec.encode_target(codec.TargetNotes("sweden/mini", "2026", ())))
    (tmp_path / NAME).parent.mkdir()
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    files = {NAME: hash_text(text)}
    clouds = (Manifest("simulator", files).to_text(), Manifest("azure", files).to_text())
    unfinished = conflict(*clouds)
    (tmp_path / MANIFEST).write_text(unfinished, encoding="utf-8")
    settle(tmp_path, unlocked)
    assert (tmp_path / MANIFEST).read_text(encoding="utf-8") == unfinished
    with pytest.raises(OutsideError, match="two branches recorded into this cassette"):
        read_manifest(tmp_path)


def test_only_the_latest_states_of_a_target_are_kept(tmp_path: Path) -> None:
    """A model that wants something else every time would fill its file."""
    library = Library(Folder(tmp_path, unlocked, Manifest("simulator")), records=True)
    session = RecordingSession("all", library, Redaction({}), lambda: "2026-11-20T08:00:00Z")
    for number in range(3 * MOST_STATES):
        session.note_learned("sweden/mini", BEGIN, {"state": number})
    first, *latest = session.list_states("sweden/mini", BEGIN)
    assert first == BEGIN
    assert len(latest) == MOST_STATES + 1
    assert latest[-1] == {"state": 3 * MOST_STATES - 1}


def test_a_replay_waits_for_nothing_that_azure_asked_to_wait_for(tmp_path: Path) -> None:
    folder = Folder(tmp_path, unlocked, Manifest("simulator"))
    sent = PlainRequest(
        "GET", "https://management.azure.com/subscriptions/s/resourceGroups/g", {}, b""
    )
    headers = {
        "content-type": "application/json", "retry-after": "17", "retry-after-ms": "17000",
    }  # fmt: skip
    received = PlainResponse(429, headers, b"{}")
    exchange = RecordedExchange(CommandSlot("plan"), sent, received, 0.1)
    when = "2026-11-20T08:00:00Z"
    folder.write(MANAGEMENT, codec.encode_management([exchange], when, {"plan": when[:10]}), str)
    folder.list_written()
    session = RecordingSession(
        "replay", Library(folder, records=False), Redaction({}), lambda: when
    )
    with session.command("plan", TODAY):
        answer = session.commands.answer(sent)
    assert answer is not None
    assert answer.headers == {"content-type": "application/json"}
