"""Every request of harness and every answer of the simulator, held against Azure's description.

Where the recordings themselves contradict the description, the recordings win: those keys are
found in them here, not listed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run
from harness.simulator.embedded import simulate
from harness.simulator.management import routing
from harness.spec.model.spec import Simulator
from tests.recordings.description import Described, Description, from_sdk, swagger
from tests.recordings.player import Player
from tests.recordings.tapped import document, tapped
from tests.recordings.traffic import Exchange, recordings, single_exchanges

DAY = date(2026, 9, 1)
ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/acc"
SERVICE = "/subscriptions/s/providers/Microsoft.CognitiveServices"
LOCATION = f"{SERVICE}/locations/swedencentral"
MODEL = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
FILTER = {"name": "Hate", "enabled": True, "blocking": True, "source": "Prompt",
          "severityThreshold": "Low"}  # fmt: skip
DEPLOYMENT = {"sku": {"name": "GlobalStandard", "capacity": 10}, "properties": {"model": MODEL}}
PLAN = {"hostingModel": "Web", "planType": "TA", "autoRenew": False, "current": {"tier": "T1"}}
FIRST = {"properties": {"description": "one"}}

SCENARIO: tuple[tuple[str, str, Any], ...] = (
    ("PUT", ACCOUNT, {"location": "swedencentral", "kind": "AIServices", "sku": {"name": "S0"},
                      "identity": {"type": "SystemAssigned"}, "tags": {"a": "b"},
                      "properties": {"customSubDomainName": "acc",
                                     "allowProjectManagement": True}}),
    ("GET", ACCOUNT, None),
    ("PATCH", ACCOUNT, {"tags": {"a": "c"}}),
    ("PATCH", ACCOUNT, {"properties": {"disableLocalAuth": False}}),
    ("GET", f"{SERVICE}/accounts", None),
    ("GET", ACCOUNT.rpartition("/")[0], None),
    ("POST", f"{ACCOUNT}/listKeys", None),
    ("POST", f"{ACCOUNT}/regenerateKey", {"keyName": "Key1"}),
    ("GET", f"{ACCOUNT}/providers/Microsoft.Authorization/permissions", None),
    ("GET", f"{ACCOUNT}/skus", None),
    ("GET", f"{ACCOUNT}/usages", None),
    ("GET", f"{ACCOUNT}/models", None),
    ("PUT", f"{ACCOUNT}/raiPolicies/strict",
     {"properties": {"basePolicyName": "Microsoft.Default", "contentFilters": [FILTER]}}),
    ("GET", f"{ACCOUNT}/raiPolicies/strict", None),
    ("GET", f"{ACCOUNT}/raiPolicies", None),
    ("PUT", f"{ACCOUNT}/deployments/mini", DEPLOYMENT),
    ("PUT", f"{ACCOUNT}/deployments/mini", DEPLOYMENT),
    ("PATCH", f"{ACCOUNT}/deployments/mini", {"tags": {"a": "b"}}),
    ("GET", f"{ACCOUNT}/deployments/mini", None),
    ("GET", f"{ACCOUNT}/deployments", None),
    ("GET", f"{ACCOUNT}/deployments/mini/skus", None),
    ("GET", f"{ACCOUNT}/deployments/missing", None),
    ("DELETE", f"{ACCOUNT}/deployments/mini", None),
    ("DELETE", f"{ACCOUNT}/raiPolicies/strict", None),
    ("PUT", f"{ACCOUNT}/raiBlocklists/words", FIRST),
    ("GET", f"{ACCOUNT}/raiBlocklists/words", None),
    ("GET", f"{ACCOUNT}/raiBlocklists", None),
    ("PUT", f"{ACCOUNT}/raiBlocklists/words/raiBlocklistItems/a",
     {"properties": {"pattern": "a*", "isRegex": False}}),
    ("GET", f"{ACCOUNT}/raiBlocklists/words/raiBlocklistItems/a", None),
    ("GET", f"{ACCOUNT}/raiBlocklists/words/raiBlocklistItems", None),
    ("POST", f"{ACCOUNT}/raiBlocklists/words/addRaiBlocklistItems",
     [{"name": "b", "properties": {"pattern": "b", "isRegex": False}}]),
    ("POST", f"{ACCOUNT}/raiBlocklists/words/deleteRaiBlocklistItems", ["b"]),
    ("DELETE", f"{ACCOUNT}/raiBlocklists/words/raiBlocklistItems/a", None),
    ("DELETE", f"{ACCOUNT}/raiBlocklists/words", None),
    ("PUT", f"{ACCOUNT}/projects/first",
     {"location": "swedencentral", "identity": {"type": "SystemAssigned"}, **FIRST}),
    ("PATCH", f"{ACCOUNT}/projects/first", {"properties": {"displayName": "First"}}),
    ("GET", f"{ACCOUNT}/projects/first", None),
    ("GET", f"{ACCOUNT}/projects", None),
    ("DELETE", ACCOUNT, None),
    *(
        (verb, f"{ACCOUNT}{project}/connections{name}", body)
        for project in ("", "/projects/first")
        for verb, name, body in (
            ("PUT", "/c", {"properties": {"authType": "AAD", "category": "AzureOpenAI",
                                          "target": "https://a"}}),
            ("PATCH", "/c", {"properties": {"category": "CognitiveSearch"}}),
            ("GET", "/c", None),
            ("GET", "", None),
            ("DELETE", "/c", None),
        )
    ),
    *(
        (verb, f"{ACCOUNT}{project}/capabilityHosts/h", body)
        for project in ("", "/projects/first")
        for verb, body in (
            ("PUT", {"properties": {"capabilityHostKind": "Agents"}}),
            ("GET", None),
            ("DELETE", None),
        )
    ),
    ("DELETE", f"{ACCOUNT}/projects/first", None),
    *(
        (verb, f"{ACCOUNT}/{collection}{name}", body)
        for collection, wish, also in (
            ("commitmentPlans", {"properties": PLAN}, "DELETE"),
            ("encryptionScopes", {"properties": {"state": "Enabled",
                                                 "keySource": "Microsoft.CognitiveServices"}},
             "DELETE"),
            ("defenderForAISettings", {"properties": {"state": "Enabled"}}, "PATCH"),
            ("raiTopics", {"properties": {"topicName": "one"}}, "DELETE"),
            ("privateEndpointConnections",
             {"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}},
             "DELETE"),
        )
        for verb, name, body in (
            ("PUT", "/one", wish),
            ("GET", "/one", None),
            ("GET", "", None),
            (also, "/one", wish if also == "PATCH" else None),
        )
    ),
    ("PUT", f"{ACCOUNT}/managedNetworks/default",
     {"properties": {"managedNetwork": {"isolationMode": "AllowInternetOutbound"}}}),
    ("PATCH", f"{ACCOUNT}/managedNetworks/default",
     {"properties": {"managedNetwork": {"isolationMode": "AllowOnlyApprovedOutbound"}}}),
    ("GET", f"{ACCOUNT}/managedNetworks/default", None),
    ("GET", f"{ACCOUNT}/networkSecurityPerimeterConfigurations", None),
    ("GET", f"{ACCOUNT}/networkSecurityPerimeterConfigurations/p", None),
    ("GET", f"{ACCOUNT}/privateLinkResources", None),
    ("GET", f"{LOCATION}/commitmentTiers", None),
    ("GET", f"{LOCATION}/raiContentFilters", None),
    ("GET", f"{LOCATION}/raiContentFilters/Hate", None),
    ("GET", f"{LOCATION}/models", None),
    ("GET", f"{LOCATION}/usages", None),
    ("GET", f"{LOCATION}/modelCapacities", None),
    ("GET", f"{SERVICE}/modelCapacities", None),
    ("GET", f"{SERVICE}/skus", None),
    ("POST", f"{SERVICE}/checkDomainAvailability",
     {"subdomainName": "acc", "type": "Microsoft.CognitiveServices/accounts"}),
    ("POST", f"{LOCATION}/checkSkuAvailability",
     {"skus": ["S0"], "kind": "OpenAI", "type": "Microsoft.CognitiveServices/accounts"}),
    ("DELETE", ACCOUNT, None),
    ("GET", f"{SERVICE}/deletedAccounts", None),
    ("GET", f"{LOCATION}/resourceGroups/rg/deletedAccounts/acc", None),
    ("DELETE", f"{LOCATION}/resourceGroups/rg/deletedAccounts/acc", None),
)  # fmt: skip


LONG = 50_000
SAME = {
    "Accounts_ListModels": "Models",
    "AccountsOperations.list_models": "Models",
    "DeletedAccounts_Get": "Accounts",
    "DeletedAccounts_List": "Accounts",
    "RaiBlocklistItems_BatchAdd": "RaiBlocklists",
    "RaiBlocklistItemsOperations.batch_add": "RaiBlocklists",
    # An account's connections were never recorded; a project's were.
    **{
        f"AccountConnectionsOperations.{verb}": "ProjectConnections"
        for verb in ("create", "update", "get", "list")
    },
}
"""Operations that answer with another resource than their own."""


@pytest.fixture(scope="module")
def descriptions(shared_data: Path) -> list[Description]:
    """Every description that is at hand, oldest first."""
    arm = shared_data / "api" / "arm"
    sdk = next((shared_data / "api" / "arm-2025-09-01-from-sdk").glob("*.json"))
    return [*(swagger(path) for path in sorted(arm.glob("*/*/*.json"))[::-1]), from_sdk(sdk)]


@pytest.fixture(scope="module")
def contradicted(shared_data: Path, descriptions: list[Description]) -> set[tuple[str, str]]:
    """What Azure itself answers against its descriptions: resource and place, as recorded."""
    found: set[tuple[str, str]] = set()
    met: set[tuple[str, str]] = set()
    traffic = [*recordings(shared_data, "arm"), *single_exchanges(shared_data, "arm")]
    for exchange in (*_catalogue(shared_data), *(e for one in traffic for e in one.exchanges)):
        listed = exchange.path.rpartition("/")[2]
        if len(exchange.answer) > LONG:
            if (listed, exchange.api_version) in met:
                continue  # one long list of models is like another
            met.add((listed, exchange.api_version))
        for description in descriptions:
            described = description.find(exchange.method, exchange.path)
            if described is not None and exchange.api_version > "2023":
                found |= {
                    _identity(described, problem)
                    for problem in answer_problems(description, described, exchange)
                }
    return found


def _catalogue(shared_data: Path) -> Iterator[Exchange]:
    """The whole lists of one region, which are kept without their headers."""
    for name in ("models", "usages"):
        path = shared_data / "catalogue" / f"{name}-eastus2.json"
        url = f"https://x{LOCATION}/{name}?api-version=2025-06-01"
        yield Exchange("GET", url, "", 200, {}, path.read_text(encoding="utf-8"))


def answer_problems(
    description: Description, described: Described, exchange: Exchange
) -> Iterator[str]:
    wanted = described.answers.get(str(exchange.status))
    if exchange.status >= 400:
        wanted = described.answers["default"]
    elif str(exchange.status) not in described.answers:
        yield f": status {exchange.status} is not described"
    if wanted is not None and exchange.document is not None:
        yield from description.problems(wanted, exchange.document)


def _identity(described: Described, problem: str) -> tuple[str, str]:
    """The resource and the last two keys: what is odd of one is odd in a list of it, too."""
    resource = SAME.get(described.name) or re.split(r"_|Operations", described.name)[0]
    where, _, what = problem.removeprefix(".value[]").removeprefix(".model").partition(" ")
    return resource, f"{'.'.join(where.split('.')[-2:])} {what}"


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_answer_is_as_azure_describes_it(
    descriptions: list[Description], contradicted: set[tuple[str, str]], number: int
) -> None:
    description = descriptions[number]
    wrong, checked = [], 0
    with simulate(None, Simulator(date=DAY), {}, environment={}) as simulated:
        player = Player(simulated)
        group = "/subscriptions/s/resourceGroups/rg?api-version=2025-04-01"
        player.send("PUT", group, '{"location": "swedencentral"}')
        for exchange in _acted(player, description.version):
            described = description.find(exchange.method, exchange.path)
            if described is None:
                continue
            checked += 1
            wrong += [
                f"{exchange.method} {exchange.path[-60:]} {exchange.status}{problem}"
                for problem in answer_problems(description, described, exchange)
                if _identity(described, problem) not in contradicted
            ]
    assert not sorted(set(wrong))
    assert checked >= 35


def _acted(player: Player, version: str) -> Iterator[Exchange]:
    query = f"api-version={version}&modelFormat=OpenAI&modelName=gpt-4.1&modelVersion=2025-04-14"
    for method, path, wish in SCENARIO:
        text = "" if wish is None else json.dumps(wish)
        said = player.send(method, f"{path}?{query}", text)
        yield Exchange(
            method, f"http://x{path}?{query}", text, said.status, said.headers, said.text
        )


def test_the_scenario_leaves_no_operation_out() -> None:
    acted = {found.name for one in SCENARIO if (found := routing.find(one[0], one[1]))}
    of_the_service = {
        name
        for _, pattern, name, _ in routing.ROUTES
        if "cognitiveservices" in pattern and "microsoft.authorization" not in pattern
    }
    assert of_the_service - acted == {"operation.get"}


SPEC = """\
version: 1
name: described
cloud: simulator
resource_group: {name: rg-described, region: swedencentral, create: true}
simulator: {date: 2026-09-01}
accounts:
  main:
    account_name: described-01
    region: swedencentral
    tags: {team: platform}
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: CAPACITY}
      large: {model: gpt-4.1, version: "2025-04-14", sku: GlobalStandard, capacity: 10}
"""


def test_every_management_request_of_harness_is_as_azure_describes_it(
    descriptions: list[Description],
    contradicted: set[tuple[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / ".harness").mkdir()
    monkeypatch.chdir(tmp_path)
    spec = tmp_path / "described.yaml"
    sdk = descriptions[-1]
    with tapped(Simulator(date=DAY)) as tap:
        for name, value in tap.environment.items():
            monkeypatch.setenv(name, value)
        for command, capacity in (("apply", 10), ("apply", 20), ("verify", 20), ("destroy", 20)):
            spec.write_text(SPEC.replace("CAPACITY", str(capacity)), encoding="utf-8")
            assert run([command, str(spec)]) == 0
    wrong, checked = [], 0
    for exchange in tap.exchanges:
        described = sdk.find(exchange.method, exchange.path)
        if described is None:
            continue
        checked += 1
        problems = list(answer_problems(sdk, described, exchange))
        if described.request is not None:
            problems += sdk.problems(described.request, document(exchange.body))
        wrong += [
            f"{exchange.method} {exchange.path}{problem}"
            for problem in problems
            if _identity(described, problem) not in contradicted
        ]
    assert not wrong
    assert checked >= 12
