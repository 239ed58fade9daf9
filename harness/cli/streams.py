"""Standard output and error as a command can rely on: printing ends no command that did its job."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any, TextIO


class _Forgiving(io.FileIO):
    """A stream's file, which a reader that goes away does not break; nor anything, if ``silent``.

    What cannot be written is dropped. The command goes on to its own exit code: a pipe into
    ``head`` is no failure, and neither is a progress line that a full disk does not take.
    """

    def __init__(self, descriptor: int, *, silent: bool) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._silent = silent
        self._gone = False

    def write(self, data: Any, /) -> int:
        """Write, or drop.

        Raises:
            OutsideError: standard output's disk is full; said once.
        """
        if not self._gone:
            try:
                return super().write(data) or 0
            except OSError as error:
                self._gone = True
                if error.errno not in (errno.EPIPE, errno.EBADF) and not self._silent:
                    raise _make_print_error(error) from error
        return len(memoryview(data).cast("B"))


def _make_print_error(error: OSError) -> Exception:
    from harness.errors import Diagnostic, OutsideError

    said = Diagnostic(
        "H002",
        f"cannot print: {error.strerror or type(error).__name__}",
        hint="what was recorded is kept; make room where standard output goes",
    )
    return OutsideError(said)


def steady() -> None:
    """Replace this process's standard output and error by steady ones.

    They print every character, those that the terminal's encoding lacks as escapes, and last
    longer than whoever reads them. A stream that was closed before the command began is nowhere.
    """
    sys.stdout = _steady_stream(sys.stdout, 1, silent=False)
    sys.stderr = _steady_stream(sys.stderr, 2, silent=True)


def _steady_stream(stream: TextIO | None, expected: int, *, silent: bool) -> TextIO:
    if os.name == "nt":  # a console there is no file of bytes
        return stream or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123
    if stream is None:  # closed before the process began, and its number perhaps reused since
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - for the whole process
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError, AttributeError):
        return stream
    if descriptor != expected:
        return stream
    raw = _Forgiving(descriptor, silent=silent)
    errors = "backslashreplace" if stream.errors == "strict" else stream.errors
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors=errors,
        line_buffering=silent or raw.isatty(),
    )
