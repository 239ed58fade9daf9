"""A quota that all processes of one machine draw on, in a file for each deployment.

A file holds what was taken when, by the machine's monotonic clock, behind a checksum. Whoever takes
locks it for the tenths of a millisecond that reading, deciding and writing last; the system
releases the lock when its holder dies. Nothing here is ever an error: a file that is damaged, or
from before the machine started, is begun anew, and without a file that works this process draws
alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import platform
import struct
import sys
import time
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from stat import S_ISDIR
from typing import Final, TypeVar

from harness.fs.locks import FileLock, name_lock_file
from harness.run.requests.quota import Quota, QuotaSign, QuotaWindow

UNUSED_S: Final = 86_400
"""Seconds after which a file that nobody wrote is removed."""
POLL_S: Final = 0.001
"""Seconds until a lock that another process holds is tried again."""
PATIENCE_S: Final = 1.0
"""Seconds after which its holder is taken for stopped, and this process draws alone for once."""
SLOW_S: Final = 0.02
"""A transaction that takes this long, so many times running, is on no local disk."""
SLOW_TIMES: Final = 5
FORMAT: Final = b"harnesq1"
_HEADER: Final = struct.Struct("<8sQdII")
"""Format, number of the change, the clock at it, length and checksum of what follows."""
_MOST_BYTES: Final = 1_000_000
_PERSONAL: Final = 0o700

_KEPT: Final = tuple(
    one.name
    for one in fields(Quota)
    if one.name not in ("requests", "tokens", "learns", "binding", "parts")
)
"""Fields of a quota that are shared as they are; what binds is each process's own."""

_Told = TypeVar("_Told")


def name_quota_file(limiter: Sequence[str]) -> str:
    """Return the name of a deployment's file: a hash, from which nobody reads what it is of.

    Args:
        limiter: what no other deployment is called: the service's address, the name there.
    """
    whole = "\0".join((platform.node(), *limiter))
    return f"{hashlib.sha256(whole.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.quota"


def prepare_folder(folder: Path) -> None:
    """Make the folder of quotas for its owner alone, and remove the files that nobody uses.

    Raises:
        OSError: it cannot be made, or is somebody else's.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=_PERSONAL)
    state = folder.lstat()
    if not S_ISDIR(state.st_mode):
        raise NotADirectoryError(f"{folder} is no folder of its own")
    if sys.platform != "win32":
        if state.st_uid != os.geteuid():
            raise PermissionError(f"{folder} is another user's")
        if state.st_mode & 0o077:
            folder.chmod(_PERSONAL)
    latest = time.time() - UNUSED_S
    for path in folder.glob("*.quota*"):  # on Windows a lock stands beside each
        with suppress(OSError):
            if path.lstat().st_mtime < latest:
                path.unlink()


class MachineQuota:
    """A ``SharedQuota`` over a file that other processes draw on as well.

    Args:
        quota: its limits; what was taken is the file's.
        path: the file.
        say: gets one line when this process has to draw alone from now on.
    """

    def __init__(
        self, quota: Quota, path: Path, say: Callable[[str], None] = lambda _: None
    ) -> None:
        self.seen = quota
        self._say = say
        self._folder = path.parent
        self._file: _LockedFile | None = None
        self._change = 0
        self._slow = 0
        self._others: list[tuple[bool, QuotaWindow]] = []
        """Windows that other processes count in and this one does not: (of requests, window)."""
        try:
            self._file = _LockedFile(path)
        except OSError as error:
            self._draw_alone(error.strerror or str(error))

    async def take(self, tokens: int, now: float) -> float:
        """Take a request of so many tokens; 0.0 when taken, else seconds until to ask again."""

        def act(quota: Quota) -> tuple[float, bool]:
            wait = quota.take(1, tokens, now)
            if wait == 0:
                for of_requests, window in self._others:
                    window.take(1 if of_requests else tokens, now)
            return wait, wait == 0

        return await self._share(act, now)

    async def observe(self, sign: QuotaSign, now: float) -> None:
        """Take in what an answer tells."""

        def act(quota: Quota) -> tuple[None, bool]:
            before = _list_shared(quota)
            quota.observe(sign, now)
            return None, _list_shared(quota) != before

        await self._share(act, now)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    async def _share(self, act: Callable[[Quota], tuple[_Told, bool]], now: float) -> _Told:
        """Return what acting on the quota tells, on the file's where it can be had.

        ``act`` also tells whether it changed anything. Nothing is awaited while the lock is held.
        """
        deadline = time.monotonic() + PATIENCE_S
        while self._file is not None:
            try:
                if self._file.lock.take():
                    return self._transact(self._file, act, now)
            except OSError as error:
                self._draw_alone(error.strerror or str(error))
                break
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(POLL_S)
        told, _ = act(self.seen)
        return told

    def _transact(
        self, file: _LockedFile, act: Callable[[Quota], tuple[_Told, bool]], now: float
    ) -> _Told:
        began = time.perf_counter()
        try:
            self._load(file, now)
            told, changed = act(self.seen)
            if changed:
                # A disk that takes nothing is met by the next request: this one has been taken.
                with suppress(OSError):
                    self._save(file, now)
        finally:
            file.lock.release()
        self._slow = self._slow + 1 if time.perf_counter() - began > SLOW_S else 0
        if self._slow >= SLOW_TIMES:
            self._draw_alone("its disk is too slow")
        return told

    def _load(self, file: _LockedFile, now: float) -> None:
        """Take over what others wrote since; what cannot be read holds nothing."""
        head = file.read(_HEADER.size)
        if len(head) < _HEADER.size:
            return
        form, change, saved_at, length, checksum = _HEADER.unpack(head)
        if form != FORMAT or length > _MOST_BYTES or change == self._change:
            return
        if saved_at > now + PATIENCE_S:  # from before the machine was started
            return
        text = file.read(length, _HEADER.size)
        if len(text) == length and zlib.crc32(text) == checksum:
            self._take_over(text)
            self._change = change

    def _take_over(self, text: bytes) -> None:
        from msgspec import MsgspecError, msgpack

        try:
            theirs = msgpack.decode(text, type=Quota)
        except MsgspecError:
            return
        mine = self.seen
        self._others = []
        learned: list[tuple[list[QuotaWindow], QuotaWindow]] = []
        for of_requests, found, own in (
            (True, theirs.requests, mine.requests),
            (False, theirs.tokens, mine.tokens),
        ):
            for window in found:
                same = [one for one in own if one.period_s == window.period_s]
                for one in same:
                    one.taken = window.taken
                if not same and not own and mine.learns:
                    learned.append((own, window))
                elif not same:
                    self._others.append((of_requests, window))
        for own, window in learned:
            own.append(window)
        for name in _KEPT:
            setattr(mine, name, getattr(theirs, name))

    def _save(self, file: _LockedFile, now: float) -> None:
        from msgspec import msgpack

        mine = self.seen
        requests = [window for of_requests, window in self._others if of_requests]
        tokens = [window for of_requests, window in self._others if not of_requests]
        text = msgpack.encode(
            replace(mine, requests=[*mine.requests, *requests], tokens=[*mine.tokens, *tokens])
        )
        # A file that is begun anew must not bear a number that somebody remembers.
        self._change = self._change + 1 if self._change else int.from_bytes(os.urandom(7), "big")
        file.write(_HEADER.pack(FORMAT, self._change, now, len(text), zlib.crc32(text)) + text)

    def _draw_alone(self, why: str) -> None:
        self.close()
        self._say(f"rate limits are not shared with other processes: {self._folder}: {why}")


class _LockedFile:
    """A file to be read and written under its lock.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self.lock = FileLock(name_lock_file(path))
        try:
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            self._descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o600)
        except BaseException:
            self.lock.close()
            raise

    def read(self, size: int, offset: int = 0) -> bytes:
        """Read so many bytes, fewer where the file ends."""
        os.lseek(self._descriptor, offset, os.SEEK_SET)
        return os.read(self._descriptor, size)

    def write(self, data: bytes) -> None:
        """Write from the beginning; what stands behind stays, and nobody reads it."""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, data)

    def close(self) -> None:
        """Close it, and release its lock."""
        os.close(self._descriptor)
        self.lock.close()


def _list_shared(quota: Quota) -> list[object]:
    """List what an observation may change of a quota: of each window the limit and the newest."""
    windows = (*quota.requests, *quota.tokens)
    return [
        *(getattr(quota, name) for name in _KEPT),
        *((one.count, next(reversed(one.taken.items()), None)) for one in windows),
    ]
