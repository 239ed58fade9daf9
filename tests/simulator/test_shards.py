"""A run in shards, as the Kubernetes Job plays it: real processes, kills, and the merged run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.cli.main import run

SPEC = """\
version: 1
name: shards
cloud: simulator
providers:
  laptop:
    {type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {small: {}, large: {}}}
evaluation:
  repeats: 2
  gate: {allow_simulated: true}
conversations:
  - {id: one, turns: [{user: One?, assert: [{not-equals: ""}]}]}
  - id: many
    cases: cases.csv
    turns: [{user: "Say {{q}}", assert: [{not-equals: ""}]}]
"""
CASES = "id,q\n" + "".join(f"{name},about {name}\n" for name in "zbyamkqjxw")
PATH = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the Job's shell is POSIX")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def job() -> dict[str, Any]:
    """The manifest's own pod."""
    folder = files("harness.app.starting") / "templates" / "ci" / "kubernetes-shards.yaml"
    document: dict[str, Any] = yaml.safe_load(folder.read_text(encoding="utf-8"))
    assert document["spec"]["completions"] == int(environment(document)["SHARDS"])
    return document


def environment(document: dict[str, Any]) -> dict[str, str]:
    (container,) = document["spec"]["template"]["spec"]["containers"]
    return {one["name"]: one["value"] for one in container["env"]}


def begin(index: int, project: Path) -> subprocess.Popen[bytes]:
    """Start the pod of an index as the Job does."""
    document = job()
    (container,) = document["spec"]["template"]["spec"]["containers"]
    given = {
        **environment(document),
        "PATH": PATH,
        "HOME": str(project),
        "SPEC": "spec.yaml",
        "RUNS": str(project / "runs"),
        "JOB_COMPLETION_INDEX": str(index),
    }
    return subprocess.Popen(
        [*container["command"], *container["args"]],
        cwd=project,
        env=given,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def trials(directory: Path) -> list[tuple[object, ...]]:
    """Everything of the results that is the same in two runs, in their order."""
    found: list[tuple[object, ...]] = []
    for line in (directory / "results.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        said = [turn.get("assistant") for turn in one["turns"]]
        found.append(
            (one["conversation"], one["case"], one["target"], one["repeat"], one["outcome"], said)
        )
    return found


def described(directory: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((directory / "run.json").read_text(encoding="utf-8"))
    return document


def test_four_pods_come_to_what_one_process_comes_to(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pods = [begin(index, project) for index in range(4)]
    assert [pod.wait(120) for pod in pods] == [0, 0, 0, 0]
    assert run(["eval", "spec.yaml", "--output", "whole"]) == 0
    assert run(["merge", *(f"runs/{number}" for number in (3, 1, 4, 2)), "-o", "merged"]) == 0
    assert trials(Path("merged")) == trials(Path("whole"))
    one, other = described(Path("whole")), described(Path("merged"))
    longest = max(described(Path(f"runs/{number}"))["totals"]["wall_s"] for number in (1, 2, 3, 4))
    assert other["totals"].pop("wall_s") == longest
    del one["totals"]["wall_s"]
    for key in ("verdict", "exit_code", "status", "totals", "planned_trials", "targets"):
        assert one[key] == other[key], key
    assert "shard" not in other
    assert described(Path("runs/2"))["shard"] == {"index": 2, "of": 4}
    assert "shard 2 of 4" in Path("runs/2/summary.md").read_text(encoding="utf-8")
    assert "Shard 2 of 4" in Path("runs/2/report.html").read_text(encoding="utf-8")
    capsys.readouterr()
    assert run(["eval", "spec.yaml", "--resume", "merged"]) == 0  # whole: nothing is asked again
    assert trials(Path("merged")) == trials(Path("whole"))


def test_a_pod_that_was_killed_goes_on_where_it_was(project: Path) -> None:
    pod = begin(1, project)
    results, until = project / "runs" / "2" / "results.jsonl", time.monotonic() + 60
    while not (results.exists() and results.stat().st_size) and pod.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.002)
    pod.send_signal(signal.SIGKILL)
    pod.wait(60)
    before = results.read_text(encoding="utf-8").count("\n")
    pods = [begin(index, project) for index in range(4)]
    assert [pod.wait(120) for pod in pods] == [0, 0, 0, 0]
    assert run(["eval", "spec.yaml", "--output", "whole"]) == 0
    assert run(["merge", *(f"runs/{number}" for number in (1, 2, 3, 4)), "-o", "merged"]) == 0
    assert trials(Path("merged")) == trials(Path("whole"))
    assert before >= 1


def play(index: int, of: int, *more: str) -> int:
    return run(["eval", "spec.yaml", "--shard", f"{index}/{of}", "--output", f"s{index}", *more])


def test_a_missing_shard_is_told_by_its_number(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [play(index, 4) for index in (1, 3, 4)] == [0, 0, 0]
    assert run(["merge", "s1", "s3", "s4", "-o", "merged"]) == 4
    assert "missing: Shard 2 of 4." in capsys.readouterr().err
    assert play(2, 4, "--max-usd", "0") == 0  # nothing is paid on a simulated laptop
    shutil.rmtree("merged")
    assert run(["merge", "s1", "s2", "-o", "merged"]) == 2  # not selected alike: --max-usd


def test_shards_that_do_not_fit_together_are_refused(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play(1, 2) == 0
    shutil.copytree("s1", "again")
    assert run(["merge", "s1", "again"]) == 2
    assert "shard 1 of 2 is there twice" in capsys.readouterr().err
    assert play(3, 3) == 0
    assert run(["merge", "s1", "s3"]) == 2
    assert "2 in all in the first, 3 in all in the other" in capsys.readouterr().err
    assert run(["eval", "spec.yaml", "--output", "whole"]) == 0
    assert run(["merge", "s1", "whole"]) == 2
    assert play(2, 2, "-k", "many") == 0
    assert run(["merge", "s1", "s2"]) == 2
    assert "what is selected (keyword)" in capsys.readouterr().err


def test_more_shards_than_questions_leave_some_empty(project: Path) -> None:
    chosen = ("-k", "one")
    assert [play(index, 3, *chosen) for index in (1, 2, 3)] == [0, 0, 0]
    planned = [described(Path(f"s{index}"))["planned_trials"] for index in (1, 2, 3)]
    assert sorted(planned) == [0, 0, 4]
    assert run(["merge", "s1", "s2", "s3", "-o", "merged"]) == 0
    assert run(["merge", "s1", "s2", "-o", "part"]) == 4


def test_a_sample_is_drawn_before_it_is_divided(project: Path) -> None:
    chosen = ("--sample", "5", "--seed", "3")
    assert run(["eval", "spec.yaml", "--output", "whole", *chosen]) == 0
    assert [play(index, 2, *chosen) for index in (1, 2)] == [0, 0]
    assert run(["merge", "s1", "s2", "-o", "merged"]) == 0
    assert trials(Path("merged")) == trials(Path("whole"))
    selected = described(Path("merged"))["selection"]
    assert selected["sample"] == described(Path("whole"))["selection"]["sample"]


def test_a_budget_holds_for_all_shards_together(project: Path) -> None:
    text = SPEC.replace("repeats: 2", "repeats: 2\n  budget: {requests: 21}")
    Path("spec.yaml").write_text(text, encoding="utf-8")
    assert [play(index, 2) for index in (1, 2)] == [4, 4]
    sent = [described(Path(f"s{index}"))["totals"]["requests"] for index in (1, 2)]
    assert sent == [11, 10]
    assert run(["merge", "s1", "s2", "-o", "merged"]) == 4


def test_a_shard_is_done_whatever_its_checks_say(project: Path) -> None:
    text = SPEC.replace('assert: [{not-equals: ""}]', "assert: [{equals: never}]")
    Path("spec.yaml").write_text(text, encoding="utf-8")
    assert [play(index, 2) for index in (1, 2)] == [0, 0]
    assert described(Path("s1"))["totals"]["failed"] > 0
    assert described(Path("s1"))["verdict"] is None


def test_questions_weigh_what_they_took_in_the_baseline(project: Path) -> None:
    text = SPEC.replace("gate: {", "gate: {baseline: main, on_no_baseline: warn, ")
    Path("spec.yaml").write_text(text, encoding="utf-8")
    assert run(["eval", "spec.yaml", "--output", "first"]) == 0
    assert run(["baseline", "set", "first", "--name", "main"]) == 0
    text = Path("first/results.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    kept = Path("spec.baselines/main/results.jsonl")
    for line in lines:
        for turn in line["turns"]:
            turn["latency_s"] = 100.0 if line["conversation"] == "one" else 0.001
    kept.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert [play(index, 2) for index in (1, 2)] == [0, 0]
    planned = sorted(described(Path(f"s{index}"))["planned_trials"] for index in (1, 2))
    assert planned != [20, 24]
    assert sum(planned) == 44


def test_a_merge_compares_with_the_baseline_that_the_shards_were_given(project: Path) -> None:
    assert run(["eval", "spec.yaml", "--output", "whole"]) == 0
    assert run(["baseline", "set", "whole", "--name", "old"]) == 0
    for number in (1, 2):
        where = ["--shard", f"{number}/2", "--output", f"b{number}", "--baseline", "old"]
        assert run(["eval", "spec.yaml", *where]) == 0
    assert run(["eval", "spec.yaml", "--output", "again", "--baseline", "old"]) == 0
    assert run(["merge", "b1", "b2", "-o", "merged"]) == 0
    assert described(Path("again"))["verdict"] == described(Path("merged"))["verdict"]
    assert Path("merged/comparison.json").exists() == Path("again/comparison.json").exists()


@pytest.mark.parametrize("order", [(1, 2, 3), (2, 1, 3), (3, 1, 2)])
def test_shards_that_were_divided_differently_are_refused_in_any_order(
    project: Path, capsys: pytest.CaptureFixture[str], order: tuple[int, ...]
) -> None:
    assert [play(index, 3) for index in (1, 2, 3)] == [0, 0, 0]
    document = described(project / "s3")
    document["selection"]["shard"]["span"][0] = "f000000000000000"
    (project / "s3" / "run.json").write_text(json.dumps(document), encoding="utf-8")
    assert run(["merge", *(f"s{index}" for index in order), "-o", "merged"]) == 2
    assert "the division: " in capsys.readouterr().err
