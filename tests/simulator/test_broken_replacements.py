"""A replacement that dies between the deletion and the creation loses nothing either."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cloud.management import ManagementCloud
from harness.plan.identity import DeploymentId
from tests.simulator.test_provisioning_plans import (
    ACCOUNT,
    cloud,
    deployment,
    edited,
    harness,
    spec,
)

__all__ = ["cloud", "spec"]

KILLED = """\
import os, signal, sys
from harness.cloud.management import ManagementCloud

put = ManagementCloud.put_{what}

def put_or_die(self, at, body, tick, **named):
    if at.name == {name!r} and self.read_{what}(at) is None:
        os.kill(os.getpid(), signal.SIGKILL)
    return put(self, at, body, tick, **named)

ManagementCloud.put_{what} = put_or_die
from harness.cli.main import run
sys.exit(run(["apply", {spec!r}]))
"""


def kill_before_it_is_made(spec: Path, what: str, name: str) -> None:
    """Apply in a process of its own, killed when it is about to create this resource."""
    script = KILLED.format(what=what, name=name, spec=str(spec))
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def close_by_hand(cloud: ManagementCloud) -> None:
    """Somebody closes the account, and tags it and a deployment."""
    account = cloud.read_account(ACCOUNT)
    assert account is not None
    properties = {**account.body["properties"], "publicNetworkAccess": "Disabled"}
    tags = {**account.tags, "CostCenter": "42"}
    cloud.put_account(
        ACCOUNT, {**account.body, "tags": tags, "properties": properties}, lambda _: None
    )
    mini = deployment(cloud, "mini")
    mini["tags"] = {**mini["tags"], "team": "search"}
    cloud.put_child(DeploymentId(ACCOUNT, "mini"), mini, lambda _: None)


def list_kept(spec: Path) -> list[Path]:
    return sorted((spec.parent / ".harness").glob("replaced/*/*.json"))


def assert_nothing_is_lost(cloud: ManagementCloud) -> None:
    account = cloud.read_account(ACCOUNT)
    assert account is not None
    assert account.body["properties"]["publicNetworkAccess"] == "Disabled"
    assert account.tags["CostCenter"] == "42"
    assert deployment(cloud, "mini")["tags"]["team"] == "search"


def test_an_account_that_was_purged_and_not_made_again_comes_back_as_it_was(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("apply", spec) == 0
    close_by_hand(cloud)
    edited(spec, ("    region: swedencentral", "    region: eastus2"))
    kill_before_it_is_made(spec, "account", ACCOUNT.name)
    assert cloud.read_account(ACCOUNT) is None
    assert cloud.list_deleted_accounts(ACCOUNT.group.subscription) == ()
    assert len(list_kept(spec)) == 3

    capsys.readouterr()
    assert harness("plan", spec) == 0
    page = capsys.readouterr().out
    assert "its replacement broke off; made anew from what was kept of it" in page
    assert "keeps what the spec does not say: properties.publicNetworkAccess" in page
    assert harness("apply", spec) == 0
    assert_nothing_is_lost(cloud)
    assert list_kept(spec) == []
    assert harness("verify", spec) == 0


def test_a_deployment_whose_account_was_made_again_without_it_keeps_its_tags(
    spec: Path, cloud: ManagementCloud
) -> None:
    assert harness("apply", spec) == 0
    close_by_hand(cloud)
    edited(spec, ("    region: swedencentral", "    region: eastus2"))
    kill_before_it_is_made(spec, "child", "mini")
    assert len(list_kept(spec)) == 2
    assert harness("apply", spec) == 0
    assert_nothing_is_lost(cloud)
    assert list_kept(spec) == []


def test_a_deployment_that_was_deleted_to_become_another_keeps_its_tags(
    spec: Path, cloud: ManagementCloud
) -> None:
    assert harness("apply", spec) == 0
    close_by_hand(cloud)
    edited(spec, ("capacity: 50}", "capacity: 50, sku: DataZoneStandard}"))
    kill_before_it_is_made(spec, "child", "mini")
    assert harness("apply", spec) == 0
    assert_nothing_is_lost(cloud)
    assert list_kept(spec) == []


def test_what_was_kept_is_forgotten_once_the_spec_is_destroyed(
    spec: Path, cloud: ManagementCloud
) -> None:
    assert harness("apply", spec) == 0
    close_by_hand(cloud)
    edited(spec, ("    region: swedencentral", "    region: eastus2"))
    kill_before_it_is_made(spec, "account", ACCOUNT.name)
    assert harness("destroy", spec) == 0
    assert list_kept(spec) == []
    assert harness("apply", spec) == 0
    account = cloud.read_account(ACCOUNT)
    assert account is not None
    assert "CostCenter" not in account.tags


def test_what_another_spec_kept_is_left_alone(spec: Path, cloud: ManagementCloud) -> None:
    assert harness("apply", spec) == 0
    close_by_hand(cloud)
    edited(spec, ("    region: swedencentral", "    region: eastus2"))
    kill_before_it_is_made(spec, "account", ACCOUNT.name)
    edited(spec, ("name: walk\n", "name: other\n"))
    assert harness("apply", spec) == 0
    assert len(list_kept(spec)) == 3
    account = cloud.read_account(ACCOUNT)
    assert account is not None
    assert "CostCenter" not in account.tags


def test_what_cannot_be_kept_is_not_deleted(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("apply", spec) == 0
    (spec.parent / ".harness" / "replaced").write_text("no folder", encoding="utf-8")
    edited(spec, ("    region: swedencentral", "    region: eastus2"))
    assert harness("apply", spec) == 3
    assert "walk-01 is not replaced: what it holds cannot be kept" in capsys.readouterr().err
    account = cloud.read_account(ACCOUNT)
    assert account is not None
    assert account.region == "swedencentral"


def test_a_file_that_cannot_be_read_is_said_and_lost_by_nobody_but_who_deletes_it(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("apply", spec) == 0
    edited(spec, ("    region: swedencentral", "    region: eastus2"))
    kill_before_it_is_made(spec, "account", ACCOUNT.name)
    broken = list_kept(spec)[0]
    broken.write_text("{", encoding="utf-8")
    assert harness("plan", spec) == 3
    said = capsys.readouterr().err
    assert "H926" in said
    assert broken.name in said
    broken.unlink()
    assert harness("apply", spec) == 0
