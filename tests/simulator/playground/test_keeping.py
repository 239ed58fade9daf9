"""A chat in a pseudo-terminal is saved into its spec, and runs there; and the reverse."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import run
from tests.simulator.playground.screen import Screen
from tests.simulator.playground.server import Talker, serve
from tests.simulator.playground.test_terminal import end_chat, open_chat


def test_what_was_saved_runs(
    screens: list[Screen], project_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (project_folder / "specs" / "chats.yaml").read_text(encoding="utf-8")
    screen = open_chat(screens, project_folder, "sweden/mini")
    screen.type("What is the capital of Norway?")
    screen.wait_for("turns kept 1/1")
    screen.type("/assert icontains: oslo")
    screen.wait_for("✓ icontains")
    screen.type("/param temperature 0.2")
    screen.type("/save norway")
    screen.wait_for("run it: harness eval specs/chats.yaml -k norway")
    screen.type("/save norway")
    screen.wait_for("take another id: norway-2 is free")
    end_chat(screen)
    after = (project_folder / "specs" / "chats.yaml").read_text(encoding="utf-8")
    assert after.startswith(before)
    assert after.removeprefix(before) == (
        "  - id: norway\n"
        "    parameters: {temperature: 0.2}\n"
        "    turns:\n"
        "      - user: What is the capital of Norway?\n"
        "        assert:\n"
        "          - icontains: oslo\n"
    )
    capsys.readouterr()
    assert run(["eval", "-k", "norway", "-t", "sweden/mini"]) == 0
    assert "1 conversation: 1 passed" in capsys.readouterr().out


def test_a_conversation_that_was_loaded_is_asked_and_checked(
    screens: list[Screen], project_folder: Path
) -> None:
    spec = project_folder / "specs" / "chats.yaml"
    spec.write_text(
        spec.read_text(encoding="utf-8")
        + "  - id: capital\n    vars: {country: Norway}\n    turns:\n"
        '      - user: "capital of {{country}}?"\n'
        "        assert: [{icontains: oslo}, {contains: Bergen}]\n"
        "      - {user: And my cat?}\n",
        encoding="utf-8",
    )
    screen = open_chat(screens, project_folder, "sweden/mini")
    screen.type("/load capitol")
    screen.wait_for("did you mean capital?")
    screen.type("/load capital")
    screen.wait_for("/next asks: capital of Norway?  (2 to ask)")
    screen.type("/next")
    screen.wait_for("turns kept 1/1")
    shown = screen.wait_for("/next asks: And my cat?  (1 to ask)")
    assert "✓ icontains" in shown
    assert "✗ contains" in shown
    screen.type("/next")
    screen.wait_for("turns kept 2/2")
    screen.type("/next")
    screen.wait_for("no message waits to be asked")
    end_chat(screen)


def test_a_chat_at_a_url_becomes_a_spec(screens: list[Screen], project_folder: Path) -> None:
    with serve(Talker()) as talker:
        screen = open_chat(screens, project_folder, "llama3", "--base-url", talker.url)
        screen.type("Say hello.")
        screen.wait_for("turns kept 1/1")
        screen.type("/save hello")
        screen.wait_for("/save hello chat.yaml makes one, with this target")
        screen.type("/save hello specs/chats.yaml")
        screen.wait_for("specs/chats.yaml is there already")
        screen.type("/save hello mine.yaml")
        screen.wait_for("run it: harness eval mine.yaml -k hello")
        screen.type("/save hello-2")
        screen.wait_for("mine.yaml has hello-2")
        end_chat(screen)
    assert run(["validate", "mine.yaml"]) == 0
    spec = (project_folder / "mine.yaml").read_text(encoding="utf-8")
    assert "type: openai-compatible" in spec
    assert spec.count("user: Say hello.") == 2
