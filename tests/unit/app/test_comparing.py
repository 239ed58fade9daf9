"""``harness compare``, ``baseline`` and ``eval --baseline``, on runs that are on disk."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run as harness
from harness.compare.comparison.compare import compare_scores
from harness.compare.views.comparison_document import encode_comparison
from harness.results.codec import encode_result, encode_run
from harness.results.model import RunInfo, TargetInfo, Totals
from harness.spec.model.spec import Gate
from tests.unit.compare.comparison.made import BASE, HEAD, results, scores

ALL, FEW = [3] * 100, [3] * 80 + [0] * 20
SPEC: dict[str, Any] = {"evaluation": {"gate": {"baseline": "main", "alpha": 0.05}}}
TARGETS = (TargetInfo("sweden/mini"), TargetInfo("sweden/five"))


def keep(
    folder: Path,
    info: RunInfo,
    passed: Sequence[int],
    spec: dict[str, Any] | None = SPEC,
    **more: Any,
) -> Path:
    directory = folder / "reports" / "sweden" / info.id
    directory.mkdir(parents=True)
    info = replace(info, targets=TARGETS, spec_path="specs/sweden.yaml", planned_trials=None)
    (directory / "run.json").write_text(encode_run(replace(info, **more)), "utf-8")
    lines = "".join(encode_result(one) + "\n" for one in results(passed))
    (directory / "results.jsonl").write_text(lines, "utf-8")
    if spec is not None:
        (directory / "spec.json").write_text(json.dumps(spec), "utf-8")
    return directory


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".harness").mkdir()
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "sweden.yaml").write_text("version: 1\nname: sweden\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_run_is_compared_by_id_by_folder_as_the_latest_and_as_a_baseline(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = keep(here, BASE, ALL), keep(here, HEAD, FEW)
    assert harness(["baseline", "set", BASE.id]) == 0
    kept = here / "specs" / "sweden.baselines" / "main"
    assert sorted(one.name for one in kept.iterdir()) == ["results.jsonl", "run.json", "spec.json"]
    for base in (BASE.id, str(before), "main"):
        for head in (HEAD.id, str(after), "latest"):
            assert harness(["compare", base, head]) == 1
    said = capsys.readouterr().out
    assert "gate: regressed" in said
    assert "compared with the baseline 'main', run 20261122-120000-base00 of 2026-11-22" in said


def test_a_baseline_is_shown_and_reported_by_its_name_and_a_comment_tells_of_the_comparison(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, BASE, ALL)
    keep(here, HEAD, FEW)
    assert harness(["baseline", "set", BASE.id]) == 0
    assert harness(["show", "main"]) == 0
    assert f"run {BASE.id}: sweden" in capsys.readouterr().out
    assert harness(["report", "main", "-o", "trials.csv"]) == 0
    assert harness(["compare", "main", "latest", "--comment", "comment.md"]) == 1
    comment = (here / "comment.md").read_text("utf-8")
    assert comment.startswith("<!-- harness: sweden -->")
    assert "### Compared with the baseline 'main'" in comment
    assert "| regressed |" in comment


def test_a_run_that_is_shown_has_the_comparison_that_is_kept_beside_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = scores(results(ALL), BASE), scores(results(FEW))
    directory = keep(here, HEAD, FEW)
    kept = encode_comparison(compare_scores(before, after, Gate()))
    (directory / "comparison.json").write_text(kept, "utf-8")
    assert harness(["show", "latest", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [pair["verdict"] for pair in document["comparison"]["pairs"]] == ["regressed"]
    assert harness(["show", "latest"]) == 0
    assert "compared with run 20261122-120000-base00" in capsys.readouterr().out


def test_the_document_has_the_names_of_the_contract(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, BASE, ALL[:20])
    keep(here, HEAD, ALL[:20])
    assert harness(["compare", BASE.id, "latest", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["format_version"], document["base"], document["head"]) == (1, BASE.id, HEAD.id)
    (pair,) = document["pairs"]
    assert (pair["a"], pair["b"], pair["verdict"]) == ("sweden/mini", "sweden/mini", "inconclusive")
    assert (pair["conversations"], pair["repeats"]) == (20, 3)
    assert set(pair["pass_rate_a"]) == set(pair["pass_rate_b"]) == {"value", "low", "high"}
    assert {"value", "low", "high", "p_value", "p_adjusted", "test"} <= set(pair["difference"])
    assert pair["needed"]["conversations"] == 59
    assert pair["changed"] == document["unpaired"] == []
    assert document["gate"]["verdict"] == "inconclusive"
    assert document["gate"]["reasons"]


def test_the_heads_gate_decides_and_defaults_do_where_its_spec_is_lost_or_has_none(
    here: Path,
) -> None:
    keep(here, BASE, ALL)
    strict = {"evaluation": {"gate": {"baseline": "main", "min_pass_rate": 0.999}}}
    keep(here, HEAD, [*ALL[:99], 2], strict)
    assert harness(["compare", BASE.id, "latest"]) == 1
    (here / "reports" / "sweden" / HEAD.id / "spec.json").write_text("{}", "utf-8")
    assert harness(["compare", BASE.id, "latest"]) == 0
    (here / "reports" / "sweden" / HEAD.id / "spec.json").unlink()
    assert harness(["compare", BASE.id, "latest"]) == 0


def test_a_head_that_lacks_trials_is_incomplete(here: Path) -> None:
    keep(here, BASE, ALL)
    keep(here, HEAD, ALL, status="interrupted")
    assert harness(["compare", BASE.id, "latest"]) == 4


def test_simulated_answers_are_compared_with_simulated_ones_only(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, BASE, ALL, None, simulated=True)
    after = keep(here, HEAD, ALL, None)
    assert harness(["compare", BASE.id, "latest"]) == 2
    assert "H842" in capsys.readouterr().err
    document = json.loads((after / "run.json").read_text("utf-8"))
    (after / "run.json").write_text(json.dumps(document | {"simulated": True}), "utf-8")
    assert harness(["compare", BASE.id, "latest"]) == 0


@pytest.mark.parametrize(
    ("line", "code", "hint"),
    [
        (["compare", "latest", "latest"], "H841", "--map sweden/five=sweden/mini"),
        (["compare", "latest", "latest", "--map", "a=b"], "H843", "NEW=OLD"),
        (["compare", "latest", "latest", "--map", "sweden/fiv=sweden/mini"], "H843", "sweden/five"),
        (["compare", "nothing", "latest"], "H702", "runs:"),
        (["compare", "main", "latest"], "no baseline 'main'", "harness baseline set latest"),
        (["compare", "latest", "latest", "--map", "a"], "NEW=OLD", "got 'a'"),
        (["compare", "latest", "latest", "--map", "a=b", "--map", "a=c"], "--map pairs 'a'", "'c'"),
        (["baseline", "set", "latest", "--name", "../x"], "H844", "harness baseline set"),
        (["baseline", "set", "latest", "--name", "latest"], "H844", "harness baseline set"),
    ],
)
def test_a_wrong_request_says_what_to_do(
    here: Path, capsys: pytest.CaptureFixture[str], line: list[str], code: str, hint: str
) -> None:
    keep(here, HEAD, ALL)
    assert harness(line) == 2
    said = capsys.readouterr().err
    assert code in said
    assert hint in said


def test_a_run_whose_results_are_gone_is_not_taken_for_one_without_any(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = keep(here, BASE, ALL, totals=Totals(trials=300, passed=300))
    keep(here, HEAD, ALL)
    (before / "results.jsonl").unlink()
    assert harness(["compare", BASE.id, HEAD.id]) == 2
    assert "results.jsonl is not there" in capsys.readouterr().err


def test_a_name_that_is_nothings_is_told_with_the_baselines_that_are_there(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, HEAD, ALL)
    assert harness(["baseline", "set", "latest"]) == 0
    assert harness(["compare", "mian", "latest"]) == 2
    assert "baselines: main" in capsys.readouterr().err
    (here / "specs" / "norway.baselines").mkdir()
    kept = here / "specs" / "sweden.baselines" / "main"
    shutil.copytree(kept, here / "specs" / "norway.baselines" / "main")
    assert harness(["report", "main"]) == 2
    said = capsys.readouterr().err
    assert "several specs have a baseline 'main'" in said
    assert str(kept) in said


@pytest.mark.parametrize("left", [None, "", '{"conversation": "a'])
def test_a_run_without_results_is_no_baseline_and_no_base(
    here: Path, capsys: pytest.CaptureFixture[str], left: str | None
) -> None:
    empty = keep(here, BASE, ALL)
    keep(here, HEAD, ALL)
    (empty / "results.jsonl").unlink()
    if left is not None:
        (empty / "results.jsonl").write_text(left, "utf-8")
    assert harness(["baseline", "set", BASE.id]) == 2
    assert "H846" in capsys.readouterr().err
    assert harness(["compare", BASE.id, "latest"]) == 4
    out = capsys.readouterr().out
    assert "the base holds no results" in out
    assert "map NEW=OLD" not in out
    assert harness(["show", BASE.id]) == 0
    assert "did not pass first" not in capsys.readouterr().out


def test_a_baseline_of_a_run_that_is_not_whole_is_warned_of(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, HEAD, ALL, status="interrupted")
    assert harness(["baseline", "set", "latest"]) == 0
    assert "warning: this run is interrupted" in capsys.readouterr().err


def test_a_run_that_does_not_say_its_spec_needs_to_be_told(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, HEAD, ALL, spec_path=None)
    assert harness(["baseline", "set", "latest"]) == 2
    assert "H845" in capsys.readouterr().err
    assert harness(["baseline", "set", "latest", "--spec", "specs/sweden.yaml"]) == 0
    assert harness(["baseline", "list", "--json"]) == 0
    (known,) = json.loads(capsys.readouterr().out.splitlines()[-1])["baselines"]
    assert (known["name"], known["run"]) == ("main", HEAD.id)


def test_a_baseline_takes_the_place_of_the_last_and_may_be_set_again(here: Path) -> None:
    keep(here, BASE, ALL)
    keep(here, HEAD, ALL, None)
    kept = here / "specs" / "sweden.baselines" / "main"
    assert harness(["baseline", "set", BASE.id]) == 0
    assert harness(["baseline", "set", "main"]) == 0
    assert (kept / "spec.json").exists()
    assert harness(["baseline", "set", HEAD.id]) == 0
    assert json.loads((kept / "run.json").read_text("utf-8"))["id"] == HEAD.id
    assert not (kept / "spec.json").exists()


ANSWERS = """
version: 1
name: answers
providers:
  told: {type: recorded, answers: answers.jsonl, models: {old: {version: "1"}, new: {version: "1"}}}
evaluation:
  targets: [%s]
  repeats: 1
  gate: {baseline: main, on_no_baseline: %s, min_pass_rate: 0.2}
conversations:
  - id: sums
    cases: cases.csv
    turns: [{user: "{{n}} and {{n}}?", assert: [{equals: "yes {{n}}"}]}]
"""


def write_answers(folder: Path, targets: str = "told/old", policy: str = "warn") -> None:
    said = {"old": 100, "new": 60}
    lines = [
        {
            "model": model,
            "version": "1",
            "turns": [{"user": f"{n} and {n}?", "assistant": f"yes {n}" if n < good else "no"}],
        }
        for model, good in said.items()
        for n in range(100)
    ]
    (folder / "answers.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines), "utf-8")
    (folder / "cases.csv").write_text("n\n" + "".join(f"{n}\n" for n in range(100)), "utf-8")
    (folder / "answers.yaml").write_text(ANSWERS % (targets, policy), "utf-8")


def test_an_evaluation_is_held_against_its_baseline_and_its_report_remembers(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_answers(here)
    assert harness(["eval", "answers.yaml"]) == 0
    assert "there is no baseline 'main' yet" in capsys.readouterr().out
    assert harness(["baseline", "set", "latest"]) == 0
    assert harness(["eval", "answers.yaml"]) == 0
    assert "gate: passed" in capsys.readouterr().out

    write_answers(here, "told/new")
    assert harness(["eval", "answers.yaml"]) == 4
    assert "a map NEW=OLD pairs it with another" in capsys.readouterr().out
    # Named, for the newest of several runs in one second is any of them.
    last = ["--map", "told/new=told/old", "--output", "last"]
    assert harness(["eval", "answers.yaml", *last]) == 1
    said = capsys.readouterr().out
    assert "gate: regressed" in said
    assert "told/new (was told/old): 100% → 60%, -40 points" in said
    assert "we changed: target: told/old → told/new" in said

    (here / "answers.baselines" / "main" / "run.json").unlink()
    assert harness(["report", "last", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "regressed"


def test_a_baseline_that_is_not_there_is_incomplete_or_refused_before_anything_is_asked(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_answers(here, policy="fail")
    assert harness(["eval", "answers.yaml"]) == 4
    assert "`on_no_baseline: warn` lets floors alone decide" in capsys.readouterr().out
    assert harness(["eval", "answers.yaml", "--baseline", "other"]) == 2
    assert "H840" in capsys.readouterr().err
    assert harness(["eval", "answers.yaml", "--map", "told/old=x", "--baseline", "main"]) == 2
    capsys.readouterr()
    assert harness(["eval", "answers.yaml", "--map", "told/odl=x"]) == 2
    assert "the head has no target 'told/odl'" in capsys.readouterr().err
    assert len(list((here / "reports" / "answers").iterdir())) == 1
