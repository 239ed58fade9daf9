"""Paths into what applications and programs answer."""

from __future__ import annotations

from harness.spec.document import walk
from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.values.patterns import check_path


def check(root: Node, problems: Problems) -> None:
    """Note paths into the answers of applications and programs that cannot be understood."""
    for _, provider in walk.list_entries(root, "providers"):
        for key in ("reply", "usage", "session", "tool_calls", "context"):
            node = provider.at(key)
            if node is not None:
                check_path(node, problems, strict=False)
