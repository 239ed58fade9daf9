"""A program under test, asked once per start; as many at a time as there are processors."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path

from harness.sandbox.process import communicate


@dataclass(slots=True)
class Program:
    """Starts the program for each question; calling it asks one.

    Attributes:
        words: the program and its arguments.
        folder: its working folder: the project root.
        most: bytes that it may answer.
    """

    words: tuple[str, ...]
    folder: Path
    most: int = 16 * 1024 * 1024
    at_once: int = field(default_factory=lambda: max(os.cpu_count() or 1, 1))
    _free: asyncio.Semaphore | None = None

    async def __call__(self, told: bytes, within_s: float) -> tuple[bytes, bytes, int]:
        """Run the program; return what it wrote to stdout and to stderr, and its exit status.

        Waiting for a free processor does not count as its time.

        Raises:
            OSError: it could not be started.
            TimeoutError: it took longer than ``within_s``.
            TooMuchError: it wrote more than it may.
        """
        if self._free is None:
            self._free = asyncio.Semaphore(self.at_once)
        async with self._free:
            return await communicate(
                self.words, told, folder=self.folder, within_s=within_s, most=self.most
            )
