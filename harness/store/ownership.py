"""A run's directory belongs to one process: a lock, and a record that says whose it is.

The lock ends with its holder. Where locks do not hold (file systems of a network that let two
processes have one, or have none) the record is the second guard: it is made for one process alone,
touched once a second, and read back before each sync, so that whoever lost the directory notices
and writes no more.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from harness.errors import Diagnostic, OutsideError, RequestError
from harness.fs.atomic import replace_file
from harness.fs.holders import LONGEST_RECORD, Holder, describe_self, read_holder
from harness.fs.locks import FileLock, name_lock_file
from harness.fs.regular import open_regular
from harness.store.writing import explain_disk_errors

BUSY, TAKEN = "H704", "H705"
RECORD = "holder.json"
FRESH_S = 30.0
"""Seconds since its last sign for which a process counts as alive; it gives one a second."""


class Ownership:
    """The hold of one process on a run's directory, from ``take`` to ``release``.

    Attributes:
        directory: the run's.
    """

    def __init__(self, directory: Path, locked: Path) -> None:
        """Hold nothing yet; ``locked`` is the file in the directory whose lock will be taken."""
        self.directory = directory
        self._locked = locked
        self._record = directory / RECORD
        self._lock: FileLock | None = None
        self._us: Holder | None = None

    def take(self, *, take_over: bool = False) -> None:
        """Take the directory for this process.

        Args:
            take_over: also from a process of another machine that shows signs of life, or whose
                lock is still there; never from one of this machine, which can be ended.

        Raises:
            OutsideError: the lock's file or the record cannot be made.
            RequestError: another process is writing; it is named.
        """
        with explain_disk_errors(self._locked, "lock"):
            lock = FileLock(name_lock_file(self._locked))
        try:
            self._claim(lock, take_over=take_over)
        except BaseException:
            lock.close()
            raise
        self._lock = lock

    def _claim(self, lock: FileLock, *, take_over: bool) -> None:
        try:
            taken = lock.take()
        except OSError:  # a file system without locks: the record has to do
            taken = True
        us = describe_self(nonce=secrets.token_hex(8))
        with explain_disk_errors(self._record, "write"):
            if self._record.is_symlink():  # no process made it; it leads to a file of somebody's
                self._record.unlink()
            while not self._create(us):
                holder, idle_s = self._look()
                if holder is None and idle_s is None:
                    continue  # it went away meanwhile
                if (not taken or _lives(holder, idle_s)) and not (
                    take_over and holder is not None and not holder.is_here()
                ):
                    raise _busy_error(self.directory, holder, idle_s)
                replace_file(self._record, [us.encode()])
                break
            else:
                if not taken:
                    self._record.unlink(missing_ok=True)
                    raise _busy_error(self.directory, None, None)
        self._us = us

    def _create(self, us: Holder) -> bool:
        """Make the record, or return False where there is one: of two who try, one makes it."""
        try:
            descriptor = os.open(self._record, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            return False
        try:
            os.write(descriptor, us.encode().encode())
        finally:
            os.close(descriptor)
        return True

    def _look(self) -> tuple[Holder | None, float | None]:
        """Return who left the record, and how long ago it gave a sign; None where it is not there.

        Both times are the file system's own, so that two machines' clocks need not agree. The file
        is opened for it: a network's file system may else tell an older time.
        """
        try:
            with open_regular(self._record) as file:
                holder, seen_s = read_holder(file.read(LONGEST_RECORD)), os.fstat(file.fileno())
        except FileNotFoundError:
            return None, None
        probe = self._record.with_name(f".{RECORD}.{secrets.token_hex(4)}.tmp")
        try:
            descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                now_s = os.fstat(descriptor).st_mtime
            finally:
                os.close(descriptor)
        finally:
            probe.unlink(missing_ok=True)
        return holder, max(0.0, now_s - seen_s.st_mtime)

    def _read(self) -> Holder | None:
        """Return who left the record; None where it is not there, or cannot be read."""
        try:
            with open_regular(self._record) as file:
                return read_holder(file.read(LONGEST_RECORD))
        except OSError:
            return None

    def is_claimed(self) -> bool:
        """Return whether the record names a process of this machine that lives."""
        holder = self._read()
        return holder is not None and holder.is_here() and holder.is_alive()

    def is_ours(self) -> bool:
        """Return whether the record is still the one that this process made."""
        holder = self._read()  # None: gone, or a disk that cannot be read: its writes tell
        return holder is None or self._us is None or holder.nonce == self._us.nonce

    def confirm(self) -> None:
        """Give a sign of life.

        Raises:
            OutsideError: another process has taken the directory.
        """
        if not self.is_ours():
            holder = self._read()
            raise OutsideError(
                Diagnostic(
                    TAKEN,
                    "another process has taken over this run, and this one writes no more of it",
                    f"{self.directory}: {holder.describe() if holder else 'somebody'}",
                    hint="let that one end; what was answered here is in the journal",
                )
            )
        with suppress(OSError):
            os.utime(self._record)

    def release(self) -> None:
        """Let go of the directory; twice is harmless."""
        if self._us is not None and self.is_ours():
            with suppress(OSError):
                self._record.unlink(missing_ok=True)
        self._us = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def is_held(directory: Path, locked: Path) -> bool:
    """Return whether a process is writing the run in a directory."""
    owner = Ownership(directory, locked)
    try:
        owner.take()
    except RequestError:
        return True
    except OutsideError:  # a folder that may only be read: what its record says has to do
        return owner.is_claimed()
    owner.release()
    return False


def _lives(holder: Holder | None, idle_s: float | None) -> bool:
    """Return whether whoever left a record may still write; one of this machine is looked for."""
    if holder is None or idle_s is None or idle_s >= FRESH_S:
        return False
    return holder.is_alive()


def _busy_error(directory: Path, holder: Holder | None, idle_s: float | None) -> RequestError:
    who = f": {holder.describe()}" if holder else ""
    hint = "wait until it has ended, or stop it"
    if holder is not None and not holder.is_here():
        sign = "" if idle_s is None else f"; its last sign is {idle_s:.0f} s old"
        who = f"{who}{sign}"
        hint = (
            f"wait until it has ended, or stop it on {holder.host}; if that machine is gone, go on "
            "with --take-over"
        )
    return RequestError(
        Diagnostic(BUSY, f"another process is writing this run{who}", str(directory), hint=hint)
    )
