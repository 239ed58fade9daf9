"""Files on disk, confined to one project root."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from harness.fs.names import is_device
from harness.spec.ports import UnreadableError

MARKS = (".git", ".harness")
RUN_MARKS = ("*/.harness", "*/reports/*/*/run.json")
ENCODED = re.compile(r"%(?:2e|2f|5c|00|25)", re.IGNORECASE)
DRIVE = re.compile(r"[A-Za-z]:")
RELATIVE_HINT = "name a file by its path relative to this one, with / between folders"


def find_root(spec: Path) -> Path:
    """Find the project root of a spec: the nearest folder above with ``.git`` or ``.harness``.

    Without either, the folder that the spec is in.
    """
    folder = Path(os.path.abspath(spec)).parent  # noqa: PTH100 - links are followed later, on use
    for candidate in (folder, *folder.parents):
        # Not `Path.exists`, which raises where a folder may not be looked into.
        if any(os.path.exists(candidate / mark) for mark in MARKS):  # noqa: PTH110
            return candidate
    return folder


def find_working_root() -> Path:
    """Find the project root of the working folder, for commands that no spec is named to.

    It is that of a spec in the working folder. Where no mark is in it or above, and `.harness` or
    runs are in exactly one of its folders, specs there were run (`specs/bot.yaml`): that folder is
    the root.
    """
    root = find_root(Path("spec.yaml"))
    if any(os.path.exists(root / mark) for mark in MARKS):  # noqa: PTH110 - as in `find_root`
        return root
    with suppress(OSError):
        here = Path.cwd()
        inner = {
            here / each.relative_to(here).parts[0] for name in RUN_MARKS for each in here.glob(name)
        }
        if len(inner) == 1:
            return inner.pop()
    return root


def _path_error(reason: str, hint: str = RELATIVE_HINT) -> UnreadableError:
    return UnreadableError("H111", reason, hint)


def _require_plain(reference: str) -> str:
    """Return the reference itself, when it is a plain relative path."""
    if not reference.strip():
        raise _path_error("the path is empty")
    if "\0" in reference or not reference.isprintable():
        raise _path_error("the path holds a control character")
    if "\\" in reference:
        raise _path_error("the path holds a backslash")
    if "://" in reference:
        raise _path_error("the path is a URL")
    if reference.startswith("/") or DRIVE.match(reference):
        raise _path_error("the path is absolute")
    if ENCODED.search(reference):
        raise _path_error("the path holds an encoded character")
    if any(map(is_device, reference.split("/"))):
        raise _path_error("the path names a device")
    return reference


@dataclass(frozen=True, slots=True)
class DiskReader:
    """The ``Reader`` port over a folder: nothing outside ``folder`` is read, through links either.

    ``folder`` is the project root; paths given and returned are relative to the working folder,
    or absolute, as the spec's own path was.
    """

    folder: Path

    @property
    def root(self) -> str:
        """The project root: an absolute path with links followed."""
        return str(self.folder.resolve())

    def resolve(self, naming_file: str, reference: str) -> str:
        """Resolve the path of what a file names."""
        beside = os.path.join(os.path.dirname(naming_file), _require_plain(reference))  # noqa: PTH118, PTH120
        path = os.path.normpath(beside)
        self._require_inside(path)
        return path

    def matches(self, naming_file: str, pattern: str) -> tuple[str, ...]:
        """List the regular files that a glob matches, hidden ones apart, sorted by path."""
        folder = os.path.dirname(naming_file) or "."  # noqa: PTH120
        fixed = _take_fixed_part(_require_plain(pattern))
        self._require_inside(os.path.normpath(os.path.join(folder, fixed)))  # noqa: PTH118
        # `glob.glob` and not `Path.glob`: only the former leaves hidden files alone.
        found = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207
        paths = sorted({self.resolve(naming_file, name.replace(os.sep, "/")) for name in found})
        return tuple(path for path in paths if self.exists(path))

    def from_root(self, path: str) -> str:
        """Return the path from the project root, links followed."""
        return self._require_inside(path).relative_to(self.folder.resolve()).as_posix()

    def exists(self, path: str) -> bool:
        """Return whether a regular file is there, as far as anybody may look."""
        real = self._require_inside(path)
        try:
            return real.is_file()
        except OSError:  # a name that is too long, a folder that may not be looked into
            return False

    def read(self, path: str, limit: int) -> bytes:
        """Read the first ``limit + 1`` bytes."""
        with self._open(path) as descriptor, open(descriptor, "rb", closefd=False) as file:
            return file.read(limit + 1)

    @contextmanager
    def stream(self, path: str) -> Iterator[TextIO]:
        """Open the file as UTF-8 text."""
        with (
            self._open(path) as descriptor,
            open(descriptor, encoding="utf-8-sig", newline="", closefd=False) as file,
        ):
            yield file

    @contextmanager
    def _open(self, path: str) -> Iterator[int]:
        real = self._require_inside(path)
        try:
            # Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it.
            # Without O_BINARY, Windows would end the file at a Ctrl-Z.
            flags = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            descriptor = os.open(real, os.O_RDONLY | flags)
        except FileNotFoundError:
            raise UnreadableError("H101", "there is no such file") from None
        except OSError as error:
            reason = f"it cannot be opened: {error.strerror or type(error).__name__}"
            raise UnreadableError("H101", reason) from None
        try:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                is_folder = stat.S_ISDIR(mode)
                kind = "a folder" if is_folder else "not a regular file"
                hint = "name a file in it" if is_folder else ""
                raise UnreadableError("H101", f"it is {kind}", hint)
            yield descriptor
        except OSError as error:
            reason = f"it cannot be read: {error.strerror or type(error).__name__}"
            raise UnreadableError("H101", reason) from None
        finally:
            os.close(descriptor)

    def _require_inside(self, path: str) -> Path:
        try:
            real = Path(path).resolve()
        except (OSError, RuntimeError, ValueError):
            raise _path_error("the path cannot be followed") from None
        if not real.is_relative_to(self.folder.resolve()):
            raise _path_error(
                "the path leads out of the project root",
                f"only files beneath {self.folder} are read; --root FOLDER names another root",
            )
        return real


def _take_fixed_part(pattern: str) -> str:
    """Take the folders of a pattern that stand before its first wildcard."""
    parts: list[str] = []
    for part in pattern.split("/"):
        if glob.has_magic(part):
            break
        parts.append(part)
    return "/".join(parts) or "."
