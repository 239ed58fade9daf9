"""The workbench of one conversion: the file, the files that it names, and what does not map."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from harness.importers.conversion import Fate, NewFile, Unmapped
from harness.importers.formats import SourceFile
from harness.source import Span
from harness.spec.document.located import Node
from harness.spec.formats.limits import SPEC
from harness.spec.formats.yaml import decode_text, parse
from harness.spec.ports import UnreadableError

SCHEME = "file://"
STRUCTURED = (".yaml", ".yml", ".json")
MOST = 500
"""Entries of what does not map that are kept: nobody reads more."""
LONGEST = 2_000_000


@dataclass(slots=True)
class Workbench:
    """Collects what does not map while a file is converted, and reads the files that it names.

    Attributes:
        source: the file that is converted.
        unmapped: what does not map, as it was met.
        notes: what to know before the spec is run, each once.
        files: what is written beside the spec.
        needs_code: whether the spec will run the author's own code.
    """

    source: SourceFile
    unmapped: list[Unmapped] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    files: dict[str, NewFile] = field(default_factory=dict)
    needs_code: bool = False

    def leave_out(self, place: Node | Span, what: str, reason: str) -> None:
        """Note something that is not in the spec."""
        self._add(place, what, reason, "left out")

    def change(self, place: Node | Span, what: str, reason: str) -> None:
        """Note something that is in the spec and means a little else."""
        self._add(place, what, reason, "changed")

    def call_broken(self, place: Node | Span, what: str, reason: str) -> None:
        """Note something that does not do there what its author means."""
        self._add(place, what, reason, "broken")

    def note(self, text: str) -> None:
        """Note something to know before the spec is run."""
        self.notes.setdefault(text)

    def _add(self, place: Node | Span, what: str, reason: str, fate: Fate) -> None:
        span = place.span if isinstance(place, Node) else place
        one = Unmapped(span, what, reason, fate)
        if len(self.unmapped) < MOST and one not in self.unmapped:
            self.unmapped.append(one)

    def list_unmapped(self) -> tuple[Unmapped, ...]:
        """List what does not map in the order of the files, the converted one first."""
        own = self.source.path

        def place(one: Unmapped) -> tuple[bool, str, int, int]:
            return one.span.file != own, one.span.file, one.span.line, one.span.column

        return tuple(sorted(self.unmapped, key=place))

    # --- files that it names

    def list_files(self, place: Node, reference: str) -> list[str]:
        """List the files that a path or a glob leads to; an unreadable one is noted.

        Paths are relative to the configuration, as promptfoo has them; where nothing is there, to
        the file that names them.
        """
        name = reference.removeprefix(SCHEME)
        reader = self.source.reader
        reason = "there is no such file"
        for naming in dict.fromkeys((self.source.path, place.span.file)):
            try:
                if any(sign in name for sign in "*?["):
                    found = list(reader.matches(naming, name))
                else:
                    path = reader.resolve(naming, name)
                    found = [path] if reader.exists(path) else []
            except UnreadableError as error:
                reason = f"{error.reason}; {error.hint}" if error.hint else error.reason
                continue
            except OSError as error:  # a name that no file can have
                reason = error.strerror or "no file can have that name"
                continue
            if found:
                return found
        self.leave_out(place, name or "a file without a name", reason)
        return []

    def read_text(self, place: Node, path: str) -> str | None:
        """Read a file as text, None where it cannot be, which is noted."""
        try:
            data = self.source.reader.read(path, LONGEST)
        except UnreadableError as error:
            self.leave_out(place, path, error.reason)
            return None
        if len(data) > LONGEST:
            self.leave_out(place, path, "the file is larger than 2 MB")
            return None
        text, problem = decode_text(data, path)
        if problem is not None:
            self.leave_out(place, path, problem.summary)
            return None
        return text

    def read_node(self, place: Node, path: str) -> Node | None:
        """Read a file of JSON or YAML, None where it is neither, which is noted."""
        text = self.read_text(place, path)
        if text is None:
            return None
        parsed = parse(text.encode("utf-8", "replace"), path, SPEC)
        if parsed.root is None:
            why = parsed.problems[0].summary if parsed.problems else "the file is empty"
            self.leave_out(place, path, why)
        return parsed.root

    def follow(self, node: Node) -> Node:
        """Return what a ``file://`` text stands for: JSON and YAML as they are, else the text.

        What cannot be read stays as it is written.
        """
        text = node.text
        if text is None or not text.startswith(SCHEME) or "{{" in text:
            return node
        found = self.list_files(node, text)
        if not found:
            return node
        if found[0].lower().endswith(STRUCTURED):
            return self.read_node(node, found[0]) or node
        content = self.read_text(node, found[0])
        return node if content is None else Node(content.strip(), Span(found[0], 1, 1))

    def copy_file(self, place: Node, path: str) -> str:
        """Have a file written beside the spec, too; return the path by which the spec names it."""
        text = self.read_text(place, path) or ""
        stem, dot, end = posixpath.basename(path).rpartition(".")
        name, number = f"{stem}{dot}{end}", 2
        while name in self.files and self.files[name].text != text:
            name, number = f"{stem}-{number}{dot}{end}", number + 1
        self.files[name] = NewFile(name, text)
        return name

    def name_file(self, place: Node, path: str) -> str:
        """Return a file's path as the spec will name it; one of another project is copied."""
        try:
            self.source.reader.from_root(self.source.out)
        except UnreadableError:
            return self.copy_file(place, path)
        return self.refer(path)

    def refer(self, path: str) -> str:
        """Return a path as the spec will name it."""
        return posixpath.relpath(path, posixpath.dirname(self.source.out) or ".")

    def resolve_refs(self, node: Node, depth: int = 0) -> Node:
        """Return a mapping with its ``$ref`` replaced by what it means, keys beside it kept."""
        reference = node.at("$ref")
        if reference is None or reference.text is None or depth > 20:
            return node
        target = self._find_ref(reference.text)
        if target is None:
            self.call_broken(node, f"$ref {reference.text}", "it leads nowhere")
            return Node({k: v for k, v in node.items.items() if k != "$ref"}, node.span, node.keys)
        below = self.resolve_refs(target, depth + 1)
        own = {key: value for key, value in node.items.items() if key != "$ref"}
        return Node({**below.items, **own}, node.span, {**below.keys, **node.keys})

    def _find_ref(self, reference: str) -> Node | None:
        node = self.source.root
        if not reference.startswith("#/") or node is None:
            return None
        for step in reference[2:].split("/"):
            key: str | int = step.replace("~1", "/").replace("~0", "~")
            if isinstance(node.value, list) and str(key).isdecimal():
                key = int(key)
            below = node.at(key)
            if below is None:
                return None
            node = below
        return node


def iterate_texts(node: Node) -> Iterator[Node]:
    """Yield every text beneath a node."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.text is not None:
            yield one
        waiting += [*one.items.values(), *one.elements]


def to_number(value: Any) -> float | int | None:
    """Return a number that is written as one or as a text; None for what is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    try:
        number = float(value)
        return int(number) if number == int(number) else number
    except (TypeError, ValueError, OverflowError):
        return None
