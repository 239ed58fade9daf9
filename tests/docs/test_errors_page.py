"""docs/errors.md has every code, once, and each is said by one part of the program."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

CODE = re.compile(r"^H\d{3}$|(?<=error\[)H\d{3}(?=\])")
ROW = re.compile(r"^\| (H\d{3}) \| (.+?\.) \| (.+?\.) \|$")
REWRITER = "store/writing.py"
SPEAKERS = {
    "H0": {"cli/main.py", "cli/streams.py"},
    "H1": {"spec", "store", "app"},
    "H2": {"spec"},
    "H3": {"spec"},
    "H40": {"spec"},
    "H41": {"simulator", "cli/project/simulate.py"},
    "H43": {"wiring"},
    "H46": {"simulator", "conversation", "cloud", "wiring"},
    "H5": {"spec"},
    "H6": {"run", "checks", "wiring", "api"},
    "H7": {"store"},
    "H81": {"cli/evaluation/report.py", "app"},
    "H82": {"recording", "wiring"},
    "H84": {"app"},
    "H85": {"app"},
    "H86": {"cluster", "wiring"},
    "H87": {"history", "cli"},
    "H9": {
        "plan",
        "cloud",
        "playground",
        "provision",
        "telemetry",
        "wiring",
        "app",
        "cli",
        "api",
        REWRITER,
        "codegen",
    },
    "H94": {"app", "cli", "playground"},
    "H95": {"app", "cli", REWRITER},
    "H96": {"app", "cli", "codegen"},
    "H97": {"app", "cli"},
    "H98": {"app", "cli"},
    "H99": {"telemetry", "wiring"},
}
"""Which packages, or modules of the command line, may say the codes that begin like this."""


@dataclass(frozen=True, slots=True)
class Use:
    code: str
    path: str

    @property
    def speaker(self) -> set[str]:
        package, _, rest = self.path.partition("/")
        return {package, f"{package}/{rest}"}


def rows(project: Path) -> list[tuple[str, str, str]]:
    lines = (project / "docs" / "errors.md").read_text(encoding="utf-8").splitlines()
    return [match.groups() for line in lines if (match := ROW.match(line))]  # type: ignore[misc]


def uses(project: Path) -> list[Use]:
    package = project / "harness"
    return [
        Use(code, path.relative_to(package).as_posix())
        for path in sorted(package.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for code in CODE.findall(node.value)
    ]


def test_every_code_of_the_program_has_one_row_and_no_row_is_left_over(project: Path) -> None:
    codes = [code for code, _, _ in rows(project)]
    assert codes == sorted(set(codes))
    assert {use.code for use in uses(project)} == set(codes)


def test_every_line_of_the_table_is_a_row_with_a_meaning_and_an_advice(project: Path) -> None:
    page = (project / "docs" / "errors.md").read_text(encoding="utf-8")
    begun = [line for line in page.splitlines() if line.startswith("| H")]
    assert len(begun) == len(rows(project))


def test_a_code_is_said_by_one_part_of_the_program(project: Path) -> None:
    strangers = [
        f"{use.path} says {use.code}"
        for use in uses(project)
        for prefix, speakers in SPEAKERS.items()
        if use.code.startswith(prefix) and not use.speaker & speakers
    ]
    assert strangers == []


def test_every_code_begins_like_a_section_that_says_who_says_it(project: Path) -> None:
    page = (project / "docs" / "errors.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (H\d+)x+: .+\n\nSaid by ", page, re.MULTILINE)
    assert sections == list(SPEAKERS)
