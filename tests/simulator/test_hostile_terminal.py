"""Texts of others, on a terminal and in the log of a pipeline: shown, and never obeyed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pyte
import pytest

from harness.cli.main import run
from tests.simulator.echo_server import make_completion
from tests.simulator.terminal_sequences import COLOUR, COMMANDS, HOSTILE, OBEYED, SEQUENCES

SAID = HOSTILE + COMMANDS


def _answer(body: dict[str, Any]) -> tuple[int, Any]:
    """Answer with the hostile text, wherever the model's name says."""
    match body["model"]:
        case "error":
            return 400, {"error": {"message": SAID, "code": SAID, "param": SAID}}
        case "page":
            return 418, f"<title>{SAID}</title>"
        case "tool":
            call = {"id": SAID, "type": "function", "function": {"name": SAID, "arguments": SAID}}
            message = {"content": SAID, "tool_calls": [call]}
            return 200, make_completion(message, "tool_calls")
        case "judge":
            verdict = json.dumps({"reason": SAID, "pass": False, "score": 0})
            return 200, make_completion({"content": verdict})
        case _:
            return 200, {**make_completion({"content": SAID}), "model": SAID}


class _Hostile(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        status, said = _answer(body)
        data = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_request(self, *given: Any) -> None:
        """Say nothing on standard error."""


def write_spec(url: str) -> str:
    models: dict[str, Any] = {name: {} for name in ("reply", "error", "page", "tool", "judge")}
    turn = {"user": SAID, "assert": [{"llm-rubric": SAID}, {"contains": SAID}]}
    return json.dumps(
        {
            "version": 1,
            "name": "hostile",
            "description": SAID,
            "cloud": "azure",
            "providers": {
                "p": {"type": "openai-compatible", "base_url": f"{url}/v1", "models": models}
            },
            "evaluation": {"judge": {"target": "p/judge"}, "concurrency": 1, "api": "chat"},
            "conversations": [
                {"id": "one", "description": SAID, "turns": [turn]},
                {"id": "many", "cases": [{"x": SAID}], "turns": [{"user": "{{x}}"}]},
            ],
        }
    )


DEPLOYED = {
    "version": 1,
    "name": "hostile-tags",
    "cloud": "simulator",
    "subscription": "00000000-0000-0000-0000-000000000000",
    "resource_group": {"name": "rg", "region": "swedencentral", "create": True},
    "accounts": {
        "a": {
            "account_name": "hostile-01",
            "region": "swedencentral",
            "tags": {"t": SAID[:200]},
            "deployments": {
                "m": {"model": "gpt-4.1-mini", "version": "2025-04-14", "capacity": 5},
                "n": {"model": f"gpt{SAID[:60]}", "version": "1", "capacity": 5},
            },
        }
    },
}
WRONG = {**DEPLOYED, f"key{SAID}": SAID, "name": SAID, "accounts": {SAID[:300]: {SAID: SAID}}}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / ".harness").mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hostile)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    (folder / "spec.yaml").write_text(write_spec(url), encoding="utf-8")
    (folder / "tags.yaml").write_text(json.dumps(DEPLOYED), encoding="utf-8")
    (folder / "wrong.yaml").write_text(json.dumps(WRONG), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder
    server.shutdown()
    server.server_close()


COMMAND_LINES = [
    "validate wrong.yaml -v",
    "plan tags.yaml -v",
    "apply tags.yaml --yes -v",
    "eval spec.yaml -v --output out",
    "show out",
    "show out one",
    "show out many",
    "compare out out",
    "report out",
    "runs",
    "chat p/reply --spec spec.yaml --once Hello",
    "chat p/error --spec spec.yaml --once Hello -v",
    "chat p/tool --spec spec.yaml --once Hello",
]


def test_nothing_that_others_say_is_obeyed_by_a_terminal(
    hostile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(SEQUENCES) >= 60
    told = {}
    for line in COMMAND_LINES:
        run(line.split())
        printed = capsys.readouterr()
        told[line] = printed.out + printed.err
    obeyed = {
        line: sorted({found.group() for found in OBEYED.finditer(COLOUR.sub("", text))})
        for line, text in told.items()
        if OBEYED.search(COLOUR.sub("", text))
    }
    assert obeyed == {}
    assert GITLAB.search(HOSTILE + COMMANDS)
    assert not GITLAB.search("".join(told.values()))
    assert "\\x1b[2J" in told["eval spec.yaml -v --output out"], "it is shown"
    del hostile


def is_undisturbed(raw: bytes) -> bool:
    """Feed bytes to a terminal and tell whether all its modes, title and colours are as before."""
    answered: list[str] = []
    screen: Any = pyte.Screen(200, 50)
    before = (screen.title, screen.icon_name, set(screen.mode), screen.margins, screen.charset)
    screen.write_process_input = answered.append
    stream = pyte.ByteStream(screen)
    stream.feed(raw.replace(b"\n", b"\r\n"))
    after = (screen.title, screen.icon_name, set(screen.mode), screen.margins, screen.charset)
    return (
        after == before
        and answered == []
        and screen.savepoints == []
        and screen.cursor.attrs == pyte.screens.Char(" ")
        and not screen.cursor.hidden
    )


def test_in_a_terminal_and_in_pytest_its_state_is_what_it_was(hostile: Path) -> None:
    pexpect = pytest.importorskip("pexpect")
    (hostile / "pytest.ini").write_text("[pytest]\nharness_specs = spec.yaml\n", encoding="utf-8")
    environment = {**os.environ, "TERM": "xterm-256color"}
    lines = [
        ["-m", "harness", "eval", "spec.yaml", "--output", "drawn"],
        ["-m", "pytest", "-v", "--harness-live", "-p", "no:cacheprovider", "spec.yaml"],
    ]
    for line in lines:
        child = pexpect.spawn(
            sys.executable,
            line,
            cwd=str(hostile),
            env=environment,
            timeout=60,
            dimensions=(50, 200),
        )
        raw = child.read().replace(b"\r\n", b"\n")
        child.close()
        assert is_undisturbed(raw), raw
        assert b"<0" in raw, "something of it is shown"
    assert not is_undisturbed(HOSTILE.encode())


GITLAB = re.compile("section_(?:start|end):\\d+:[^\r\n]*\r\x1b\\[0K")
"""The mark of a section. Source: gitlab-org/gitlab, ``lib/gitlab/ci/ansi2json/line.rb``."""


GITHUB = re.compile(
    r"^\s*::(?!error file=|warning file=|error title=|warning title=)|##\[", re.MULTILINE
)
"""A command to GitHub's runner, as its source reads a log; our own annotations are left out."""


def test_no_runner_reads_a_command_in_either_stream(hostile: Path) -> None:
    """Azure's agent hears the same breaker: see tests/unit/text/test_commands.py."""
    done = subprocess.run(
        [sys.executable, "-m", "harness", "eval", "spec.yaml", "-v", "--output", "log"],
        cwd=hostile,
        env={**os.environ, "GITHUB_ACTIONS": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert GITHUB.search(COMMANDS)
    assert not GITHUB.search(done.stdout + done.stderr)
