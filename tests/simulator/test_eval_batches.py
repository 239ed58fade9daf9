"""`harness eval --engine batch` as people use it: real SDK, real HTTP, the embedded simulator."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run

SPEC = """
version: 1
name: bulk
cloud: simulator
subscription: "00000000-0000-0000-0000-0000000000b2"
resource_group: {name: rg, region: swedencentral, create: true}
accounts:
  acc:
    account_name: acc-bulk
    region: swedencentral
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", capacity: 10}
      bulk: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalBatch, capacity: CAPACITY}
      zone: {model: gpt-4.1-mini, version: "2025-04-14", sku: DataZoneBatch, capacity: 10}
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}
simulator: SIMULATOR
evaluation: EVALUATION
conversations:
  - id: hello
    turns: [{user: hi, assert: [{contains: synthetic}]}, {user: ho}, {user: hu}]
  - id: bye
    turns: [{user: bye, assert: [{contains: no such thing}]}, {user: bye bye}]
  - id: tools
    tools: [{type: function, function: {name: get_weather, parameters: {type: object}}}]
    turns:
      - user: What is the weather?
        tool_results: [{name: get_weather, result: "4 celsius"}]
        assert: [{contains: degrees}]
"""
QUICK = "{batch_s: 0.1, replies: [{on: last_user, match: weather, tool_calls: [{name: get_weather, \
arguments: {city: Malmö}}]}, {on: any, match: celsius, reply: It is 4 degrees.}]}"
OF_THE_ENGINE = (
    "latency_s",
    "queued_s",
    "request_id",
    "system_fingerprint",
    "served_deployment",
    "served_model",
)


def write(
    folder: Path, evaluation: str = "{}", simulator: str = QUICK, capacity: int = 100
) -> None:
    text = SPEC.replace("EVALUATION", evaluation).replace("SIMULATOR", simulator)
    (folder / "spec.yaml").write_text(text.replace("CAPACITY", str(capacity)), encoding="utf-8")
    assert run(["apply", "spec.yaml", "--yes"]) == 0


def results(directory: Path) -> list[dict[str, Any]]:
    text = (directory / "results.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def world(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / ".harness" / "world.json").read_bytes())
    return found


def told(directory: Path) -> list[dict[str, Any]]:
    """The results without what belongs to a process, an engine or a target's name and price."""
    found = results(directory)
    for result in found:
        result.pop("target")
        for turn in result["turns"]:
            turn["cost_usd"] = None
            for name in OF_THE_ENGINE:
                turn.pop(name, None)
    return found


def test_it_comes_to_the_same_as_asking_directly_at_half_the_price(folder: Path) -> None:
    rules = QUICK.replace(
        "replies: [", "replies: [{on: last_user, match: '^[hb]', reply: synthetic}, "
    )
    write(folder, "{repeats: 3}", rules)
    assert run(["eval", "spec.yaml", "-t", "acc/mini", "--output", "direct"]) == 1
    assert run(["eval", "spec.yaml", "-t", "acc/bulk", "--engine", "batch", "--output", "b"]) == 1
    direct, batch = folder / "direct", folder / "b"
    assert told(batch) == told(direct)
    costs = [
        sum(turn["cost_usd"] for one in results(where) for turn in one["turns"])
        for where in (direct, batch)
    ]
    assert costs[1] == pytest.approx(costs[0] / 2)
    run_ = json.loads((batch / "run.json").read_text(encoding="utf-8"))
    assert run_["engine"] == "batch"
    assert "Asked in batches" in (batch / "summary.md").read_text(encoding="utf-8")
    assert "Asked in batches" in (batch / "report.html").read_text(encoding="utf-8")


def test_batch_deployments_and_openai_are_selected_and_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder)
    assert run(["eval", "spec.yaml", "--engine", "batch", "--output", "b", "--json"]) == 1
    info = json.loads((folder / "b" / "run.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in info["targets"]] == [
        "acc/bulk",
        "acc/zone",
        "openai/gpt-4.1-mini",
    ]
    assert {one["outcome"] for one in results(folder / "b")} == {"passed", "failed"}
    kinds = {one["owner"]: one["batch"]["endpoint"] for one in world(folder)["batches"].values()}
    assert kinds == {
        "account/acc-bulk": "/chat/completions",
        "provider/openai": "/v1/chat/completions",
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-t", "acc/mini"), "target acc/mini takes no batches"),
        (("--record",), "--record goes with single requests"),
        (("--replay",), "--replay goes with single requests"),
        (("--watch",), "--engine batch is about one run"),
    ],
)
def test_what_goes_not_with_batches_is_refused_by_name(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    write(folder)
    capsys.readouterr()
    assert run(["eval", "spec.yaml", "--engine", "batch", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_list_of_targets_in_the_spec_is_cut_to_those_that_take_batches(folder: Path) -> None:
    write(folder, "{targets: [acc/mini, acc/bulk]}")
    assert run(["eval", "spec.yaml", "--engine", "batch", "--output", "b"]) == 1
    assert {one["target"] for one in results(folder / "b")} == {"acc/bulk"}


def test_a_filtered_line_is_blocked_and_a_throttled_one_asked_again(folder: Path) -> None:
    faults = (
        "[{operation: chat, target: acc/bulk, status: 400, code: content_filter, times: 1},"
        " {operation: chat, target: acc/bulk, status: 429, times: 1}]"
    )
    write(folder, "{targets: [acc/bulk]}", f"{{batch_s: 0.1, faults: {faults}}}")
    run(["eval", "spec.yaml", "--engine", "batch", "--output", "b"])
    found = {one["conversation"]: one for one in results(folder / "b")}
    assert [one["outcome"] for one in found.values()].count("blocked") == 1
    assert not [one for one in found.values() if one["outcome"] == "errored"]
    attempts = [turn["attempts"] for one in found.values() for turn in one["turns"]]
    assert max(attempts) == 2


def test_what_expired_is_asked_again(folder: Path) -> None:
    faults = "[{operation: batches.run, code: batch_expired, times: 1}]"
    write(folder, "{targets: [acc/bulk], repeats: 2}", f"{{batch_s: 0.1, faults: {faults}}}")
    assert run(["eval", "spec.yaml", "--engine", "batch", "--output", "b"]) == 1
    assert {one["outcome"] for one in results(folder / "b")} == {"passed", "failed"}
    states = [one["batch"]["status"] for one in world(folder)["batches"].values()]
    assert states.count("expired") == 1


def test_a_refused_file_says_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faults = "[{operation: batches.run, code: input_no_permissions, message: no way in}]"
    write(folder, "{targets: [acc/bulk]}", f"{{batch_s: 0.1, faults: {faults}}}")
    assert run(["eval", "spec.yaml", "--engine", "batch", "--output", "b"]) == 3
    assert "input_no_permissions: no way in" in capsys.readouterr().err
    assert {one["error"]["kind"] for one in results(folder / "b")} == {"auth"}


def test_a_queue_too_small_for_all_is_filled_file_by_file(folder: Path) -> None:
    simulator = "{batch_s: 0.1, limits: enforced}"
    write(folder, "{targets: [acc/bulk], repeats: 20}", simulator, capacity=1)
    assert run(["eval", "spec.yaml", "--engine", "batch", "--output", "b"]) == 1
    assert {one["outcome"] for one in results(folder / "b")} == {"passed", "failed"}
    assert len(world(folder)["batches"]) > 3


@pytest.mark.parametrize("operation", ["files.create", "batches.create"])
def test_an_answer_that_was_lost_submits_nothing_twice(folder: Path, operation: str) -> None:
    faults = f"[{{operation: {operation}, reset: headers, times: 1}}]"
    write(folder, "{targets: [acc/bulk]}", f"{{batch_s: 0.1, faults: {faults}}}")
    assert run(["eval", "spec.yaml", "--engine", "batch", "--output", "b"]) == 1
    waves = [one["batch"]["metadata"]["harness_wave"] for one in world(folder)["batches"].values()]
    assert waves == ["1.1", "2.1", "3.1"]


def test_a_judge_that_is_no_batch_deployment_is_asked_directly(folder: Path) -> None:
    simulator = (
        "{batch_s: 0.1, replies: [{on: any, match: verdict|score|rubric|criter, "
        'reply: \'{"reason": "fine", "pass": true, "score": 1.0}\', target: acc/mini}]}'
    )
    write(folder, "{targets: [acc/bulk], judge: {target: acc/mini}}", simulator)
    text = (folder / "spec.yaml").read_text(encoding="utf-8")
    asked = text.replace("{contains: no such thing}", "{llm-rubric: is it polite}")
    (folder / "spec.yaml").write_text(asked, encoding="utf-8")
    run(["eval", "spec.yaml", "--engine", "batch", "--output", "b", "-k", "bye"])
    (bye,) = results(folder / "b")
    assert bye["judging"]["requests"] == 1
    assert len(world(folder)["batches"]) == 2


def test_a_role_that_may_only_call_models_is_told_which_one_uploads(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "{targets: [acc/bulk]}")
    text = (folder / "spec.yaml").read_text(encoding="utf-8")
    closed = text.replace(
        "    deployments:",
        "    local_auth: false\n"
        "    access: [{principal: me, role: Cognitive Services OpenAI User}]\n"
        "    deployments:",
    )
    (folder / "spec.yaml").write_text(closed, encoding="utf-8")
    assert run(["apply", "spec.yaml", "--yes"]) == 0
    capsys.readouterr()
    assert run(["eval", "spec.yaml", "--engine", "batch", "--output", "b"]) == 3
    assert "Cognitive Services OpenAI Contributor" in capsys.readouterr().err


def test_the_forecast_is_half_and_says_that_it_takes_hours(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder)
    usd = []
    for options in (("-t", "acc/mini"), ("-t", "acc/bulk", "--engine", "batch")):
        capsys.readouterr()
        assert run(["eval", "spec.yaml", *options, "--dry-run", "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        usd.append(said["forecast"]["usd"]["typical"])
        seconds = said["forecast"]["seconds"]
    assert usd[1] == pytest.approx(usd[0] / 2, rel=0.01)
    assert seconds["high"] == 3 * 86_400


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_ctrl_c_tells_what_goes_on_and_how_it_is_cancelled(folder: Path) -> None:
    write(folder, "{targets: [acc/bulk]}", "{batch_s: 30}")
    program = [sys.executable, "-m", "harness", "eval", "spec.yaml", "--engine", "batch"]
    with subprocess.Popen(
        [*program, "--output", "b"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stderr is not None
        said = ""
        deadline = time.monotonic() + 60
        while "validating" not in said and time.monotonic() < deadline:
            said += process.stderr.readline()
        process.send_signal(signal.SIGINT)
        said += process.stderr.read()
        assert process.wait(timeout=60) == 130, said
    (identity,) = world(folder)["batches"]
    assert "1 batch goes on at the service, and costs what it answers" in said
    assert f"/openai/v1/batches/{identity}/cancel" in said
    assert "--resume b" in said
