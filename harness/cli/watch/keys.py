"""Single keys from a terminal, without waiting for the end of a line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

END = "\x04"
"""Ctrl-D: no more keys."""


class Keyboard:
    """The keys that somebody presses; ``is_there`` is False where standard input is no terminal."""

    def __init__(self) -> None:
        self.is_there = sys.stdin is not None and sys.stdin.isatty()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take single keys for as long as the block runs, and leave the terminal as it was."""
        if not self.is_there or os.name == "nt":
            yield
            return
        import termios
        import tty

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        try:
            tty.setcbreak(descriptor, termios.TCSANOW)  # Ctrl-C is still a signal
            yield
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    def read(self) -> str:
        """Return the key that was pressed last, in small letters; "" where none was."""
        if not self.is_there:
            return ""
        return self._read_console() if os.name == "nt" else self._read_terminal()

    def _read_terminal(self) -> str:
        import select

        descriptor = sys.stdin.fileno()
        if not select.select([descriptor], [], [], 0)[0]:
            return ""
        pressed = os.read(descriptor, 64)
        if not pressed:  # the terminal is gone
            self.is_there = False
            return END
        return pressed.decode("utf-8", "replace")[-1].lower()

    def _read_console(self) -> str:
        import importlib

        console = importlib.import_module("msvcrt")  # only Windows has it
        pressed = ""
        while console.kbhit():
            pressed = console.getwch()
        return pressed.lower()
