"""What a command prints and reads where that is hard."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from harness.cli.given import read_input, require_text

RUN = {
    "id": "20261122-130000-abcdef",
    "spec": {"name": "马尔默 – Malmö"},
    "targets": [],
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    run = tmp_path / "reports" / "x" / RUN["id"]  # type: ignore[operator]
    run.mkdir(parents=True)
    (run / "run.json").write_text(json.dumps(RUN), encoding="utf-8")
    return tmp_path


def harness(folder: Path, line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A line of shell in which ``harness`` is this program."""
    shell = f'set -o pipefail; harness() {{ "$0" -m harness "$@"; }}; {line}'
    return subprocess.run(
        ["bash", "-c", shell, sys.executable],
        env={**os.environ, **environment},
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("harness schema | head -1", 0),
        ("harness schema | true", 0),
        ("harness runs >&-", 0),
        ("harness runs 2>&-", 0),
        ("harness report nowhere 2>&-", 2),
        ("harness report nowhere 2>/dev/full", 2),
    ],
)
def test_the_exit_code_is_the_commands_own_whoever_reads_what_it_prints(
    project: Path, line: str, code: int
) -> None:
    done = harness(project, line)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    assert b"harness itself failed" not in done.stderr


def test_results_that_a_full_disk_does_not_take_are_told(project: Path) -> None:
    done = harness(project, "harness schema >/dev/full")
    assert done.returncode == 3
    assert b"error[H002]: cannot print: No space left on device" in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_characters_that_an_encoding_lacks_end_nothing(project: Path, encoding: str) -> None:
    done = harness(project, "harness runs", PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    assert b"20261122-130000-abcdef" in done.stdout
    assert b"Malm" in done.stdout


def test_standard_input_that_was_closed_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert read_input("the message") == ""


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
def test_bytes_that_are_no_text_are_refused(monkeypatch: pytest.MonkeyPatch, errors: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(b"a \xff"), encoding="utf-8", errors=errors)
    monkeypatch.setattr(sys, "stdin", stream)
    with pytest.raises(click.UsageError, match="the message is no text in UTF-8"):
        read_input("the message")


def test_a_text_is_given_back() -> None:
    assert require_text("grüße", "PROMPT") == "grüße"
