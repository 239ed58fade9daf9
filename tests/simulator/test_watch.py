"""``harness eval --watch``: a real process on a terminal, while somebody edits the files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pexpect = pytest.importorskip("pexpect")

SPEC = """\
version: 1
name: watched
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}
simulator:
  replies:
    - {on: last_user, match: France, reply: Paris.}
    - {on: last_user, match: Sweden, reply: Stockholm.}
evaluation: {system: "file://system.txt"}
conversations:
  - id: capitals
    cases: cases.csv
    turns: [{user: "Capital of {{country}}?", assert: [{contains: "{{capital}}"}]}]
  - include: more/*.yaml
"""
MORE = '- {id: hello, turns: [{user: "Hello from France!", assert: [{contains: Paris}]}]}\n'
WAITING = "waiting for a save"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    specs = tmp_path / "specs"
    (specs / "more").mkdir(parents=True)
    (tmp_path / ".harness").mkdir()
    (specs / "watched.yaml").write_text(SPEC)
    (specs / "more/hello.yaml").write_text(MORE)
    (specs / "system.txt").write_text("Be short.")
    (specs / "cases.csv").write_text("id,country,capital\nfr,France,Paris\nse,Sweden,Stockholm\n")
    return tmp_path


def record(folder: Path) -> None:
    command = [sys.executable, "-m", "harness", "eval", "--record", "-q"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


class Watching:
    """A watch on a terminal; ``round`` acts, and returns what is printed until it waits again."""

    def __init__(self, process: Any) -> None:
        self.process = process

    def round(self, act: Callable[[], object]) -> str:
        act()
        return self.read()

    def read(self) -> str:
        self.process.expect(WAITING)
        said = str(self.process.before)
        self.process.expect("\n")
        return said

    def end(self) -> int:
        self.process.expect(pexpect.EOF)
        self.process.close()
        return int(self.process.exitstatus)


@pytest.fixture
def watch(folder: Path) -> Iterator[Callable[..., Watching]]:
    started: list[Any] = []

    def start(*options: str) -> Watching:
        process = pexpect.spawn(
            sys.executable,
            ["-m", "harness", "eval", "--watch", *options],
            cwd=str(folder),
            encoding="utf-8",
            timeout=60,
            dimensions=(60, 200),
            env={**os.environ, "NO_COLOR": "1"},
        )
        started.append(process)
        return Watching(process)

    yield start
    for process in started:
        process.close(force=True)


def test_each_save_is_replayed_and_what_changed_is_told(
    folder: Path, watch: Callable[..., Watching]
) -> None:
    record(folder)
    specs = folder / "specs"
    watching = watch()
    first = watching.read()
    assert "watching specs/watched.yaml and 3 files that it names" in first
    assert "3 passed" in first

    cases = specs / "cases.csv"
    said = watching.round(lambda: cases.write_text(cases.read_text().replace("Paris", "Lyon")))
    assert "specs/cases.csv saved" in said
    assert "2 passed, 1 failed" in said
    assert "failed        capitals[fr] on openai/gpt-4.1-mini (before: passed): contains:" in said

    def save_by_renaming() -> None:
        (specs / "cases.tmp").write_text(cases.read_text().replace("Lyon", "Paris"))
        (specs / "cases.tmp").replace(cases)

    said = watching.round(save_by_renaming)
    assert "passed        capitals[fr] on openai/gpt-4.1-mini (before: failed)" in said

    more = specs / "more/other.yaml"
    said = watching.round(lambda: more.write_text(MORE.replace("hello", "added")))
    assert "specs/more/other.yaml saved" in said
    assert "not recorded  added on openai/gpt-4.1-mini" in said

    said = watching.round(more.unlink)
    assert "gone          added on openai/gpt-4.1-mini" in said
    watching.process.send("q")
    assert watching.end() == 0
    assert len(list((folder / "reports/watched").iterdir())) == 1, "a watch keeps no runs"


def test_a_spec_that_is_broken_meanwhile_is_told_and_waited_for(
    folder: Path, watch: Callable[..., Watching]
) -> None:
    record(folder)
    spec = folder / "specs/watched.yaml"
    watching = watch()
    watching.read()
    said = watching.round(lambda: spec.write_text(SPEC.replace("cloud:", "clowd:")))
    assert 'specs/watched.yaml:3:1: error[H201]: unknown key "clowd"' in said
    assert "nothing is played until it is mended" in said
    hello = folder / "specs/more/hello.yaml"
    said = watching.round(lambda: hello.write_text("- {"))
    assert "specs/more/hello.yaml saved" in said
    said = watching.round(lambda: (hello.write_text(MORE), spec.write_text(SPEC)))
    assert "3 passed" in said
    assert "nothing is otherwise than before" in said
    watching.process.sendintr()
    assert watching.end() == 130


def test_what_is_stale_is_asked_at_a_key_and_kept_for_the_session_alone(
    folder: Path, watch: Callable[..., Watching]
) -> None:
    record(folder)
    cassette = {path: path.read_bytes() for path in folder.rglob("*.cassette/**/*.json")}
    system = folder / "specs/system.txt"
    watching = watch()
    watching.read()
    said = watching.round(lambda: system.write_text("Be long."))
    assert "3 not recorded" in said
    assert "not recorded  capitals[fr] on openai/gpt-4.1-mini (before: passed): system" in said
    said = watching.round(lambda: watching.process.send("l"))
    assert "asked live: 3 passed" in said
    assert "kept for this session; --record keeps it for good" in said
    said = watching.round(lambda: watching.process.send("r"))
    assert "3 passed" in said, "what was asked once is replayed from then on"
    said = watching.round(lambda: system.write_text("Be short."))
    assert "3 passed" in said, "what was recorded before is still there"
    watching.process.send("q")
    assert watching.end() == 0
    assert {path: path.read_bytes() for path in folder.rglob("*.cassette/**/*.json")} == cassette


def test_live_asks_by_itself_and_record_keeps_it(
    folder: Path, watch: Callable[..., Watching]
) -> None:
    watching = watch("--live", "--record")
    said = watching.read()
    assert "nothing is recorded yet" in said
    assert "asked live: 3 passed" in said
    system = folder / "specs/system.txt"
    said = watching.round(lambda: system.write_text("Be long."))
    assert "asked live: 3 passed" in said
    watching.process.sendintr()
    assert watching.end() == 130
    command = [sys.executable, "-m", "harness", "eval", "--replay"]
    assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 0


def test_a_file_that_the_spec_no_longer_names_wakes_nobody(
    folder: Path, watch: Callable[..., Watching]
) -> None:
    record(folder)
    watching = watch()
    watching.read()
    spec = folder / "specs/watched.yaml"
    said = watching.round(
        lambda: spec.write_text(
            SPEC.replace("cases: cases.csv", "vars: {country: France, capital: Paris}")
        )
    )
    assert "gone          capitals[fr] on openai/gpt-4.1-mini" in said
    said = watching.round(lambda: watching.process.send("r"))
    assert "saved" not in said
    watching.process.send("q")
    assert watching.end() == 0


def test_without_a_terminal_it_watches_and_is_ended_by_a_signal(folder: Path) -> None:
    record(folder)
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "harness", "eval", "--watch", "--replay"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if WAITING in line:
                assert "Ctrl-C ends" in line
                break
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 143


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--watch", "--json"], "--json is about one run"),
        (["--watch", "--output", "x"], "--output is about one run"),
        (["--watch", "--resume", "latest"], "--resume is about one run"),
        (["--watch", "--record", "--record-mode", "all"], "--record-mode all is about one run"),
        (["--watch", "--replay", "--live"], "--live asks models, and --replay nobody"),
        (["--live"], "it goes with --watch"),
        (["gone.yaml", "--watch"], 'error[H101]: "gone.yaml" cannot be read'),
    ],
)
def test_what_a_watch_cannot_do_is_refused(
    folder: Path,
    options: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from harness.cli.main import run

    monkeypatch.chdir(folder)
    assert run(["eval", *options]) == 2
    assert said in capsys.readouterr().err
