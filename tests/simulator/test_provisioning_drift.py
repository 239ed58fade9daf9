"""verify: what Azure changed, what the spec changed, and who was there last."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.cloud.management import ManagementCloud
from harness.plan.identity import DeploymentId, FilterId
from tests.simulator.test_provisioning_plans import (
    ACCOUNT,
    FIVE,
    cloud,
    deployment,
    edited,
    harness,
    scaled,
    spec,
)

__all__ = ["cloud", "spec"]

FILTER = (
    "    content_filters: {strict: {filters: [{name: Hate, source: Prompt, severity: Low}]}}\n"
    "    deployments:\n"
    '      voice: {model: gpt-realtime-mini, version: "2025-10-06", capacity: 1}'
)


def drift(spec: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    capsys.readouterr()
    harness("verify", spec, "--json")
    document = json.loads(capsys.readouterr().out)
    return {each["address"]: each["drift"] for each in document["changes"] if "drift" in each}


def upgraded(cloud: ManagementCloud) -> None:
    body = deployment(cloud, "voice")
    body["properties"]["model"]["version"] = "2025-12-15"
    cloud.put_child(DeploymentId(ACCOUNT, "voice"), body, lambda _: None)


def loosened(cloud: ManagementCloud) -> None:
    body = dict(cloud.read_child(FilterId(ACCOUNT, "strict")) or {})
    body["properties"]["contentFilters"][0]["severityThreshold"] = "High"
    cloud.put_child(FilterId(ACCOUNT, "strict"), body, lambda _: None)


def unkeyed(cloud: ManagementCloud) -> None:
    account = cloud.read_account(ACCOUNT)
    assert account is not None
    body = {key: account.body[key] for key in ("location", "kind", "sku", "tags")}
    properties = {"customSubDomainName": "walk-01", "disableLocalAuth": True}
    cloud.put_account(ACCOUNT, {**body, "properties": properties}, lambda _: None)


@pytest.mark.parametrize(
    ("happens", "address", "field"),
    [
        (lambda cloud: scaled(cloud, "mini", 77), "account.main.deployment.mini", "capacity"),
        (upgraded, "account.main.deployment.voice", "version"),
        (loosened, "account.main.content_filter.strict", "filters.Hate.Prompt.severity"),
        (unkeyed, "account.main", "local_auth"),
    ],
)
def test_what_azure_changed_is_said_with_who_and_when(
    spec: Path,
    cloud: ManagementCloud,
    happens: Callable[[ManagementCloud], None],
    address: str,
    field: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    edited(spec, ("    deployments:", "    local_auth: true\n" + FILTER))
    assert harness("apply", spec) == 0
    happens(cloud)
    found = drift(spec, capsys)
    assert list(found) == [address]
    assert found[address]["fields"] == {field: "azure"}
    assert found[address]["last_changed_by"] == "simulator@harness.local"
    assert found[address]["last_changed_at"].endswith("Z")
    assert harness("verify", spec) == 1
    told = capsys.readouterr().out
    assert ", Azure changed it" in told
    assert "(last changed by simulator@harness.local at 20" in told
    assert "Drift: 1 resource not as walk declares (Azure changed 1)." in told


def test_what_the_spec_changed_is_told_apart_field_by_field(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("apply", spec) == 0
    scaled(cloud, "mini", 77)
    edited(
        spec,
        ("capacity: 50}", "capacity: 50, upgrade: OnceCurrentVersionExpired}"),
        ("capacity: 10}", "capacity: 20}"),
    )
    found = drift(spec, capsys)
    assert found["account.main.deployment.mini"]["fields"] == {
        "capacity": "azure",
        "upgrade": "spec",
    }
    assert found["account.main.deployment.five"]["fields"] == {"capacity": "spec"}
    assert harness("verify", spec) == 1
    assert "(Azure changed 1, the spec changed 2)" in capsys.readouterr().out


def test_a_deployment_that_was_deleted_is_told_from_one_never_applied(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("apply", spec) == 0
    cloud.delete_child(DeploymentId(ACCOUNT, "mini"), lambda _: None)
    edited(spec, (FIVE, FIVE + FIVE.replace("five:", "six:")))
    found = drift(spec, capsys)
    assert found["account.main.deployment.mini"]["changed_by"] == ["azure"]
    assert found["account.main.deployment.six"]["changed_by"] == ["spec"]
    assert harness("verify", spec) == 1
    assert "it has been deleted since" in capsys.readouterr().out


def test_an_account_that_was_deleted_is_said_to_be_and_nobody_is_blamed(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("apply", spec) == 0
    cloud.delete_account(ACCOUNT, lambda _: None)
    found = drift(spec, capsys)
    # The spec's own destroy leaves nothing that would tell it from anybody else's.
    assert found["account.main"]["changed_by"] == ["unknown"]
    assert harness("verify", spec) == 1
    assert "it has been deleted since" in capsys.readouterr().out


def test_what_was_pruned_or_failed_is_not_said_to_have_been_deleted(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("apply", spec) == 0
    edited(spec, (FIVE, ""))
    assert harness("apply", spec, "--prune") == 0
    edited(spec, ("    deployments:\n", "    deployments:\n" + FIVE))
    assert drift(spec, capsys)["account.main.deployment.five"]["changed_by"] == ["spec"]


def test_what_is_only_watched_is_drift_for_verify_and_nothing_for_apply(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("apply", spec) == 0
    edited(spec, ("    region: swed", "    policy: verify-only\n    region: swed"))
    assert harness("verify", spec) == 0
    scaled(cloud, "mini", 77)
    assert harness("verify", spec) == 1
    assert "account.main.deployment.mini  differs" in capsys.readouterr().out
    assert harness("apply", spec) == 0
    assert deployment(cloud, "mini")["sku"]["capacity"] == 77
    assert harness("plan", spec, "--check") == 0
    assert harness("destroy", spec) == 0
    assert cloud.read_account(ACCOUNT) is not None


# --- verify --probe, and waiting for what is new -----------------------------------------------


def test_a_probe_says_that_every_deployment_answers(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("apply", spec) == 0
    capsys.readouterr()
    assert harness("verify", spec, "--probe") == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "account.main.deployment.mini: answers",
        "account.main.deployment.five: answers",
    ]


ACCESS = "access: [{principal: me, role: Cognitive Services OpenAI User}]"


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("status: 401, code: PermissionDenied", "forbidden"),
        ("status: 403, code: '403'", "closed"),
        ("status: 404, code: DeploymentNotFound", "not_there_yet"),
    ],
)
def test_a_deployment_that_does_not_answer_fails_the_probe(
    spec: Path,
    cloud: ManagementCloud,
    fault: str,
    state: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    edited(spec, ("    deployments:", f"    local_auth: false\n    {ACCESS}\n    deployments:"))
    assert harness("apply", spec) == 0
    strikes = f"simulator: {{faults: [{{operation: embeddings, target: main/mini, {fault}}}]}}"
    edited(spec, ("simulator: {date: 2026-09-01}", strikes))
    capsys.readouterr()
    assert harness("verify", spec, "--probe", "--json") == 1
    probes = json.loads(capsys.readouterr().out)["probe"]
    assert [each["state"] for each in probes] == [state, "ready"]


def test_where_entra_is_not_let_in_a_key_is_tried(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = (
        "{operation: embeddings, target: main/mini, status: 401, code: PermissionDenied, times: 1}"
    )
    assert harness("apply", spec) == 0
    edited(spec, ("simulator: {date: 2026-09-01}", f"simulator: {{faults: [{fault}]}}"))
    capsys.readouterr()
    assert harness("verify", spec, "--probe") == 0
    told = capsys.readouterr().out
    assert "account.main.deployment.mini: answers: by key only; Azure answered 401" in told
    assert "az role assignment create" in told


def test_apply_waits_until_a_new_deployment_is_known_where_it_is_called(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = (
        "simulator: {date: 2026-09-01, faults: [{operation: embeddings, target: main/mini, "
        "status: 404, code: DeploymentNotFound, times: 2}]}"
    )
    edited(spec, ("simulator: {date: 2026-09-01}", fault))
    assert harness("apply", spec) == 0
    told = capsys.readouterr()
    assert "account.main.deployment.mini: created" in told.err
    assert "it took its endpoint a while to know it" in told.err
    assert "Apply complete: 4 created." in told.out
