"""Commands that live shortly: started by fork, ended by whoever wants, and looked at afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

PROJECT = Path(__file__).parents[2]
PATIENCE_S = 180.0
"""Seconds after which a command that does not end is killed; else the whole check would hang."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a command ended: its exit code (negative: by which signal), what it said, its seconds."""

    code: int
    said: str
    seconds: float


@dataclass(slots=True)
class Mother:
    """Bears commands that need not start up, one at a time.

    Attributes:
        folder: where they work.
        environment: variables of theirs.
        known: commands whose modules are imported.
    """

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    _process: subprocess.Popen[str] | None = None
    _began: float = 0.0
    _child: int = 0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("mother.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
        )
        return self

    def __exit__(self, *error: object) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()

    @property
    def said(self) -> Path:
        """What the command that was started last says, while it says it."""
        return self.folder / "said.txt"

    def learn(self, *arguments: str) -> Ending:
        """Run a command, and import whatever it imported, for all that come later; once."""
        if arguments[0] in self.known:
            return self.run(*arguments)
        self.known.add(arguments[0])
        names = self.folder / "modules.json"
        ended = self.run(*arguments, names=str(names))
        self._order({"load": json.loads(names.read_text(encoding="utf-8"))})
        assert self._hear() == "loaded"
        return ended

    def start(
        self,
        *arguments: str,
        strace: Sequence[str] | None = None,
        names: str = "",
        terminal: str = "",
        program: str = "",
    ) -> int:
        """Start a command, without a terminal or at this one; return its process number.

        With ``program`` it is this program of Python instead.
        """
        self._began = time.monotonic()
        self.said.write_text("", encoding="utf-8")
        self._order(
            {
                "arguments": arguments,
                "folder": str(self.folder),
                "environment": self.environment,
                "said": str(self.said),
                "names": names,
                "terminal": terminal,
                **({} if strace is None else {"strace": list(strace)}),
                **({"program": program} if program else {}),
            }
        )
        self._child = int(self._hear())
        return self._child

    def wait(self) -> Ending:
        """Wait for the end of the command that was started; one that does not end is killed."""
        last_resort = threading.Timer(PATIENCE_S, os.kill, (self._child, signal.SIGKILL))
        last_resort.daemon = True
        last_resort.start()
        self._order({})
        code = int(self._hear())
        last_resort.cancel()
        said = self.said.read_text(encoding="utf-8")
        return Ending(code, said, time.monotonic() - self._began)

    def run(self, *arguments: str, strace: Sequence[str] | None = None, names: str = "") -> Ending:
        """Run a command to its end."""
        self.start(*arguments, strace=strace, names=names)
        return self.wait()

    def kill(self, *arguments: str, after_s: float, with_: int = signal.SIGKILL) -> Ending:
        """Start a command and send it a signal after so many seconds, if it is still there."""
        child = self.start(*arguments)
        time.sleep(after_s)
        os.kill(child, with_)  # one that has ended is kept until it is waited for
        return self.wait()

    def _order(self, order: Mapping[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        assert line, "the mother died"
        return line


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines; only the last one may be torn, by whoever was killed."""
    if not path.exists():
        return []
    *whole, last = path.read_bytes().split(b"\n")
    found = [json.loads(line) for line in whole]
    if last:
        with suppress(ValueError):
            found.append(json.loads(last))
    return found


def list_broken(folder: Path) -> list[str]:
    """List the files that are there in part only; hidden ones were never given their name.

    An empty holder.json is one that was just being taken: nobody holds the run.
    """
    broken = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name.startswith("."):
            continue
        try:
            if path.suffix == ".json" and (path.name != "holder.json" or path.stat().st_size):
                json.loads(path.read_bytes())
            elif path.suffix == ".jsonl":
                read_lines(path)
            elif (
                path.suffix == ".html" and not path.read_bytes().rstrip().endswith(b"</html>")
            ) or (path.suffix == ".xml" and not path.read_bytes().rstrip().endswith(b">")):
                broken.append(f"{path.name}: cut")
        except ValueError as error:
            broken.append(f"{path.name}: {error}")
    return broken


def list_hidden(folder: Path, *, beside: Iterable[str] = (".harness",)) -> list[Path]:
    """List what writers that were killed left of files they had not finished."""
    return [
        path
        for path in folder.rglob(".*")
        if path.is_file() and path.name not in beside and ".harness" not in path.parts
    ]
