"""Write files so that they are there whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

SUFFIX: Final = ".tmp"
LONGEST_PREFIX: Final = 200
"""Bytes of a file's name that its temporary file takes over."""
WRITING_S: Final = 600.0
"""Seconds; the largest file is written in less."""
_TEMPORARY = re.compile(r"\..+\.[a-z0-9_]{8}" + re.escape(SUFFIX), re.DOTALL)


def replace_file(
    path: Path,
    texts: Iterable[str],
    *,
    sync: bool = True,
    mode: int | None = None,
    errors: str = "strict",
) -> None:
    """Replace a file by a text that comes in pieces; its folders are made as needed.

    The text is written to a hidden file in the same folder, which then takes the file's name. A
    link stays a link: what it leads to is replaced. A device or a pipe, such as /dev/stdout, is
    written to.

    Args:
        path: the file.
        texts: written as UTF-8, with a line feed as newline on every system.
        sync: wait until it would survive a power cut.
        mode: the file's permissions; None for what the umask gives any new file.
        errors: what becomes of characters that are none of UTF-8, as in ``str.encode``.

    Raises:
        OSError: the disk refused; what was there before is still there.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", errors=errors, newline="\n") as stream:
            stream.writelines(texts)
        return
    # A name that is as long as the system allows leaves no room for more of it.
    prefix = f".{path.name.encode()[:LONGEST_PREFIX].decode(errors='ignore')}."
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=SUFFIX)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors=errors, newline="\n") as file:
            file.writelines(texts)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        Path(temporary).chmod(_default_mode() if mode is None else mode)
        os.replace(temporary, path)  # noqa: PTH105 - `temporary` is a string already
    except BaseException:
        with suppress(OSError):  # a disk that takes nothing may also remove nothing
            Path(temporary).unlink(missing_ok=True)
        raise
    if sync:
        _sync_directory(path.parent)


def create_file(path: Path, text: str) -> None:
    """Write a file that is not there yet; where that fails there is none.

    Raises:
        FileExistsError: there is one, or a link that leads nowhere; it stays as it is.
        OSError: there is no such folder, or the disk refused.
    """
    # Takes the name: of two who write at once, one is refused.
    path.open("x", encoding="utf-8").close()
    try:
        replace_file(path, [text])
    except BaseException:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def is_temporary(name: str) -> bool:
    """Return whether this is the name of a file that ``replace_file`` has not finished."""
    return _TEMPORARY.fullmatch(name) is not None


def sweep(folder: Path) -> None:
    """Remove what killed writers left unfinished in a folder, as far as the disk allows.

    What is younger than ``WRITING_S`` may be another process's, which is still writing it.
    """
    now = time.time()
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not is_temporary(entry.name):
                continue
            with suppress(OSError):
                if now - entry.stat(follow_symlinks=False).st_mtime > WRITING_S:
                    os.unlink(entry.path)  # noqa: PTH108 - it is a string already


def _sync_directory(directory: Path) -> None:
    """Make a rename last through a power cut; where folders cannot be synced, do nothing."""
    try:
        descriptor = os.open(directory, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return
    try:
        os.fsync(descriptor)
    except OSError:  # some network file systems sync no folders
        pass
    finally:
        os.close(descriptor)


def _default_mode() -> int:
    """Return the permissions that the umask gives a new file; a temporary file is private."""
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
