"""``harness init`` on a terminal asks for what no option says; elsewhere it never asks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pexpect: Any = pytest.importorskip("pexpect")

COMMAND = [sys.executable, "-m", "harness", "init"]
SECONDS = 60


def start(folder: Path, *words: str) -> Any:
    environment = {**os.environ, "COLUMNS": "200", "TERM": "xterm"}
    environment.pop("HARNESS_CLOUD", None)
    return pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *words],
        cwd=str(folder),
        env=environment,
        encoding="utf-8",
        timeout=SECONDS,
        dimensions=(50, 200),
    )


def answer(terminal: Any, question: str, said: str) -> None:
    terminal.expect_exact(question)
    terminal.sendline(said)


def finish(terminal: Any) -> int:
    terminal.expect(pexpect.EOF)
    terminal.close()
    return terminal.exitstatus or 0


def test_a_terminal_is_asked_for_name_cloud_region_models_and_pipeline(tmp_path: Path) -> None:
    terminal = start(tmp_path, "bot")
    answer(terminal, "Name of the spec [starter]:", "support")
    answer(terminal, "Cloud (simulator, azure) [simulator]:", "")
    answer(terminal, "Region [swedencentral]:", "mars")
    terminal.expect_exact("mars is not a region")
    answer(terminal, "Region [swedencentral]:", "East US 2")
    terminal.expect_exact("eastus2 offers")
    answer(terminal, "]:", "gpt-9")
    terminal.expect_exact("nothing is known of a model gpt-9")
    answer(terminal, "]:", "gpt-4.1-mini, gpt-4.1")
    answer(terminal, "Pipeline (none, github, azure, gitlab) [none]:", "gitlab")
    terminal.expect_exact("simulated: 10 passed")
    assert finish(terminal) == 0
    text = (tmp_path / "bot/specs/support.yaml").read_text(encoding="utf-8")
    assert "region: eastus2" in text
    assert "gpt-4.1: {model: gpt-4.1," in text
    assert (tmp_path / "bot/.gitlab-ci.yml").exists()


def test_what_an_option_says_is_not_asked(tmp_path: Path) -> None:
    terminal = start(
        tmp_path, "--name", "bot", "--cloud", "azure", "--region", "eastus", "--ci", "github"
    )
    answer(terminal, "Models [", "gpt-4o")
    assert finish(terminal) == 0
    assert "Cloud" not in (terminal.before or "")
    assert (tmp_path / "specs/bot.yaml").exists()


def test_yes_takes_the_defaults_and_asks_nothing(tmp_path: Path) -> None:
    terminal = start(tmp_path, "--yes", "--model", "gpt-4.1-mini")
    assert finish(terminal) == 0
    assert (tmp_path / "specs/starter.yaml").exists()


def test_whoever_stops_the_questions_has_written_nothing(tmp_path: Path) -> None:
    terminal = start(tmp_path)
    terminal.expect_exact("Name of the spec")
    terminal.sendintr()
    assert finish(terminal) == 130
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", ["", "azure\n"])
def test_without_a_terminal_it_never_asks(given: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--model", "gpt-4.1-mini"],
        input=given,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0
    assert "Cloud (" not in done.stderr
