"""The port through which a spec reaches files: an argument, so that loading stays pure."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol, TextIO


class UnreadableError(Exception):
    """A file that cannot or may not be read.

    Attributes:
        code: ``H101`` when it cannot, ``H111`` when it may not.
        reason: why, in a sentence without a path.
        hint: what to do about it.
    """

    def __init__(self, code: str, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.hint = hint


class Reader(Protocol):
    """Files beneath one project root, and nothing else.

    Paths are strings in the form that messages show them. Every method refuses, with
    ``UnreadableError``, what lies outside the root or is not a regular file.
    """

    @property
    def root(self) -> str:
        """The project root: an absolute path."""
        ...

    def resolve(self, naming_file: str, reference: str) -> str:
        """Return the path of what ``reference`` means in ``naming_file``; relative to that file."""
        ...

    def matches(self, naming_file: str, pattern: str) -> tuple[str, ...]:
        """Return the files that a glob matches, sorted by path; ``**`` spans folders."""
        ...

    def from_root(self, path: str) -> str:
        """Return the path as seen from the project root, with ``/``: the same from every folder."""
        ...

    def exists(self, path: str) -> bool:
        """Tell whether a regular file is there."""
        ...

    def read(self, path: str, limit: int) -> bytes:
        """Read the file's first ``limit + 1`` bytes: one more than is allowed."""
        ...

    def stream(self, path: str) -> AbstractContextManager[TextIO]:
        """Open the file as UTF-8 text, a byte order mark dropped, line ends as they are written."""
        ...
