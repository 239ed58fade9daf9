"""Locks between processes that the system releases when their holder dies."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self


class FileLock:
    """An advisory lock on a file; the file stays, the lock ends with its holder.

    On Windows nobody else can read the bytes that are locked, so a file that others read while it
    is locked is not locked itself: a file beside it is, see ``name_lock_file``.

    Raises:
        OSError: the file or its folder cannot be made, or the file is a link. The caller knows what
            the lock is for, and says so.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A link would let whoever made it choose which file is made, and written to.
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        self._descriptor = os.open(path, flags, 0o600)

    def take(self, *, shared: bool = False, wait: bool = False) -> bool:
        """Take the lock and return True, or return False while others hold it.

        Args:
            shared: any number of holders may share it; without, there is one.
            wait: do not return before the lock is taken.

        Raises:
            OSError: this file system has no locks.
        """
        # Imported here, because it is slow to import and most commands take no lock.
        from portalocker import AlreadyLocked, LockException, LockFlags, lock

        flags = LockFlags.SHARED if shared else LockFlags.EXCLUSIVE
        while True:
            try:
                lock(self._descriptor, flags if wait else flags | LockFlags.NON_BLOCKING)
            except AlreadyLocked:
                if not wait:
                    return False
                continue  # Windows stops waiting after ten seconds
            except LockException as error:
                raise OSError(f"the file system has no locks: {error}") from error
            return True

    def release(self) -> None:
        """Release the lock, to be taken again."""
        from portalocker import unlock

        unlock(self._descriptor)

    def close(self) -> None:
        """Release the lock; closing twice is harmless."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def name_lock_file(path: Path) -> Path:
    """Return the file to lock for a file that others read meanwhile: itself, except on Windows."""
    return path.with_name(f"{path.name}.lock") if os.name == "nt" else path
