"""`harness eval` as people use it: real SDK, real HTTP, the embedded simulator."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run

HEAD = """
version: 1
name: trial
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}, gpt-4o: {}}}
"""

CAPITALS = (
    HEAD
    + """
simulator:
  replies:
    - {on: last_user, match: "France", reply: "Paris."}
    - on: last_user
      match: Weather
      tool_calls: [{name: get_weather, arguments: {city: Malmö}}]
    - {on: any, match: "celsius", reply: "It is 4 degrees."}
conversations:
  - id: capitals
    tags: [facts]
    cases: capitals.csv
    turns: [{user: "Capital of {{country}}?", assert: [{contains: "{{capital}}"}]}]
  - id: twice
    turns:
      - {user: "France, please.", assert: [{starts-with: Paris}]}
      - {user: "France, again.", assert: [{starts-with: Paris}]}
"""
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".harness").mkdir()
    (tmp_path / "capitals.csv").write_text(
        "id,country,capital\nfr,France,Paris\nse,Sweden,Stockholm\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def spec(folder: Path, text: str = CAPITALS) -> str:
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    return "spec.yaml"


def results(directory: Path) -> list[dict[str, Any]]:
    text = (directory / "results.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_an_evaluation_shows_a_table_and_keeps_a_run(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", spec(folder), "--output", "out"]) == 1, "nobody told it Stockholm"
    shown = capsys.readouterr()
    assert "openai/gpt-4.1-mini" in shown.out
    assert "simulated" in shown.out
    assert "6 trials on 2 targets" in shown.err
    found = results(folder / "out")
    assert Counter(line["outcome"] for line in found) == {"passed": 4, "failed": 2}
    assert [(line["conversation"], line["case"]) for line in found[::2]] == [
        ("capitals", "fr"), ("capitals", "se"), ("twice", None),
    ]  # fmt: skip
    turn = found[0]["turns"][0]
    assert turn["assistant"] == "Paris."
    assert turn["cost_usd"] > 0
    assert turn["usage"]["output_tokens"] > 0
    assert turn["request_id"]


def test_json_prints_the_document_that_run_json_holds_and_every_trial(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["eval", spec(folder), "-k", "twice", "--json", "--output", "out", "-q"])
    shown = capsys.readouterr()
    said = json.loads(shown.out)
    kept = json.loads((folder / "out" / "run.json").read_text("utf-8"))
    assert said.items() >= kept.items()
    assert shown.err == ""
    assert said["simulated"] is True
    lines = (folder / "out" / "results.jsonl").read_text("utf-8").splitlines()
    trials = [{**trial} for trial in said["trials"]]
    assert {trial.pop("reason") == "" for trial in trials} == {
        trial["outcome"] == "passed" for trial in trials
    }
    assert trials == [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    ("options", "trials"),
    [
        (["-t", "openai/gpt-4o"], 3),
        (["-t", "openai/*", "-k", "fr"], 2),
        (["--tag", "facts", "--repeats", "2"], 8),
        (["-k", "capitals and not fr", "-t", "openai/gpt-4o"], 1),
    ],
)
def test_options_choose_what_is_run(
    folder: Path, options: list[str], trials: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", spec(folder), "--dry-run", "--json", *options]) == 0
    assert json.loads(capsys.readouterr().out)["trials"] == trials
    assert not (folder / "reports").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-t", "openai/gpt-4"], "did you mean openai/gpt-4o"),
        (["-k", "nothing"], "no conversation is selected"),
        (["-k", "a b"], "did not expect 'b'"),
        (["--baseline", "main"], "this spec has no baseline 'main'"),
        (["--shard", "5/4"], "'5/4' is no part of a run"),
        (["--shard", "0/4"], "is no part of a run"),
        (["--shard", "1/2", "--until-settled"], "--until-settled does not go with --shard"),
        (["--shard", "1/2", "--allow-simulated"], "give it to `harness merge`"),
        (["--shard", "1/2", "--record"], "--record does not go with --shard"),
        (["--shard", "1/2", "--watch"], "--shard is about one run"),
        (["--resume", "latest"], "no run of 'trial' yet"),
        (["--repeats", "0"], "--repeats"),
        (["--max-usd", "nan"], "is no amount"),
    ],
)
def test_a_request_that_is_wrong_is_refused_in_words(
    folder: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", spec(folder), *options]) == 2
    assert said in capsys.readouterr().err
    assert not (folder / "reports").exists()


def test_tool_results_are_fed_back_over_http(folder: Path) -> None:
    text = (
        CAPITALS
        + """
  - id: weather
    tools: [{type: function, function: {name: get_weather, parameters: {type: object}}}]
    turns:
      - user: Weather in Malmö?
        tool_results: [{name: get_weather, arguments: {city: Malmö}, result: {celsius: 4}}]
        assert: [{contains: 4 degrees}]
"""
    )
    assert run(["eval", spec(folder, text), "-k", "weather", "--output", "out"]) == 0
    turn = results(folder / "out")[0]["turns"][0]
    assert turn["tool_calls"][0]["name"] == "get_weather"
    assert turn["requests"] == 2


@pytest.mark.parametrize(
    ("fault", "outcome", "kind"),
    [
        ("{operation: chat, status: 500, code: InternalServerError, times: 2}", "passed", None),
        (
            "{operation: chat, status: 429, code: '429', retry_after_s: 0.1, times: 2}",
            "passed",
            None,
        ),
        ("{operation: chat, reset: headers, times: 1}", "passed", None),
        ("{operation: chat, status: 401, code: '401'}", "errored", "auth"),
        ("{operation: chat, status: 404, code: DeploymentNotFound}", "errored", "not_found"),
        ("{operation: chat, status: 400, code: content_filter}", "blocked", "content_filter"),
    ],
)
def test_a_fault_ends_as_what_it_is(
    folder: Path, fault: str, outcome: str, kind: str | None
) -> None:
    text = CAPITALS.replace("simulator:\n", f"simulator:\n  faults: [{fault}]\n")
    code = run(["eval", spec(folder, text), "-k", "fr", "-t", "openai/gpt-4o", "--output", "out"])
    (line,) = results(folder / "out")
    assert line["outcome"] == outcome
    assert (line["error"] or {}).get("kind") == kind
    assert code == {"passed": 0, "blocked": 1, "errored": 3}[outcome]


def test_streamed_answers_are_the_same_answers(folder: Path) -> None:
    text = CAPITALS + "evaluation: {stream: true}\n"
    assert run(["eval", spec(folder, text), "-k", "twice", "--output", "out"]) == 0
    turns = [turn for line in results(folder / "out") for turn in line["turns"]]
    assert {turn["assistant"] for turn in turns} == {"Paris."}
    assert all(turn["ttft_s"] is not None for turn in turns)


def test_a_deployment_that_is_not_there_names_the_command_that_makes_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = """
version: 1
name: trial
cloud: simulator
resource_group: {name: rg, region: swedencentral, create: true}
accounts:
  sweden:
    region: swedencentral
    deployments: {mini: {model: gpt-4.1-mini, version: "2025-04-14"}}
simulator: {date: 2026-09-01}
conversations: [{id: hello, turns: [{user: hi}]}]
"""
    assert run(["eval", spec(folder, text)]) == 3
    assert "harness apply" in capsys.readouterr().err


def test_past_runs_are_listed_newest_first(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        run(["eval", spec(folder), "-k", "twice"])
    capsys.readouterr()
    assert run(["runs", "spec.yaml", "--json"]) == 0
    listed = [entry["id"] for entry in json.loads(capsys.readouterr().out)]
    assert len(listed) == 2
    assert listed == sorted(listed, reverse=True)
    assert run(["runs"]) == 0
    assert "2/2 passed · " in capsys.readouterr().out


def test_a_deployments_real_limits_are_kept_to_and_what_is_waited_is_no_latency(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = """
version: 1
name: paced
cloud: simulator
simulator: {limits: enforced}
resource_group: {name: rg-paced, region: swedencentral, create: true}
accounts:
  paced:
    region: swedencentral
    deployments:
      large: {model: gpt-4o, version: "2024-11-20", sku: GlobalStandard, capacity: 3}
evaluation: {repeats: 5, parameters: {max_output_tokens: 300}}
conversations:
  - {id: hello, turns: [{user: "Hello?", assert: [{latency: 5000}]}]}
"""
    assert run(["apply", spec(folder, text), "--yes"]) == 0
    assert run(["eval", "spec.yaml", "--output", "out"]) == 0
    turns = [line["turns"][0] for line in results(folder / "out")]
    # Three in ten seconds; a machine that stands still between the two clocks may cost one more.
    assert sum(turn["attempts"] for turn in turns) <= 6
    assert sum(turn["queued_s"] > 7 for turn in turns) == 2
    assert "paced/large waited for its request limit" in capsys.readouterr().err
