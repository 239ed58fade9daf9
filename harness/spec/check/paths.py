"""Files that a spec names without holding them: data sets, answers, hooks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.spec.document import walk
from harness.spec.document.located import ANY, Node, Path, edit
from harness.spec.document.words import quote
from harness.spec.model.assertion_forms import AssertionForms, is_code, parse_code_file
from harness.spec.parse.assemble import Sources
from harness.spec.parse.texts import ASSERTIONS, SCHEME


@dataclass(frozen=True, slots=True)
class LinkedFiles:
    """A document whose paths can be opened from the working folder.

    ``data_sets`` are the paths of the conversations' cases with the node that names each, ``code``
    the paths of the checks' files, where code may run.
    """

    root: Node
    data_sets: dict[str, Node]
    code: tuple[str, ...] = ()


def find_files(
    root: Node, sources: Sources, forms: AssertionForms, *, allow_code: bool = False
) -> LinkedFiles:
    """Return the document with every path resolved against the file that names it.

    A path that may not be used, or where no file is, is a problem. Files of code are looked at only
    where code may run: elsewhere it is refused anyway.
    """
    data_sets: dict[str, Node] = {}
    programs: dict[str, None] = {}

    def cases(path: Path, node: Node) -> Node:
        del path
        if node.text is not None:  # `file://` says no more than the path
            node = replace(node, value=node.text.removeprefix(SCHEME))
        resolved = _resolve_existing(node, sources)
        if resolved is not node:
            data_sets.setdefault(resolved.text or "", node)
        return resolved

    def answers(path: Path, node: Node) -> Node:
        del path
        return _resolve_existing(node, sources)

    def catalogue(path: Path, node: Node) -> Node:
        return node if node.text in ("strict", "open") else answers(path, node)

    def model(path: Path, node: Node) -> Node:
        # A folder, which is looked for when it is needed: models are seldom part of a project.
        del path
        folder = sources.resolve(node) if node.text is not None else None
        return node if folder is None else replace(node, value=folder)

    def code(path: Path, node: Node) -> Node:
        del path
        return resolve_code(node, sources, forms, programs)

    if allow_code and any(
        is_code(walk.read_kind(assertion), forms) for assertion in walk.iterate_assertions(root)
    ):
        for pattern in ASSERTIONS:
            root = edit(root, pattern, code)
    root = edit(root, ("conversations", ANY, "cases"), cases)
    root = edit(root, ("simulator", "answers"), answers)
    root = edit(root, ("simulator", "catalogue"), catalogue)
    root = edit(root, ("providers", ANY, "answers"), answers)
    root = edit(root, ("providers", ANY, "models", ANY, "path"), model)
    return LinkedFiles(root, data_sets, tuple(programs))


def resolve_code(
    assertion: Node, sources: Sources, forms: AssertionForms, programs: dict[str, None]
) -> Node:
    """Return an assertion whose code is named from the project root, the same from any folder."""

    def part(path: Path, node: Node) -> Node:
        del path
        return resolve_code(node, sources, forms, programs)

    assertion = edit(assertion, ("assert", ANY), part)
    value = assertion.at("value")
    named = parse_code_file(value.text) if value is not None and value.text is not None else None
    if value is None or named is None or not is_code(walk.read_kind(assertion), forms):
        return assertion
    written = replace(value, value=named.file)
    found = _resolve_existing(written, sources)
    if found is written:
        return assertion
    programs[found.text or ""] = None
    path = sources.reader.from_root(found.text or "")
    named_again = replace(value, value=f"{path}:{named.function}")
    return replace(assertion, value={**assertion.items, "value": named_again})


def _resolve_existing(node: Node, sources: Sources) -> Node:
    """Return the node with a path that can be opened; as it was when there is none."""
    if node.text is None:
        return node
    path = sources.resolve(node)
    if path is None:
        return node
    if not sources.reader.exists(path):
        summary = f"{quote(node.text)} cannot be read"
        detail = f"there is no file {quote(path)}"
        hint = "a path is relative to the file that names it"
        sources.problems.error("H101", node.span, summary, detail=detail, hint=hint)
        return node
    return replace(node, value=path)
