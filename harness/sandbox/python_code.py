"""Runs ``python`` checks: one process a check, killed when it takes too long or says too much."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.checks.code import CodeCall, code_call, finding_of
from harness.checks.finding import CannotCheck, Finding, shown
from harness.checks.referral import Referral

CHILD = Path(__file__).with_name("child.py")

KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "WINDIR", "PATHEXT", "COMSPEC")
"""What of the environment the code sees; nothing else, since anything else may be a secret."""

MOST_ANSWERED = 1_000_000
"""Bytes of an answer; a verdict needs a hundred."""

MOST_PRINTED = 65_536
"""Bytes of what the code prints that are kept; the rest is read and dropped."""


@dataclass(slots=True)
class PythonCode:
    """Carries out ``python`` checks for a run.

    Attributes:
        root: the project root: the working folder of the code, and what files are named from.
        time_limit_s: wall-clock seconds for one check, its start included.
        at_once: processes that may run at the same time.
    """

    root: Path
    time_limit_s: float = 10.0
    at_once: int = field(default_factory=lambda: max(os.cpu_count() or 1, 1))
    _free: asyncio.Semaphore | None = None

    async def __call__(self, referral: Referral) -> Finding | CannotCheck:
        """What the code says about a reply, or why it says nothing; never raises for the code."""
        try:
            call = code_call(referral)
            return finding_of(await self.run(call), referral.assertion)
        except CannotCheck as why:
            return why

    async def run(self, call: CodeCall) -> Any:
        """What the code returned, as JSON.

        Raises:
            CannotCheck: it raised, took too long, said too much, or could not be started.
        """
        if self._free is None:
            self._free = asyncio.Semaphore(self.at_once)
        async with self._free:
            answered, printed, status = await self._communicate(_question(call, self.root))
        return _answer(answered, printed, status)

    async def _communicate(self, question: bytes) -> tuple[bytes, bytes, int]:
        with tempfile.TemporaryDirectory(prefix="harness-code-") as scratch:
            try:
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-I",
                    "-B",
                    "-X",
                    "utf8",
                    str(CHILD),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    cwd=self.root,
                    env=_environment(scratch),
                    start_new_session=True,
                )
            except OSError as error:
                raise CannotCheck(f"The code could not be started: {error}") from None
            try:
                async with asyncio.timeout(self.time_limit_s):
                    answered, printed, _ = await asyncio.gather(
                        _read(process.stdout, MOST_ANSWERED, strictly=True),
                        _read(process.stderr, MOST_PRINTED, strictly=False),
                        _write(process.stdin, question),
                    )
                    status = await process.wait()
            except TimeoutError:
                raise CannotCheck(
                    f"The code took more than {self.time_limit_s:g} s and was stopped"
                ) from None
            finally:
                await _end(process)
        return answered, printed, status


def _question(call: CodeCall, root: Path) -> bytes:
    question = {
        "file": None if call.file is None else str(root.resolve() / call.file),
        "function": call.function,
        "source": call.source,
        "output": call.output,
        "context": call.context,
    }
    return json.dumps(question, default=str).encode()


def _answer(answered: bytes, printed: bytes, status: int) -> Any:
    try:
        said = json.loads(answered)
    except ValueError:
        last = printed.decode("utf-8", "replace").strip().splitlines()[-1:]
        why = f": {shown(last[0])}" if last else ""
        raise CannotCheck(f"The code ended with status {status} and no answer{why}") from None
    if "error" in said:
        raise CannotCheck(f"The code raised {shown(said['error'], 400)[1:-1].rstrip('.')}")
    return said["answer"]


def _environment(scratch: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "TMPDIR": scratch, "TEMP": scratch, "TMP": scratch, "HOME": scratch}


async def _read(stream: asyncio.StreamReader | None, limit: int, *, strictly: bool) -> bytes:
    """A stream to its end; beyond the limit it is dropped, or, strictly, refused."""
    kept = bytearray()
    while stream is not None and (piece := await stream.read(65_536)):
        if len(kept) + len(piece) > limit and strictly:
            raise CannotCheck(f"The code answered more than {limit:,} bytes")
        kept += piece[: max(limit - len(kept), 0)]
    return bytes(kept)


async def _write(stream: asyncio.StreamWriter | None, text: bytes) -> None:
    if stream is None:
        return
    with suppress(BrokenPipeError, ConnectionResetError):  # it need not read what it is told
        stream.write(text)
        await stream.drain()
    stream.close()


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the process, if it still runs, and whatever it has started."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    await process.wait()
