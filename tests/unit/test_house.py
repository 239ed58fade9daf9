"""The house keeps its own rules: what linters cannot express is read off the syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PURE = (
    "azure",
    "spec",
    "conversation",
    "prices",
    "plan",
    "checks",
    "results",
    "compare",
    "report",
    "redaction",
)
WORLD = {
    "open",
    "os.environ",
    "os.getenv",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "datetime.datetime.now",
    "datetime.date.today",
}
FILE_METHODS = {"read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "unlink"}
PACKAGED_DATA = "importlib.resources"
"""A module may read the data that ships with it, which is as constant as its own text."""


def modules(project: Path, *packages: str) -> Iterator[tuple[Path, ast.Module]]:
    for package in packages:
        for path in sorted((project / "harness" / package).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize("package", PURE)
def test_a_pure_package_reads_no_file_clock_or_environment(package: str, project: Path) -> None:
    found = []
    for path, tree in modules(project, package):
        reads_packaged_data = PACKAGED_DATA in path.read_text(encoding="utf-8")
        for node in ast.walk(tree):
            name = dotted(node) if isinstance(node, ast.Attribute | ast.Name) else ""
            is_file_method = (
                isinstance(node, ast.Attribute)
                and node.attr in FILE_METHODS
                and not reads_packaged_data
            )
            if name in WORLD or is_file_method:
                found.append(f"{path.relative_to(project)}:{getattr(node, 'lineno', 0)} {name}")
    assert not found


def test_no_module_is_longer_than_400_lines(project: Path) -> None:
    lengths = {
        str(path.relative_to(project)): len(path.read_text(encoding="utf-8").splitlines())
        for path, _ in modules(project, ".")
    }
    assert {name: n for name, n in lengths.items() if n > 400} == {}


def test_nothing_of_the_command_line_is_imported_before_it_is_needed(project: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from harness.cli.main import COMMANDS, run; run(['--help']);"
        "[run([entry.name, '--help']) for entry in COMMANDS];"
        "heavy = {'openai', 'azure.core', 'aiohttp', 'pydantic', 'yaml', 'jinja2'};"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=project
    )
    assert done.stderr == ""
    assert done.returncode == 0


QUESTIONS = re.compile(r"(What|Whether|How|Who|Whom|Whose|Where|When|Which|Why)\b")


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each docstring, those below attributes included."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else ():
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                yield statement.lineno, str(statement.value.value)


def test_no_docstring_begins_with_a_question(project: Path) -> None:
    asking = [
        f"{path.relative_to(project)}:{line}"
        for path, tree in modules(project, ".")
        for line, text in docstrings(tree)
        if QUESTIONS.match(text)
    ]
    assert asking == []


def test_no_class_name_stands_for_two_things(project: Path) -> None:
    homes: dict[str, list[str]] = {}
    for path, tree in modules(project, "."):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(f"{path.relative_to(project)}:{node.lineno}")
    assert {name: at for name, at in homes.items() if len(at) > 1} == {}
