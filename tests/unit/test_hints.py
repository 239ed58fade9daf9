"""What the program advises can be typed as it is: files and runs by their names, not `SPEC`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ADVICE = re.compile(r"\bharness [a-z]+\b[^;`\n]*?\b(SPEC|RUN|PLAN)\b")
SHOWN_AS_SYNTAX = {"help", "metavar", "epilog"}


def _list_texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """List the texts that are written into code: no docstrings, no help of options."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [one.value if isinstance(one, ast.Constant) else "…" for one in node.values]
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def _list_passed_over(tree: ast.AST) -> set[int]:
    """List the lines of docstrings and of what help shows, where a placeholder is right."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        if isinstance(node, ast.keyword) and node.arg in SHOWN_AS_SYNTAX:
            lines.update(range(node.value.lineno, (node.value.end_lineno or 0) + 1))
    return lines


def test_no_hint_names_a_placeholder_where_the_name_is_known(project: Path) -> None:
    found = []
    for path in sorted((project / "harness").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        passed_over = _list_passed_over(tree)
        found += [
            f"{path.relative_to(project)}:{line}: {text.strip()[:100]}"
            for line, text in _list_texts(tree)
            if line not in passed_over and ADVICE.search(text) and "Examples:" not in text
        ]
    assert found == []
