"""One command at a time writes for a project; whoever comes second is told who is at work."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

LOCK_FOLDER, NAME = ".harness", "apply.lock"


@contextmanager
def hold_lock(
    folder: Path, command: str, now: Callable[[], datetime], say: Callable[[str], None]
) -> Iterator[None]:
    """Hold the project's lock for as long as the block runs; wait for whoever holds it.

    The kernel lets go of it when its holder dies, so that nobody ever has to break it. It is local:
    what another machine does meanwhile is noticed write by write.

    Args:
        folder: the project's ``.harness``; where it cannot be written there is no lock, and a
            line that says so.
        command: what is at work, as the others read it.
        now: the clock, for the others to read.
        say: gets one line that names the holder when there is a wait.
    """
    from harness.fs.locks import FileLock, name_lock_file

    place = folder / NAME
    try:
        held = FileLock(name_lock_file(place))
    except OSError:
        say(f"{place} cannot be locked: nothing keeps a second command from writing meanwhile")
        yield
        return
    with held as lock:
        if not lock.take():
            say(f"waiting for {_name_holder(place)}; Ctrl-C to give up")
            lock.take(wait=True)
        holder = {
            "pid": os.getpid(),
            "command": command,
            "since": f"{now():%Y-%m-%dT%H:%M:%SZ}",
        }
        place.write_text(json.dumps(holder), encoding="utf-8")
        try:
            yield
        finally:
            # Emptied, not removed: somebody may be waiting for this very file.
            place.write_text("", encoding="utf-8")


def _name_holder(place: Path) -> str:
    """Name the holder of the lock, as far as the file says."""
    try:
        held: Any = json.loads(place.read_text(encoding="utf-8"))
        return f"`{held['command']}` (process {held['pid']}, since {held['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another command that writes for this project"
