"""Ctrl-C, SIGTERM and a closed terminal, from a command's first moment to its last.

While a command is imported and parsed, and after it, nothing is at stake: the process ends at once,
with one line. In between the signal is raised in the main thread, as a ``KeyboardInterrupt``; a
second one ends the process where it stands, for what is on disk is whole at every moment. A run
that is under way listens itself: see ``run/requests/interruption``.
"""

from __future__ import annotations

import os
import signal
import sys

# Nothing heavy: until it is imported, Ctrl-C is Python's affair.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Literal

INTERRUPTED = 130
TERMINATED = 143
"""As ``errors.Exit`` has them, which is imported when there is time."""

GRACE_S = 4.5
"""Seconds after SIGTERM in which a command ends in order: whoever sends it kills soon.

After Ctrl-C there is no such limit: a person presses it again.
"""

IMPORT_S = 0.02
IMPORTER = "<frozen importlib._bootstrap>"


class _Signals:
    """The signals of this process.

    Attributes:
        phase: how far the command is; "elsewhere" where nobody listens: in tests, in Python.
        caught: the number of the first, 0 where none came.
        waits: whether it waits for the end of an import.
    """

    def __init__(self) -> None:
        self.phase: Literal["elsewhere", "outside", "begun", "opened"] = "elsewhere"
        self.caught = 0
        self.waits = False


_signals = _Signals()


def listen() -> None:
    """Take the signals over; until a command is at work they end the process at once."""
    import atexit

    _signals.phase = "outside"
    for number in list_signals():
        signal.signal(number, _take)
    # Registered first, and so called last: from then on Python itself would be killed by one.
    atexit.register(_ignore)


def _ignore() -> None:
    for number in list_signals():
        signal.signal(number, signal.SIG_IGN)


def list_signals() -> tuple[signal.Signals, ...]:
    """List the signals that end a command; under nohup a closed terminal sends none that count."""
    hangup = getattr(signal, "SIGHUP", None)  # Windows has none
    if hangup is None or signal.getsignal(hangup) is signal.SIG_IGN:
        return signal.SIGINT, signal.SIGTERM
    return signal.SIGINT, signal.SIGTERM, hangup


def begin_work() -> None:
    """From here on a signal is raised, but for imports, which nobody needs any more."""
    if _signals.phase == "outside":
        _signals.phase = "begun"


def note_opened() -> None:
    """From here on locks are held and files are written: a signal waits for the end of an import.

    Python says on stderr, or swallows, what is raised in some corners of an import.
    """
    if _signals.phase == "begun":
        _signals.phase = "opened"


def end_work() -> None:
    """From here on nothing is at stake any more."""
    if _signals.phase != "elsewhere":
        _signals.phase = "outside"


def find_exit_code(code: int = INTERRUPTED) -> int:
    """Return the exit code: that of the signal which came, else ``code``."""
    if not _signals.caught:
        return code
    return INTERRUPTED if _signals.caught == signal.SIGINT else TERMINATED


def name_signal() -> str:
    """Return the word for what happened to the command."""
    return "interrupted" if find_exit_code() == INTERRUPTED else "terminated"


def _take(number: int, frame: FrameType | None) -> None:
    again = _signals.caught and not _signals.waits
    imports = _is_importing(frame)
    if again or _signals.phase == "outside" or (_signals.phase == "begun" and imports):
        _end_at_once(number)
    _signals.caught = _signals.caught or number
    _signals.waits = imports
    if imports:
        _start_timer(IMPORT_S, signal.Signals(number))
        return
    if _signals.caught != signal.SIGINT:
        _start_timer(GRACE_S, None)
    raise KeyboardInterrupt


def _start_timer(seconds: float, number: signal.Signals | None) -> None:
    """Take the signal again after so long; None: end the process then."""
    import threading
    from _thread import interrupt_main

    again = (lambda: interrupt_main(number)) if number is not None else _end_late
    timer = threading.Timer(seconds, again)
    timer.daemon = True
    timer.start()


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename == IMPORTER:
            return True
        frame = frame.f_back
    return False


def _end_late() -> None:
    _say("what is under way does not end in time, and is left where it stands; files are whole\n")
    _end_at_once(_signals.caught)


def _end_at_once(number: int) -> None:
    _signals.caught = _signals.caught or number
    code = find_exit_code()
    _say(f"{name_signal()}\n")
    os._exit(code)


def _say(text: str) -> None:
    """Write on stderr, unless that would wait for whoever reads it."""
    import select

    try:
        if os.name == "nt" or select.select([], [2], [], 0)[1]:
            os.write(2, text.encode())
    except (OSError, ValueError):
        pass


def leave(code: int) -> None:
    """End the process after a command that a signal ended; another one ends as Python does.

    Threads that are at work on what nobody wants any more are not waited for.
    """
    if not _signals.caught:
        return
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)
