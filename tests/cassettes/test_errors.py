"""An error never replaces an answer, counts as missing, and is told where it was recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.cli.main import run
from harness.recording.storage.texts import hash_text

if TYPE_CHECKING:
    from tests.cassettes.conftest import Project

SPEC = """
version: 1
name: errors
cloud: simulator
providers:
  laptop: {type: openai-compatible, base_url: "http://127.0.0.1:11434/v1", models: {small: {}}}
simulator:
  replies: [{on: last_user, match: hello, reply: alpha}]
conversations:
  - id: hi
    turns: [{user: Say hello., assert: [{contains: alpha}]}]
"""

FAULTS = [
    "{operation: chat, status: 401}",
    "{operation: chat, status: 404, code: DeploymentNotFound}",
    "{operation: chat, status: 500}",
    "{operation: chat, status: 429, retry_after_s: 86400}",
    "{operation: chat, reset: connect}",
]


def break_it(project: Project, fault: str = FAULTS[1]) -> None:
    project.edit("simulator:\n", f"simulator:\n  faults: [{fault}]\n")


def mend_it(project: Project, fault: str = FAULTS[1]) -> None:
    project.edit(f"  faults: [{fault}]\n", "")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("mode", ["all", "missing"])
def test_an_error_leaves_the_earlier_answers_where_they_are(
    project: Project, fault: str, mode: str
) -> None:
    project.write(SPEC)
    project.record()
    before = {path: path.read_bytes() for path in project.cassette.rglob("hi/-/*")}
    break_it(project, fault)
    project.edit("Say hello.", "Please say hello.")
    done = project.record("--record-mode", mode)
    assert done.exit_code == 3
    assert "hi on laptop/small: not recorded: its earlier answers stay" in done.err
    assert {path: path.read_bytes() for path in project.cassette.rglob("hi/-/*")} == before
    mend_it(project, fault)
    assert project.record("--record-mode", "missing").exit_code == 0
    assert project.replay().exit_code == 0


def test_an_error_where_nothing_was_recorded_is_kept_and_counts_as_missing(
    project: Project,
) -> None:
    project.write(SPEC)
    break_it(project)
    done = project.record()
    assert "an error never replaces an answer, and counts as missing:" in done.err
    assert "hi on laptop/small: recorded as an error" in done.err
    mend_it(project)
    replayed = project.replay()
    assert replayed.exit_code == 3
    assert "stale" not in replayed.info, "it is what was recorded"
    again = "harness eval spec.yaml --record --record-mode missing -k hi -t laptop/small"
    for told in (
        "the recording holds errors in place of answers:",
        "hi on laptop/small: not_found (404): ",
        f"record what is missing:\n  {again}",
    ):
        assert told in replayed.err
    assert project.record("--record-mode", "missing").exit_code == 0
    assert project.replay().exit_code == 0


def test_errors_of_old_cassettes_are_found_and_healed(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.write(SPEC)
    break_it(project)
    project.record("--repeats", "2")
    mend_it(project)
    _drop_marks(project.cassette)
    capsys.readouterr()
    assert run(["cassettes", "audit", "spec.cassette"]) == 1
    shown = capsys.readouterr()
    for repeat in (1, 2):
        assert f"repeat {repeat}: error: instead of an answer: not_found (404)" in shown.out
    assert (
        "record what is missing: harness eval spec.yaml --record --record-mode missing" in shown.err
    )
    assert project.record("--record-mode", "missing", "--repeats", "2").exit_code == 0
    run(["cassettes", "audit", "spec.cassette"])
    assert "error:" not in capsys.readouterr().out


def test_a_check_that_errored_is_asked_again_with_its_trial(project: Project) -> None:
    judged = SPEC.replace("models: {small: {}}", "models: {small: {}, judge: {}}").replace(
        "conversations:", "evaluation: {judge: {target: laptop/judge}}\nconversations:"
    )
    project.write(judged.replace("{contains: alpha}", "{llm-rubric: Greets.}"))
    assert project.record().exit_code == 3, "the judge gives no verdict"
    assert run(["cassettes", "audit", "spec.cassette"]) == 1
    verdict = '{on: system, match: verdict, reply: \'{"reason": "y", "score": 1, "pass": true}\'}'
    project.edit("replies: [", f"replies: [{verdict}, ")
    assert project.record("--record-mode", "missing").exit_code == 0
    assert project.replay().exit_code == 0
    assert run(["cassettes", "audit", "spec.cassette"]) == 0


def test_what_a_filter_refused_is_an_answer(project: Project) -> None:
    project.write(SPEC)
    break_it(project, "{operation: chat, status: 400, code: content_filter}")
    project.record()
    assert run(["cassettes", "audit", "spec.cassette"]) == 0
    replayed = project.replay()
    assert "in place of answers" not in replayed.err
    assert replayed.results[0]["outcome"] == "blocked"


def _drop_marks(cassette: Path) -> None:
    """Make of a cassette one of the time before errors were marked."""
    (file,) = cassette.rglob("hi/-/*.json")
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document.pop("errored") == [1, 2]
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    file.write_text(text, encoding="utf-8")
    manifest = json.loads((cassette / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"][file.relative_to(cassette).as_posix()] = hash_text(text)
    (cassette / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
