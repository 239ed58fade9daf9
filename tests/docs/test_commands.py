"""What the documentation tells people to type works."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import click
import pytest

from harness.cli.main import cli

PAGES = ("README.md", "CONTRIBUTING.md", "docs")
BLOCK = re.compile(r"^```(?:sh|console|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def pages(project: Path) -> list[Path]:
    found: list[Path] = []
    for name in PAGES:
        path = project / name
        found += sorted(path.rglob("*.md")) if path.is_dir() else [path]
    return found


def shell_blocks(page: Path) -> list[str]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def harness_commands(page: Path) -> list[list[str]]:
    commands = []
    for block in shell_blocks(page):
        for line in block.replace("\\\n", " ").splitlines():
            for part in re.split(r"&&|\||;", line.removeprefix("$ ")):
                words = shlex.split(part, comments=True)
                while words and "=" in words[0]:
                    words.pop(0)
                if words and words[0].rsplit("/", 1)[-1] == "harness":
                    own = takewhile(lambda word: word not in ("&", ">"), words[1:])
                    commands.append(list(own))
    return commands


def test_every_command_in_the_documentation_is_one(project: Path) -> None:
    wrong = []
    for page in pages(project):
        for words in harness_commands(page):
            try:
                with click.Context(cli) as context:
                    name, command, arguments = cli.resolve_command(context, words)
                    assert command is not None
                    command.make_context(name, arguments, parent=context)
            except click.exceptions.Exit:
                continue
            except click.ClickException as error:
                wrong.append(f"{page.name}: harness {' '.join(words)}: {error.format_message()}")
    assert wrong == []


def test_every_link_in_the_documentation_leads_somewhere(project: Path) -> None:
    dead = [
        f"{page.relative_to(project)}: {target}"
        for page in pages(project)
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert dead == []


def test_ci_runs_the_test_command_of_the_readme(project: Path) -> None:
    blocks = shell_blocks(project / "README.md")
    assert len(blocks) == 2
    assert blocks[1].strip() == ".ci/check"
    assert (project / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == ".ci/check"


@pytest.fixture
def copy(project: Path, tmp_path: Path) -> Path:
    shutil.copytree(project / "specs", tmp_path / "specs")
    return tmp_path


def test_the_main_job_of_the_readme_runs_and_says_where_the_report_is(
    project: Path, copy: Path
) -> None:
    main_job = harness_commands(project / "README.md")[0]
    done = subprocess.run(
        [sys.executable, "-m", "harness", *main_job, "--root", str(copy)],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = next((copy / "reports" / "sweden").glob("*/report.html"))
    assert str(report.relative_to(copy)) in done.stdout + done.stderr
    assert "simulated" in report.read_text(encoding="utf-8").lower()
