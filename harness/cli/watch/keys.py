"""Single keys from a terminal, without waiting for the end of a line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

END = "\x04"
"""Ctrl-D: no more keys."""

if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def _take_single_keys() -> Iterator[None]:
        yield  # a console always gives them

    def _read_pressed() -> str:
        pressed = ""
        while msvcrt.kbhit():
            pressed = msvcrt.getwch()
        return pressed

else:
    import select

    @contextmanager
    def _take_single_keys() -> Iterator[None]:
        import termios
        import tty

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        try:
            tty.setcbreak(descriptor, termios.TCSANOW)  # Ctrl-C is still a signal
            yield
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    def _read_pressed() -> str:
        descriptor = sys.stdin.fileno()
        if not select.select([descriptor], [], [], 0)[0]:
            return ""
        # Nothing though something was there: the terminal is gone.
        return os.read(descriptor, 64).decode("utf-8", "replace") or END


class Keyboard:
    """The keys that somebody presses; ``is_there`` is False where standard input is no terminal."""

    def __init__(self) -> None:
        self.is_there = sys.stdin is not None and sys.stdin.isatty()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take single keys for as long as the block runs, and leave the terminal as it was."""
        if not self.is_there:
            yield
            return
        with _take_single_keys():
            yield

    def read(self) -> str:
        """Return the key that was pressed last, in small letters; "" where none was."""
        return _read_pressed()[-1:].lower() if self.is_there else ""
