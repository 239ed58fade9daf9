"""Open files that others may have put there: no pipe, no device and no folder in their place."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

LARGEST_DOCUMENT = 256_000_000
"""Bytes of a file that is read whole; what harness itself writes has a hundredth of it."""


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file to be read as bytes; of a link, what it leads to must be one.

    Neither a named pipe, which would be waited for, nor ``/dev/zero``, which never ends, is opened.

    Raises:
        OSError: it is none, is not there, or may not be read.
    """
    return os.fdopen(_open_descriptor(path, os.O_RDONLY), "rb")


def open_own(path: Path, flags: int) -> int:
    """Open a regular file to be written, of a folder that others may have filled; its descriptor.

    No link is followed: what is written would stand wherever it leads.

    Raises:
        OSError: it is none, is a link, or may not be written.
    """
    if path.is_symlink():
        raise OSError(errno.ELOOP, "it is a link, which no run makes", str(path))
    return _open_descriptor(path, flags | getattr(os, "O_NOFOLLOW", 0))


def _open_descriptor(path: Path, flags: int) -> int:
    """Open a regular file without waiting for whoever is at the other end of a pipe."""
    # Without O_BINARY, Windows would end a file at a Ctrl-Z, and write two bytes for a line feed.
    for name in ("O_NONBLOCK", "O_BINARY"):
        flags |= getattr(os, name, 0)
    descriptor = os.open(path, flags, 0o666)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    return descriptor


def read_regular(path: Path, limit: int = LARGEST_DOCUMENT) -> bytes:
    """Return what a regular file holds.

    Raises:
        OSError: as ``open_regular``, or it is larger than ``limit``, in bytes.
    """
    with open_regular(path) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"it is larger than {limit // 1_000_000} MB", str(path))
    return content
