"""Write the files of runs and documents, and say for people what a disk refused."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import Diagnostic, OutsideError
from harness.fs.atomic import replace_file
from harness.fs.refusals import describe_refusal, format_bytes

DISK, NO_ROOM = "H701", "H706"
NOT_REWRITTEN = "H952"


@contextmanager
def explain_disk_errors(path: Path, what: str) -> Iterator[None]:
    """Turn what the operating system says about a file into an error that a person can act on.

    Raises:
        OutsideError: for any ``OSError`` inside, naming the file and what to do.
    """
    try:
        yield
    except OSError as error:
        raise disk_error(error, path, what) from error


def disk_error(
    error: OSError, path: Path, what: str, needed_bytes: int | None = None
) -> OutsideError:
    """Make an error of what the operating system said about a file."""
    reason = describe_refusal(error, path, needed_bytes)
    hint = "make room, make the folder writable, or choose another"
    return OutsideError(Diagnostic(DISK, f"cannot {what}: {reason}", str(path), hint=hint))


def make_room_error(path: Path, free: int, least_bytes: int) -> OutsideError:
    """Make the error for a disk that cannot take what is going to be written."""
    return OutsideError(
        Diagnostic(
            NO_ROOM,
            f"there is not enough room for this run: {format_bytes(free)} free, at least "
            f"{format_bytes(least_bytes)} needed",
            str(path),
            hint="make room, and go on with it by --resume; or write elsewhere: --output DIR",
        )
    )


def write_atomically(path: Path, text: str) -> None:
    """Replace a file by this text, at once and to the platters; folders are made as needed.

    Raises:
        OutsideError: the disk refused; what was there before is still there.
    """
    write_lines_atomically(path, [text])


def write_lines_atomically(path: Path, texts: Iterable[str], *, is_private: bool = False) -> None:
    """Write as ``write_atomically`` does a text that comes in pieces.

    ``is_private``: nobody else on this machine may read it, nor list a folder that is made for it;
    else both are as the umask says.
    """
    with explain_disk_errors(path, "write"):
        if is_private:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, texts, mode=0o600 if is_private else None)


def rewrite_file(path: Path, before: str, after: str) -> None:
    """Replace a file that a person wrote, if it is still as it was read; its mode stays.

    A link stays a link: what it leads to is replaced.

    Raises:
        OutsideError: the file may not be written, is another one by now, or the disk refused; what
            was there is still there.
    """
    with explain_disk_errors(path, "write"):
        mode = stat.S_IMODE(path.stat().st_mode)
        now = path.read_bytes()
    # Asked of the mode as well: a superuser may write everything, and would not want to.
    if not mode & 0o222 or not os.access(path, os.W_OK):
        hint = f"chmod u+w {path}, or save into another spec"
        summary = f"{path} is read-only, and left as it is"
        raise OutsideError(Diagnostic(NOT_REWRITTEN, summary, hint=hint))
    if now != before.encode("utf-8"):
        summary = f"{path} was changed by somebody else meanwhile, and is left as it is"
        raise OutsideError(Diagnostic(NOT_REWRITTEN, summary, hint="do the same again"))
    with explain_disk_errors(path, "write"):
        replace_file(path, [after], mode=mode)
