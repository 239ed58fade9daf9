"""The texts of a cassette's files: read, hashed, and taken apart where git left a conflict."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from harness.fs.regular import open_regular

_MARK = re.compile(r"([<|=>])\1{6}(?=\s|$)")
"""Marks by which git sets off the sides of a conflict; no line of a cassette begins so."""


def hash_text(text: str) -> str:
    """Return SHA-256 of a text, whichever way git wrote its newlines."""
    return sha256(text.replace("\r\n", "\n").encode("utf-8", "surrogatepass")).hexdigest()


def split_sides(text: str) -> tuple[str, str] | None:
    """Return the two texts that git could not make one of; None where it left no conflict."""
    ours: list[str] = []
    theirs: list[str] = []
    into: tuple[list[str], ...] = (ours, theirs)
    for line in text.splitlines(keepends=True):
        mark = _MARK.match(line)
        if mark is None:
            for side in into:
                side.append(line)
        else:
            into = {"<": (ours,), "|": (), "=": (theirs,), ">": (ours, theirs)}[mark[1]]
    one, other = "".join(ours), "".join(theirs)
    return None if one == other == text else (one, other)


def read_text(path: Path, limit: int) -> str:
    """Return a file's text.

    Raises:
        OSError: it cannot be opened.
        ValueError: it is larger than ``limit``, in bytes, or no UTF-8.
    """
    with open_regular(path) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"it is larger than {limit // 2**20} MB")
    return content.decode()
