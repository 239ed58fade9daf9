"""The files of a cassette in use: opened when a trial needs them, let go when it is over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final, TypeVar

from harness.conversation.ports import Place
from harness.errors import Diagnostic, OutsideError
from harness.recording.storage import codec
from harness.recording.storage.folder import SECRET, BrokenFileError, Folder
from harness.recording.storage.naming import MANAGEMENT, name_target_file, name_trial_file
from harness.recording.storage.recorded_file import RecordedFile
from harness.redaction.finding import scan

T = TypeVar("T")
Document = dict[str, Any]

LIST_EVERY_S: Final = 2.0
"""Between two manifests while recording: what a kill leaves unlisted is recorded again."""


@dataclass(slots=True)
class Library:
    """Recorded files by their path, and what is known of targets.

    Attributes:
        records: whether files that cannot be read are recorded anew, instead of complained about.
        used: paths that a trial has asked for.
        days: by command, which day it was when it was recorded; known once its file is.
    """

    folder: Folder
    records: bool
    used: set[str] = field(default_factory=set)
    days: dict[str, str] = field(default_factory=dict)
    _files: dict[str, RecordedFile] = field(default_factory=dict)
    _kept: set[str] = field(default_factory=set)
    _listed_at: float = field(default_factory=monotonic)

    def find_file(self, place: Place) -> RecordedFile:
        """Return the file of a place's trial.

        Raises:
            BrokenFileError: its file is not as it was recorded.
        """
        path = name_trial_file(place)
        file = self._files.get(path)
        if file is None:
            self.used.add(path)
            file = self._files[path] = self._open(path, place)
        return file

    def _open(self, path: str, place: Place) -> RecordedFile:
        try:
            if path in self._kept:  # by now it may be another process's, which recorded the same
                return _decode_trials(path, self.folder.read_now(path), place)
            document = self.folder.read(path)
            if document is None:
                return RecordedFile()
            return _decode_trials(path, document, place)
        except BrokenFileError:
            if self.records:
                return RecordedFile(changed=True)
            raise

    def finish_trial(self, place: Place) -> None:
        """End a trial: what it recorded is written once no other repeat of it is going on."""
        path = name_trial_file(place)
        file = self._files.get(path)
        if file is None or file.open:
            return
        del self._files[path]
        if self.records and file.changed:
            self._keep_trials(path, place, file)
            if monotonic() - self._listed_at > LIST_EVERY_S:
                self.folder.list_written()
                self._listed_at = monotonic()

    def open_management(self) -> RecordedFile:
        """Return the recorded requests to the management plane.

        Raises:
            BrokenFileError: its file is not as it was recorded.
        """
        if MANAGEMENT not in self._files:
            try:
                document = self.folder.read(MANAGEMENT)
                found = (
                    _decode_file(MANAGEMENT, codec.decode_management, document) if document else []
                )
            except BrokenFileError:
                if not self.records:
                    raise
                found = []
            else:
                self.days = codec.decode_days(document) if document else {}
            self._files[MANAGEMENT] = RecordedFile.from_exchanges(found)
        return self._files[MANAGEMENT]

    def keep_management(self, recorded_at: str) -> None:
        """Write what commands said."""
        file = self.open_management()
        document = codec.encode_management(file.exchanges, recorded_at, self.days)
        self._write(MANAGEMENT, document)

    def read_notes(self, target: str) -> codec.TargetNotes | None:
        """Return the notes on a target; None when there are none.

        Raises:
            BrokenFileError: its file is not as it was recorded.
        """
        path = name_target_file(target)
        try:
            document = self.folder.read(path)
            return _decode_file(path, codec.decode_target, document) if document else None
        except BrokenFileError:
            if self.records:
                return None
            raise

    def keep_notes(self, notes: codec.TargetNotes) -> None:
        """Write what is known of a target."""
        self._write(name_target_file(notes.target), codec.encode_target(notes))

    def close(self) -> None:
        """Write what ended; what had not is as if it had never begun."""
        if not self.records:
            return
        for path, file in self._files.items():
            if path != MANAGEMENT and file.changed and file.exchanges:
                slot = file.exchanges[0].slot
                if isinstance(slot, Place):
                    self._keep_trials(path, slot, file)
        self._files.clear()
        self.folder.list_written()

    def _keep_trials(self, path: str, place: Place, file: RecordedFile) -> None:
        """Write a file of trials, with the repeats that another process recorded meanwhile."""
        with self.folder.lock(self.folder.path):
            with suppress(BrokenFileError):
                there = self.folder.read_since(path)
                if there is not None:
                    file.add_repeats(_decode_trials(path, there, place))
            self._write(path, codec.encode_trials(place, file.exchanges, file.errored))
            self._kept.add(path)

    def _write(self, path: str, document: Document) -> None:
        self.folder.write(path, document, _make_secret_check(path))


def _decode_trials(path: str, document: Document, place: Place) -> RecordedFile:
    _require_own(path, document, place)
    exchanges = _decode_file(path, codec.decode_trials, document)
    errored = _decode_file(path, codec.decode_errored, document)
    return RecordedFile.from_exchanges(exchanges, errored)


def _require_own(path: str, document: Document, place: Place) -> None:
    names = [document.get(name) for name in codec.NAMES]
    if names != [getattr(place, name) for name in codec.NAMES]:
        raise BrokenFileError(f"{path} belongs to another conversation")


def _decode_file(path: str, decode: Callable[[Document], T], document: Document) -> T:
    try:
        return decode(document)
    except ValueError as error:
        raise BrokenFileError(f"{path} is no recording: {error}") from error


def _make_secret_check(path: str) -> Callable[[str], str]:
    def check_text(text: str) -> str:
        found = scan(text)
        if found:
            raise OutsideError(
                Diagnostic(
                    SECRET,
                    "something that looks like a secret was about to be recorded",
                    f"{found[0].kind} at {found[0].where} of {path}: {found[0].excerpt}",
                    hint="nothing was written there; take it out of the prompt",
                )
            )
        return text

    return check_text
