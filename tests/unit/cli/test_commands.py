"""The list of commands: the contract's, documented, and completed by a shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from harness.cli.layout import ESSENTIAL
from harness.cli.main import COMMANDS, cli, run


def test_the_contracts_commands_are_here() -> None:
    contract = {
        "init", "validate", "schema", "plan", "apply", "verify", "destroy", "import", "outputs",
        "models", "eval", "run", "report", "compare", "merge", "runs", "baseline", "chat", "code",
        "simulate", "cassettes", "judge", "prices", "convert", "doctor", "show", "upgrade",
        "suggest",
    }  # fmt: skip
    beside = {"history"}  # shares runs, for which the contract has no word
    here = {entry.name for entry in COMMANDS}
    assert here == contract | beside


def test_the_page_of_commands_has_a_row_for_each(project: Path) -> None:
    page = (project / "docs" / "commands.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z]+)[^`]*` \|", page, re.MULTILINE)
    assert rows == [entry.name for entry in COMMANDS]


@pytest.mark.parametrize("name", ["plan", "apply", "verify", "destroy", "eval", "run"])
def test_the_help_of_what_can_be_recorded_shows_how_apart_from_its_own_options(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Recording:\n  --record " in shown
    assert shown.index("Options:") < shown.index("Recording:") < shown.index("Reading the spec:")
    assert shown.index("Reading the spec:") < shown.index("Output:") < shown.index("Examples:")


def _list_all() -> list[tuple[str, ...]]:
    """Every command, those of a group too."""
    found: list[tuple[str, ...]] = [()]
    with click.Context(cli, info_name="harness") as context:
        for entry in COMMANDS:
            command = cli.get_command(context, entry.name)
            found.append((entry.name,))
            if isinstance(command, click.Group):
                found += [(entry.name, name) for name in command.commands]
    return found


@pytest.mark.parametrize("words", _list_all(), ids=" ".join)
def test_every_command_has_a_short_help_that_says_where_the_whole_is(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words, "-h"]) == 0
    short = capsys.readouterr().out
    assert run([*words, "--help"]) == 0
    whole = capsys.readouterr().out
    assert short.startswith("Usage: harness")
    assert f"{' '.join(['harness', *words])} --help" in short.splitlines()[-1]
    assert len(short.splitlines()) <= min(32, len(whole.splitlines()) + 2)
    assert "--allow-env" not in short


def test_what_the_short_help_shows_are_options_of_that_command() -> None:
    with click.Context(cli) as context:
        for name, chosen in ESSENTIAL.items():
            command = cli.get_command(context, name)
            assert command is not None
            assert set(chosen) <= {param.name for param in command.params}, name


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_given_its_completion(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("_HARNESS_COMPLETE", f"{shell}_source")
        with pytest.raises(SystemExit, match="0"):
            run([])
    assert "_harness_completion" in capsys.readouterr().out


def test_commands_and_the_names_of_clouds_are_completed() -> None:
    def completed(words: str, position: int) -> list[str]:
        settings = {
            "_HARNESS_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(position),
        }
        done = subprocess.run(
            [sys.executable, "-c", "from harness.cli.main import main; main()"],
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=False,
        )
        return [line.partition(",")[2] for line in done.stdout.splitlines()]

    assert completed("harness pl", 1) == ["plan"]
    assert "azure-china" in completed("harness plan --cloud ", 3)


@pytest.mark.parametrize("address", ["laptop", "ftp://laptop/v1", "http://", "http://[1"])
def test_an_upstream_that_cannot_be_called_is_refused(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["simulate", "--upstream", address]) == 2
    assert "write it as http://127.0.0.1:11434/v1" in capsys.readouterr().err
