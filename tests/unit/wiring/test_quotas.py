"""The quota that each target draws on."""

from __future__ import annotations

from pathlib import Path

from harness.app.specs.cloud_choice import CloudChoice
from harness.run.ports import SharedQuota
from harness.run.requests.quota import LocalQuota
from harness.run.targets import every_target
from harness.wiring import Permissions, read_spec
from harness.wiring.world import SpecWorld

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


def find_quotas(folder: Path, spec: str = SPEC) -> dict[str, SharedQuota | None]:
    path = folder / "spec.yaml"
    permissions = Permissions(root=folder)
    path.write_text(spec, encoding="utf-8")
    host = read_spec(path, permissions).spec.accounts["sweden"].subdomain
    path.write_text(spec.replace("HOST", str(host)), encoding="utf-8")
    world = SpecWorld(
        spec_file=(spec_file := read_spec(path, permissions)),
        permissions=permissions,
        environment={"AZURE_KEY": "k"},
        choice=CloudChoice("azure", "the test's"),
    )
    find = world.open_run_ports().quota
    return {target.name: find(target) for target in every_target(spec_file.spec)}


def test_two_names_of_one_deployment_draw_on_one_quota(tmp_path: Path) -> None:
    quotas = find_quotas(tmp_path)
    assert quotas["sweden/mini"] is quotas["same/mini"] is not None
    assert quotas["sweden/mini"] is not quotas["sweden/large"]


def test_the_windows_are_those_that_azure_lists_for_the_sku(tmp_path: Path) -> None:
    found = find_quotas(tmp_path)["sweden/mini"]
    assert isinstance(found, LocalQuota)
    assert [(w.count, w.period_s) for w in found.seen.tokens] == [(50_000, 60)]
    assert [(w.count, w.period_s) for w in found.seen.requests] == [(50, 60)]
