"""``harness upgrade``: from a deployment whose model retires to one that lives."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run

SPEC = """\
version: 1
name: walk
cloud: simulator
resource_group: {name: rg-walk, region: swedencentral, create: true}
accounts:
  sweden:
    account_name: walk-01
    region: swedencentral
    deployments:
      # what everybody calls
      mini:
        model: gpt-4o-mini          # the cheap one
        version: "2024-07-18"       # pinned
        capacity: 20
conversations:
  - id: hello
    cases: [{name: a, who: Ada}, {name: b, who: Bob}, {name: c, who: Cyd}]
    turns: [{user: "Hello from {{who}}", assert: [{word-count: {min: 1}}]}]
simulator:
  date: 2027-03-01
"""
WORSE = """\
  replies: [{target: "sweden/mini-*", match: ".", reply: ""}]
"""


@pytest.fixture
def spec(folder: Path) -> Path:
    path = folder / "s.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    capsys.readouterr()
    assert run(list(words)) == code, capsys.readouterr().err
    return capsys.readouterr().out


def upgraded(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    text = told(capsys, "upgrade", "s.yaml", "sweden/mini", "--json", *words, code=code)
    document: dict[str, Any] = json.loads(text)
    return document


def list_deployed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Names of what is deployed and not declared, and the declared one where it is there."""
    document = json.loads(told(capsys, "plan", "s.yaml", "--json"))
    return [
        each["address"].partition(".deployment.")[2]
        for each in document["changes"]
        if ".deployment." in each["address"] and each["action"] != "create"
    ]


def test_a_dry_run_tells_the_retirement_and_what_could_follow(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = told(capsys, "upgrade", spec.name, "sweden/mini", "--dry-run")
    assert "gpt-4o-mini 2024-07-18 as GlobalStandard in swedencentral retires on 2027-04-14" in page
    assert "in 44 days" in page
    assert "source: the simulator's catalogue (schedule-0928, observed on 2026-09-28)" in page
    assert ">  gpt-5.4-mini  2026-03-17  GlobalStandard  20 k TPM" in page
    assert "0.75 (+400%), 4.50 (+650%)" in page
    assert list_deployed(capsys) == []


def test_a_successor_is_tried_beside_judged_and_removed_and_the_diff_applies(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "apply", spec.name)
    capsys.readouterr()
    assert run(["upgrade", spec.name, "sweden/mini", "--repeats", "30"]) == 0
    page, said = capsys.readouterr()
    new = "mini-gpt-5.4-mini-2026-03-17"
    assert f"account.sweden.deployment.{new}: created" in said
    assert f"sweden/{new} (was sweden/mini): 100% → 100%" in page
    assert "simulated · verdict: inconclusive" in page
    assert f"account.sweden.deployment.{new}: deleted" in said
    assert "applied, the diff replaces sweden/mini" in said
    assert list_deployed(capsys) == ["mini"]
    assert "\n-        model: gpt-4o-mini          # the cheap one\n" in page
    assert '\n+        version: "2026-03-17"       # pinned\n' in page
    assert spec.read_text(encoding="utf-8") == SPEC


def test_the_diff_in_a_file_is_one_that_git_applies(
    spec: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    upgraded(capsys, "-o", "up.diff")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "apply", "up.diff"], cwd=folder, check=True)
    text = spec.read_text(encoding="utf-8")
    assert text == SPEC.replace("gpt-4o-mini", "gpt-5.4-mini").replace("2024-07-18", "2026-03-17")
    page = told(capsys, "plan", spec.name)
    assert "~ model: gpt-4o-mini → gpt-5.4-mini" in page


def test_the_spec_is_edited_where_the_successor_passed_and_only_there(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert upgraded(capsys, "--write")["verdict"] == "inconclusive"
    assert spec.read_text(encoding="utf-8") == SPEC
    cases = ", ".join(f"{{name: n{number}, who: W{number}}}" for number in range(80))
    many = SPEC.replace(
        "[{name: a, who: Ada}, {name: b, who: Bob}, {name: c, who: Cyd}]", f"[{cases}]"
    )
    spec.write_text(many, encoding="utf-8")
    spec.chmod(0o640)
    assert upgraded(capsys, "--write")["verdict"] == "passed"
    assert spec.stat().st_mode & 0o777 == 0o640
    assert "model: gpt-5.4-mini          # the cheap one" in spec.read_text(encoding="utf-8")


def test_the_verdict_is_told_where_the_diff_cannot_be_written(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["upgrade", spec.name, "sweden/mini", "-o", f"{spec.name}/up.diff"]) == 3
    page, said = capsys.readouterr()
    assert "verdict:" in page
    assert "H701" in said


@pytest.mark.parametrize("to", ["", "@", "@1"])
def test_a_successor_without_a_model_is_a_wrong_request(
    spec: Path, capsys: pytest.CaptureFixture[str], to: str
) -> None:
    assert run(["upgrade", spec.name, "sweden/mini", "--to", to]) == 2
    assert "--to wants MODEL@VERSION" in capsys.readouterr().err


def test_a_selection_of_nothing_is_refused_before_anything_is_deployed(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["upgrade", spec.name, "sweden/mini", "-k", "nothing"]) == 2
    said = capsys.readouterr().err
    assert "H604" in said
    assert "creating" not in said
    assert list_deployed(capsys) == []


def test_a_worse_successor_is_named_so_and_the_old_one_stays(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = ", ".join(f"{{name: n{number}, who: W{number}}}" for number in range(12))
    many = SPEC.replace(
        "[{name: a, who: Ada}, {name: b, who: Bob}, {name: c, who: Cyd}]", f"[{cases}]"
    )
    spec.write_text(many + WORSE, encoding="utf-8")
    document = upgraded(capsys, "--write", code=1)
    assert document["verdict"] == "regressed"
    [pair] = document["comparison"]["pairs"]
    assert (pair["a"], pair["b"]) == ("sweden/mini", "sweden/mini-gpt-5.4-mini-2026-03-17")
    assert "gpt-4o-mini" in spec.read_text(encoding="utf-8")
    assert list_deployed(capsys) == ["mini"]


def test_the_successor_stays_where_it_is_to_be_kept_and_is_used_again(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert upgraded(capsys, "--keep")["deployment"]["kept"] is True
    assert list_deployed(capsys) == ["mini", "mini-gpt-5.4-mini-2026-03-17"]
    upgraded(capsys)
    assert list_deployed(capsys) == ["mini"]


def test_a_successor_that_is_named_is_taken_as_far_as_quota_lasts(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(SPEC + "  quota: {OpenAI.GlobalStandard.gpt4.1-mini: 12}\n", encoding="utf-8")
    document = upgraded(capsys, "--to", "gpt-4.1-mini")
    chosen = document["chosen"]
    assert (chosen["version"], chosen["capacity"], chosen["quota_left"]) == ("2025-04-14", 12, 12)
    assert chosen["named_by_azure"] is False
    assert "+        capacity: 12" in document["diff"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["sweden/mni"], 2, "did you mean sweden/mini?"),
        (["sweden/mini", "--to", "gpt-4.1-mni"], 2, "did you mean gpt-4.1-mini"),
        (["sweden/mini", "--to", "gpt-4.1-mini@1999"], 2, "it offers the versions 2025-04-14"),
        (["sweden/mini", "--to", "gpt-4o-mini@2024-07-18"], 2, "is what is deployed there already"),
    ],
)
def test_what_cannot_be_upgraded_to_is_refused_with_what_can(
    spec: Path, words: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["upgrade", spec.name, *words]) == code
    assert said in capsys.readouterr().err


def test_a_successor_without_quota_is_not_tried(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    skus = ("GlobalStandard", "DataZoneStandard", "Standard")
    none = ", ".join(f"OpenAI.{sku}.gpt4.1-mini: 0" for sku in skus)
    spec.write_text(SPEC + f"  quota: {{{none}}}\n", encoding="utf-8")
    capsys.readouterr()
    assert run(["upgrade", spec.name, "sweden/mini", "--to", "gpt-4.1-mini"]) == 1
    page, said = capsys.readouterr()
    assert "not enough quota" in page
    assert "gpt-4.1-mini 2025-04-14 cannot be deployed beside sweden/mini" in said


def test_a_floor_that_only_the_old_one_misses_condemns_nobody(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    better = SPEC.replace("  - id: hello\n", "  - id: hello\n    must_pass: true\n")
    better += '  replies: [{target: "sweden/mini", match: ".", reply: ""}]\n'
    spec.write_text(better, encoding="utf-8")
    assert upgraded(capsys)["verdict"] in ("passed", "inconclusive")


def test_an_upgrade_is_recorded_and_replayed_without_an_azure(
    spec: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    live = upgraded(capsys, "--record")
    (folder / ".harness" / "world.json").unlink()
    again = upgraded(capsys, "--replay")
    assert again["replayed"] is True
    for key in ("chosen", "retirement", "verdict", "diff", "deployment"):
        assert again[key] == live[key]


def test_a_spec_that_cannot_be_edited_is_said_before_anything_is_deployed(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = SPEC.replace(
        '        model: gpt-4o-mini          # the cheap one\n        version: "2024-07-18"',
        '        model: "${HARNESS_MODEL:-gpt-4o-mini}"\n        version: "2024-07-18"',
    )
    spec.write_text(shared, encoding="utf-8")
    capsys.readouterr()
    assert run(["upgrade", spec.name, "sweden/mini"]) == 2
    said = capsys.readouterr().err
    assert "the spec cannot be edited for sweden/mini: `model` comes from elsewhere" in said
    assert 'write `model: gpt-5.4-mini, version: "2026-03-17"' in said
    assert list_deployed(capsys) == []


def test_a_deployment_that_is_retired_already_has_its_successor_played_alone(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "apply", spec.name)
    spec.write_text(SPEC.replace("2027-03-01", "2027-05-01"), encoding="utf-8")
    capsys.readouterr()
    assert run(["upgrade", spec.name, "sweden/mini"]) == 4
    page, said = capsys.readouterr()
    assert "retired on 2027-04-14: nothing answers any more" in page
    assert "sweden/mini no longer answers" in said
    assert "verdict: incomplete" in page
    assert "+        model: gpt-5.4-mini" in page
    assert list_deployed(capsys) == ["mini"]


def test_the_old_deployment_stays_as_it_is_though_the_spec_says_otherwise_by_now(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "apply", spec.name)
    spec.write_text(SPEC.replace("capacity: 20", "capacity: 15"), encoding="utf-8")
    assert upgraded(capsys)["chosen"]["capacity"] == 15
    assert "~ capacity: 20 → 15 (k TPM)" in told(capsys, "plan", spec.name)
