"""Locks between processes that the kernel lets go of when their holder dies."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.errors import Diagnostic, OutsideError

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no flock
    fcntl = None  # type: ignore[assignment]


class FileLock:
    """An advisory lock on a file; the file stays, the lock ends with its holder.

    Raises:
        OutsideError: the file or its folder cannot be made.
    """

    def __init__(self, path: Path) -> None:
        if fcntl is None:  # pragma: no cover
            raise OutsideError(
                Diagnostic(
                    code="H412",
                    summary="the embedded simulator's world cannot be locked on this system",
                    hint="run `harness simulate` and set HARNESS_SIMULATOR_URL and "
                    "HARNESS_SIMULATOR_TOKEN",
                )
            )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise OutsideError(
                Diagnostic(
                    code="H412",
                    summary=f"the simulator's world cannot be kept in {path.parent}",
                    detail=str(error),
                    hint="name another project root with --root, or run `harness simulate` and "
                    "set HARNESS_SIMULATOR_URL and HARNESS_SIMULATOR_TOKEN",
                )
            ) from error

    def take(self, *, shared: bool = False, wait: bool = False) -> bool:
        """Whether the lock is ours now; with ``wait``, only returns when it is."""
        mode = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        try:
            fcntl.flock(self._descriptor, mode)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Let go; closing twice is harmless."""
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
