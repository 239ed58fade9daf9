"""A program under test: what it is told, and what is made of what it does."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Answer, Failure, Message, Reply, Usage
from harness.providers.applications.command import CommandEndpoint
from harness.providers.applications.picking import ReplyPaths
from harness.sandbox import Program

REQUEST = Request(
    Place("app", "founders", "fr", "default", 2, 1),
    (Message("system", "Be brief."), Message("user", "Who founded Microsoft? 创始人")),
    {"temperature": 0},
    user="Who founded Microsoft? 创始人",
    variables={"company": "Microsoft"},
    deadline_s=10.0,
)


def asked(
    folder: Path,
    code: str,
    reply: str | None = None,
    usage: str | None = None,
    within: float = 10.0,
) -> Answer:
    program = Program((sys.executable, "-c", code), folder, most=100_000)
    paths = None if reply is None else ReplyPaths(reply, usage)
    model = CommandEndpoint(program, "https://program.invalid", paths).open()
    request = Request(
        REQUEST.place,
        REQUEST.messages,
        REQUEST.parameters,
        user=REQUEST.user,
        variables=REQUEST.variables,
        deadline_s=within,
    )
    return asyncio.run(model.complete(request))


def test_it_is_told_the_whole_conversation_as_json(tmp_path: Path) -> None:
    answer = asked(tmp_path, "import sys; sys.stdout.write(sys.stdin.read())")
    assert isinstance(answer, Reply)
    assert json.loads(answer.text) == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Who founded Microsoft? 创始人"},
        ],
        "user": "Who founded Microsoft? 创始人",
        "variables": {"company": "Microsoft"},
        "parameters": {"temperature": 0},
        "tools": [],
        "conversation": "founders",
        "case": "fr",
        "turn": 1,
        "repeat": 2,
    }


def test_what_it_writes_is_the_reply_without_the_end_of_its_last_line(tmp_path: Path) -> None:
    answer = asked(tmp_path, "print('Bill Gates\\n')")
    assert isinstance(answer, Reply)
    assert (answer.text, answer.finish_reason, answer.usage) == ("Bill Gates\n", "stop", None)
    assert answer.latency_s > 0


def test_of_json_the_paths_say_what_is_the_reply_and_what_the_tokens(tmp_path: Path) -> None:
    said = {"out": {"text": "Bill Gates"}, "tokens": {"input_tokens": 7, "output_tokens": 2}}
    answer = asked(tmp_path, f"print('''{json.dumps(said)}''')", "$.out.text", "$.tokens")
    assert isinstance(answer, Reply)
    assert (answer.text, answer.usage) == ("Bill Gates", Usage(7, 2))


def test_secrets_of_the_environment_are_not_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "very secret")
    answer = asked(tmp_path, "import os; print(sorted(os.environ))")
    assert isinstance(answer, Reply)
    assert "AZURE" not in answer.text


@pytest.mark.parametrize(
    ("code", "reply", "kind", "says"),
    [
        ("import sys; sys.exit('no such city')", None, "server", "status 1: no such city"),
        ("print('x' * 200_000)", None, "protocol", "wrote too much"),
        ("print('{')", "$.answer", "protocol", "not JSON"),
        ("print('{}')", "$.answer", "protocol", "nothing at $.answer"),
        ("import time; time.sleep(60)", None, "timeout", "stopped after 1 s"),
    ],
)
def test_a_program_that_does_not_answer_is_a_failure(
    tmp_path: Path, code: str, reply: str | None, kind: str, says: str
) -> None:
    answer = asked(tmp_path, code, reply, within=1.0 if kind == "timeout" else 10.0)
    assert isinstance(answer, Failure)
    assert answer.kind == kind
    assert says in answer.message


def test_a_program_that_is_not_there_stops_the_target(tmp_path: Path) -> None:
    model = CommandEndpoint(
        Program(("no-such-program-here",), tmp_path), "https://program.invalid"
    ).open()
    answer = asyncio.run(model.complete(REQUEST))
    assert isinstance(answer, Failure)
    assert (answer.kind, answer.retryable) == ("not_found", False)
