"""A disk that fails at the nth call that changes it, as SQLite's tests have one.

Every call of Python's own code on a file beneath a folder goes through it: files are opened by the
pure Python twin of ``open``, whose reads and writes are ``os``'s. Nothing of ours is replaced.
"""

from __future__ import annotations

import _pyio  # type: ignore[import-not-found]
import builtins
import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

FAULTS = ("ENOSPC", "EIO", "EDQUOT", "EROFS", "EACCES")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
MOST_CALLS = 400
"""No operation that is tried has more: one that never ends clean is a mistake."""


@dataclass
class FailingDisk:
    """Counts the calls that change files beneath a folder, and fails the nth.

    Attributes:
        folder: what is beneath it is on this disk.
        fails_at: the number of the call that fails, from 1; 0 for none.
        fault: the name of its error.
        lasts: whether every later call fails too, as on a disk that stays full.
        calls: the calls so far, by name and path.
    """

    folder: Path
    fails_at: int = 0
    fault: str = "ENOSPC"
    lasts: bool = True
    calls: list[tuple[str, str]] = field(default_factory=list)
    _open: dict[int, str] = field(default_factory=dict)

    @property
    def has_failed(self) -> bool:
        """Whether the call that was to fail has come."""
        return 0 < self.fails_at <= len(self.calls)

    def _count(self, name: str, path: str) -> None:
        self.calls.append((name, path))
        number = len(self.calls)
        if self.fails_at and (number >= self.fails_at if self.lasts else number == self.fails_at):
            code = getattr(errno, self.fault)
            raise OSError(code, os.strerror(code), path)

    def _is_here(self, path: Any) -> bool:
        if not isinstance(path, str | bytes | os.PathLike):
            return False
        return os.path.realpath(os.fsdecode(path)).startswith(f"{self.folder}{os.sep}")

    def _on_path(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(path: Any, *arguments: Any, **named: Any) -> Any:
            if self._is_here(path):
                self._count(name, os.fsdecode(path))
            return call(path, *arguments, **named)

        return counted

    def _on_descriptor(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(descriptor: int, *arguments: Any) -> Any:
            if descriptor in self._open:
                self._count(name, self._open[descriptor])
            return call(descriptor, *arguments)

        return counted

    @contextmanager
    def mounted(self) -> Iterator[FailingDisk]:
        """Put the disk in the place of the system's for the block."""
        system_open, system_close = os.open, os.close

        def opened(path: Any, flags: int, *arguments: Any, **named: Any) -> int:
            here = self._is_here(path)
            if here and flags & WRITES:
                self._count("open", os.fsdecode(path))
            descriptor = system_open(path, flags, *arguments, **named)
            if here:
                self._open[descriptor] = os.fsdecode(path)
            return descriptor

        def closed(descriptor: int) -> None:
            self._open.pop(descriptor, None)
            system_close(descriptor)

        self.folder = self.folder.resolve()
        with (
            patch.object(os, "open", opened),
            patch.object(os, "close", closed),
            patch.object(os, "write", self._on_descriptor("write", os.write)),
            patch.object(os, "fsync", self._on_descriptor("fsync", os.fsync)),
            patch.object(os, "ftruncate", self._on_descriptor("truncate", os.ftruncate)),
            patch.object(os, "replace", self._on_path("rename", os.replace)),
            patch.object(os, "rename", self._on_path("rename", os.rename)),
            patch.object(os, "mkdir", self._on_path("mkdir", os.mkdir)),
            patch.object(builtins, "open", _pyio.open),
            patch.object(io, "open", _pyio.open),
        ):
            yield self


def fail_at_every_call(
    places: Iterator[Path],
    fault: str,
    operate: Callable[[FailingDisk], None],
    *,
    lasts: bool = True,
    step: int = 1,
) -> int:
    """Do an operation again and again, failing at its first call, its second …, until it is clean.

    Returns the number of the first call that it does not make.

    Args:
        places: a folder for each time; made here.
        fault: the name of the error.
        operate: prepares what it needs, mounts the disk, and looks at what came of it.
        lasts: whether every call after it fails too.
        step: how many calls are passed over each time, and one.
    """
    for number in range(1, MOST_CALLS, step):
        place = next(places)
        place.mkdir(parents=True)
        disk = FailingDisk(place.resolve(), number, fault, lasts)
        operate(disk)
        if not disk.has_failed:
            return number
    raise AssertionError("it never ends clean")
