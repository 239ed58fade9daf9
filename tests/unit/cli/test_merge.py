"""``harness merge``: parts of a run become one, judged as ``eval`` does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run
from harness.results.codec import decode_run, encode_result, encode_run
from harness.results.model import Looks, Result, RunInfo, TargetInfo, Totals, TrialId
from harness.store.runs import DiskRuns

SPEC: dict[str, Any] = {
    "version": 1, "name": "sweden",
    "accounts": {"sweden": {"deployments": {"mini": {}, "five": {}}}},
    "evaluation": {"gate": {"min_pass_rate": 0.5, "on_no_baseline": "warn", "max_error_rate": 1}},
    "conversations": [{"id": "a", "turns": []}, {"id": "b", "turns": []}, {"id": "c", "turns": []}],
}  # fmt: skip


def result(conversation: str, target: str, *, passed: bool = True) -> Result:
    trial = TrialId(conversation, None, target, "default", 1)
    outcome, score = ("passed", 1.0) if passed else ("failed", 0.0)
    return Result(trial, f"of {conversation}", outcome, score, ())  # type: ignore[arg-type]


def write_part(
    root: Path, name: str, results: Iterable[Result], spec: dict[str, Any] = SPEC, **more: Any
) -> Path:
    results = list(results)
    targets = tuple(map(TargetInfo, dict.fromkeys(one.trial.target for one in results)))
    number = len(list(root.glob("reports/*")))
    info = RunInfo(
        f"20261122-13000{number}-abcdef", "sweden", "cd", "0.3.0", f"2026-11-22T13:00:0{number}Z",
        targets, status="complete", planned_trials=len(results),
        totals=Totals(trials=len(results), wall_s=2.0), selection={"repeats": 1},
    )  # fmt: skip
    directory = root / "reports" / name
    directory.mkdir(parents=True)
    (directory / "run.json").write_text(encode_run(replace(info, **more)), encoding="utf-8")
    (directory / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    text = "".join(f"{encode_result(one)}\n" for one in results)
    (directory / "results.jsonl").write_text(text, encoding="utf-8")
    event = {"event": "opened", "at": f"2026-11-22T13:00:0{number}"}
    (directory / "events.jsonl").write_text(json.dumps(event) + "\n", encoding="utf-8")
    return directory


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".harness").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


BOTH = ("sweden/mini", "sweden/five")


def trials(directory: Path) -> list[tuple[str, str]]:
    lines = (directory / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [(one["conversation"], one["target"]) for one in map(json.loads, lines)]


def test_parts_in_any_order_make_the_trials_of_one_run_in_their_order(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_part(root, "p1", [result(name, target) for name in "ab" for target in BOTH])
    write_part(root, "p2", [result("c", target) for target in BOTH])
    assert run(["merge", "reports/p2", "reports/p1", "-o", "reports/whole"]) == 0
    whole = root / "reports" / "whole"
    assert trials(whole) == [(name, target) for name in "abc" for target in BOTH]
    info = decode_run((whole / "run.json").read_text(encoding="utf-8"))
    assert (info.status, info.verdict, info.totals.trials) == ("complete", "passed", 6)
    assert info.totals.wall_s == 4.0
    assert [column.trials for column in info.columns] == [3, 3]
    assert (whole / "report.html").is_file()
    assert json.loads((whole / "spec.json").read_text(encoding="utf-8")) == SPEC
    events = (whole / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["event"] for line in events] == ["merged", "opened", "opened"]
    assert "gate: passed" in capsys.readouterr().out
    assert (root / "reports" / "p1" / "run.json").is_file(), "parts stay"


def test_parts_by_target_are_put_into_the_order_of_the_spec(root: Path) -> None:
    named = {"selection": {"repeats": 1, "named_targets": ["x"]}}
    for name, target in (("p1", "sweden/five"), ("p2", "sweden/mini")):
        write_part(root, name, [result(each, target) for each in "abc"], **named)
    assert run(["merge", "reports/p1", "reports/p2", "-o", "reports/whole"]) == 0
    assert trials(root / "reports" / "whole")[:2] == [("a", "sweden/mini"), ("a", "sweden/five")]


def test_a_floor_that_is_missed_is_1(root: Path) -> None:
    write_part(root, "p1", [result("a", BOTH[0])])
    write_part(root, "p2", [result(name, BOTH[0], passed=False) for name in "bc"])
    assert run(["merge", "reports/p1", "reports/p2", "-o", "whole"]) == 1


def test_a_part_that_is_missing_is_4_and_told(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_part(root, "p1", [result("a", target) for target in BOTH])
    write_part(root, "p2", [result("c", BOTH[0])])
    assert run(["merge", "reports/p1", "reports/p2", "--json"]) == 4
    document = json.loads(capsys.readouterr().out)
    assert (document["verdict"], document["status"]) == ("incomplete", "partial")
    assert document["missing"] == ["No part played the conversation b."]
    assert document["planned_trials"] == 6


def test_a_trial_of_two_parts_is_2_and_told_with_both(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_part(root, "p1", [result("a", BOTH[0]), result("b", BOTH[0])])
    write_part(root, "p2", [result("b", BOTH[0])])
    assert run(["merge", "reports/p1", "reports/p2", "-o", "whole"]) == 2
    assert "b on sweden/mini, repeat 1" in capsys.readouterr().err
    assert not (root / "whole").exists()


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"spec_sha256": "ef"}, "the spec: cd in the first, ef"),
        ({"simulated": True}, "simulated: False in the first, True"),
        ({"replayed": True}, "replayed"),
        ({"selection": {"repeats": 3}}, "the repeats: 1 in the first, 3"),
        ({"looks": Looks(4, 2)}, "whole by itself"),
    ],
)
def test_runs_that_are_no_parts_of_one_are_refused(
    root: Path, capsys: pytest.CaptureFixture[str], other: dict[str, Any], said: str
) -> None:
    write_part(root, "p1", [result("a", BOTH[0])])
    write_part(root, "p2", [result("b", BOTH[0])], **other)
    assert run(["merge", "reports/p1", "reports/p2", "-o", "whole"]) == 2
    assert said in capsys.readouterr().err


def test_a_part_that_is_being_written_is_refused(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = write_part(root, "p1", [result("a", BOTH[0])])
    with DiskRuns(root)._open(part):
        assert run(["merge", "reports/p1", "-o", "whole"]) == 2
    assert "is being written" in capsys.readouterr().err


def test_a_simulated_run_needs_leave_to_stand_before_the_gate(root: Path) -> None:
    write_part(root, "p1", [result(name, BOTH[0]) for name in "abc"], simulated=True)
    assert run(["merge", "reports/p1", "-o", "one"]) == 4
    assert run(["merge", "reports/p1", "-o", "two", "--allow-simulated"]) == 0


def test_the_merged_run_is_held_against_the_baseline_of_its_gate(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gate = {"baseline": "main", "min_effect": 0.0, "margin": 0.5, "on_inconclusive": "fail"}
    names = [f"c{number}" for number in range(12)]
    spec = {**SPEC, "evaluation": {"gate": gate}, "conversations": [{"id": n} for n in names]}
    (root / "spec.yaml").write_text("version: 1\n", encoding="utf-8")
    good = write_part(root, "good", [result(name, BOTH[0]) for name in names], spec)
    shutil.copytree(good, root / "spec.baselines" / "main")
    where = {"spec_path": "spec.yaml"}
    for part, some in (("p1", names[:6]), ("p2", names[6:])):
        bad = [result(name, BOTH[0], passed=False) for name in some]
        write_part(root, part, bad, spec, **where)
    assert run(["merge", "reports/p1", "reports/p2", "--json", "-o", "whole"]) == 1
    assert json.loads(capsys.readouterr().out)["verdict"] == "regressed"
    assert (root / "whole" / "comparison.json").is_file()


def test_what_was_merged_already_is_not_written_over(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_part(root, "p1", [result(name, BOTH[0]) for name in "abc"])
    assert run(["merge", "reports/p1"]) == 0
    assert run(["merge", "reports/p1"]) == 2
    assert "merged there before" in capsys.readouterr().err
