"""The house keeps its own rules: what linters cannot express is read off the syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
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
    "codegen",
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


@cache
def read_module(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def modules(project: Path, *packages: str) -> Iterator[tuple[Path, ast.Module]]:
    for package in packages:
        for path in sorted((project / "harness" / package).rglob("*.py")):
            yield path, read_module(path)


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


MOST_MODULES = 15


def test_no_folder_holds_more_modules_than_a_reader_takes_in_at_a_glance(project: Path) -> None:
    sizes: dict[str, int] = {}
    for path, _ in modules(project, "."):
        folder = path.parent.relative_to(project).as_posix()
        sizes[folder] = sizes.get(folder, 0) + 1
    assert {folder: size for folder, size in sizes.items() if size > MOST_MODULES} == {}


MOST_PARAMETERS = 9

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(project: Path) -> Iterator[tuple[str, Function]]:
    """Yield each function and method with its place."""
    for path, tree in modules(project, "."):
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield f"{path.relative_to(project).as_posix()}:{node.lineno} {node.name}", node


def test_no_function_has_more_than_nine_parameters(project: Path) -> None:
    long = {}
    for place, function in functions(project):
        given = function.args
        names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        count = len([name for name in names if name not in {"self", "cls"}])
        if count > MOST_PARAMETERS:
            long[place] = count
    assert long == {}


PARTICIPLE = re.compile(
    r"(?!embed|feed|need|shed|proceed|exceed|seed)\w{2,}ed|(?!reopen)(?:over|un|re|mis)\w+(?:en|wn)|\w+itten"
    r"|said|told|kept|held|found|seen|shown|known|given|taken|sent|made|built|brought|meant|laid"
    r"|spent|learned|sworn|drawn|worn|broken|chosen|spoken|hidden|begun|gone|left|lost|paid|heard"
)


NAMES_A_THING = ("_error", "_json")
"""Endings of names whose participle belongs to a noun: ``unknown_target_error``."""


def is_property(function: Function) -> bool:
    return any("property" in ast.unparse(each) for each in function.decorator_list)


def test_functions_are_verbs_and_no_bare_participles(project: Path) -> None:
    bare = [
        place
        for place, function in functions(project)
        if not function.name.startswith("__")
        and not is_property(function)
        and not function.name.endswith(NAMES_A_THING)
        and PARTICIPLE.fullmatch(function.name.strip("_").partition("_")[0])
    ]
    assert bare == []


def imported_when_loaded(tree: ast.Module) -> Iterator[str]:
    """Yield what a module imports while it is loaded: nothing for types, nothing in functions."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function | ast.Lambda):
            continue
        if isinstance(node, ast.If) and dotted(node.test).endswith("TYPE_CHECKING"):
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{each.name}" for each in node.names)
        waiting += ast.iter_child_nodes(node)


def test_no_module_imports_itself_by_way_of_others(project: Path) -> None:
    trees = {
        ".".join(path.relative_to(project).with_suffix("").parts).removesuffix(".__init__"): tree
        for path, tree in modules(project, ".")
    }
    graph = {
        name: {
            there
            for each in imported_when_loaded(tree)
            for there in (each if each in trees else each.rpartition(".")[0],)
            if there in trees and there != name
        }
        for name, tree in trees.items()
    }
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"an import cycle: {' -> '.join(error.args[1])}")


def test_tests_of_a_package_lie_in_folders_of_its_name(project: Path) -> None:
    unit, package = project / "tests" / "unit", project / "harness"
    homeless = [
        folder.relative_to(project).as_posix()
        for folder in unit.rglob("*")
        if folder.is_dir()
        and any(folder.glob("*.py"))
        and not (package / folder.relative_to(unit)).is_dir()
    ]
    assert homeless == []


def test_no_folder_of_unit_tests_is_larger_than_one_of_the_package(project: Path) -> None:
    folders = [folder for folder in (project / "tests" / "unit").rglob("*") if folder.is_dir()]
    sizes = {str(folder.relative_to(project)): len(list(folder.glob("*.py"))) for folder in folders}
    assert {name: size for name, size in sizes.items() if size > MOST_MODULES} == {}
