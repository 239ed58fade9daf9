"""The tables of faults and of threats: each row names tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

FAULTS = tuple(str(number) for number in range(1, 33))
THREATS = tuple(f"S{number}" for number in range(1, 22))
ROW = re.compile(r"\| (S?\d+) \|")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def read_rows(page: Path) -> dict[str, str]:
    rows: dict[str, str] = {}
    for line in page.read_text(encoding="utf-8").splitlines():
        found = ROW.match(line)
        if found is not None:
            assert found[1] not in rows, f"{page.name} has row {found[1]} twice"
            rows[found[1]] = line
    return rows


@cache
def list_tests(module: Path) -> frozenset[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )


@pytest.mark.parametrize(
    ("page", "numbers"), [("reliability.md", FAULTS), ("security.md", THREATS)]
)
def test_every_row_is_there(project: Path, page: str, numbers: tuple[str, ...]) -> None:
    assert sorted(read_rows(project / "docs" / page)) == sorted(numbers)


@pytest.mark.parametrize("page", ["reliability.md", "security.md"])
def test_every_test_that_a_row_names_exists(project: Path, page: str) -> None:
    gone = [
        f"{number}: {path}::{name}"
        for number, row in read_rows(project / "docs" / page).items()
        for path, name in NAMED.findall(row)
        if not (project / path).is_file() or name not in list_tests(project / path)
    ]
    assert gone == []
