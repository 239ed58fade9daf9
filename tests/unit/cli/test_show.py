"""``harness show``, on runs that are on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.main import run as harness
from tests.unit.report.factory import (
    FIVE,
    LAPTOP,
    MINI,
    SPEC,
    result,
    run_of,
    small_run,
    turn,
)
from tests.unit.report.test_report_command import on_disk

TAGGED = {**SPEC, "conversations": [{"id": "founders", "tags": ["smoke"]}]}


@pytest.fixture
def shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> pytest.CaptureFixture[str]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    on_disk(tmp_path, small_run(), TAGGED)
    return capsys


def read(shown: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert harness(["show", *arguments]) == 0
    return shown.readouterr().out.splitlines()


def refused(shown: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert harness(["show", *arguments]) == 2
    said = shown.readouterr()
    assert said.out == ""
    return said.err


def test_without_a_conversation_the_run_is_listed(shown: pytest.CaptureFixture[str]) -> None:
    lines = read(shown, "latest")
    assert lines[0].startswith("run 20260901-120000-a1b2c3: sweden · 1 September 2026")
    assert "conversations, those that did not pass first:" in lines
    assert lines[-1] == "read one: harness show latest weather -t sweden/mini"


@pytest.mark.parametrize(
    ("options", "listed"),
    [
        (["-k", "smoke"], ["founders"]),
        (["-k", "capitals and not china"], ["capitals (chile)"]),
        (["-t", "*/mini", "-k", "founders or weather"], ["founders", "weather"]),
    ],
)
def test_a_part_of_the_run_is_listed_by_keyword_tag_and_target(
    shown: pytest.CaptureFixture[str], options: list[str], listed: list[str]
) -> None:
    lines = read(shown, "latest", *options)
    begin = lines.index("conversations that were selected, those that did not pass first:") + 1
    assert [line[12:].split("  ")[0] for line in lines[begin:-2]] == listed


def test_two_targets_stand_side_by_side_each_with_the_repeat_that_counts(
    shown: pytest.CaptureFixture[str],
) -> None:
    lines = read(shown, "latest", "founders")
    assert lines[1] == "founders"
    assert "sweden/mini, repeat 1 of 3: passed" in lines[2]
    assert "sweden/five, repeat 2 of 3: failed" in lines[2]
    assert any("[-" in line and "{+" in line for line in lines)


def test_one_target_is_read_by_itself(shown: pytest.CaptureFixture[str]) -> None:
    lines = read(shown, "latest", "founders", "-t", "sweden/five")
    assert lines[1].startswith("founders on sweden/five, repeat 2 of 3: failed, 2 of 3 passed")
    assert "  assistant: It was 1975." in lines


def test_two_repeats_of_one_target_stand_side_by_side(shown: pytest.CaptureFixture[str]) -> None:
    two = ["--repeat", "1", "--repeat", "2"]
    lines = read(shown, "latest", "founders", "-t", "*/five", *two)
    assert "repeat 1 of 3: passed" in lines[2]
    assert "repeat 2 of 3: failed" in lines[2]
    alone = read(shown, "latest", "founders", *two)
    assert alone == lines, "where targets are not named, it is the first that did not pass"


def test_of_several_cases_the_one_that_did_not_pass_is_shown_and_the_others_are_named(
    shown: pytest.CaptureFixture[str],
) -> None:
    assert harness(["show", "latest", "capitals"]) == 0
    said = shown.readouterr()
    assert said.out.splitlines()[1] == "capitals (china)"
    assert said.err == "1 other case; --case NAME shows one: chile\n"
    assert read(shown, "latest", "capitals", "--case", "chile")[1] == "capitals (chile)"
    assert read(shown, "latest", "capitals (chile)")[1] == "capitals (chile)"


def test_of_three_targets_the_one_that_did_not_pass_is_shown_and_the_others_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    ends = [(MINI, "passed"), (FIVE, "failed"), (LAPTOP, "passed")]
    played = [result("a", on, end, turn(1, "?", on.name)) for on, end in ends]  # type: ignore[arg-type]
    on_disk(tmp_path, run_of(played, [MINI, FIVE, LAPTOP]))
    assert harness(["show", "latest", "a"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[1].startswith("a on sweden/five: failed")
    assert "sweden/mini, sweden/five, laptop/llama3.2" in said.err
    assert harness(["show", "latest", "a", "-t", "*/*"]) == 2
    assert "3 transcripts are chosen, and two stand beside each other" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fouders"], "there is no conversation 'fouders' in this run"),
        (["fouders"], "hint: did you mean founders?"),
        (["Capitals (chille)"], "did you mean capitals (chile)?"),
        (["xyzzy"], "hint: there are: founders, capitals, weather, greeting, secrets"),
        (["founders", "-t", "sweden/mni"], "did you mean sweden/mini?"),
        (["founders", "--variant", "concise"], "there is no variant 'concise'"),
        (["capitals", "--case", "chle"], "did you mean chile?"),
        (["founders", "--case", "None"], "hint: it has no cases"),
        (["founders", "--repeat", "9"], "the run has 3 repeats of it, counted from 1"),
        (["-k", "nothing"], "nothing in this run matches -k nothing"),
    ],
)  # fmt: skip
def test_what_is_not_in_the_run_is_told_with_the_nearest_name(
    shown: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    told = refused(shown, "latest", *arguments)
    assert "error[H815]" in told
    assert said in told


def test_a_run_or_a_plan_that_is_not_there_is_told(shown: pytest.CaptureFixture[str]) -> None:
    assert "there is no run and no baseline '20260901-120000-a1b2c4'" in refused(
        shown, "20260901-120000-a1b2c4"
    )
    assert "error[H917]: there is no file today.plan" in refused(shown, "today.plan")
    Path("notes.txt").write_text("hello", encoding="utf-8")
    assert "notes.txt is no saved plan" in refused(shown, "notes.txt")
    assert "a saved plan has no conversations" in refused(shown, "notes.txt", "founders")


def test_json_prints_the_list_or_the_trials(shown: pytest.CaptureFixture[str]) -> None:
    listed = json.loads("".join(read(shown, "latest", "--json", "-k", "founders")))
    assert listed["id"] == "20260901-120000-a1b2c3"
    assert [(one["target"], one["passed"]) for one in listed["conversations"]] == [
        ("sweden/mini", 3),
        ("sweden/five", 2),
    ]
    said = json.loads("".join(read(shown, "latest", "founders", "--json")))
    assert [(one["target"], one["repeat"], one["reason"]) for one in said["trials"]] == [
        ("sweden/mini", 1, ""),
        ("sweden/five", 2, 'icontains: "Bill Gates" is not in the reply'),
    ]
