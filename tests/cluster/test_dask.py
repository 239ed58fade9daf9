"""Runs on a cluster: equal to those of one process, whoever is killed meanwhile."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run as run_here
from tests.cluster.conftest import Cluster

SPEC = """\
version: 1
name: spread
cloud: simulator
accounts:
  sweden:
    resource_group: {name: rg-spread, region: swedencentral, create: true}
    region: swedencentral
    account_name: harness-spread-01
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: 50}
evaluation:
  concurrency: 8
conversations:
  - id: founders
    system: file://system.txt
    cases: cases.csv
    turns:
      - user: Who founded {{company}}?
        assert:
          - {type: icontains, value: synthetic}
      - user: And when was that, {{company}}?
  - id: wrong
    turns:
      - {user: Who?, assert: [{icontains: Paul Allen}]}
simulator:
  latency_s: 0.05
"""
CASES = 100
WIDTH = 8
REQUESTS = 2 * CASES + 1


@pytest.fixture(scope="module")
def folder(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose deployment is there, and what a run of one process made of it."""
    at = tmp_path_factory.mktemp("project")
    (at / ".harness").mkdir()
    (at / "system.txt").write_text("Answer in a sentence.", encoding="utf-8")
    rows = "".join(f"company no. {number}\n" for number in range(CASES))
    (at / "cases.csv").write_text(f"company\n{rows}", encoding="utf-8")
    (at / "spec.yaml").write_text(SPEC, encoding="utf-8")
    assert run(at, environment, "apply", "spec.yaml").returncode == 0
    ended = run(at, environment, "eval", "spec.yaml", "--output", "local")
    assert ended.returncode == 1, ended.stderr
    return at


def begin(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "harness", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(
    folder: Path, environment: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    process = begin(folder, environment, *arguments)
    said, told = process.communicate(timeout=120)
    return subprocess.CompletedProcess(arguments, process.returncode, said, told)


def on_dask(address: str, output: str, *more: str) -> tuple[str, ...]:
    return ("eval", "spec.yaml", "--engine", "dask", "--scheduler", address, "--output", output,
            *more)  # fmt: skip


def read_results(directory: Path) -> list[dict[str, Any]]:
    """Read results without what differs from one run to the next."""
    results = []
    for line in (directory / "results.jsonl").read_text(encoding="utf-8").splitlines():
        result = json.loads(line)
        for turn in result["turns"]:
            for name in ("latency_s", "queued_s", "ttft_s", "request_id", "attempts"):
                turn.pop(name, None)
        results.append(result)
    return results


def read_info(directory: Path) -> dict[str, Any]:
    info: dict[str, Any] = json.loads((directory / "run.json").read_text(encoding="utf-8"))
    return info


def read_events(directory: Path, name: str) -> list[dict[str, Any]]:
    path = directory / "events.jsonl"
    if not path.exists():
        return []
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line.endswith("}")]
    return [event for line in lines if (event := json.loads(line))["event"] == name]


def wait_for_answers(directory: Path, count: int) -> None:
    until = time.monotonic() + 60
    while len(read_events(directory, "answered")) < count:
        assert time.monotonic() < until, "the run did not get that far"
        time.sleep(0.02)


def test_a_run_on_a_cluster_is_that_of_one_process(
    folder: Path, environment: dict[str, str], cluster: tuple[Cluster, str]
) -> None:
    ended = run(folder, environment, *on_dask(cluster[1], "equal"))
    assert ended.returncode == 1, ended.stderr
    assert f"played on 2 workers of {cluster[1]}" in ended.stderr
    assert read_results(folder / "equal") == read_results(folder / "local")
    info, local = read_info(folder / "equal"), read_info(folder / "local")
    assert (info["engine"], info["status"], info["verdict"]) == ("dask", "complete", None)
    assert "engine" not in local
    assert info["totals"]["passed"] == local["totals"]["passed"] == CASES
    assert info["totals"]["cost_usd"] == pytest.approx(local["totals"]["cost_usd"])


def test_a_cluster_plays_a_shard_of_a_run(
    folder: Path, environment: dict[str, str], cluster: tuple[Cluster, str]
) -> None:
    ended = run(folder, environment, *on_dask(cluster[1], "shard", "--shard", "2/2"))
    assert ended.returncode == 0, ended.stderr
    played, whole = read_results(folder / "shard"), read_results(folder / "local")
    assert len(played) in (len(whole) // 2, len(whole) // 2 + 1)
    assert [one for one in whole if one in played] == played


def test_a_killed_worker_loses_no_trial_and_counts_none_twice(
    folder: Path, environment: dict[str, str], cluster: tuple[Cluster, str]
) -> None:
    made, address = cluster
    process = begin(folder, environment, *on_dask(address, "killed"))
    wait_for_answers(folder / "killed", 40)
    lost = made.workers.pop(0)
    lost.kill()
    _, told = process.communicate(timeout=120)
    lost.wait()
    made.add_worker(address)
    assert process.returncode == 1, told
    assert "goes on with its task" in told
    assert read_results(folder / "killed") == read_results(folder / "local")
    doubted = (read_info(folder / "killed").get("unknown") or {"requests": 0})["requests"]
    sent = read_events(folder / "killed", "sent")
    answered = read_events(folder / "killed", "answered")
    assert len(sent) - len(answered) == doubted
    places = Counter((one["conversation"], one["case"], one["turn"]) for one in answered)
    assert set(places.values()) == {1}, "what was answered is asked again by nobody"
    assert len(places) == REQUESTS


def test_no_worker_exceeds_the_budget_and_the_run_goes_on_in_one_process(
    folder: Path, environment: dict[str, str], cluster: tuple[Cluster, str]
) -> None:
    spec = (folder / "spec.yaml").read_text(encoding="utf-8")
    limited = spec.replace("concurrency: 8", "concurrency: 8\n  budget: {requests: 70}")
    (folder / "spec.yaml").write_text(limited, encoding="utf-8")
    try:
        ended = run(folder, environment, *on_dask(cluster[1], "limited"))
    finally:
        (folder / "spec.yaml").write_text(spec, encoding="utf-8")
    assert ended.returncode == 4, ended.stderr
    sent = len(read_events(folder / "limited", "sent"))
    assert 70 - WIDTH <= sent <= 70, "who has leave, and not sent yet as it ends, gives it back"
    assert read_info(folder / "limited")["halted"] == "the budget ended (requests: 70)"
    gone_on = run(folder, environment, "eval", "spec.yaml", "--resume", "limited")
    assert gone_on.returncode == 1, gone_on.stderr
    assert read_results(folder / "limited") == read_results(folder / "local")
    assert len(read_events(folder / "limited", "sent")) == REQUESTS


def test_after_ctrl_c_the_run_goes_on_on_the_cluster(
    folder: Path, environment: dict[str, str], cluster: tuple[Cluster, str]
) -> None:
    process = begin(folder, environment, *on_dask(cluster[1], "stopped"))
    wait_for_answers(folder / "stopped", 30)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert read_info(folder / "stopped")["status"] == "interrupted"
    answered = read_events(folder / "stopped", "answered")
    assert len(read_events(folder / "stopped", "sent")) == len(answered) < REQUESTS
    more = ("--engine", "dask", "--scheduler", cluster[1])
    gone_on = run(folder, environment, "eval", "spec.yaml", "--resume", "stopped", *more)
    assert gone_on.returncode == 1, gone_on.stderr
    assert read_results(folder / "stopped") == read_results(folder / "local")
    assert len(read_events(folder / "stopped", "sent")) == REQUESTS


def test_a_run_whose_scheduler_is_killed_ends_with_the_command_that_goes_on(
    folder: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    made = Cluster(tmp_path, environment)
    try:
        address = made.start()
        made.add_worker(address)
        process = begin(folder, environment, *on_dask(address, "cut"))
        wait_for_answers(folder / "cut", 10)
        made.kill_scheduler()
        _, told = process.communicate(timeout=60)
    finally:
        made.close()
    assert process.returncode == 3, told
    assert f"error[H866]: the cluster of {address} does not play any more" in told
    assert "harness eval spec.yaml --resume cut" in told
    assert "Traceback" not in told
    gone_on = run(folder, environment, "eval", "spec.yaml", "--resume", "cut")
    assert gone_on.returncode == 1, gone_on.stderr
    assert read_results(folder / "cut") == read_results(folder / "local")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--scheduler", "tcp://127.0.0.1:1"), "it goes with --engine dask"),
        (("--engine", "dask", "--record"), "--record hears only what this process asks"),
        (("--engine", "dask", "--replay"), "--replay hears only what this process asks"),
        (("--engine", "dask", "--allow-code"), "--allow-code runs code of this project"),
        (("--engine", "dask", "--watch"), "--watch replays here at every save"),
    ],
)
def test_what_a_cluster_cannot_do_is_refused_by_name(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    more: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(folder)
    assert run_here(["eval", "spec.yaml", *more]) == 2
    assert said in capsys.readouterr().err


def test_a_scheduler_that_nobody_answers_for_is_named(
    folder: Path, environment: dict[str, str]
) -> None:
    more = ("--engine", "dask", "--scheduler", "tcp://127.0.0.1:1")
    ended = run(folder, environment, "eval", "spec.yaml", *more)
    assert ended.returncode == 3, ended.stderr
    assert "error[H861]" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_worker_without_a_variable_of_the_spec_is_named(
    folder: Path, environment: dict[str, str], cluster: tuple[Cluster, str]
) -> None:
    text = SPEC.replace("cloud: simulator", 'cloud: "${HARNESS_WHERE}"')
    (folder / "named.yaml").write_text(text, encoding="utf-8")
    there = {**environment, "HARNESS_WHERE": "simulator"}
    options = on_dask(cluster[1], "never")[2:]
    ended = run(folder, there, "eval", "named.yaml", *options)
    assert ended.returncode == 3, ended.stderr
    assert "lacks variables of the environment: HARNESS_WHERE" in ended.stderr
    assert not (folder / "never").exists()
