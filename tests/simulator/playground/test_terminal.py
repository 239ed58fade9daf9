"""A chat in a pseudo-terminal, as a person has it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.simulator.playground.screen import Screen
from tests.simulator.playground.server import Talker, serve


def open_chat(screens: list[Screen], folder: Path, *arguments: str) -> Screen:
    """Start a chat and wait for its prompt."""
    screen = Screen(folder, "chat", *arguments)
    screens.append(screen)
    screen.wait_for("turns kept")
    return screen


def end_chat(screen: Screen) -> None:
    """End the chat with Ctrl-D; it must end well."""
    screen.press("\x04")
    assert screen.wait_for_end() == 0


def test_a_chat_says_that_it_is_simulated_and_what_it_took(
    screens: list[Screen], project_folder: Path
) -> None:
    screen = open_chat(screens, project_folder, "sweden/mini")
    shown = screen.read()
    assert "SIMULATED: no model answers" in shown
    assert "sweden/mini: gpt-4.1-mini 2025-04-14, specs/chats.yaml" in shown
    assert "context 0/300,000" in shown
    screen.type("What is the capital of Norway?")
    shown = screen.wait_for("turns kept 1/1")
    assert "The capital is Oslo." in shown, "Markdown is drawn"
    assert "first token 0." in shown
    assert "cost $0.0000" in shown
    end_chat(screen)


def test_two_targets_stand_side_by_side_and_the_words_that_differ_are_marked(
    screens: list[Screen], project_folder: Path
) -> None:
    screen = open_chat(screens, project_folder, "sweden/mini")
    screen.type("What is the capital of Norway?")
    screen.wait_for("turns kept 1/1")
    screen.type("/compare sweden/five")
    shown = screen.wait_for("right: tokens unknown, time unknown, unknown")
    assert "rate_limit (429)" in shown, "a target that fails is told beside the one that does not"
    screen.type("/compare sweden/five")
    shown = screen.wait_for("left: ", times=2)
    assert "| sweden/five" in shown
    assert "[-The capital" in shown
    assert "{+" in shown


def test_an_assertion_is_held_against_the_reply_and_kept_until_the_turn_is_undone(
    screens: list[Screen], project_folder: Path
) -> None:
    screen = open_chat(screens, project_folder, "sweden/mini")
    screen.type("/assert is-json")
    screen.wait_for("there is no reply to hold an assertion against")
    screen.type("What is the capital of Norway?")
    screen.wait_for("turns kept 1/1")
    screen.type("/assert icontains:oslo")
    screen.wait_for("✓ icontains")
    screen.type("/assert is-jsn")
    screen.wait_for('did you mean "is-json"?')
    screen.type("/history")
    screen.wait_for("passed: icontains")
    screen.type("/undo")
    screen.wait_for("(0 left)")
    screen.wait_for("turns kept 0/0")
    screen.type("/undu")
    screen.wait_for("did you mean /undo?")
    end_chat(screen)


def test_a_chat_is_gone_on_with(screens: list[Screen], project_folder: Path) -> None:
    first = open_chat(screens, project_folder, "sweden/mini")
    first.type("/param temperature 0.3")
    first.wait_for("temperature: 0.3")
    first.type("What is the capital of Norway?")
    first.wait_for("turns kept 1/1")
    first.type("/assert icontains: Oslo")
    first.wait_for("✓ icontains")
    end_chat(first)
    second = open_chat(screens, project_folder, "sweden/mini", "-c")
    second.wait_for("going on with a chat of 1 turn")
    second.type("/history")
    second.wait_for("passed: icontains")
    second.type("And of Sweden?")
    second.wait_for("turns kept 2/2")
    second.type("/param temperature")
    second.wait_for("example       /param temperature 0.2")
    assert "temperature: 0.3" in second.read()
    end_chat(second)


def test_what_a_model_writes_moves_nothing_on_the_screen_and_hides_nothing(
    screens: list[Screen], project_folder: Path
) -> None:
    screen = open_chat(screens, project_folder, "sweden/mini")
    screen.type("hostile")
    shown = screen.wait_for("turns kept 1/1")
    assert "safe ␛[2J␛]0;owned␇␛[31mred <b>bold</b> ⟨U+202E⟩reversed" in shown
    screen.type("/json")
    screen.wait_for("data: [DONE]")
    assert b"\x1b]0;owned" not in screen.raw
    assert b"\x1b[31mred" not in screen.raw
    assert "\u202e".encode() not in screen.raw


def test_several_lines_are_one_message(screens: list[Screen], project_folder: Path) -> None:
    screen = open_chat(screens, project_folder, "sweden/mini")
    screen.press("one \\\r")
    screen.press("two\x1b\rthree\r")
    screen.wait_for("turns kept 1/1")
    screen.type("/history")
    screen.wait_for("you: one two three")
    screen.press('"""\rfour\r\rfive\r"""\r')
    screen.wait_for("turns kept 2/2")
    screen.type("/history")
    screen.wait_for("you: four five")


def test_braces_that_are_typed_are_text(screens: list[Screen], project_folder: Path) -> None:
    screen = open_chat(screens, project_folder, "sweden/mini")
    screen.type("my cat is {{said_0}}")
    screen.wait_for("Your cat is {{nice}}.")
    screen.type("/history")
    screen.wait_for("you: my cat is {{said_0}}")


def test_a_streamed_reply_is_stopped_by_ctrl_c_and_the_chat_goes_on(
    screens: list[Screen], project_folder: Path
) -> None:
    talker = Talker(words=["Once ", "upon ", "a ", "time"], pause_at=2)
    with serve(talker):
        screen = open_chat(screens, project_folder, "tales", "--base-url", talker.url)
        assert f"url/tales: tales at {talker.url}" in screen.read()
        assert "SIMULATED" not in screen.read()
        screen.type("Tell me a tale")
        screen.wait_for("Once upon")
        screen.press("\x03")
        screen.wait_for("stopped; the part above is kept")
        shown = screen.wait_for("turns kept 1/1")
        assert "cost unknown" in shown, "nobody counted a reply that was stopped"
        assert "tokens unknown" in shown
        talker.pause_at, talker.words = None, ["The ", "end."]
        screen.type("And then?")
        screen.wait_for("The end.")
        screen.wait_for("turns kept 2/2")
        assert [one["role"] for one in talker.asked[1]["messages"]] == ["user", "assistant", "user"]
        assert talker.asked[1]["messages"][1]["content"] == "Once upon "
        end_chat(screen)


def test_a_reply_that_is_stopped_before_its_first_word_gives_the_message_back(
    screens: list[Screen], project_folder: Path
) -> None:
    talker = Talker(pause_at=0)
    with serve(talker):
        screen = open_chat(screens, project_folder, "tales", "--base-url", talker.url)
        screen.type("Tell me a tale")
        while not talker.asked:
            screen.read()
        screen.press("\x03")
        screen.wait_for("stopped before anything came")
        talker.pause_at = None
        screen.press("\r")  # what was typed is in the line
        screen.wait_for("Hello there.")
        assert [one["messages"][-1]["content"] for one in talker.asked] == ["Tell me a tale"] * 2


def test_reasoning_is_shown_before_the_reply_and_is_no_part_of_it(
    screens: list[Screen], project_folder: Path
) -> None:
    with serve(Talker(thoughts=["Let me ", "think"])) as talker:
        screen = open_chat(screens, project_folder, "m", "--base-url", talker.url)
        screen.type("Hi")
        shown = screen.wait_for("turns kept 1/1")
        assert shown.index("Let me think") < shown.index("Hello there.")
        screen.type("/history")
        assert "reply: Hello there." in screen.wait_for("reply: ")


def test_a_wrong_key_is_told_and_the_chat_goes_on(
    screens: list[Screen], project_folder: Path
) -> None:
    with serve(Talker(status=401)) as talker:
        screen = open_chat(screens, project_folder, "m", "--base-url", talker.url)
        screen.type("Hi")
        screen.wait_for("no reply: the key or the sign-in was refused (HTTP 401)")
        screen.wait_for("your message is kept: /retry sends it again")
        talker.status = 200
        screen.type("/retry")
        screen.wait_for("Hello there.")
        assert talker.asked[-1]["messages"] == [{"role": "user", "content": "Hi"}]


def test_the_chat_on_disk_holds_no_secret(screens: list[Screen], project_folder: Path) -> None:
    secret = "sk-proj-" + "a8Fk3LmN0pQr5TuV" * 3
    screen = open_chat(screens, project_folder, "sweden/mini")
    screen.type(f"my key is {secret}")
    screen.wait_for("turns kept 1/1")
    end_chat(screen)
    (file,) = (project_folder / ".harness" / "chats").iterdir()
    assert secret not in file.read_text(encoding="utf-8")
    assert json.loads(file.read_text(encoding="utf-8"))["target"] == "sweden/mini"
