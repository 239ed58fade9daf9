"""Processes that hold something, as others read about them: who, where, since when, with what."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from harness.fs.locks import FileLock, name_lock_file

LONGEST_TEXT: Final = 200
LONGEST_RECORD: Final = 4_096
"""Bytes of a record that are read."""

_PASSWORD: Final = re.compile(r"(://[^\s/:@]*:)\S*@")
"""A password of a URL, as ``--history`` may have one: others see what a holder was called with."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds something.

    Attributes:
        pid: its number on its machine.
        host: the machine's name.
        command: what it was called with.
        since: when it began to hold, in UTC.
        started: when the process began, as its system counts; "" where nobody can tell. With
            ``pid`` it names a process even after its number was given to another.
        nonce: a text that no other holder has; "" where none is needed.
    """

    pid: int
    host: str
    command: str
    since: str
    started: str = ""
    nonce: str = ""

    def describe(self) -> str:
        """Return a line about it: `` `harness eval …` (process 4711 on build-3, since …)``."""
        return f"`{self.command}` (process {self.pid} on {self.host}, since {self.since})"

    def encode(self) -> str:
        """Return its record."""
        return json.dumps(asdict(self))

    def is_here(self) -> bool:
        """Return whether it is, or was, a process of this machine."""
        return self.host == name_host()

    def is_alive(self) -> bool:
        """Return whether this machine still runs that process; True where nobody can tell."""
        if not self.is_here() or os.name == "nt":
            return True
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except (OSError, OverflowError, ValueError):
            return True
        return not self.started or self.started == _find_start(self.pid)


def describe_self(nonce: str = "", command: str = "", now: datetime | None = None) -> Holder:
    """Describe this process as a holder, from now on; ``command`` is what it was called with."""
    called = command or shlex.join(["harness", *sys.argv[1:]])
    return Holder(
        pid=os.getpid(),
        host=name_host(),
        command=_flatten(_PASSWORD.sub(r"\1***@", called)),
        since=f"{now or datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        started=_find_start(os.getpid()),
        nonce=nonce,
    )


def name_host() -> str:
    """Return this machine's name."""
    import platform

    return platform.node() or "this machine"


def read_holder(text: str | bytes) -> Holder | None:
    """Read a record; None where it is none."""
    try:
        found = json.loads(text)
        return Holder(
            pid=int(found["pid"]),
            host=_flatten(str(found["host"])),
            command=_flatten(str(found["command"])),
            since=_flatten(str(found["since"])),
            started=str(found.get("started", "")),
            nonce=str(found.get("nonce", "")),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


class NamedLock:
    """A lock whose holder's name stands in the locked file, for those who find it taken.

    The file is emptied and not removed when the lock is let go: somebody may wait for this very
    file. Of a holder that died the name stays, and means nothing: its lock has ended.

    Raises:
        OSError: the file or its folder cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = FileLock(name_lock_file(path))
        self._held = False

    def take(self, *, wait: bool = False, command: str = "", now: datetime | None = None) -> bool:
        """Take the lock and leave our name, or return False while another holds it.

        Args:
            wait: do not return before the lock is taken.
            command: what is at work, as others read it; what we were called with without one.
            now: the time, for others to read; the system's without one.

        Raises:
            OSError: this file system has no locks.
        """
        if not self._lock.take(wait=wait):
            return False
        self._held = True
        self._write(describe_self("", command, now).encode())
        return True

    def name_holder(self) -> str:
        """Return a line about who holds the lock, as far as the file says."""
        try:
            with self._path.open("rb") as file:
                found = read_holder(file.read(LONGEST_RECORD))
        except OSError:
            found = None
        return found.describe() if found else "another process"

    def _write(self, text: str) -> None:
        # A full disk takes nobody's turn: without the name the lock holds all the same.
        try:
            self._path.write_text(text, encoding="utf-8")
        except OSError:
            return

    def close(self) -> None:
        """Release the lock; closing twice is harmless."""
        if self._held:
            self._held = False
            self._write("")
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _flatten(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TEXT]


def _find_start(pid: int) -> str:
    """Return when a process began, in ticks since its machine did; "" where nobody can tell."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return text.rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
