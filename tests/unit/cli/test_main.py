"""How a command line ends."""

from __future__ import annotations

import click
import pytest

from harness.cli import main
from harness.cli.main import run


def test_a_misspelt_command_is_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["aply", "spec.yaml"]) == 2
    assert "there is no command 'aply'; did you mean apply?" in capsys.readouterr().err


def test_a_word_in_place_of_a_number_is_told_in_plain_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["eval", "--max-usd", "x"]) == 2
    assert "Invalid value for '--max-usd': 'x' is not a valid amount." in capsys.readouterr().err


def test_every_command_in_the_list_exists_and_has_examples() -> None:
    for entry in main.COMMANDS:
        command = main.cli.get_command(click.Context(main.cli), entry.name)
        assert command is not None, entry.name
        assert command.epilog, f"{entry.name} shows no examples"
        assert "Examples:" in command.epilog


def test_a_mistake_of_our_own_is_owned_up_to_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(main.cli, "main", fails)
    assert run(["plan", "spec.yaml"]) == 3
    told = capsys.readouterr().err
    assert "harness itself failed: ZeroDivisionError" in told
    assert "Traceback" not in told
    assert run(["plan", "spec.yaml", "-v"]) == 3
    assert "Traceback" in capsys.readouterr().err
