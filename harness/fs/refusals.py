"""Refusals of the operating system in words: why a file was not written, and how much room is."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Final

NO_ROOM: Final = frozenset([errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)])


def describe_refusal(error: OSError, path: Path, needed_bytes: int | None = None) -> str:
    """Return why the system refused; of a full disk also how much is free, and how much is needed.

    Args:
        error: what it said.
        path: what it was asked to write.
        needed_bytes: about how much there is to write, None where nobody can tell.
    """
    reason = error.strerror or type(error).__name__
    if error.errno not in NO_ROOM:
        return reason
    free = measure_free(path)
    facts = [] if free is None else [f"{format_bytes(free)} free there"]
    if needed_bytes is not None:
        facts.append(f"about {format_bytes(needed_bytes)} needed")
    return f"{reason} ({', '.join(facts)})" if facts else reason


def measure_free(path: Path) -> int | None:
    """Return how many bytes may still be written where a path is, or will be; None if unknown."""
    there = path
    while not os.path.lexists(there) and there != there.parent:
        there = there.parent
    try:
        return shutil.disk_usage(there).free
    except OSError:
        return None


def format_bytes(count: int) -> str:
    """Return a number of bytes with its unit: ``1.5 MB``."""
    if count < 1000:
        return f"{count} bytes"
    size, unit = count / 1000, "KB"
    for larger in ("MB", "GB"):
        if size >= 1000:
            size, unit = size / 1000, larger
    return f"{size:,.1f} {unit}"
