"""Bare numbers that mean one thing to the author and another to YAML."""

from __future__ import annotations

from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.formats.scalars import LEADING_ZERO


def check(root: Node, problems: Problems) -> None:
    """Note numbers with a leading zero, where no other problem stands already.

    ``0613`` is a model's version, 613, or 395 in older YAML: it is refused, never guessed.
    """
    told = {problem.span for problem in problems.found if problem.severity == "error"}
    for node in _find_ambiguous(root):
        if node.span not in told:
            told.add(node.span)
            raw = node.raw or ""
            number = raw.lstrip("+-0") or "0"
            problems.error(
                "H109",
                node.span,
                f"{raw} begins with a zero, which numbers do not",
                hint=f'quote it to keep the zero: "{raw}"; or write {number}',
            )


def _find_ambiguous(node: Node) -> list[Node]:
    found: list[Node] = []
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current.raw is not None and LEADING_ZERO.match(current.raw):
            found.append(current)
        waiting += current.items.values()
        waiting += current.elements
    return found
