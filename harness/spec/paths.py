"""Files that a spec names without holding them: data sets, answers, hooks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.spec.assemble import Sources
from harness.spec.located import Node, Path, rewrite
from harness.spec.words import quoted


@dataclass(frozen=True, slots=True)
class Found:
    """A document whose paths can be opened from the working folder.

    ``data_sets`` are the paths of the conversations' cases with the node that names each.
    """

    root: Node
    data_sets: dict[str, Node]


def find_files(root: Node, sources: Sources) -> Found:
    """The document with every path resolved against the file that names it.

    A path that may not be used, or where no file is, is a problem.
    """
    data_sets: dict[str, Node] = {}

    def change(path: Path, node: Node) -> Node:
        if node.text is None:
            return node
        match path:
            case ("conversations", int(), "cases"):
                resolved = _existing(node, sources)
                if resolved is not None:
                    data_sets.setdefault(resolved, node)
            case ("simulator", "answers") | ("providers", str(), "answers"):
                resolved = _existing(node, sources)
            case _:
                return node
        return node if resolved is None else replace(node, value=resolved)

    return Found(rewrite(root, change), data_sets)


def _existing(node: Node, sources: Sources) -> str | None:
    path = sources.resolve(node)
    if path is None:
        return None
    if not sources.reader.exists(path):
        summary = f"{quoted(node.text)} cannot be read"
        detail = f"there is no file {quoted(path)}"
        hint = "a path is relative to the file that names it"
        sources.problems.error("H101", node.span, summary, detail=detail, hint=hint)
        return None
    return path
