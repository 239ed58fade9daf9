"""What a run is about to cost, as `eval` and `eval --dry-run` say it, on the simulator."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run

SPEC = """
version: 1
name: shop
cloud: simulator
providers:
  azure:
    type: azure-openai
    endpoint: "https://contoso.openai.azure.com"
    models: {mini: {model: gpt-4.1-mini, version: "2025-04-14"}}
simulator: {replies: [{"on": last_user, match: ., reply: We have twelve of them in stock today.}]}
evaluation: {budget: {usd: 1.00}}
conversations:
  - id: stock
    turns: [{user: "Is there milk?", assert: [{contains: twelve}]}, {user: "And bread?"}]
"""


@pytest.fixture
def spec(folder: Path) -> str:
    Path("shop.yaml").write_text(SPEC, encoding="utf-8")
    return "shop.yaml"


def foretell(spec: str, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["eval", spec, "--dry-run", "--json", *options]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)["forecast"]
    return found


def test_a_run_says_what_it_is_about_to_cost_before_it_begins(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", spec]) == 0
    lines = capsys.readouterr().err.splitlines()
    said = next(n for n, line in enumerate(lines) if line.startswith("simulated: costs nothing"))
    begun = next(n for n, line in enumerate(lines) if "→ reports/shop/" in line)
    assert said < begun
    assert re.search(
        r"on Azure it would be about \$[\d.]+ \(\$[\d.]+ to \$[\d.]+\), .*min.*; budget \$1\.00$",
        lines[said],
    )


def test_a_quiet_run_and_a_replay_say_nothing_of_it(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", spec, "-q"]) == 0
    assert "costs nothing" not in capsys.readouterr().err
    assert run(["eval", spec, "--record"]) == 0
    assert "costs nothing" in capsys.readouterr().err
    assert run(["eval", spec, "--replay"]) == 0
    assert "it would be" not in capsys.readouterr().err


def test_a_dry_run_shows_tokens_money_minutes_and_what_they_rest_on(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", spec, "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"azure/mini: 2 requests, about \$[\d.]+ \(\$[\d.]+ to \$[\d.]+\)", out)
    assert re.search(r"[\d,]+ \([\d,]+ to [\d,]+\) tokens sent, [\d,]+ \(", out)
    assert "no rate limit is known" in out
    assert "no past run or recording: the length of replies is assumed" in out
    assert out.endswith("nothing was sent\n")
    assert not Path("reports").exists()


def test_the_next_run_is_foretold_from_the_last_and_the_truth_is_in_the_interval(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    blind = foretell(spec, capsys)["usd"]
    assert run(["eval", spec, "--output", "reports/shop/first"]) == 0
    first = json.loads(Path("reports/shop/first/run.json").read_text(encoding="utf-8"))
    knowing = foretell(spec, capsys)
    usd, paid = knowing["usd"], first["totals"]["cost_usd"]
    assert usd["low"] <= paid <= usd["high"]
    assert usd["high"] - usd["low"] < (blind["high"] - blind["low"]) / 4
    assert knowing["targets"][0]["basis"] == f"replies as long as in run {first['id']} (simulated)"


def test_where_no_run_is_left_the_baseline_beside_the_spec_tells(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", spec, "--output", "reports/shop/first"]) == 0
    assert run(["baseline", "set", "latest"]) == 0
    shutil.rmtree("reports")
    assert "replies as long as in run" in foretell(spec, capsys)["targets"][0]["basis"]


@pytest.mark.parametrize(
    "evaluation", ["{budget: {usd: 1.00}}", "{stream: true}", "{api: responses}",
                   "{api: responses, stream: true}"]
)  # fmt: skip
def test_without_runs_the_recording_tells_however_it_was_asked(
    spec: str, evaluation: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(spec).write_text(SPEC.replace("{budget: {usd: 1.00}}", evaluation), encoding="utf-8")
    assert run(["eval", spec, "--record", "--repeats", "2", "--output", "out"]) == 0
    paid = json.loads(Path("out/run.json").read_text(encoding="utf-8"))["totals"]["cost_usd"]
    shutil.rmtree("out")
    forecast = foretell(spec, capsys)
    assert forecast["targets"][0]["basis"] == (
        "replies as long as in the recording shop.cassette (simulated)"
    )
    assert forecast["usd"]["low"] <= paid / 2 <= forecast["usd"]["high"]


ASKED = """
version: 1
name: shop
cloud: simulator
providers:
  azure:
    type: azure-openai
    endpoint: "https://contoso.openai.azure.com"
    models:
      mini: {model: gpt-4.1-mini, version: "2025-04-14"}
      judge: {model: gpt-4.1-mini, version: "2025-04-14"}
simulator:
  replies:
    - {"on": system, match: verdict, reply: '{"reason": "It is.", "score": 1.0, "pass": true}'}
    - {"on": last_tool, match: ., reply: There are twelve of them in stock today.}
    - {"on": last_user, match: ., tool_calls: [{name: count, arguments: {item: milk}}]}
evaluation: {targets: [azure/mini], judge: {target: azure/judge}}
conversations:
  - id: stock
    tools: [{type: function, function: {name: count, parameters: {type: object}}}]
    turns:
      - user: "Is there milk?"
        tool_results: [{name: count, result: 12}]
        assert: [{llm-rubric: It answers.}]
"""


def test_rounds_of_a_turn_are_one_reply_and_what_judges_say_is_none(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(spec).write_text(ASKED, encoding="utf-8")
    assert run(["eval", spec, "--record", "--repeats", "3", "--output", "out"]) == 0
    lines = Path("out/results.jsonl").read_text(encoding="utf-8").splitlines()
    usage = json.loads(lines[0])["turns"][0]["usage"]
    shutil.rmtree("out")
    target = foretell(spec, capsys)["targets"][0]
    assert target["requests"]["typical"] == 2
    assert target["output_tokens"]["typical"] == usage["output_tokens"]


def test_what_azure_said_tells_nothing_of_the_simulator_nor_the_reverse(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", spec, "--record", "--output", "reports/shop/first"]) == 0
    described = Path("reports/shop/first/run.json")
    text = described.read_text(encoding="utf-8")
    described.write_text(text.replace('"simulated": true', '"simulated": false'), encoding="utf-8")
    assert described.read_text(encoding="utf-8") != text
    assert "in the recording" in foretell(spec, capsys)["targets"][0]["basis"]
    manifest = Path("shop.cassette/manifest.json")
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace('"cloud": "simulator"', '"cloud": "azure"'), encoding="utf-8")
    assert "no past run or recording" in foretell(spec, capsys)["targets"][0]["basis"]


def test_a_recording_that_cannot_be_read_tells_nothing_and_harms_nothing(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", spec, "--record", "--output", "out"]) == 0
    shutil.rmtree("out")
    for path in Path("shop.cassette/conversations").rglob("*.json"):
        path.write_text("{", encoding="utf-8")
    assert "no past run" in foretell(spec, capsys)["targets"][0]["basis"]
    Path("shop.cassette/manifest.json").write_text("{", encoding="utf-8")
    assert "no past run" in foretell(spec, capsys)["targets"][0]["basis"]


def test_a_run_of_another_version_says_nothing_of_this_one(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", spec]) == 0
    Path(spec).write_text(SPEC.replace("2025-04-14", "2026-01-01"), encoding="utf-8")
    assert "no past run" in foretell(spec, capsys)["targets"][0]["basis"]


def test_a_budget_that_is_too_small_is_told_first_and_then_held(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(spec).write_text(SPEC.replace("usd: 1.00", "requests: 1"), encoding="utf-8")
    assert run(["eval", spec]) == 4
    err = capsys.readouterr().err
    warned = err.index("warning: the budget is too small (2 requests of 1)")
    assert warned < err.index("the budget ended (requests: 1)")
