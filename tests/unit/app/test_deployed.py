"""What is asked of Azure before an evaluation, where only its data plane may be called."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from harness.app.deployed import find_missing
from harness.app.ports import World
from harness.app.specs.permissions import Permissions
from harness.errors import Diagnostic, OutsideError
from harness.plan.identity import DeploymentId
from harness.plan.observed import ObservedAccount
from harness.provision.ports import Answering, Readiness
from harness.run.targets import select_targets
from harness.spec.load import SpecFile
from harness.wiring import read_spec

SPEC = """
version: 1
name: trial
cloud: azure
subscription: 11111111-0000-0000-0000-000000000000
resource_group: {name: rg-trial, region: swedencentral, create: true}
accounts:
  sweden:
    subdomain: contoso-sweden
    region: swedencentral
    deployments:
      mini: {deployment_name: Mini-1, model: gpt-4.1-mini, version: "2025-04-14", sku: Standard, capacity: 1}
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}
conversations: [{id: hello, turns: [{user: "Hello"}]}]
"""  # noqa: E501


@dataclass
class DataPlaneAlone:
    """An Azure that lets somebody call deployments, and do nothing else."""

    state: Answering | OutsideError
    asked: list[tuple[str, object]] = field(default_factory=list)

    def check_readiness(self, at: DeploymentId, account: ObservedAccount) -> Readiness:
        self.asked.append((at.name, account.body["properties"]))
        if isinstance(self.state, OutsideError):
            raise self.state
        return Readiness(self.state)


@dataclass
class Outside:
    """As much of the world as is asked."""

    spec_file: SpecFile
    azure: DataPlaneAlone
    replays: bool = False
    simulator_url: str | None = None
    cloud_name: str = "azure"

    def cloud(self) -> DataPlaneAlone:
        return self.azure


@pytest.fixture
def spec_file(tmp_path: Path) -> SpecFile:
    (tmp_path / ".harness").mkdir()
    (tmp_path / "s.yaml").write_text(SPEC, "utf-8")
    return read_spec(tmp_path / "s.yaml", Permissions())


def missing(outside: Outside) -> tuple[str, ...]:
    return find_missing(cast("World", outside), select_targets(outside.spec_file.spec))


def test_a_deployment_is_asked_once_at_its_own_address_and_a_provider_not_at_all(
    spec_file: SpecFile,
) -> None:
    azure = DataPlaneAlone("not there yet")
    assert missing(Outside(spec_file, azure)) == ("sweden/mini",)
    assert azure.asked == [("Mini-1", {"endpoint": "https://contoso-sweden.openai.azure.com"})]


@pytest.mark.parametrize("state", ["ready", "forbidden", "closed", "retired", "unknown"])
def test_whoever_answers_anything_else_is_not_missing(
    spec_file: SpecFile, state: Answering
) -> None:
    assert missing(Outside(spec_file, DataPlaneAlone(state))) == ()


def test_where_nobody_is_signed_in_the_run_itself_says_so(spec_file: SpecFile) -> None:
    refused = OutsideError(Diagnostic("H902", "nobody is signed in to Azure"))
    assert missing(Outside(spec_file, DataPlaneAlone(refused))) == ()


def test_a_replay_asks_nobody(spec_file: SpecFile) -> None:
    azure = DataPlaneAlone("not there yet")
    assert missing(Outside(spec_file, azure, replays=True)) == ()
    assert azure.asked == []
