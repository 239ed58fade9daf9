"""Standard output and error as a command can rely on: printing ends no command that did its job."""

from __future__ import annotations

import errno
import io
import os
import select
import stat
import sys
from collections.abc import Callable, Mapping
from typing import Any, TextIO

import click

from harness.redaction.variables import find_secret_values
from harness.text.commands import CommandBreaker, find_service

READER_S = 2.0
"""Seconds that a full pipe behind standard error is waited for."""
LEAST_ROOM = 512
"""Bytes that a pipe which has room takes at once, by POSIX."""


class _Forgiving(io.FileIO):
    """A stream's file, which a reader that goes away does not break; nor anything, if ``silent``.

    What cannot be written is dropped. The command goes on to its own exit code: a pipe into
    ``head`` is no failure, and neither is a progress line that a full disk does not take. A pipe
    that nobody empties holds a ``silent`` stream up for two seconds, once: what it says then is
    dropped until there is room again, for a run that costs money does not wait for a reader.
    What is written is ``mended``: without the secrets of the environment, and in the log of a
    pipeline no command to its runner.
    """

    def __init__(
        self, descriptor: int, *, silent: bool, mended: Callable[[bytes], bytes] | None = None
    ) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._silent = silent
        self._gone = False
        self._patience_s = READER_S if silent and _is_pipe(descriptor) else None
        self._mended = mended

    def write(self, data: Any, /) -> int:
        """Write, or drop.

        Raises:
            OutsideError: standard output's disk is full; said once.
        """
        if self._mended is None:
            return self._write(data)
        self._write_whole(self._mended(bytes(data)))
        return len(memoryview(data).cast("B"))

    def write_command(self, line: str) -> None:
        """Write a line that the pipeline's runner is meant to obey."""
        self._write_whole(f"{line}\n".encode("utf-8", "backslashreplace"))

    def _write_whole(self, data: bytes) -> None:
        while data:
            data = data[self._write(data) :]

    def _write(self, data: Any) -> int:
        if not self._gone and self._has_room():
            try:
                if self._patience_s is not None:  # so much fits where there is any room at all
                    data = memoryview(data).cast("B")[:LEAST_ROOM]
                return super().write(data) or 0
            except OSError as error:
                self._gone = True
                if error.errno not in (errno.EPIPE, errno.EBADF) and not self._silent:
                    raise _make_print_error(error) from error
        return len(memoryview(data).cast("B"))

    def _has_room(self) -> bool:
        """Return whether a pipe takes anything, once its reader was waited for."""
        if self._patience_s is None:
            return True
        _, ready, _ = select.select([], [self.fileno()], [], self._patience_s)
        if not ready:
            self._patience_s = 0.0
        return bool(ready)


def _is_pipe(descriptor: int) -> bool:
    return os.name != "nt" and stat.S_ISFIFO(os.fstat(descriptor).st_mode)


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
    In a pipeline nothing that is printed is a command to its runner. No secret of the environment
    is printed, whoever says it: a library in its traceback, a program in its error.
    """
    in_pipeline = find_service(os.environ) is not None
    sys.stdout = _steady_stream(sys.stdout, 1, silent=False, in_pipeline=in_pipeline)
    sys.stderr = _steady_stream(sys.stderr, 2, silent=True, in_pipeline=in_pipeline)


def print_command(line: str) -> None:
    """Print a line that the pipeline's runner is meant to obey, on standard error.

    Whoever made the line has escaped what others said in it.
    """
    raw = getattr(getattr(sys.stderr, "buffer", None), "raw", None)
    if isinstance(raw, _Forgiving):
        sys.stderr.flush()
        raw.write_command(line)
    else:
        click.echo(line, err=True)


def _steady_stream(
    stream: TextIO | None, expected: int, *, silent: bool, in_pipeline: bool
) -> TextIO:
    if os.name == "nt" and not in_pipeline:  # a console there is no file of bytes
        return stream or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123
    if stream is None:  # closed before the process began, and its number perhaps reused since
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - for the whole process
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError, AttributeError):
        return stream
    if descriptor != expected:
        return stream
    breaker = None
    if in_pipeline and not _is_file(descriptor):  # what goes into a file is read by no runner
        breaker = CommandBreaker(in_json=descriptor == 1 and "--json" in sys.argv)
    raw = _Forgiving(descriptor, silent=silent, mended=_make_mending(os.environ, breaker))
    errors = "backslashreplace" if stream.errors == "strict" else stream.errors
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors=errors,
        line_buffering=silent or raw.isatty(),
    )


def _make_mending(
    environment: Mapping[str, str], breaker: CommandBreaker | None
) -> Callable[[bytes], bytes] | None:
    """Return what takes the environment's secrets, and commands, out of what is printed."""
    secrets = [
        (value.encode("utf-8", "surrogateescape"), f"REDACTED-{name}".encode())
        for value, name in find_secret_values(environment).items()
    ]
    secrets.sort(key=lambda pair: -len(pair[0]))
    if not secrets:
        return breaker

    def mend(data: bytes) -> bytes:
        for secret, instead in secrets:
            data = data.replace(secret, instead)
        return data if breaker is None else breaker(data)

    return mend


def _is_file(descriptor: int) -> bool:
    return stat.S_ISREG(os.fstat(descriptor).st_mode)
