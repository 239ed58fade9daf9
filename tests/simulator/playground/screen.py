"""A terminal that a program runs in: what is typed goes in, what is drawn can be read."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyte
import pytest

pexpect: Any = pytest.importorskip("pexpect")  # Windows has no pseudo-terminals
COLUMNS, ROWS = 100, 40
PATIENCE_S = 30.0


class _AnsweringScreen(pyte.HistoryScreen):
    """A screen that says where its cursor is, if it is asked."""

    def __init__(self, answer: Callable[[str], object]) -> None:
        super().__init__(COLUMNS, ROWS, history=2000)
        self._answer = answer

    def write_process_input(self, data: str) -> None:
        self._answer(data)


class Screen:
    """A program in a pseudo-terminal, and the screen that it draws.

    Attributes:
        raw: every byte that the program wrote.
    """

    def __init__(self, folder: Path, *arguments: str, environment: dict[str, str] | None = None):
        self._screen = _AnsweringScreen(self._answer)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""
        told = {**os.environ, "TERM": "xterm-256color", **(environment or {})}
        told.pop("NO_COLOR", None)
        self._child: Any = pexpect.spawn(
            sys.executable,
            ["-m", "harness", *arguments],
            cwd=str(folder),
            env=told,
            dimensions=(ROWS, COLUMNS),
            timeout=PATIENCE_S,
        )

    def read(self) -> str:
        """Return the text on the screen, and what scrolled off it."""
        self._drain(0.05)
        gone = ["".join(line[x].data for x in range(COLUMNS)) for line in self._screen.history.top]
        return "\n".join(line.rstrip() for line in [*gone, *self._screen.display])

    def wait_for(self, text: str, *, times: int = 1) -> str:
        """Wait until a text stands on the screen this many times, and return the screen."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            shown = self.read()
            if shown.count(text) >= times:
                return shown
            if not self._child.isalive():
                break
        raise AssertionError(f"{text!r} did not come:\n{self.read()}")

    def type(self, text: str) -> None:
        """Type a line, and Enter."""
        self._child.send(text + "\r")

    def press(self, keys: str) -> None:
        """Press keys: ``\\x03`` is Ctrl-C."""
        self._child.send(keys)

    def wait_for_end(self) -> int:
        """Wait until the program has ended and return its exit code."""
        until = time.monotonic() + PATIENCE_S
        while self._child.isalive() and time.monotonic() < until:
            self._drain(0.1)
        self._drain(0.1)
        self._child.close()
        code = self._child.exitstatus
        return -int(self._child.signalstatus or 1) if code is None else int(code)

    def close(self) -> None:
        """End the program, whatever it does."""
        self._child.close(force=True)

    def _answer(self, data: str) -> None:
        self._child.send(data)

    def _drain(self, seconds: float) -> None:
        """Feed the screen with all that comes within so many seconds."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                data = self._child.read_nonblocking(65536, timeout=0.02)
            except (pexpect.TIMEOUT, pexpect.EOF):
                continue
            self.raw += data
            self._stream.feed(data)
