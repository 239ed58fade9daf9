"""A spec and every file that it names as one value, to be read where its folder is not.

What a spec takes from the environment is not in it: its text holds names, not values.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, TextIO

from harness.spec.ports import Reader, UnreadableError


@dataclass(frozen=True, slots=True)
class PackedFiles:
    """The ``Reader`` port over files that were read elsewhere.

    Attributes:
        root: the project root there.
        there: files that were found.
        texts: the content of each file, by its path.
        globs: what each glob matched, by the file that names it and the pattern.
        names: each path as seen from the root.
    """

    root: str
    there: frozenset[str]
    texts: Mapping[str, bytes]
    globs: Mapping[tuple[str, str], tuple[str, ...]]
    names: Mapping[str, str]

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> PackedFiles:
        """Read what ``to_json`` wrote."""
        return cls(
            written["root"],
            frozenset(written["there"]),
            {path: base64.b64decode(text) for path, text in written["texts"].items()},
            {(file, pattern): tuple(found) for file, pattern, found in written["globs"]},
            written["names"],
        )

    def to_json(self) -> dict[str, Any]:
        """Return the files as JSON holds them."""
        return {
            "root": self.root,
            "there": sorted(self.there),
            "texts": {path: base64.b64encode(it).decode() for path, it in self.texts.items()},
            "globs": [[file, pattern, found] for (file, pattern), found in self.globs.items()],
            "names": dict(self.names),
        }

    def resolve(self, naming_file: str, reference: str) -> str:
        """Return the path of what a file names."""
        folder = os.path.dirname(naming_file)  # noqa: PTH120
        return os.path.normpath(os.path.join(folder, reference))  # noqa: PTH118

    def matches(self, naming_file: str, pattern: str) -> tuple[str, ...]:
        """Return the files that a glob matched."""
        return self.globs.get((naming_file, pattern), ())

    def from_root(self, path: str) -> str:
        """Return the path as seen from the project root."""
        return self.names.get(path, path)

    def exists(self, path: str) -> bool:
        """Tell whether the file was there."""
        return path in self.there or path in self.texts

    def read(self, path: str, limit: int) -> bytes:
        """Read the file's first ``limit + 1`` bytes."""
        return self._find(path)[: limit + 1]

    @contextmanager
    def stream(self, path: str) -> Iterator[TextIO]:
        """Open the file as UTF-8 text, a byte order mark dropped."""
        yield StringIO(self._find(path).decode("utf-8-sig"), newline="")

    def _find(self, path: str) -> bytes:
        if path not in self.texts:
            raise UnreadableError("H101", "the file did not come with the spec")
        return self.texts[path]


@dataclass(slots=True)
class PackingReader:
    """The ``Reader`` port over another reader; ``packed`` is all that was read of it."""

    beneath: Reader
    _there: set[str] = field(default_factory=set)
    _texts: dict[str, bytes] = field(default_factory=dict)
    _globs: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    @property
    def packed(self) -> PackedFiles:
        """Everything that was read so far, whole."""
        return PackedFiles(self.root, frozenset(self._there), self._texts, self._globs, self._names)

    @property
    def root(self) -> str:
        """The project root."""
        return self.beneath.root

    def resolve(self, naming_file: str, reference: str) -> str:
        """Return the path of what a file names."""
        return self.beneath.resolve(naming_file, reference)

    def matches(self, naming_file: str, pattern: str) -> tuple[str, ...]:
        """Return the files that a glob matches."""
        found = self._globs[naming_file, pattern] = self.beneath.matches(naming_file, pattern)
        return found

    def from_root(self, path: str) -> str:
        """Return the path as seen from the project root."""
        seen = self._names[path] = self.beneath.from_root(path)
        return seen

    def exists(self, path: str) -> bool:
        """Tell whether a regular file is there."""
        there = self.beneath.exists(path)
        if there:
            self._there.add(path)
        return there

    def read(self, path: str, limit: int) -> bytes:
        """Read the file's first ``limit + 1`` bytes."""
        content = self.beneath.read(path, limit)
        if len(content) <= limit:
            self._texts[path] = content
        return content

    @contextmanager
    def stream(self, path: str) -> Iterator[TextIO]:
        """Open the file as text; it is held whole, for it is sent whole."""
        if path not in self._texts:
            with self.beneath.stream(path) as file:
                self._texts[path] = file.read().encode()
        yield StringIO(self._texts[path].decode("utf-8-sig"), newline="")
