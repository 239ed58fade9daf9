"""A program of the author's: told something on stdin, heard on stdout, ended when it overstays."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from harness.sandbox.watcher import mark_environment

KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "WINDIR", "PATHEXT", "COMSPEC")
"""Variables of the environment that a program may see; any other one may be a secret."""

MOST_PRINTED = 65_536
"""Bytes of what it prints on stderr that are kept; the rest is read and dropped."""


LAST_WORDS_S = 1.0
"""Seconds that a killed program's pipes get to close."""


class TooMuchError(Exception):
    """It wrote more to stdout than it may."""


async def communicate(
    program: Sequence[str], told: bytes, *, folder: Path, within_s: float, most: int
) -> tuple[bytes, bytes, int]:
    """Run a program; return what it wrote to stdout and to stderr, and its exit status.

    It has a home of its own, which is removed. It and whatever it started are killed at the end,
    however that comes; also where this process is killed itself, see ``watcher``.

    Args:
        program: its name or path, and its arguments; no shell reads them.
        told: what it finds on stdin.
        folder: its working folder.
        within_s: wall-clock seconds, its start included.
        most: bytes that it may write to stdout.

    Raises:
        OSError: it could not be started.
        TimeoutError: it took too long.
        TooMuchError: it wrote too much.
    """
    with tempfile.TemporaryDirectory(prefix="harness-code-") as scratch:
        process = await asyncio.create_subprocess_exec(
            *program,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=folder,
            env=_make_environment(scratch),
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(within_s):
                answered, printed, _ = await asyncio.gather(
                    _read(process.stdout, most, full=lambda: _kill(process)),
                    _read(process.stderr, MOST_PRINTED),
                    _write(process.stdin, told),
                )
                status = await process.wait()
        finally:
            await _end(process)
    if len(answered) > most:
        raise TooMuchError
    return answered, printed[:MOST_PRINTED], status


def read_last_line(printed: bytes) -> str:
    """Read the last line that a program printed, where most say what went wrong."""
    lines = printed.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""


def _make_environment(scratch: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {
        **kept,
        **mark_environment(),
        "TMPDIR": scratch,
        "TEMP": scratch,
        "TMP": scratch,
        "HOME": scratch,
    }


async def _read(
    stream: asyncio.StreamReader | None, limit: int, full: Callable[[], None] = lambda: None
) -> bytes:
    """Read a stream to its end: one byte beyond the limit is kept, and ``full`` is told once.

    What comes after the limit is read as well: a pipe that nobody reads any more never closes, and
    asyncio does not report an exit before the pipes are closed.
    """
    kept = bytearray()
    while stream is not None and (piece := await stream.read(65_536)):
        if len(kept) <= limit < len(kept) + len(piece):
            full()
        kept += piece[: limit + 1 - len(kept)]
    return bytes(kept)


async def _write(stream: asyncio.StreamWriter | None, text: bytes) -> None:
    if stream is None:
        return
    with suppress(BrokenPipeError, ConnectionResetError):  # it need not read what it is told
        stream.write(text)
        await stream.drain()
    stream.close()


def _kill(process: asyncio.subprocess.Process) -> None:
    """Kill the process, if it still runs, and whatever it has started."""
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill what still runs and wait for its end.

    Its pipes are read out first, or the end would never be told; something that got away with one
    of them open is not waited for.
    """
    _kill(process)
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_WORDS_S):
            await asyncio.gather(_read(process.stdout, 0), _read(process.stderr, 0))
            await process.wait()
