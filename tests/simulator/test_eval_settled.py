"""`harness eval --until-settled` against a baseline, as people use it, on the simulator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run

MANY = 100
SPEC = """
version: 1
name: shop
cloud: simulator
providers:
  p: {type: openai-compatible, base_url: "http://127.0.0.1:9/v1", models: {a: {}}}
simulator:
  replies:
    - {on: last_user, match: "^item [0-9]*[GOOD]$", reply: in stock}
    - {on: last_user, match: "item", reply: no idea}
evaluation:
  concurrency: 16
  gate: {baseline: main, on_no_baseline: warn, allow_simulated: true}
conversations:
  - id: stock
    cases: [CASES]
    turns: [{user: "item {{n}}", assert: [{equals: in stock}]}]
"""
ALL, HALF = "0-9", "0-4"


def write(good: str, *, concurrency: int = 16) -> None:
    """Write a spec in which items whose last digit is good are answered well."""
    cases = ", ".join(f"{{n: '{number}'}}" for number in range(MANY))
    text = SPEC.replace("GOOD", good).replace("CASES", cases)
    Path("shop.yaml").write_text(
        text.replace("concurrency: 16", f"concurrency: {concurrency}"), encoding="utf-8"
    )


@pytest.fixture
def baseline(folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A project whose baseline answered everything well."""
    write(ALL)
    assert run(["eval", "shop.yaml", "--output", "good"]) == 0
    assert run(["baseline", "set", "good"]) == 0
    capsys.readouterr()
    return folder


def read(directory: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(directory, "run.json").read_text(encoding="utf-8"))
    return found


def list_outcomes(directory: str) -> list[tuple[str, str]]:
    lines = Path(directory, "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [(line["case"], line["outcome"]) for line in map(json.loads, lines)]


@pytest.mark.parametrize(
    ("good", "code", "word", "at"), [(HALF, 1, "regressed", 1), (ALL, 0, "passed", 3)]
)
def test_a_worse_run_and_an_equal_one_end_early_and_alike_whatever_the_concurrency(
    baseline: Path,
    capsys: pytest.CaptureFixture[str],
    good: str,
    code: int,
    word: str,
    at: int,
) -> None:
    ended = []
    for concurrency in (1, 16):
        write(good, concurrency=concurrency)
        out = f"run-{concurrency}"
        asked = ["eval", "shop.yaml", "--until-settled", "--seed", "3", "--output", out]
        assert run(asked) == code
        shown = capsys.readouterr()
        assert f"gate: {word}" in shown.out
        assert f"The gate was settled at look {at} of 4" in shown.out
        assert f"about {MANY - 25 * at} requests saved" in shown.out
        assert f"look {at} of 4: settled: nothing more is asked" in shown.err
        assert f"look {at} of 4" in Path(out, "summary.md").read_text(encoding="utf-8")
        info = read(out)
        assert info["looks"] == {"planned": 4, "at": at, "seed": 3, "trials": MANY}
        assert info["totals"]["trials"] == info["planned_trials"] == 25 * at
        assert (info["status"], info["verdict"]) == ("complete", word)
        ended.append(list_outcomes(out))
    assert ended[0] == ended[1]


def test_the_order_is_the_same_every_time_and_another_one_by_another_seed(baseline: Path) -> None:
    write(HALF)
    for out, more in (("one", []), ("two", []), ("three", ["--seed", "4"])):
        run(["eval", "shop.yaml", "--until-settled", "--output", out, *more])
    assert list_outcomes("one") == list_outcomes("two")
    assert read("one")["looks"] == read("two")["looks"]
    assert {case for case, _ in list_outcomes("one")} != {c for c, _ in list_outcomes("three")}


def test_a_run_whose_budget_ended_goes_on_to_the_same_look(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = Path("shop.yaml").read_text(encoding="utf-8")
    limited = text.replace("gate: {", "budget: {requests: 40}\n  gate: {stop: settled, ")
    Path("shop.yaml").write_text(limited, encoding="utf-8")
    assert run(["eval", "shop.yaml", "--output", "part"]) == 4
    assert "The run was stopped before look 2 of 4." in capsys.readouterr().out
    assert (read("part")["looks"]["at"], read("part")["totals"]["trials"]) == (1, 40)
    Path("shop.yaml").write_text(limited.replace("requests: 40", "requests: 400"), encoding="utf-8")
    assert run(["eval", "shop.yaml", "--resume", "part"]) == 0
    assert (read("part")["looks"]["at"], read("part")["totals"]["trials"]) == (3, 75)
    assert run(["eval", "shop.yaml", "--resume", "part", "--until-settled"]) == 2
    assert "belong to a new run" in capsys.readouterr().err


def test_a_run_that_is_resumed_is_held_against_the_baseline_that_it_began_with(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["baseline", "set", "good", "--name", "other"]) == 0
    text = Path("shop.yaml").read_text(encoding="utf-8")
    limited = text.replace("gate: {baseline: main,", "budget: {requests: 40}\n  gate: {")
    Path("shop.yaml").write_text(limited, encoding="utf-8")
    begun = ["eval", "shop.yaml", "--output", "part", "--until-settled", "--baseline", "other"]
    assert run(begun) == 4
    Path("shop.yaml").write_text(limited.replace("requests: 40", "requests: 400"), encoding="utf-8")
    capsys.readouterr()
    assert run(["eval", "shop.yaml", "--resume", "part"]) == 0
    assert "within 5 points of the baseline 'other'" in capsys.readouterr().out
    assert read("part")["looks"]["at"] == 3


def test_a_recording_of_a_run_that_stopped_is_replayed_to_the_same_look(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(HALF)
    asked = ["eval", "shop.yaml", "--until-settled"]
    assert run([*asked, "--record", "--output", "live"]) == 1
    assert run([*asked, "--replay", "--output", "again"]) == 1
    assert "stale" not in capsys.readouterr().err
    assert list_outcomes("again") == list_outcomes("live")
    assert read("again")["looks"] == read("live")["looks"]


def test_a_recording_of_everything_is_not_stale_where_a_replay_stops_early(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(HALF)
    assert run(["eval", "shop.yaml", "--record"]) == 1
    capsys.readouterr()
    assert run(["eval", "shop.yaml", "--replay", "--until-settled", "--output", "early"]) == 1
    assert "stale" not in capsys.readouterr().err
    assert read("early")["totals"]["trials"] < MANY


def test_compare_says_of_a_stopped_run_what_its_gate_said(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(HALF)
    run(["eval", "shop.yaml", "--until-settled", "--output", "worse"])
    said = capsys.readouterr().out.split("gate: regressed\n")[1].splitlines()[0].strip()
    assert run(["compare", "main", "worse", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["gate"]["reasons"][0] == said
    assert found["unpaired"] == []


def test_the_list_of_runs_says_at_which_look_one_ended(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["eval", "shop.yaml", "--until-settled"])
    capsys.readouterr()
    assert run(["runs"]) == 0
    assert "75/75 passed · cost unknown · look 3 of 4 · simulated" in capsys.readouterr().out


def test_a_run_that_ended_early_makes_a_poor_baseline_and_that_is_said(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["eval", "shop.yaml", "--until-settled", "--output", "early"])
    assert run(["baseline", "set", "early", "--name", "early"]) == 0
    said = "this run ended early, by its gate, after 75 of 100 trials"
    assert said in capsys.readouterr().err
    assert run(["eval", "shop.yaml", "--baseline", "early", "--output", "head"]) == 0
    assert run(["compare", "early", "head"]) == 0
    said = "ended at look 3 of 4 of its own, and has not asked everything"
    assert said in capsys.readouterr().out


def test_a_dry_run_tells_the_most_that_may_be_sent(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", "shop.yaml", "--until-settled", "--dry-run"]) == 0
    assert "fewer, if one of 4 looks settles the gate before the end" in capsys.readouterr().out
    assert run(["eval", "shop.yaml", "--until-settled", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["looks"] == 4


def test_without_a_gate_or_a_baseline_there_is_nothing_to_settle(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(ALL)
    assert run(["eval", "shop.yaml", "--until-settled"]) == 0
    assert "nothing could be settled early: every conversation was asked" in capsys.readouterr().out
    text = Path("shop.yaml").read_text(encoding="utf-8").splitlines()
    gateless = "\n".join(line for line in text if "gate:" not in line)
    Path("shop.yaml").write_text(gateless, encoding="utf-8")
    assert run(["eval", "shop.yaml", "--until-settled"]) == 2
    assert "there is nothing to settle: the spec has no gate" in capsys.readouterr().err
    assert run(["eval", "shop.yaml", "--seed", "1"]) == 2
    assert "there is nothing for the seed to order" in capsys.readouterr().err
