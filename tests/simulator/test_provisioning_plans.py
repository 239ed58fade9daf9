"""Saved plans, pruning, ``--only``, soft-deleted accounts and the lock, as people type them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run
from harness.cloud import make_simulator_endpoint
from harness.cloud.management import ManagementCloud, open_cloud
from harness.fs.holders import name_host
from harness.plan.identity import AccountId, DeploymentId, GroupId
from harness.simulator.embedded import simulate
from harness.spec.model.spec import Simulator

SPEC = """\
version: 1
name: walk
cloud: simulator
resource_group: {name: rg-walk, region: swedencentral, create: true}
simulator: {date: 2026-09-01}
accounts:
  main:
    account_name: walk-01
    region: swedencentral
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", capacity: 50}
      five: {model: gpt-5-mini, version: "2025-08-07", capacity: 10}
"""
FIVE = '      five: {model: gpt-5-mini, version: "2025-08-07", capacity: 10}\n'
ACCOUNT = AccountId(GroupId("00000000-0000-0000-0000-000000000000", "rg-walk"), "walk-01")


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (tmp_path / ".harness").mkdir()
    path = tmp_path / "walk.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[ManagementCloud]:
    """A simulated Azure that every command of the test joins, and a hand in it."""
    monkeypatch.delenv("HARNESS_CLOUD", raising=False)
    with simulate(None, Simulator(), {}, environment={}) as there:
        monkeypatch.setenv("HARNESS_SIMULATOR_URL", there.url)
        monkeypatch.setenv("HARNESS_SIMULATOR_TOKEN", there.token)
        with open_cloud(make_simulator_endpoint(there.url, there.token)) as opened:
            yield opened


def harness(*arguments: object) -> int:
    return run([str(argument) for argument in arguments])


def edited(spec: Path, *changes: tuple[str, str]) -> None:
    text = spec.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    spec.write_text(text, encoding="utf-8")


def deployment(cloud: ManagementCloud, name: str) -> dict[str, Any]:
    body = cloud.read_child(DeploymentId(ACCOUNT, name))
    assert body is not None
    return dict(body)


def scaled(cloud: ManagementCloud, name: str, capacity: int) -> None:
    """Somebody edits a deployment's capacity by hand."""
    body = deployment(cloud, name)
    body["sku"]["capacity"] = capacity
    cloud.put_child(DeploymentId(ACCOUNT, name), body, lambda _: None)


# --- saved plans -------------------------------------------------------------------------------


def test_a_saved_plan_is_readable_and_carried_out(spec: Path, cloud: ManagementCloud) -> None:
    out = spec.parent / "plans" / "today.plan"
    assert harness("plan", spec, "-o", out) == 0
    document = json.loads(out.read_text(encoding="utf-8"))
    assert document["kind"] == "harness plan"
    assert document["format_version"] == 1
    assert document["spec"]["path"] == "../walk.yaml"
    assert document["plan"]["summary"]["create"] == 4
    assert document["saw"]["account.main"] is None
    assert cloud.read_account(ACCOUNT) is None

    assert harness("apply", out) == 0
    assert harness("verify", spec) == 0
    # What it saw is no longer so: it has been carried out.
    assert harness("apply", out) == 1


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        ("capacity", "account.main.deployment.mini: capacity was 50, and is 77"),
        ("undeclared", "account.main: something that the spec does not name changed"),
        ("gone", "account.main.deployment.five: it is gone"),
        ("spec", "has been edited"),
    ],
)
def test_a_saved_plan_is_refused_when_what_it_saw_has_changed(
    spec: Path,
    cloud: ManagementCloud,
    happens: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert harness("apply", spec) == 0
    edited(spec, ("capacity: 10", "capacity: 20"))
    out = spec.parent / "today.plan"
    assert harness("plan", spec, "-o", out) == 0
    match happens:
        case "capacity":
            scaled(cloud, "mini", 77)
        case "undeclared":
            account = cloud.read_account(ACCOUNT)
            assert account is not None
            cloud.set_account_tags(ACCOUNT, {**account.tags, "cost": "7"}, lambda _: None)
        case "gone":
            cloud.delete_child(DeploymentId(ACCOUNT, "five"), lambda _: None)
        case _:
            edited(spec, ("capacity: 20", "capacity: 30"))
    capsys.readouterr()
    assert harness("apply", out) == 1
    told = capsys.readouterr().err
    assert "H918" in told
    assert said in told
    if happens != "gone":
        assert deployment(cloud, "five")["sku"]["capacity"] == 10


def test_a_saved_plan_has_its_options_in_it(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("apply", spec) == 0
    edited(spec, (FIVE, ""))
    out = spec.parent / "prune.plan"
    assert harness("plan", spec, "--prune", "-o", out) == 0
    assert harness("apply", out, "--prune") == 2
    assert "none of them" in capsys.readouterr().err
    assert harness("apply", out) == 0
    assert cloud.read_child(DeploymentId(ACCOUNT, "five")) is None


def test_a_plan_that_preflight_refuses_is_not_written(spec: Path, cloud: ManagementCloud) -> None:
    edited(spec, ("gpt-5-mini", "gpt-5-minni"))
    out = spec.parent / "no.plan"
    assert harness("plan", spec, "-o", out) == 1
    assert not out.exists()


def test_a_plan_of_another_version_is_refused_as_a_plan(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    out = spec.parent / "old.plan"
    out.write_text('{"kind": "harness plan", "format_version": 7}', encoding="utf-8")
    assert harness("apply", out) == 2
    assert "format_version is 7" in capsys.readouterr().err


# --- what is left behind, and what is meant ----------------------------------------------------


def test_an_orphan_is_shown_by_plan_and_deleted_with_prune(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("apply", spec) == 0
    edited(spec, (FIVE, ""))
    capsys.readouterr()
    assert harness("plan", spec, "--check") == 0
    assert "? account.main.deployment.five  orphan" in capsys.readouterr().out
    assert harness("plan", spec, "--check", "--prune") == 1
    assert harness("apply", spec) == 0
    assert cloud.read_child(DeploymentId(ACCOUNT, "five")) is not None
    assert harness("apply", spec, "--prune") == 0
    assert cloud.read_child(DeploymentId(ACCOUNT, "five")) is None


def test_a_protected_accounts_orphan_is_not_pruned(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("apply", spec) == 0
    edited(spec, (FIVE, ""), ("    region: sweden", "    protect: true\n    region: sweden"))
    assert harness("apply", spec, "--prune") == 1
    assert "error[protected]: account.main.deployment.five" in capsys.readouterr().out
    assert harness("destroy", spec) == 1
    assert cloud.read_child(DeploymentId(ACCOUNT, "mini")) is not None


def test_only_means_the_address_and_what_it_needs(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("apply", spec, "--only", "account.main.deployment.mini") == 0
    assert "Left aside by --only: 1 change." in capsys.readouterr().out
    assert cloud.read_child(DeploymentId(ACCOUNT, "mini")) is not None
    assert cloud.read_child(DeploymentId(ACCOUNT, "five")) is None
    assert harness("apply", spec, "--only", "account.main") == 0
    assert harness("verify", spec) == 0


def test_an_address_that_is_not_there_is_answered_with_the_nearest(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("plan", spec, "--only", "account.main.deployment.fife") == 2
    told = capsys.readouterr().err
    assert "there is no account.main.deployment.fife" in told
    assert "did you mean account.main.deployment.five?" in told


def test_only_a_part_of_an_account_that_must_be_replaced_is_refused(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("apply", spec) == 0
    edited(spec, ("region: swedencentral\n    dep", "region: eastus2\n    dep"))
    assert harness("apply", spec, "--only", "account.main.deployment.mini") == 2
    assert "give `--only account.main`" in capsys.readouterr().err


# --- soft-deleted accounts ---------------------------------------------------------------------


def test_destroy_then_restore_brings_the_account_back_as_declared(
    spec: Path, cloud: ManagementCloud
) -> None:
    assert harness("apply", spec) == 0
    assert harness("destroy", spec) == 0
    edited(
        spec,
        ("    deployments:", "    on_soft_deleted: restore\n    tags: {a: b}\n    deployments:"),
    )
    assert harness("apply", spec) == 0
    account = cloud.read_account(ACCOUNT)
    assert account is not None
    assert account.tags["a"] == "b"
    assert harness("verify", spec) == 0


def test_destroy_with_purge_frees_the_name(spec: Path, cloud: ManagementCloud) -> None:
    assert harness("apply", spec) == 0
    assert harness("destroy", spec) == 0
    assert harness("plan", spec) == 1
    assert harness("destroy", spec, "--purge") == 0
    assert harness("plan", spec) == 0
    assert harness("apply", spec) == 0
    assert harness("destroy", spec, "--purge") == 0
    assert cloud.list_deleted_accounts(ACCOUNT.group.subscription) == ()


def test_a_purge_without_the_role_says_deleted_not_purged(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = (
        "simulator: {date: 2026-09-01, faults: "
        "[{operation: deleted.purge, status: 403, code: AuthorizationFailed}]}"
    )
    edited(spec, ("simulator: {date: 2026-09-01}", fault))
    assert harness("apply", spec) == 0
    assert harness("destroy", spec, "--purge") == 3
    assert "walk-01 is deleted, not purged" in capsys.readouterr().out


# --- one at a time, and after an interrupt -----------------------------------------------------


def started(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "harness", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ.copy(),
    )


def test_the_second_command_waits_and_names_the_first(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    edited(
        spec,
        ("simulator: {date: 2026-09-01}", "simulator: {date: 2026-09-01, management: recorded}"),
    )
    first = started("apply", spec)
    assert first.stderr is not None
    for line in first.stderr:
        if "creating" in line:
            break
    assert harness("apply", spec) == 0
    told = capsys.readouterr()
    assert (
        f"waiting for `harness apply {spec}` (process {first.pid} on {name_host()}, since 20"
        in told.err
    )
    assert "No changes" in told.out
    assert first.wait(30) == 0
    first.communicate()


def test_what_an_interrupt_leaves_running_is_waited_for(
    spec: Path, cloud: ManagementCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    edited(
        spec,
        ("simulator: {date: 2026-09-01}", "simulator: {date: 2026-09-01, management: recorded}"),
    )
    harness("plan", spec)  # Everything is imported: what follows has a second.
    first = started("apply", spec)
    assert first.stderr is not None
    for line in first.stderr:
        if "account.main: creating" in line:
            break
    # Recorded creations take a second: no longer is waited than until Azure has accepted it.
    while cloud.read_account(ACCOUNT) is None:
        time.sleep(0.02)
    first.kill()
    first.communicate()
    assert harness("apply", spec) == 0
    assert "account.main: Azure is still at work (Creating); waiting" in capsys.readouterr().err
    assert harness("verify", spec) == 0
