"""The quota that each target draws on."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.app.specs.cloud_choice import CloudChoice
from harness.run.ports import SharedQuota
from harness.run.requests.quota import LocalQuota
from harness.run.targets import every_target
from harness.wiring import Permissions, read_spec
from harness.wiring.world import SpecWorld, open_world

SPEC = """
version: 1
name: quotas
resource_group: {name: rg-quotas, region: swedencentral, create: true}
accounts:
  sweden:
    region: swedencentral
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: 50}
      large: {model: gpt-4.1, version: "2025-04-14", sku: GlobalStandard, capacity: 50}
providers:
  same:
    type: azure-openai
    endpoint: https://HOST.services.ai.azure.com
    api_key: ${AZURE_KEY}
    models: {mini: {model: gpt-4.1-mini}}
conversations:
  - {id: only, turns: [{user: hello}]}
"""


def find_quotas(
    folder: Path, spec: str = SPEC, said: list[str] | None = None, **environment: str
) -> dict[str, SharedQuota | None]:
    path = folder / "spec.yaml"
    permissions = Permissions(root=folder)
    path.write_text(spec, encoding="utf-8")
    host = read_spec(path, permissions).spec.accounts["sweden"].subdomain
    path.write_text(spec.replace("HOST", str(host)), encoding="utf-8")
    world = SpecWorld(
        spec_file=(spec_file := read_spec(path, permissions)),
        permissions=permissions,
        environment={"AZURE_KEY": "k", **environment},
        choice=CloudChoice("azure", "the test's"),
        say=([] if said is None else said).append,
    )
    find = world.open_run_ports().quota
    # The provider first: it knows nothing of limits, and the account does.
    return {target.name: find(target) for target in reversed(every_target(spec_file.spec))}


def test_two_names_of_one_deployment_draw_on_one_quota(tmp_path: Path) -> None:
    quotas = find_quotas(tmp_path)
    assert quotas["sweden/mini"] is quotas["same/mini"] is not None
    assert quotas["sweden/mini"] is not quotas["sweden/large"]


def test_the_windows_are_those_that_azure_lists_for_the_sku(tmp_path: Path) -> None:
    found = find_quotas(tmp_path)["sweden/mini"]
    assert isinstance(found, LocalQuota)
    assert [(w.count, w.period_s) for w in found.seen.tokens] == [(50_000, 60)]
    assert [(w.count, w.period_s) for w in found.seen.requests] == [(50, 60)]


@pytest.mark.parametrize("limits", ["off", "enforced"])
def test_on_the_simulator_a_run_is_paced_only_where_limits_hold(
    tmp_path: Path, limits: str
) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(
        f"{SPEC}cloud: simulator\nsimulator: {{limits: '{limits}'}}\n", encoding="utf-8"
    )
    permissions = Permissions(root=tmp_path)
    spec_file = read_spec(path, permissions)
    with open_world(spec_file, permissions, say=lambda _: None) as world:
        find = world.open_run_ports().quota
        found = {target.name: find(target) for target in every_target(spec_file.spec)}
    assert (found["sweden/mini"] is not None) == (limits == "enforced")


def test_processes_share_a_quota_by_what_the_deployment_is_and_not_by_spec(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
        find_quotas(folder, XDG_STATE_HOME=str(tmp_path / "state"))
    names = [path.name for path in (tmp_path / "state" / "harness" / "quotas").iterdir()]
    assert len(names) == 2, "sweden/mini, under whatever name, and sweden/large"
    assert not any("mini" in name or "quotas-" in name for name in names)
    assert (tmp_path / "state" / "harness" / "quotas").stat().st_mode & 0o077 == 0


def test_without_a_folder_to_meet_in_a_process_draws_alone_and_says_so_once(tmp_path: Path) -> None:
    said: list[str] = []
    found = find_quotas(tmp_path, said=said)
    assert isinstance(found["sweden/mini"], LocalQuota)
    (tmp_path / "file").write_text("", encoding="utf-8")
    found = find_quotas(tmp_path, said=said, XDG_STATE_HOME=str(tmp_path / "file"))
    assert isinstance(found["sweden/mini"], LocalQuota)
    assert len(said) == 2
    assert all(line.startswith("rate limits are not shared with other") for line in said)
