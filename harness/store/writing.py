"""Write files so that they are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import Diagnostic, OutsideError

DISK = "H701"


@contextmanager
def disk(path: Path, what: str) -> Iterator[None]:
    """Turn what the operating system says about a file into an error that a person can act on.

    Raises:
        OutsideError: for any ``OSError`` inside, naming the file and what to do.
    """
    try:
        yield
    except OSError as error:
        raise refusal(error, path, what) from error


def refusal(error: OSError, path: Path, what: str) -> OutsideError:
    """What the operating system said about a file, for a person."""
    reason = error.strerror or type(error).__name__
    hint = "make room, make the folder writable, or choose another"
    return OutsideError(Diagnostic(DISK, f"cannot {what}: {reason}", str(path), hint=hint))


def write_atomically(path: Path, text: str) -> None:
    """Replace a file by this text, at once and to the platters; folders are made as needed.

    Raises:
        OutsideError: the disk refused; what was there before is still there.
    """
    write_lines_atomically(path, [text])


def write_lines_atomically(path: Path, texts: Iterable[str]) -> None:
    """As ``write_atomically``, for a text that comes in pieces and need not fit into memory."""
    with disk(path, "write"):
        path = path.resolve()  # a link stays a link: what it leads to is replaced
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            # A device or a pipe, such as /dev/stdout: nothing to replace, only to write to.
            with path.open("w", encoding="utf-8", newline="\n") as stream:
                stream.writelines(texts)
            return
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.writelines(texts)
                file.flush()
                os.fsync(file.fileno())
            _as_any_other_file(temporary)
            os.replace(temporary, path)  # noqa: PTH105 - `temporary` is a string already
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Make a rename last through a power cut; where folders cannot be synced, nothing is done."""
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


def _as_any_other_file(path: str) -> None:
    """Give a temporary file, which is private, the mode that the umask asks for."""
    umask = os.umask(0)
    os.umask(umask)
    Path(path).chmod(0o666 & ~umask)
