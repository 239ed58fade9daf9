"""A reader that notes which files a spec names, so that they can be watched."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import TextIO

from harness.spec.ports import Reader


@dataclass(frozen=True, slots=True)
class NamedFiles:
    """The files that a spec is made of, there or not, and the globs that may name more.

    Attributes:
        files: absolute paths, links left as they are.
        patterns: absolute globs.
    """

    files: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()

    def has(self, path: str) -> bool:
        """Return whether a file is one of these, or would be if it was there."""
        return path in self.files or any(fnmatch(path, one) for one in self.patterns)

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders in which they are or would be, those that exist, sorted."""
        above = {os.path.dirname(path) for path in (*self.files, *self.patterns)}  # noqa: PTH120
        return tuple(sorted(folder for folder in above if Path(folder).is_dir()))

    def join(self, others: NamedFiles) -> NamedFiles:
        """Return these and others."""
        return NamedFiles(self.files | others.files, self.patterns | others.patterns)


@dataclass(slots=True)
class NotingReader:
    """The ``Reader`` port over another reader; ``noted`` is what was asked of it."""

    beneath: Reader
    files: set[str] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)

    @property
    def noted(self) -> NamedFiles:
        """Everything that was named so far."""
        return NamedFiles(frozenset(self.files), frozenset(self.patterns))

    @property
    def root(self) -> str:
        """The project root."""
        return self.beneath.root

    def resolve(self, naming_file: str, reference: str) -> str:
        """Return the path of what a file names."""
        return self.beneath.resolve(naming_file, reference)

    def matches(self, naming_file: str, pattern: str) -> tuple[str, ...]:
        """Return the files that a glob matches."""
        folder = os.path.dirname(naming_file)  # noqa: PTH120
        self.patterns.add(os.path.abspath(os.path.join(folder, pattern)))  # noqa: PTH100, PTH118
        return self.beneath.matches(naming_file, pattern)

    def from_root(self, path: str) -> str:
        """Return the path as seen from the project root."""
        return self.beneath.from_root(path)

    def exists(self, path: str) -> bool:
        """Tell whether a regular file is there."""
        self._note(path)
        return self.beneath.exists(path)

    def read(self, path: str, limit: int) -> bytes:
        """Read the file's first ``limit + 1`` bytes."""
        self._note(path)
        return self.beneath.read(path, limit)

    def stream(self, path: str) -> AbstractContextManager[TextIO]:
        """Open the file as text."""
        self._note(path)
        return self.beneath.stream(path)

    def _note(self, path: str) -> None:
        self.files.add(os.path.abspath(path))  # noqa: PTH100 - links are left as they are
