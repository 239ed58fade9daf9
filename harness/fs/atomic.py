"""Write files so that they are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def replace_file(
    path: Path, texts: Iterable[str], *, sync: bool = True, mode: int | None = None
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

    Raises:
        OSError: the disk refused; what was there before is still there.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(texts)
        return
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(texts)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        Path(temporary).chmod(_default_mode() if mode is None else mode)
        os.replace(temporary, path)  # noqa: PTH105 - `temporary` is a string already
    except BaseException:
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
        path.unlink(missing_ok=True)
        raise


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
