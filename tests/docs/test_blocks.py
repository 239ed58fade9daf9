"""Every `sh` block of the README and the pages runs, in order, in a fresh folder.

What reaches others is stood in for: `pip` (what it installs is there), `az` and `gh`. A block that
needs a real Azure is no `sh` block but a `console` one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
FOUND = (*PROJECT.glob("README*.md"), *sorted((PROJECT / "docs").glob("*.md")))
TRANSLATED = [page for page in FOUND if ".zh-CN" in page.name]
PAGES = [page for page in FOUND if page not in TRANSLATED]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ITSELF = ".ci/check\n"
"""The block that runs this test among all others."""

ACTIVATE = ". .venv/bin/activate\n"
LABELS = [
    ("Who were the founders of Microsoft?", "Bill Gates and Paul Allen.", True),
    ("Who were the founders of Microsoft?", "Steve Jobs.", False),
]

ACCOUNT = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-harness-sweden"
    "/providers/Microsoft.CognitiveServices/accounts/harness-sweden-01"
)
PYTHON3 = """#!/bin/sh
# Makes a virtual environment at once: a copy of one that has everything.
if [ "$1 $2" = "-m venv" ]; then exec cp -R "$PREPARED" "$3"; fi
exec "$PREPARED/bin/python" "$@"
"""
PIP = """#!/bin/sh
# Everything is there already. A lock file has hashes, so that pip refuses a name beside it.
case "$* " in *".lock "?*) echo "the lock file stands alone: $*" >&2; exit 1;; esac
"""
AZ = """#!/bin/sh
case "$1 $2" in
  "cognitiveservices account") echo "$ACCOUNT";;
  "ad app") echo 00000000-1111-2222-3333-444444444444;;
esac
"""
GH = """#!/bin/sh
case "$1 $2" in
  "pr checkout") git checkout -q -b pull-request; git push -q -u origin pull-request;;
esac
"""


def blocks_of(page: Path) -> list[str]:
    return [text for text in BLOCK.findall(page.read_text(encoding="utf-8")) if text != ITSELF]


def write_program(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment that has what this one has, and a `pip` that finds it there."""
    folder = tmp_path_factory.mktemp("prepared") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    there = [sysconfig.get_path("purelib"), str(PROJECT)]
    (packages / "there.pth").write_text("\n".join(there), encoding="utf-8")
    python = folder / "bin" / "python"
    for name in ("harness", "pytest"):
        # 1 says that the answer is no: some replies of the sample are wrong.
        # A server is the process that the page ends, and not its child.
        server = f'[ "$1" != simulate ] || exec "{python}" -m harness "$@"'
        started = f'#!/bin/sh\n{server}\n"{python}" -m {name} "$@" || [ $? = 1 ]\n'
        write_program(folder / "bin" / name, started)
    write_program(folder / "bin" / "pip", PIP)
    return folder


def make_folder(folder: Path, text: str) -> None:
    """Make what a reader has: a repository with a remote, and the files that a page speaks of."""
    remote = folder / "remote.git"
    project = folder / "project"
    project.mkdir(parents=True)
    for command in (
        ["git", "init", "-q", "--bare", str(remote)],
        ["git", "init", "-q", "-b", "main", str(project)],
        ["git", "-C", str(project), "remote", "add", "origin", str(remote)],
        ["git", "-C", str(project), "config", "user.email", "reader@example.com"],
        ["git", "-C", str(project), "config", "user.name", "Reader"],
        ["git", "-C", str(project), "commit", "-q", "--allow-empty", "-m", "Begin"],
    ):
        subprocess.run(command, check=True)
    if "specs/sweden.yaml" in text or "pytest specs/" in text:
        shutil.copytree(PROJECT / "specs", project / "specs")
    if "judge calibrate" in text:  # the spec has a judge by then, as the page says
        spec = project / "specs" / "sweden.yaml"
        judged = spec.read_text(encoding="utf-8")
        judged = judged.replace(
            "evaluation:\n", "evaluation:\n  judge: {target: sweden/large}\n", 1
        )
        spec.write_text(judged, encoding="utf-8")
    lines = ["question,answer,label", *(f'"{q}","{a}",{label}' for q, a, label in LABELS)]
    (project / "labels.csv").write_text("\n".join(lines), encoding="utf-8")
    rows = [
        f'{{"question": "{q}", "answer": "{a}", "label": {str(label).lower()}}}'
        for q, a, label in LABELS
    ]
    (project / "labels.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (project / "credential.json").write_text("{}", encoding="utf-8")


@pytest.mark.parametrize("page", TRANSLATED, ids=lambda page: page.name)
def test_a_translated_page_has_the_blocks_of_its_original(page: Path) -> None:
    """They run as the original's."""
    assert blocks_of(page)
    assert blocks_of(page) == blocks_of(page.with_name(page.name.replace(".zh-CN", "")))


@pytest.mark.parametrize("page", [p for p in PAGES if blocks_of(p)], ids=lambda page: page.name)
def test_every_block_of_a_page_runs_as_it_stands(
    page: Path, prepared: Path, tmp_path: Path
) -> None:
    blocks = blocks_of(page)
    make_folder(tmp_path, "".join(blocks))
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("python3", PYTHON3), ("az", AZ), ("gh", GH)):
        write_program(programs / name, text)
    shutil.copytree(prepared, tmp_path / "project" / ".venv", symlinks=True)
    activated = page.name.startswith("README")
    if activated:
        shutil.rmtree(tmp_path / "project" / ".venv")
    script = "\n".join(["set -eux", "" if activated else ACTIVATE, *blocks])
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path / "project",
        env={
            "PATH": os.pathsep.join([str(programs), "/usr/bin", "/bin"]),
            "HOME": str(tmp_path),
            "PREPARED": str(prepared),
            "AZURE_SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000000",
            "ACCOUNT": ACCOUNT,
            "NO_COLOR": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_readme_says_how_its_environment_is_entered() -> None:
    assert f"`{ACTIVATE.strip()}` puts it on the PATH" in PAGES[0].read_text(encoding="utf-8")
