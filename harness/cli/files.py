"""Write the file that a command was asked for; it is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

from harness.errors import Diagnostic, OutsideError


def write_file(path: Path, text: str, code: str) -> None:
    """Write a file; one that is there is replaced.

    Args:
        path: the file; its folders are made as needed.
        text: what it holds then.
        code: of the error, where the disk refuses.

    Raises:
        OutsideError: the disk refused; what was there is still there.
    """
    from harness.fs.atomic import replace_file

    try:
        replace_file(path, [text])
    except OSError as error:
        raise _make_disk_error(path, error, code) from None


def write_new_file(path: Path, text: str, code: str, *, makes_folders: bool = False) -> None:
    """Write a file that is not there yet.

    Args:
        path: the file.
        text: what it holds then.
        code: of the error, where the disk refuses.
        makes_folders: make its folders too; else there has to be one.

    Raises:
        OutsideError: there is such a file, which stays as it is, or the disk refused.
    """
    from harness.fs.atomic import create_file

    try:
        if makes_folders:
            path.parent.mkdir(parents=True, exist_ok=True)
        create_file(path, text)
    except OSError as error:
        raise _make_disk_error(path, error, code) from None


def _make_disk_error(path: Path, error: OSError, code: str) -> OutsideError:
    from harness.fs.refusals import describe_refusal

    summary = f"{path} cannot be written"
    return OutsideError(Diagnostic(code, summary, describe_refusal(error, path)))
