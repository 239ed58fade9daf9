"""`/code` in a chat: what was said, as a program."""

from __future__ import annotations

import ast
import json
from pathlib import Path

from tests.simulator.playground.screen import Screen
from tests.simulator.playground.test_terminal import end_chat, open_chat


def test_a_chat_is_shown_and_written_as_a_program_that_asks_its_last_message_again(
    screens: list[Screen], project_folder: Path
) -> None:
    screen = open_chat(screens, project_folder, "sweden/mini")
    screen.type("/code")
    screen.wait_for("nothing was said yet")
    screen.type("/param temperature 0.3")
    screen.wait_for("temperature: 0.3")
    screen.type("What is the {{capital}} of Norway?")
    screen.wait_for("turns kept 1/1")
    screen.type("My cat?")
    screen.wait_for("turns kept 2/2")
    screen.type("/code whole > chat.py")
    screen.wait_for("wrote chat.py")
    screen.type("/code curl>chat.sh")
    screen.wait_for("wrote chat.sh")
    screen.type("/code klingon")
    screen.wait_for("/code knows no word")
    screen.type("/code keyless")
    screen.wait_for("DefaultAzureCredential")
    end_chat(screen)
    written = (project_folder / "chat.py").read_text(encoding="utf-8")
    data = next(
        node.value
        for node in ast.parse(written).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TURNS"
    )
    first, last = ast.literal_eval(data)
    assert first["user"] == "What is the {{capital}} of Norway?"
    assert first["assistant"]
    assert last == {"user": "My cat?"}
    assert '"content": "Be brief."' in written
    assert "temperature=0.3," in written
    assert "stream=True" not in written
    script = (project_folder / "chat.sh").read_text(encoding="utf-8")
    assert json.dumps(first["assistant"]) in script
