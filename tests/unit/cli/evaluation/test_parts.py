"""``eval --failed`` and ``eval --sample`` as people call them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run

SPEC = """\
version: 1
name: parts
providers:
  r: {type: recorded, answers: answers.jsonl, models: {one: {version: "1"}, two: {version: "1"}}}
evaluation: {GATErepeats: 2}
conversations:
  - id: number
    cases: cases.csv
    turns: [{user: "Say {{n}}", assert: [{equals: "{{n}}"}]}]
  - id: hello
    turns: [{user: hi, assert: [{contains: hello}]}]
"""
WRONG = {("one", 3), ("two", 3), ("two", 7)}
"""The model and the number that it gets wrong."""


def write(folder: Path, numbers: int = 10, gate: str = "") -> None:
    specs = folder / "specs"
    specs.mkdir(exist_ok=True)
    (folder / ".harness").mkdir(exist_ok=True)
    (specs / "parts.yaml").write_text(SPEC.replace("GATE", gate))
    (specs / "cases.csv").write_text("id,n\n" + "".join(f"c{n},{n}\n" for n in range(numbers)))
    said = [
        {"user": f"Say {n}", "assistant": "no" if (model, n) in WRONG else str(n), "model": model}
        for model in ("one", "two")
        for n in range(numbers)
    ]
    said += [{"user": "hi", "assistant": "hello", "model": model} for model in ("one", "two")]
    (specs / "answers.jsonl").write_text(
        "".join(
            json.dumps({"version": "1", "model": one.pop("model"), "turns": [one]}) + "\n"
            for one in said
        )
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path)
    return tmp_path


def played(directory: Path) -> list[tuple[str, str | None, str, int]]:
    lines = (directory / "results.jsonl").read_text().splitlines()
    trials = [json.loads(line) for line in lines]
    return [(one["conversation"], one["case"], one["target"], one["repeat"]) for one in trials]


def read_run(directory: Path) -> dict[str, Any]:
    return dict(json.loads((directory / "run.json").read_text()))


def test_only_what_did_not_pass_is_played_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", "--output", "first"]) == 1
    assert run(["eval", "--failed", "first", "--output", "again"]) == 1
    assert played(folder / "again") == [
        ("number", "c3", "r/one", 1),
        ("number", "c3", "r/one", 2),
        ("number", "c3", "r/two", 1),
        ("number", "c3", "r/two", 2),
        ("number", "c7", "r/two", 1),
        ("number", "c7", "r/two", 2),
    ]
    out, err = capsys.readouterr()
    assert (
        "what did not pass in run first: number[c3] on r/one, number[c3] on r/two, "
        "number[c7] on r/two\n" in err
    )
    assert "Only what did not pass in run first was played: these rates are not the spec's." in out
    assert read_run(folder / "again")["selection"]["failed"] == "first"
    assert read_run(folder / "again")["planned_trials"] == 6


def test_a_run_by_its_id_or_the_newest_of_this_spec(folder: Path) -> None:
    assert run(["eval"]) == 1
    (directory,) = (folder / "reports/parts").iterdir()
    assert run(["eval", "--failed", "latest", "--output", "again"]) == 1
    assert read_run(folder / "again")["selection"]["failed"] == directory.name
    assert run(["eval", "--failed", directory.name, "--dry-run"]) == 0


def test_what_the_spec_no_longer_has_is_named_and_the_rest_is_played(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["eval", "--output", "first"])
    write(folder, numbers=5)
    assert run(["eval", "--failed", "first", "--output", "again"]) == 1
    assert "no longer in the spec, so not played: number[c7] on r/two\n" in capsys.readouterr().err
    assert {case for _, case, *_ in played(folder / "again")} == {"c3"}


def test_where_nothing_of_it_is_left_nothing_is_selected(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["eval", "--output", "first"])
    write(folder, numbers=2)
    assert run(["eval", "--failed", "first"]) == 2
    assert "error[H604]: the spec has nothing any more of what did not pass" in (
        capsys.readouterr().err
    )


def test_where_everything_passed_there_is_nothing_to_play(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", "-k", "hello", "--output", "good"]) == 0
    assert run(["eval", "--failed", "good"]) == 2
    assert "error[H983]: nothing in run" in capsys.readouterr().err


def test_a_selection_narrows_what_failed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["eval", "--output", "first"])
    run(["eval", "--failed", "first", "-t", "r/two", "-k", "c7", "--output", "again"])
    assert played(folder / "again") == [("number", "c7", "r/two", n) for n in (1, 2)]
    assert "no longer" not in capsys.readouterr().err


def test_a_run_of_what_failed_is_gone_on_with(folder: Path) -> None:
    run(["eval", "--output", "first"])
    run(["eval", "--failed", "first", "--output", "whole"])
    shutil.copytree(folder / "whole", folder / "torn")
    lines = (folder / "torn/results.jsonl").read_text().splitlines(keepends=True)
    (folder / "torn/results.jsonl").write_text("".join(lines[:2]))
    (folder / "torn/events.jsonl").write_text("")
    assert run(["eval", "--resume", "torn"]) == 1
    assert played(folder / "torn") == played(folder / "whole")


@pytest.mark.parametrize(
    "options",
    [["--failed", "latest", "--until-settled"], ["--failed", "nowhere"], ["--sample", "0"]],
)
def test_what_makes_no_sense_is_refused(folder: Path, options: list[str]) -> None:
    run(["eval", "--output", "first"])
    assert run(["eval", *options]) == 2


def test_a_sample_says_that_it_is_one_everywhere(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", "--sample", "4", "--seed", "1", "--output", "part"]) in (0, 1)
    out, err = capsys.readouterr()
    said = "a sample of 4 of 11 questions, seed 1"
    assert f"{said}\n" in err
    assert f"The run is {said}: of the others nothing is known." in out
    assert said in (folder / "part/summary.md").read_text()
    assert said in (folder / "part/report.html").read_text()
    info = read_run(folder / "part")
    assert info["selection"]["sample"] == {"questions": 4, "of": 11, "seed": 1}
    assert (info["planned_trials"], info["status"]) == (4 * 2 * 2, "complete")
    assert run(["show", "part"]) == 0
    assert said in capsys.readouterr().out


def test_a_sample_is_gone_on_with_and_is_the_same(folder: Path) -> None:
    run(["eval", "--sample", "4", "--seed", "1", "--output", "whole"])
    shutil.copytree(folder / "whole", folder / "torn")
    (folder / "torn/results.jsonl").write_text("")
    (folder / "torn/events.jsonl").write_text("")
    run(["eval", "--resume", "torn"])
    assert played(folder / "torn") == played(folder / "whole")


def test_a_sample_is_held_against_a_whole_baseline_by_its_own_questions_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gate = "gate: {baseline: main}, "
    write(folder, gate=gate)
    run(["eval", "--output", "first"])
    run(["baseline", "set", "first"])
    capsys.readouterr()
    assert run(["eval", "--sample", "4", "--json"]) in (0, 1)
    document = json.loads(capsys.readouterr().out)
    assert document["verdict"] != "incomplete"
    assert {pair["conversations"] for pair in document["comparison"]["pairs"]} == {4}
    assert document["comparison"]["unpaired"] == []


def test_a_baseline_says_where_no_gate_looks_at_it_and_what_it_does_not_know(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["eval", "--output", "first"])
    answers = (folder / "specs/answers.jsonl").read_text().splitlines(keepends=True)
    (folder / "specs/answers.jsonl").write_text("".join(answers[:-1]))
    run(["eval", "--output", "silent"])
    capsys.readouterr()
    assert run(["baseline", "set", "first"]) == 0
    said = capsys.readouterr().err
    assert "gate: {baseline: main}, or with --baseline main" in said
    assert "errored" not in said
    assert run(["baseline", "set", "silent"]) == 0
    assert "warning: 2 of 44 trials errored: what was not answered" in capsys.readouterr().err
    write(folder, gate="gate: {baseline: main}, ")
    run(["eval", "--output", "named"])
    capsys.readouterr()
    assert run(["baseline", "set", "named"]) == 0
    assert capsys.readouterr().err == ""


def test_a_sample_may_be_a_baseline_and_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, gate="gate: {baseline: main}, ")
    run(["eval", "--sample", "4", "--output", "first"])
    assert run(["baseline", "set", "first"]) == 0
    assert "warning: this run played a part (a sample of 4 of 11 questions, seed 0)" in (
        capsys.readouterr().err
    )
    run(["eval", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document["comparison"]["unpaired"] == []
    assert {pair["conversations"] for pair in document["comparison"]["pairs"]} == {4}
    assert "played a part (a sample of 4" in " ".join(document["comparison"]["notes"])


def test_samples_are_not_merged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["eval", "--sample", "4", "--output", "one"])
    run(["eval", "-k", "hello", "--output", "two"])
    assert run(["merge", "one", "two", "-o", "both"]) == 2
    assert "is a sample, and stands for the whole by itself" in capsys.readouterr().err


def test_a_seed_needs_something_to_draw_or_to_order(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", "--seed", "1"]) == 2
    assert "--sample" in capsys.readouterr().err
