"""``harness import``: what it writes plans to no change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run
from harness.plan.identity import AccountId, GroupId

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
AT = AccountId(GroupId(SUBSCRIPTION, "rg-there"), "there-01")

RICH = f"""\
version: 1
name: theirs
cloud: simulator
subscription: {SUBSCRIPTION}
resource_group: {{name: rg-there, region: swedencentral, create: true}}
accounts:
  main:
    account_name: there-01
    subdomain: there-of-theirs
    region: Sweden Central
    kind: OpenAI
    local_auth: false
    tags: {{team: "0613", "on": "yes"}}
    identity: system
    properties:
      networkAcls: {{defaultAction: Deny, ipRules: [{{value: 1.2.3.4}}], virtualNetworkRules: []}}
    content_filters:
      strict: {{base: Microsoft.DefaultV2, mode: Blocking,
                filters: [{{name: Hate, source: Prompt, severity: Low, blocking: true}}]}}
    deployments:
      mini: {{model: gpt-4.1-mini, version: "2025-04-14", capacity: 50, content_filter: strict}}
      four: {{deployment_name: gpt-4.1, model: gpt-4.1, version: "2025-04-14", capacity: 5,
              upgrade: OnceCurrentVersionExpired, content_filter: Microsoft.DefaultV2}}
"""
PLAIN = f"""\
version: 1
name: theirs
cloud: simulator
subscription: {SUBSCRIPTION}
resource_group: {{name: rg-there, region: swedencentral, create: true}}
accounts: {{there-01: {{region: eastus2}}}}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".harness").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("HARNESS_CLOUD", "HARNESS_SIMULATOR_URL", "AZURE_SUBSCRIPTION_ID"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def stands(text: str) -> None:
    """An account that somebody else has made."""
    Path("theirs.yaml").write_text(text, encoding="utf-8")
    assert run(["apply", "theirs.yaml"]) == 0


def plan_of(path: str, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    capsys.readouterr()
    run(["plan", path, "--json", *more])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


@pytest.mark.parametrize("text", [RICH, PLAIN], ids=["rich", "plain"])
def test_what_is_imported_plans_to_no_change(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    stands(text)
    assert run(["import", "--account", str(AT), "-o", "mine.yaml"]) == 0
    # It takes another name, so that it owns nothing of the spec that made the account.
    document = plan_of("mine.yaml", capsys)
    assert {each["code"] for each in document["preflight"]} >= {"owned_by_other"}
    written = Path("mine.yaml").read_text(encoding="utf-8")
    assert "name: there-01\n" in written
    Path("mine.yaml").write_text(written.replace("name: there-01\n", "name: theirs\n"), "utf-8")
    document = plan_of("mine.yaml", capsys, "--check")
    assert [each for each in document["preflight"] if each["severity"] == "error"] == []
    acting = [each for each in document["changes"] if each["action"] != "none"]
    assert acting == []


@pytest.mark.parametrize("text", [RICH, PLAIN], ids=["rich", "plain"])
def test_what_belongs_to_nobody_is_adopted_and_then_unchanged(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stands(text)
    disown(capsys)
    assert run(["import", "--account", str(AT), "-o", "mine.yaml"]) == 0
    document = plan_of("mine.yaml", capsys, "--adopt")
    changes = [each for each in document["changes"] if each["action"] != "none"]
    assert {each["action"] for each in changes} == {"adopt"}
    assert {reason for each in changes for reason in each["reasons"]} == {
        "exists and belongs to no spec"
    }
    assert run(["apply", "mine.yaml", "--adopt"]) == 0
    assert run(["plan", "mine.yaml", "--check"]) == 0
    assert run(["verify", "mine.yaml"]) == 0


def disown(capsys: pytest.CaptureFixture[str]) -> None:
    """Take the tags off, as on an account that was made in the portal."""
    world = Path(".harness/world.json")
    state = json.loads(world.read_text(encoding="utf-8"))

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items() if not k.startswith("harness-spec")}
        return [bare(each) for each in value] if isinstance(value, list) else value

    world.write_text(json.dumps(bare(state)), encoding="utf-8")
    capsys.readouterr()


def test_the_spec_goes_to_stdout_and_reads_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    stands(RICH)
    capsys.readouterr()
    assert run(["import", "--account", str(AT).upper()]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# Written by `harness import` from /")
    assert 'version: "2025-04-14"' in out
    assert "harness-spec" not in out.split("\n", 2)[2]


def test_an_id_that_is_none_is_a_wrong_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", "--account", "there-01"]) == 2
    assert "/providers/Microsoft.CognitiveServices/accounts/NAME" in capsys.readouterr().err


def test_an_account_that_is_not_there_is_said_to_be_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", "--account", str(AT)]) == 3
    assert "there is no account there-01 in resource group rg-there" in capsys.readouterr().err


def test_no_file_is_overwritten(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stands(PLAIN)
    Path("mine.yaml").write_text("mine", encoding="utf-8")
    assert run(["import", "--account", str(AT), "-o", "mine.yaml"]) == 2
    assert Path("mine.yaml").read_text(encoding="utf-8") == "mine"
