"""A command's cassette: opened for recording or replay, around everything that sends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.app.recording import Recording, write_record_command
from harness.app.specs.cloud_choice import CloudChoice
from harness.app.specs.permissions import Permissions
from harness.errors import Diagnostic, OutsideError, RequestError

if TYPE_CHECKING:
    from harness.azure.roles import Principal
    from harness.recording.foreign.transcripts import ForeignConversations
    from harness.recording.session.recording_session import RecordingSession
    from harness.recording.storage.folder import Folder
    from harness.spec.load import SpecFile

LISTED_WITHIN_S, LOOK_S = 60.0, 0.02
"""Seconds in which a recording's other writer has listed what it wrote, and between two looks."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The recording and its facts, which a replay has in the place of everything outside.

    Attributes:
        choice: the cloud that it was recorded on.
        line: says what is replayed, for stderr.
        foreign: other people's recording, where that is what answers models.
    """

    session: RecordingSession
    choice: CloudChoice
    line: str
    foreign: ForeignConversations | None = None


def open_replay(spec_file: SpecFile, permissions: Permissions, recording: Recording) -> Replay:
    """Open what answers a command from its recording.

    Raises:
        OutsideError: there is no recording, or it was changed.
        RequestError: another cloud was asked for.
    """
    from harness.azure.roles import STAND_IN
    from harness.recording.storage.folder import BrokenFileError, make_changed_error, open_recorded
    from harness.wiring.recording.roles import list_role_names

    if recording.folder.is_file():
        return _open_foreign(spec_file, permissions, recording)
    command = write_record_command(recording.command, spec_file.path, recording.folder)
    folder = open_recorded(recording.folder, lock_listing, record=command)
    cloud = folder.manifest.cloud
    if permissions.cloud is not None and permissions.cloud != cloud:
        raise RequestError(
            Diagnostic(
                "H826",
                f"{recording.folder} was recorded on {cloud or 'no cloud'}, "
                f"not on {permissions.cloud}",
                hint="leave --cloud out, or name another recording with --cassette",
            )
        )
    choice = CloudChoice(cloud, f"recorded in {recording.folder}")
    try:
        when = _find_latest_day(folder)
    except BrokenFileError as error:
        hint = f"bring it back from version control, or record it again: {command}"
        raise make_changed_error(f"{recording.folder}: {error}", hint) from error
    said = f"replay of {cloud or 'providers alone'}, recorded {when} in {recording.folder}"
    known = list_role_names(spec_file.spec, STAND_IN)
    session = _open_session(spec_file, recording, folder, known)
    return Replay(session, choice, f"{said}; nothing leaves this machine")


def _open_foreign(spec_file: SpecFile, permissions: Permissions, recording: Recording) -> Replay:
    """Open other people's recording: it answers models, and of commands it holds nothing."""
    from harness.recording.session.recording_session import RecordingSession
    from harness.recording.storage.folder import Folder, Manifest
    from harness.recording.storage.library import Library
    from harness.redaction.hiding import Redaction
    from harness.wiring.recording.foreign import choose_foreign_cloud, open_foreign

    conversations = open_foreign(recording)
    empty = Library(Folder(recording.folder, lock_listing, Manifest()), records=False)
    session = RecordingSession("replay", empty, Redaction({}), _now)
    choice = choose_foreign_cloud(spec_file, permissions, recording)
    line = f"replay of {recording.folder}; nothing leaves this machine"
    return Replay(session, choice, line, conversations)


def open_record(
    spec_file: SpecFile, choice: CloudChoice, recording: Recording, known: Mapping[str, str]
) -> RecordingSession:
    """Open a session that records; ``known`` is what ``find_machine_names`` found.

    Raises:
        RequestError: what is there was recorded on another cloud.
        OutsideError: what is there cannot be read.
    """
    from harness.recording.maintenance.merging import settle
    from harness.recording.storage.folder import open_to_record

    if recording.folder.is_file():
        from harness.wiring.recording.foreign import refuse_to_record

        raise refuse_to_record(recording)
    settle(recording.folder, lock_listing)
    replaces = recording.replaces
    folder = open_to_record(recording.folder, lock_listing, choice.name, replaces=replaces)
    return _open_session(spec_file, recording, folder, known)


@contextmanager
def run_session(session: RecordingSession) -> Iterator[None]:
    """Refuse sockets in a replay; at the end what was recorded is written."""
    from harness.recording.session.guard import refuse_sockets

    with refuse_sockets() if session.replays else nullcontext():
        try:
            yield
        finally:
            session.close()


def _open_session(
    spec_file: SpecFile, recording: Recording, folder: Folder, known: Mapping[str, str]
) -> RecordingSession:
    from harness.recording.session.recording_session import RecordingSession
    from harness.recording.storage.library import Library
    from harness.redaction.hiding import Redaction

    library = Library(folder, records=not recording.replays)
    own = _find_placeholders(spec_file, folder.manifest.cloud)
    redaction = Redaction({**known, **own})
    again = partial(write_record_command, spec=spec_file.path, folder=recording.folder)
    return RecordingSession(recording.mode, library, redaction, _now, again)


def find_machine_names(
    spec_file: SpecFile,
    permissions: Permissions,
    simulator: str | None,
    caller: Principal | None,
) -> dict[str, str]:
    """List what only this machine knows, and what stands for it in a recording.

    That is where its simulator is, who is signed in, and what its environment put into the spec.
    """
    from harness.app.specs.placeholders import find_differences
    from harness.wiring.recording.roles import list_role_names
    from harness.wiring.spec_files import read_spec_for_replay

    without = read_spec_for_replay(Path(spec_file.path), permissions)
    known = {
        **list_role_names(spec_file.spec, caller),
        **find_differences(spec_file.spec, without.spec),
    }
    return known if simulator is None else {**known, simulator: SIMULATOR_PLACEHOLDER}


def _find_placeholders(spec_file: SpecFile, cloud: str | None) -> Mapping[str, str]:
    """Return names of one's own that a recording does without, and what stands for them."""
    from harness.azure.clouds import CLOUDS

    known = {}
    suffixes = CLOUDS[cloud].suffixes if cloud in CLOUDS else ()
    for handle, account in spec_file.spec.accounts.items():
        for suffix in suffixes:
            known[f"{account.subdomain}.{suffix}"] = name_account_placeholder(handle)
    for handle, provider in spec_file.spec.providers.items():
        host = urlsplit(getattr(provider, "endpoint", "") or "").hostname
        if host and "$" not in host:
            known[host] = name_provider_placeholder(handle)
    return known


SIMULATOR_PLACEHOLDER = "https://simulator.invalid"
"""The address that stands for the simulator's in a recording."""


def name_management_placeholder(cloud: str) -> str:
    """Return the address that stands for the management plane's in a recording of this cloud."""
    from harness.azure.clouds import CLOUDS

    return CLOUDS[cloud].arm if cloud in CLOUDS else SIMULATOR_PLACEHOLDER


def name_account_placeholder(handle: str) -> str:
    """Return the host that stands for an account's in a recording."""
    from harness.fs.names import make_host_label

    return f"{make_host_label(handle)}.account.invalid"


def name_provider_placeholder(handle: str) -> str:
    """Return the host that stands for a provider's in a recording."""
    from harness.fs.names import make_host_label

    return f"{make_host_label(handle)}.provider.invalid"


def _find_latest_day(folder: Folder) -> str:
    """Return the latest day that something was recorded."""
    from harness.recording.storage.naming import MANAGEMENT, TARGETS

    days = []
    for name in folder.manifest.files:
        if name == MANAGEMENT or name.startswith(f"{TARGETS}/"):
            document = folder.read(name)
            days.append(str((document or {}).get("recorded_at", ""))[:10])
    return max(days, default="") or "at an unknown time"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@contextmanager
def lock_listing(path: Path) -> Iterator[None]:
    """Let one process at a time list what it wrote to a recording, and wait for the turn.

    The lock's file is in the project's ``.harness``, or, where the recording is in no project,
    hidden beside it: never in what is committed.

    Raises:
        OutsideError: the recording cannot be locked.
    """
    from harness.fs.holders import NamedLock
    from harness.recording.storage.folder import DISK

    file = _find_lock_file(path.resolve())
    with ExitStack() as stack:
        try:
            lock = stack.enter_context(NamedLock(file))
            until = time.monotonic() + LISTED_WITHIN_S
            while not (taken := lock.take()) and time.monotonic() < until:
                time.sleep(LOOK_S)
        except OSError as error:
            raise OutsideError(
                Diagnostic(
                    DISK,
                    f"the recording cannot be locked: {error.strerror or error}",
                    str(file),
                    hint="make room, make the folder writable, or choose another with --cassette",
                )
            ) from error
        if not taken:
            raise OutsideError(
                Diagnostic(
                    DISK,
                    f"the recording is being written by {lock.name_holder()}",
                    f"waited {LISTED_WITHIN_S:g} s for {file}",
                    hint="end that command if it hangs; it holds the recording for moments only",
                )
            )
        yield


def _find_lock_file(folder: Path) -> Path:
    """Return the file whose lock keeps other processes from a recording's manifest."""
    from hashlib import sha256

    from harness.store.files import MARKS

    for root in folder.parents:
        if any(os.path.lexists(root / mark) for mark in MARKS):
            name = sha256(os.fsencode(folder)).hexdigest()[:16]
            return root / ".harness" / "locks" / f"{name}.lock"
    return folder.with_name(f".{folder.name}.lock")
