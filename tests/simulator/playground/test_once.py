"""A chat from a script: the reply to standard output, all else to standard error."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from harness.cli.main import run
from tests.simulator.playground.server import Talker, serve

Captured = pytest.CaptureFixture[str]


def ask(*arguments: str) -> int:
    return run(["chat", *arguments])


@pytest.mark.usefixtures("project_folder")
def test_the_reply_alone_is_on_standard_output(capsys: Captured) -> None:
    assert ask("sweden/mini", "--once", "What is the capital of Norway?") == 0
    printed = capsys.readouterr()
    assert printed.out == "The capital is **Oslo**.\n"
    assert "turns kept 1/1" in printed.err
    assert "(simulated)" in printed.err


@pytest.mark.usefixtures("project_folder")
def test_standard_input_is_the_message(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("What is the capital of Norway?\n"))
    assert ask("sweden/mini", "--json", "-q") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["turn"]["user"] == "What is the capital of Norway?"
    assert document["turn"]["assistant"] == "The capital is **Oslo**."
    assert document["simulated"] is True
    assert document["exit_code"] == 0


@pytest.mark.usefixtures("project_folder")
def test_a_refusal_of_the_service_is_an_exit_code_and_a_document(capsys: Captured) -> None:
    assert ask("sweden/five", "--once", "Hello", "--json", "-q") == 3
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert document["error"]["kind"] == "rate_limit"
    assert document["exit_code"] == 3
    assert "no reply: the service wants to be left alone" in printed.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--once", "x"], "several targets, and a chat is with one"),
        (["sweden/min", "--once", "x"], "did you mean sweden/mini"),
        (["specs/chats.yaml", "--once", "x"], "harness chat TARGET --spec specs/chats.yaml"),
        (["sweden/mini", "--once", " "], "the message is empty"),
        (["sweden/mini", "--once", "\udcff"], "the message is no text in UTF-8"),
        (["sweden/mini", "sweden/five", "--once", "x"], "/compare asks others of the spec"),
        (["sweden/mini", "--once", "x", "--param", "temprature=1"], "did you mean temperature?"),
        (["sweden/mini", "--once", "x", "--param", "temperature=hot"], "does not take hot"),
        (["sweden/mini", "--once", "x", "-c"], "there is no chat with sweden/mini to go on with"),
        (["m", "--base-url", "ftp://x", "--once", "x"], "this is no URL: ftp://x"),
        (["m", "--base-url", "http://a:b@localhost", "--once", "x"], "a name or a password"),
        (["m", "--base-url", "http://h", "--endpoint", "http://h", "--once", "x"], "both say"),
        (["--base-url", "http://localhost/v1", "--once", "x"], "name the model"),
        (["\udcff", "--base-url", "http://h", "--once", "x"], "name or its address is no text"),
    ],
)
@pytest.mark.usefixtures("project_folder")
def test_a_wrong_request_says_what_to_do(arguments: list[str], said: str, capsys: Captured) -> None:
    assert ask(*arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("project_folder")
def test_a_deployment_that_is_not_there_names_the_command_that_makes_it(
    tmp_path: Path, capsys: Captured
) -> None:
    assert run(["destroy", "specs/chats.yaml", "--yes", "-q"]) == 0
    assert ask("sweden/mini", "--once", "x") == 3
    assert "hint: harness apply specs/chats.yaml" in capsys.readouterr().err


def test_a_key_goes_to_this_machine_and_to_nobody_who_is_not_trusted(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "not-for-strangers")
    with serve(Talker()) as talker:
        arguments = ["m", "--base-url", talker.url, "--api-key-env", "MY_KEY", "--once", "Hi"]
        assert ask(*arguments) == 0
        assert capsys.readouterr().out == "Hello there.\n"
        assert talker.keys == ["Bearer not-for-strangers"]
    for url, said in {
        "https://example.com/v1": "--trust-host example.com",
        "http://example.com/v1": "credentials go over https",
    }.items():
        assert ask("m", "--base-url", url, "--api-key-env", "MY_KEY", "--once", "Hi") == 2
        printed = capsys.readouterr()
        assert said in printed.err
        assert "not-for-strangers" not in printed.err
        assert "(no spec)" not in printed.err, "nobody wrote that file"


def test_a_key_that_is_not_set_is_named(folder: Path, capsys: Captured) -> None:
    assert ask("m", "--base-url", "http://127.0.0.1:9/v1", "--api-key-env", "NO_SUCH_KEY",
               "--once", "Hi") == 2  # fmt: skip
    assert "NO_SUCH_KEY" in capsys.readouterr().err


def test_a_script_keeps_no_chat_unless_it_goes_on_with_one(
    project_folder: Path, capsys: Captured
) -> None:
    assert ask("sweden/mini", "--once", "What is the capital of Norway?") == 0
    assert not (project_folder / ".harness" / "chats").exists(), "only -c keeps a script's chat"
