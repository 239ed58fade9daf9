"""Files that are not written yet, over those that are: a spec is read before it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import TextIO

from harness.spec.ports import Reader


@dataclass(frozen=True, slots=True)
class OverlaidReader:
    """The ``Reader`` port over another one, with texts by path that nobody has written yet."""

    below: Reader
    texts: Mapping[str, str]

    @property
    def root(self) -> str:
        """The project root."""
        return self.below.root

    def resolve(self, naming_file: str, reference: str) -> str:
        """Resolve the path of what a file names."""
        return self.below.resolve(naming_file, reference)

    def matches(self, naming_file: str, pattern: str) -> tuple[str, ...]:
        """List the files on disk that a glob matches."""
        return self.below.matches(naming_file, pattern)

    def from_root(self, path: str) -> str:
        """Return the path from the project root."""
        return self.below.from_root(path)

    def exists(self, path: str) -> bool:
        """Return whether the file is there, or will be."""
        return path in self.texts or self.below.exists(path)

    def read(self, path: str, limit: int) -> bytes:
        """Read the first ``limit + 1`` bytes."""
        text = self.texts.get(path)
        if text is None:
            return self.below.read(path, limit)
        return text.encode("utf-8", "surrogatepass")[: limit + 1]

    @contextmanager
    def stream(self, path: str) -> Iterator[TextIO]:
        """Open the file as UTF-8 text."""
        text = self.texts.get(path)
        if text is not None:
            yield StringIO(text, newline="")
            return
        with self.below.stream(path) as file:
            yield file
