"""`eval` and `run` of a project that shares its runs: embedded simulator, real database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.cli.main import run as harness
from tests.unit.history.projects import list_infos, open_shared

SPEC = """
version: 1
name: capitals
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}
simulator:
  replies: [{on: last_user, match: France, reply: Paris.}]
conversations:
  - {id: france, turns: [{user: "Capital of France?", assert: [{contains: Paris}]}]}
  - {id: again, turns: [{user: "France, again?", assert: [{contains: Paris}]}]}
"""
DEPLOYED = """
version: 1
name: capitals
cloud: simulator
subscription: 3f7c2a10-8f1e-4c39-9a77-5a1b2c3d4e5f
resource_group: {name: rg-harness, region: swedencentral, create: true}
accounts:
  sweden:
    region: swedencentral
    deployments:
      chat: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: 10}
simulator:
  replies: [{on: last_user, match: France, reply: Paris.}]
conversations:
  - {id: france, turns: [{user: "Capital of France?", assert: [{contains: Paris}]}]}
"""
GONE = "postgresql://me:hush@127.0.0.1:1/team"


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> Path:
    """A machine of CI, with a checkout and the variable of the team."""
    return open_checkout(tmp_path / "runner", monkeypatch, url)


def open_checkout(folder: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> Path:
    (folder / ".harness").mkdir(parents=True)
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HARNESS_HISTORY_URL", url)
    return folder


def find_made(folder: Path) -> Path:
    (directory,) = (one.parent for one in (folder / "reports").glob("*/*/run.json"))
    return directory


@pytest.mark.parametrize("words", [[], ["-k", "france"]])
def test_an_evaluation_uploads_its_run_byte_for_byte_and_says_where(
    runner: Path, url: str, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert harness(["eval", "spec.yaml", *words]) == 0
    shared = open_shared(url, runner)
    out, err = capsys.readouterr()
    assert f"uploaded: {shared.name}" in err
    assert "uploaded" not in out
    made = find_made(runner)
    brought = shared.find(made.name)
    assert brought is not None
    for name in ("run.json", "results.jsonl", "spec.json"):
        assert (brought / name).read_bytes() == (made / name).read_bytes()


def test_a_run_that_fails_is_uploaded_and_fails(runner: Path, url: str) -> None:
    text = SPEC.replace("contains: Paris", "contains: Lyon")
    (runner / "spec.yaml").write_text(text, encoding="utf-8")
    assert harness(["eval", "spec.yaml"]) == 1
    assert [info.exit_code for info in list_infos(open_shared(url, runner))] == [1]


def test_a_deployed_run_is_uploaded_by_harness_run(
    runner: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (runner / "spec.yaml").write_text(DEPLOYED, encoding="utf-8")
    assert harness(["run", "spec.yaml", "--destroy"]) == 0
    assert "uploaded: " in capsys.readouterr().err
    (info,) = list_infos(open_shared(url, runner))
    assert (info.id, info.exit_code) == (find_made(runner).name, 0)


def test_a_run_that_goes_on_takes_the_place_of_its_beginning(runner: Path, url: str) -> None:
    bounded = SPEC + "evaluation: {budget: {requests: 1}}\n"
    (runner / "spec.yaml").write_text(bounded, encoding="utf-8")
    assert harness(["eval", "spec.yaml"]) == 4
    shared = open_shared(url, runner)
    assert [info.status for info in list_infos(shared)] == ["partial"]
    (runner / "spec.yaml").write_text(bounded.replace("1}", "9}"), encoding="utf-8")
    assert harness(["eval", "spec.yaml", "--resume", "latest"]) == 0
    assert [info.status for info in list_infos(shared)] == ["complete"]


@pytest.mark.parametrize("words", [["--dry-run"], ["--sample", "0"], ["-k", "nothing"]])
def test_a_command_that_plays_nothing_uploads_nothing(
    runner: Path, url: str, words: list[str]
) -> None:
    harness(["eval", "spec.yaml", *words])
    assert list_infos(open_shared(url, runner)) == []


def test_a_gate_finds_the_baseline_of_the_team_on_another_machine(
    runner: Path,
    tmp_path: Path,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert harness(["eval", "spec.yaml"]) == 0
    assert harness(["baseline", "set", "latest", "--shared"]) == 0
    desk = open_checkout(tmp_path / "desk", monkeypatch, url)
    capsys.readouterr()
    assert harness(["eval", "spec.yaml", "--baseline", "main"]) == 0
    assert f"the baseline 'main', run {find_made(runner).name}," in capsys.readouterr().err
    assert len(list_infos(open_shared(url, desk))) == 2


def test_a_merge_of_parts_finds_the_baseline_of_the_team(
    runner: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str
) -> None:
    gated = SPEC + "evaluation: {gate: {baseline: main, allow_simulated: true}}\n"
    assert harness(["eval", "spec.yaml"]) == 0
    assert harness(["baseline", "set", "latest", "--shared"]) == 0
    desk = open_checkout(tmp_path / "desk", monkeypatch, url)
    (desk / "spec.yaml").write_text(gated, encoding="utf-8")
    for part in ("france", "again"):
        assert harness(["eval", "spec.yaml", "-k", part, "--output", part]) == 0
    assert harness(["merge", "france", "again", "-o", "whole", "--allow-simulated"]) == 0
    assert (desk / "whole" / "comparison.json").is_file()


class TestWithoutTheServer:
    """What a command comes to where the database does not answer: what it comes to without it."""

    @pytest.fixture
    def alone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        return open_checkout(tmp_path / "runner", monkeypatch, GONE)

    def test_an_evaluation_ends_as_ever_and_names_the_command_that_uploads_it(
        self, alone: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert harness(["eval", "spec.yaml"]) == 0
        err = capsys.readouterr().err
        assert "warning[H879]" in err
        assert f"harness history push {find_made(alone).name}" in err
        assert "hush" not in err

    def test_a_gate_that_needs_it_stops_before_anything_is_sent(
        self, alone: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert harness(["eval", "spec.yaml", "--baseline", "main"]) == 3
        assert "error[H872]" in capsys.readouterr().err
        assert not list((alone / "reports").glob("*/*/run.json"))

    def test_a_replay_asks_nobody_and_says_what_uploads_it(
        self, alone: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("HARNESS_HISTORY_URL")
        assert harness(["eval", "spec.yaml", "--record"]) == 0
        monkeypatch.setenv("HARNESS_HISTORY_URL", GONE)
        capsys.readouterr()
        assert harness(["eval", "spec.yaml", "--replay"]) == 0
        err = capsys.readouterr().err
        assert "a replay uploads nothing; harness history push " in err
        assert "H879" not in err
        assert harness(["eval", "spec.yaml", "--replay", "--history", GONE]) == 2

    @pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
    def test_a_run_that_is_interrupted_ends_at_once_and_names_the_command_that_uploads_it(
        self, alone: Path, project: Path
    ) -> None:
        slow = SPEC.replace("simulator:\n", "simulator:\n  latency_s: 1\n")
        (alone / "spec.yaml").write_text(slow, encoding="utf-8")
        environment = {**os.environ, "HARNESS_HISTORY_URL": GONE, "PYTHONPATH": str(project)}
        words = [sys.executable, "-m", "harness", "eval", "spec.yaml"]
        with subprocess.Popen(words, cwd=alone, text=True, stderr=subprocess.PIPE,
                              stdout=subprocess.DEVNULL, env=environment) as one:  # fmt: skip
            assert one.stderr is not None
            while not any(
                b'"sent"' in journal.read_bytes()
                for journal in alone.glob("reports/*/*/events.jsonl")
            ):
                assert one.poll() is None
                time.sleep(0.05)
            one.send_signal(signal.SIGTERM)
            said = one.stderr.read()
        assert one.returncode == 143
        made = find_made(alone).name
        assert (
            f"a run that was interrupted is not uploaded; harness history push {made} does" in said
        )
        assert "H879" not in said
