"""A command's cassette: opened for recording or replay, around everything that sends."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.errors import Diagnostic, OutsideError, RequestError
from harness.wiring.choice import CloudChoice
from harness.wiring.permissions import Permissions
from harness.wiring.recording.choice import Recording, to_record

if TYPE_CHECKING:
    from harness.recording.session.recording_session import RecordingSession
    from harness.recording.storage.folder import Folder
    from harness.spec.load import SpecFile


def open_replay(
    spec_file: SpecFile, permissions: Permissions, recording: Recording
) -> tuple[RecordingSession, CloudChoice, str]:
    """A tape to replay, the cloud that it was recorded on, and a line that says so.

    Raises:
        OutsideError: there is no recording, or it was changed.
        RequestError: another cloud was asked for.
    """
    from harness.recording.storage.folder import BrokenFileError, open_recorded, was_changed

    if recording.folder.is_file():
        from harness.wiring.recording.foreign import open_foreign

        return open_foreign(spec_file, permissions, recording)
    command = to_record(recording.command, spec_file.path, recording.folder)
    folder = open_recorded(recording.folder, listing_lock, record=command)
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
        when = _recorded_at(folder)
    except BrokenFileError as error:
        hint = f"bring it back from version control, or record it again: {command}"
        raise was_changed(f"{recording.folder}: {error}", hint) from error
    said = f"replay of {cloud or 'providers alone'}, recorded {when} in {recording.folder}"
    return _tape(spec_file, recording, folder, {}), choice, f"{said}; nothing leaves this machine"


def open_record(
    spec_file: SpecFile, choice: CloudChoice, recording: Recording, known: Mapping[str, str]
) -> RecordingSession:
    """A tape to record on; ``known`` is what ``of_this_machine`` found.

    Raises:
        RequestError: what is there was recorded on another cloud.
        OutsideError: what is there cannot be read.
    """
    from harness.recording.maintenance.merging import settle
    from harness.recording.storage.folder import open_to_record

    if recording.folder.is_file():
        from harness.wiring.recording.foreign import file_is_no_folder

        raise file_is_no_folder(recording)
    settle(recording.folder, listing_lock)
    folder = open_to_record(recording.folder, listing_lock, choice.name)
    return _tape(spec_file, recording, folder, known)


@contextmanager
def running(tape: RecordingSession) -> Iterator[None]:
    """Refuse sockets in a replay; at the end what was recorded is written."""
    from harness.recording.session.guard import no_sockets

    with no_sockets() if tape.replays else nullcontext():
        try:
            yield
        finally:
            tape.close()


def _tape(
    spec_file: SpecFile, recording: Recording, folder: Folder, known: Mapping[str, str]
) -> RecordingSession:
    from harness.recording.session.recording_session import RecordingSession
    from harness.recording.storage.library import Library
    from harness.redaction.hiding import Redaction

    library = Library(folder, records=not recording.replays)
    redaction = Redaction({**known, **_known(spec_file, folder.manifest.cloud)})
    again = partial(to_record, spec=spec_file.path, folder=recording.folder)
    return RecordingSession(recording.mode, library, redaction, _now, again)


def of_this_machine(
    spec_file: SpecFile, permissions: Permissions, simulator: str | None
) -> dict[str, str]:
    """List what only this machine knows, and what stands for it in a recording.

    That is where its simulator is, and what its environment put into the spec.
    """
    from harness.wiring.recording.placeholders import differences
    from harness.wiring.spec_files import read_spec_for_replay

    without = read_spec_for_replay(Path(spec_file.path), permissions)
    known = differences(spec_file.spec, without.spec)
    return known if simulator is None else {**known, simulator: SIMULATOR_STAND_IN}


def _known(spec_file: SpecFile, cloud: str | None) -> Mapping[str, str]:
    """Names of one's own that a recording does without, and what stands for them."""
    from harness.azure.clouds import CLOUDS

    known = {}
    suffixes = CLOUDS[cloud].suffixes if cloud in CLOUDS else ()
    for handle, account in spec_file.spec.accounts.items():
        for suffix in suffixes:
            known[f"{account.subdomain}.{suffix}"] = account_stand_in(handle)
    for handle, provider in spec_file.spec.providers.items():
        host = urlsplit(getattr(provider, "endpoint", "") or "").hostname
        if host and "$" not in host:
            known[host] = provider_stand_in(handle)
    return known


SIMULATOR_STAND_IN = "https://simulator.invalid"
"""The address that stands for the simulator's in a recording."""


def management_stand_in(cloud: str) -> str:
    """The address that stands for the management plane's in a recording of this cloud."""
    from harness.azure.clouds import CLOUDS

    return CLOUDS[cloud].arm if cloud in CLOUDS else SIMULATOR_STAND_IN


def account_stand_in(handle: str) -> str:
    """The host that stands for an account's in a recording."""
    from harness.fs.names import make_host_label

    return f"{make_host_label(handle)}.account.invalid"


def provider_stand_in(handle: str) -> str:
    """The host that stands for a provider's in a recording."""
    from harness.fs.names import make_host_label

    return f"{make_host_label(handle)}.provider.invalid"


def _recorded_at(folder: Folder) -> str:
    """The latest day that something was recorded."""
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
def listing_lock(path: Path) -> Iterator[None]:
    """Let one process at a time list what it wrote to a recording, and wait for the turn.

    The lock's file is in the project's ``.harness``, or, where the recording is in no project,
    hidden beside it: never in what is committed.

    Raises:
        OutsideError: the recording cannot be locked.
    """
    from harness.fs.locks import FileLock
    from harness.recording.storage.folder import DISK

    file = _lock_file(path.resolve())
    with ExitStack() as stack:
        try:
            stack.enter_context(FileLock(file)).take(wait=True)
        except OSError as error:
            raise OutsideError(
                Diagnostic(
                    DISK,
                    f"the recording cannot be locked: {error.strerror or error}",
                    str(file),
                    hint="make room, make the folder writable, or choose another with --cassette",
                )
            ) from error
        yield


def _lock_file(folder: Path) -> Path:
    """Return the file whose lock keeps other processes from a recording's manifest."""
    from hashlib import sha256

    from harness.store.files import MARKS

    for root in folder.parents:
        if any(os.path.lexists(root / mark) for mark in MARKS):
            name = sha256(os.fsencode(folder)).hexdigest()[:16]
            return root / ".harness" / "locks" / f"{name}.lock"
    return folder.with_name(f".{folder.name}.lock")
