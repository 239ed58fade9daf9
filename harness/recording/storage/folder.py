"""A cassette on disk: files that are there whole or not at all, and a manifest of their hashes."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from errno import EACCES, ENOTDIR
from pathlib import Path
from typing import Any, Final

from harness.azure.clouds import CLOUD_NAMES
from harness.errors import Diagnostic, OutsideError, RequestError
from harness.fs.atomic import replace_file
from harness.fs.refusals import describe_refusal
from harness.recording.storage import codec
from harness.recording.storage.naming import CONVERSATIONS, MANAGEMENT, MANIFEST, TARGETS, is_known
from harness.recording.storage.texts import hash_text, read_text, split_sides

LARGEST_FILE_BYTES: Final = 256 * 1024 * 1024
LARGEST_MANIFEST_BYTES: Final = 64 * 1024 * 1024
MOST_FILES: Final = 500_000

NO_CASSETTE, BROKEN, OTHER_CLOUD, SECRET, DISK, STALE = (
    "H820", "H821", "H822", "H823", "H824", "H825",
)  # fmt: skip
_SHA = re.compile(r"[0-9a-f]{64}")
_HALF_WRITTEN = re.compile(r"\.(.+\.json)\.(?:[a-z0-9_]{8}|\w+\.tmp)")
"""The name that ``replace_file`` gives a file before it is whole."""
WRITING_S: Final = 60.0
"""Seconds; writing one file of a cassette takes milliseconds."""

Lock = Callable[[Path], AbstractContextManager[object]]


class BrokenFileError(Exception):
    """A file of a cassette is missing, was changed, or holds something else."""


@dataclass(slots=True)
class Manifest:
    """A cassette's content: the cloud it was recorded on, and each file's hash by its path."""

    cloud: str | None = None
    files: dict[str, str] = field(default_factory=dict)

    def to_text(self) -> str:
        """Return the manifest as it is kept."""
        document = {
            "format_version": codec.FORMAT_VERSION,
            "cloud": self.cloud,
            "files": dict(sorted(self.files.items())),
        }
        return codec.dumps(document)


@dataclass(slots=True)
class Folder:
    """A cassette's folder. Several processes may record into one, also the same files.

    Attributes:
        lock: keeps other processes from what they share of a folder while its block runs: its
            manifest, and a file that is read and written again.
        manifest: as it was when the folder was opened, with what was written since.
        replaces: another cloud's recording is there; it goes once something is written.
    """

    path: Path
    lock: Lock
    manifest: Manifest
    replaces: bool = False
    _written: set[str] = field(default_factory=set)
    _seen: dict[str, str | None] = field(default_factory=dict)
    _resolved: Path | None = None

    def read(self, name: str) -> dict[str, Any] | None:
        """Return a file's document, None when the manifest does not list it.

        Raises:
            BrokenFileError: it is not as it was recorded.
        """
        wanted = self.manifest.files.get(name)
        if wanted is None:
            if (self.path / name).exists():
                self._seen[name] = self._hash(name)
                raise BrokenFileError(f"{name} is there, and {MANIFEST} does not list it")
            return None
        text = self._read_text(name)
        if self._seen[name] != wanted:
            raise BrokenFileError(f"{name} was changed after it was recorded")
        return _load(name, text)

    def read_now(self, name: str) -> dict[str, Any]:
        """Return the document of a file as it is by now, whoever wrote it.

        Raises:
            BrokenFileError: it cannot be read.
        """
        return _load(name, self._read_text(name))

    def read_since(self, name: str) -> dict[str, Any] | None:
        """Return the document that another process wrote since this one read or wrote the file.

        None where nobody did. For use with the lock held, before ``write``.

        Raises:
            BrokenFileError: it cannot be read.
        """
        now = self._hash(name)
        return None if now in (None, self._seen.get(name)) else self.read_now(name)

    def write(
        self, name: str, document: Mapping[str, Any], looked_at: Callable[[str], str]
    ) -> None:
        """Put a document in the place of what is there.

        Args:
            name: a path that ``naming`` made.
            document: what is to be kept.
            looked_at: sees the text before it is written, and refuses what must not be.

        Raises:
            OutsideError: the disk refused, or ``looked_at`` did.
        """
        text = looked_at(codec.dumps(document))
        write_text(self.path / name, text)
        self.manifest.files[name] = self._seen[name] = hash_text(text)
        self._written.add(name)

    def list_written(self) -> None:
        """Bring the manifest up to date with what was written since the last time.

        Raises:
            OutsideError: the disk refused, or the manifest there cannot be read.
        """
        if self._written:
            self._write_manifest(without=frozenset())

    def drop(self, names: Iterable[str]) -> None:
        """Take files out of the cassette, and bring the manifest up to date.

        Raises:
            OutsideError: the disk refused, or the manifest there cannot be read.
        """
        gone = frozenset(names)
        self._write_manifest(without=gone)
        self._remove(gone)

    def _remove(self, names: Iterable[str]) -> None:
        for name in sorted(names):
            self.manifest.files.pop(name, None)
            with _translate_disk_errors(self.path / name):
                (self.path / name).unlink(missing_ok=True)
                for parent in Path(name).parents[:-1]:
                    if not any((self.path / parent).iterdir()):
                        (self.path / parent).rmdir()

    def _write_manifest(self, *, without: frozenset[str]) -> None:
        with self.lock(self.path):
            there = read_manifest(self.path) or Manifest(self.manifest.cloud)
            others = self.replaces and there.cloud != self.manifest.cloud
            # As they are by now: another process may have recorded the same since.
            written = {name: now for name in self._written if (now := self._hash(name))}
            listed = {**({} if others else there.files), **written}
            files = {name: hashed for name, hashed in listed.items() if name not in without}
            write_text(self.path / MANIFEST, Manifest(self.manifest.cloud, files).to_text())
        self._written.clear()
        if others:
            self._remove(there.files.keys() - files.keys())

    def _hash(self, name: str) -> str | None:
        """Hash a file as it is by now; None where it is not there, or cannot be read."""
        with suppress(OSError, ValueError):
            return hash_text(read_text(self.path / name, LARGEST_FILE_BYTES))
        return None

    def list_unlisted(self) -> Iterator[str]:
        """Yield files that are in no manifest, in order; unfinished ones are passed over."""
        for name in sorted(find_files(self.path)):
            if name != MANIFEST and name not in self.manifest.files:
                yield name

    def _read_text(self, name: str) -> str:
        path = self.path / name
        try:
            if self._resolved is None:
                self._resolved = self.path.resolve()
            if not path.resolve().is_relative_to(self._resolved):
                raise BrokenFileError(f"{name} leads out of the cassette")
            text = read_text(path, LARGEST_FILE_BYTES)
        except FileNotFoundError:
            raise BrokenFileError(f"{name} is listed in {MANIFEST}, and is not there") from None
        except (OSError, ValueError) as error:
            raise BrokenFileError(f"{name} cannot be read: {error}") from error
        self._seen[name] = hash_text(text)
        return text


def _load(name: str, text: str) -> dict[str, Any]:
    try:
        return codec.loads(text)
    except ValueError as error:
        raise BrokenFileError(f"{name} cannot be read: {error}") from error


def open_recorded(path: Path, lock: Lock, *, record: str) -> Folder:
    """Return a cassette that is to be replayed; ``record`` is the command that makes one.

    Raises:
        OutsideError: there is none, or its manifest is not what it should be.
    """
    manifest = read_manifest(path)
    if manifest is None:
        raise OutsideError(
            Diagnostic(
                NO_CASSETTE, f"there is no recording at {path}", hint=f"record one: {record}"
            )
        )
    return Folder(path, lock, manifest)


def open_to_record(path: Path, lock: Lock, cloud: str | None, *, replaces: bool = False) -> Folder:
    """Return a cassette that is recorded into; nothing is made before something is written.

    Args:
        path: its folder.
        lock: see ``Folder``.
        cloud: what is recorded now.
        replaces: what was recorded on another cloud may be replaced.

    Raises:
        RequestError: it was recorded on another cloud, or the folder is of another kind.
        OutsideError: its manifest is not what it should be, or nothing can be written there.
    """
    _require_writable(path)
    manifest = read_manifest(path)
    if manifest is None:
        _require_nothing_else(path)
    if manifest is not None and manifest.files and manifest.cloud != cloud:
        if replaces:
            return Folder(path, lock, Manifest(cloud), replaces=True)
        raise RequestError(
            Diagnostic(
                OTHER_CLOUD,
                f"{path} was recorded on {manifest.cloud or 'no cloud'}, not on "
                f"{cloud or 'no cloud'}",
                "half a recording of each would be a recording of nothing",
                hint="--record --record-mode all replaces it; --cassette DIR records elsewhere",
            )
        )
    return Folder(path, lock, Manifest(cloud, dict(manifest.files) if manifest else {}))


def _require_writable(path: Path) -> None:
    """Notice before anything is asked that nothing can be kept."""
    there = path
    while not os.path.lexists(there) and there != there.parent:
        there = there.parent
    with _translate_disk_errors(path):
        if not there.is_dir():
            raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR))
        if not os.access(there, os.W_OK | os.X_OK):
            raise PermissionError(EACCES, os.strerror(EACCES))


def _require_nothing_else(path: Path) -> None:
    """Refuse a folder that holds what no recording left there: its replay would never be whole."""
    own = {CONVERSATIONS, TARGETS, MANAGEMENT}
    names = sorted(one.name for one in path.iterdir()) if path.is_dir() else []
    others = [name for name in names if name not in own and not name.startswith(".")]
    if others:
        raise RequestError(
            Diagnostic(
                NO_CASSETTE,
                f"{path} is no cassette",
                f"it holds {others[0]}, which is none of a recording's",
                hint="name an empty folder, or one that is not there yet, with --cassette",
            )
        )


def read_manifest(path: Path) -> Manifest | None:
    """Return the manifest of a cassette, None where there is no cassette.

    Raises:
        OutsideError: it cannot be read, or holds anything but what it should.
    """
    file = path / MANIFEST
    try:
        text = read_text(file, LARGEST_MANIFEST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise _make_broken_error(file, str(error)) from error
    try:
        return read_manifest_text(text)
    except ValueError as error:
        if split_sides(text) is not None:
            raise _make_unmerged_error(file) from error
        raise _make_broken_error(file, str(error)) from error


def find_files(path: Path) -> Iterator[str]:
    """Yield every file below a folder by its path in it; hidden ones (locks) are not ours."""
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith("."):
                yield (Path(folder) / name).relative_to(path).as_posix()


def find_abandoned_files(path: Path, *, older_than_s: float = 0.0) -> Iterator[str]:
    """List the files that a killed recording left half written, by their paths in the folder.

    One that is younger than ``WRITING_S`` may be another process's, which is still writing it.
    """
    for file in path.rglob(".*"):
        name = file.relative_to(path)
        half = _HALF_WRITTEN.fullmatch(name.name)
        if half is None or file.is_symlink() or not file.is_file():
            continue
        whole = name.with_name(half[1]).as_posix()
        with suppress(OSError):
            age = max(time.time() - file.stat().st_mtime, 0.0)
            if age >= older_than_s and (whole == MANIFEST or is_known(whole)):
                yield name.as_posix()


def read_manifest_text(text: str) -> Manifest:
    """Return the manifest that a text is.

    Raises:
        ValueError: it is none.
    """
    document = codec.loads(text)
    if set(document) != {"format_version", "cloud", "files"}:
        raise ValueError("it has keys that do not belong there, or lacks some")
    cloud, files = document["cloud"], document["files"]
    if cloud is not None and cloud not in CLOUD_NAMES:
        raise ValueError(f"`cloud` is {json.dumps(cloud)[:80]}")
    if not isinstance(files, dict) or len(files) > MOST_FILES:
        raise ValueError("`files` is not a list of files")
    for name, hashed in files.items():
        if not is_known(name) or not isinstance(hashed, str) or not _SHA.fullmatch(hashed):
            raise ValueError(f"{json.dumps(name)[:80]} is no file of a cassette with its hash")
    return Manifest(cloud, files)


def make_changed_error(why: object, hint: str = "") -> OutsideError:
    """Make the error for a recording that is not as recorded; ``why`` names file and fault."""
    return OutsideError(
        Diagnostic(BROKEN, "the recording was changed after it was recorded", str(why), hint=hint)
    )


def _make_broken_error(file: Path, why: str) -> OutsideError:
    hint = "bring it back from version control, or remove its folder and record again"
    return make_changed_error(f"{file}: {why}", hint)


def _make_unmerged_error(file: Path) -> OutsideError:
    return OutsideError(
        Diagnostic(
            BROKEN,
            "two branches recorded into this cassette, and their merge is not finished",
            f"{file}: git left conflicts in it",
            hint=f"harness cassettes prune {file.parent} keeps what either branch recorded; "
            "what both did is recorded again with --record --record-mode missing",
        )
    )


def write_text(path: Path, text: str) -> None:
    """Replace a file at once; not synced: what a power cut takes is recorded again.

    Raises:
        OutsideError: the disk refused.
    """
    with _translate_disk_errors(path):
        replace_file(path, [text], sync=False, mode=0o644)


@contextmanager
def _translate_disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = describe_refusal(error, path)
        raise OutsideError(
            Diagnostic(
                DISK,
                f"the recording cannot be written: {reason}",
                str(path),
                hint="make room, make the folder writable, or choose another with --cassette",
            )
        ) from error
