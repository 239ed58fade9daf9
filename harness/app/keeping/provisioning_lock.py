"""One command at a time writes for a project; whoever comes second is told who is at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from harness.text.safe import printable

LOCK_FOLDER, NAME = ".harness", "apply.lock"


@contextmanager
def hold_lock(
    folder: Path, command: str, now: Callable[[], datetime], say: Callable[[str], None]
) -> Iterator[None]:
    """Hold the project's lock for as long as the block runs; wait for whoever holds it.

    The kernel lets go of it when its holder dies, so that nobody ever has to break it. It is local:
    what another machine does meanwhile is noticed write by write.

    Args:
        folder: the project's ``.harness``; where it cannot be written, or its file system has no
            locks, there is none, and a line that says so.
        command: what is at work, as the others read it.
        now: the clock, for the others to read.
        say: gets one line that names the holder when there is a wait.
    """
    from harness.fs.holders import NamedLock

    place = folder / NAME
    with ExitStack() as stack:
        try:
            lock = stack.enter_context(NamedLock(place))
            if not lock.take(command=command, now=now()):
                say(printable(f"waiting for {lock.name_holder()}; Ctrl-C to give up"))
                lock.take(wait=True, command=command, now=now())
        except OSError:
            say(f"{place} cannot be locked: nothing keeps a second command from writing meanwhile")
        yield
