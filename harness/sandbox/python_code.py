"""Runs ``python`` checks: one process a check, killed when it takes too long or says too much."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.checks.finding import CannotCheck, Finding, quote
from harness.checks.referred.code import CodeCall, make_code_call, read_finding
from harness.checks.referred.referral import Referral
from harness.sandbox.process import TooMuchError, communicate, read_last_line

CHILD = Path(__file__).with_name("child.py")

LONGEST_ERROR = 500
"""Characters of an exception, with its line, that a reason quotes."""

MOST_ANSWERED = 1_000_000
"""Bytes of an answer; a verdict needs a hundred."""


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
        """Return the code's finding on a reply, or why there is none; never raise for the code."""
        try:
            call = make_code_call(referral)
            return read_finding(await self.run(call), referral.assertion)
        except CannotCheck as why:
            return why

    async def run(self, call: CodeCall) -> Any:
        """Run the code and return its result, which is JSON.

        Raises:
            CannotCheck: it raised, took too long, said too much, or could not be started.
        """
        if self._free is None:
            self._free = asyncio.Semaphore(self.at_once)
        async with self._free:
            answered, printed, status = await self._communicate(_encode_question(call, self.root))
        return _decode_answer(answered, printed, status, call.output)

    async def _communicate(self, question: bytes) -> tuple[bytes, bytes, int]:
        program = (sys.executable, "-I", "-B", "-X", "utf8", str(CHILD))
        try:
            return await communicate(
                program,
                question,
                folder=self.root,
                within_s=self.time_limit_s,
                most=MOST_ANSWERED,
            )
        except TimeoutError:
            raise CannotCheck(
                f"The code took more than {self.time_limit_s:g} s and was stopped"
            ) from None
        except TooMuchError:
            raise CannotCheck(f"The code answered more than {MOST_ANSWERED:,} bytes") from None
        except OSError as error:
            raise CannotCheck(f"The code could not be started: {error}") from None


def _encode_question(call: CodeCall, root: Path) -> bytes:
    question = {
        "file": None if call.file is None else str(root.resolve() / call.file),
        "function": call.function,
        "source": call.source,
        "output": call.output,
        "context": call.context,
    }
    return json.dumps(question, default=str).encode()


def _decode_answer(answered: bytes, printed: bytes, status: int, output: str) -> Any:
    try:
        said = json.loads(answered)
    except ValueError:
        last = read_last_line(printed)
        why = f": {quote(last)}" if last else ""
        raise CannotCheck(f"The code ended with status {status} and no answer{why}") from None
    if "error" in said:
        what = quote(said["error"], LONGEST_ERROR)[1:-1].rstrip(".")
        on = f" on {quote(output)}" if said["called"] else ""
        raise CannotCheck(f"The code raised {what}{on}")
    return said["answer"]
