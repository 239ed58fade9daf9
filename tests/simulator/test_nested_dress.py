"""What Azure adds to nested resources, read by the management SDK or raw."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from harness.simulator.embedded import simulate
from harness.spec.model.spec import Simulator
from tests.recordings.player import Player, Said

ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/acc"
API = "api-version=2025-09-01"
TARGET = {"authType": "ApiKey", "category": "AzureOpenAI", "target": "https://example.com",
          "credentials": {"key": "not a secret"}}  # fmt: skip


@pytest.fixture
def player() -> Iterator[Player]:
    """A simulator with one AIServices account, which has a project."""
    with simulate(None, Simulator(date=date(2026, 9, 21)), {}, environment={}) as simulated:
        player = Player(simulated)
        group = ACCOUNT.split("/providers", maxsplit=1)[0]
        player.send("PUT", f"{group}?api-version=2025-04-01", '{"location": "swedencentral"}')
        make(player, "", kind="AIServices")
        put(player, "/projects/first", {"location": "swedencentral", "properties": {}})
        yield player


def make(player: Player, suffix: str, **more: Any) -> None:
    wish = {"location": "swedencentral", "sku": {"name": "S0"}, **more}
    assert player.send("PUT", f"{ACCOUNT}{suffix}?{API}", json.dumps(wish)).status == 201


def put(player: Player, path: str, wish: Any, method: str = "PUT", api: str = API) -> Said:
    return player.send(method, f"{ACCOUNT}{path}?{api}", json.dumps(wish))


def read(player: Player, path: str, api: str = API) -> Any:
    said = player.send("GET", f"{ACCOUNT}{path}?{api}")
    assert said.status == 200, said.text
    return said.document


@pytest.mark.parametrize("parent", ["", "/projects/first"])
def test_a_connection_gets_the_fields_that_azure_adds(player: Player, parent: str) -> None:
    said = put(player, f"{parent}/connections/c", {"properties": TARGET})
    assert said.status == 200
    body = read(player, f"{parent}/connections/c")
    assert body == said.document == read(player, f"{parent}/connections")["value"][0]
    assert list(body) == [
        "tags", "location", "id", "name", "type", "properties", "systemData"
    ]  # fmt: skip
    assert (body["tags"], body["location"]) == (None, None)
    assert body["properties"] == {
        "authType": "ApiKey",
        "credentials": None,
        "group": "AzureAI",
        "category": "AzureOpenAI",
        "expiryTime": None,
        "target": "https://example.com",
        "useWorkspaceManagedIdentity": False,
        "isSharedToAll": False,
        "sharedUserList": [],
        "peRequirement": "NotRequired",
        "peStatus": "NotApplicable",
        "error": None,
        "isDefault": True,
        "metadata": {},
    }
    assert next(iter(body["systemData"])) == "createdAt"


def test_a_changed_connection_keeps_what_it_had(player: Player) -> None:
    wish = {"properties": {**TARGET, "isSharedToAll": True, "metadata": {"a": "b"}}}
    put(player, "/connections/c", wish)
    changed = put(player, "/connections/c", {"properties": {"target": "https://other"}}, "PATCH")
    properties = changed.document["properties"]
    assert (properties["target"], properties["isSharedToAll"]) == ("https://other", True)
    assert properties["metadata"] == {"a": "b"}


@pytest.mark.parametrize("api", [API, "api-version=2017-04-18"])
def test_a_private_endpoint_has_the_accounts_place_and_no_author(player: Player, api: str) -> None:
    state = {"status": "Approved", "description": None, "actionsRequired": "None"}
    path = "/privateEndpointConnections/one"
    properties = {"groupIds": ["account"], "privateLinkServiceConnectionState": state}
    assert put(player, path, {"properties": properties}, api=api).status == 200
    body = read(player, path, api)
    assert list(body) == ["id", "name", "type", "etag", "location", "properties"]
    assert (body["name"], body["location"]) == ("acc/one", "swedencentral")
    approved = body["properties"]["privateLinkServiceConnectionState"]
    assert approved == {"status": "Approved", "description": "Approved", "actionsRequired": "None"}
    assert body["properties"]["provisioningState"] == "Succeeded"
    (shown,) = read(player, "", api)["properties"]["privateEndpointConnections"]
    assert list(shown) == ["id", "name", "type", "properties"]
    assert "provisioningState" not in shown["properties"]


def test_a_rejected_private_endpoint_has_no_description(player: Player) -> None:
    state = {"status": "Rejected", "description": None, "actionsRequired": "None"}
    wish = {"properties": {"privateLinkServiceConnectionState": state}}
    body = put(player, "/privateEndpointConnections/one", wish).document
    assert body["properties"]["privateLinkServiceConnectionState"] == {
        "status": "Rejected",
        "actionsRequired": "None",
    }


def test_the_defender_is_there_before_it_is_set(player: Player) -> None:
    for found in (
        read(player, "/defenderForAISettings/default"),
        *read(player, "/defenderForAISettings")["value"],
    ):
        assert (found["name"], found["properties"]) == ("Default", {"state": "Disabled"})
    wish = {"properties": {"state": "Enabled"}}
    assert put(player, "/defenderForAISettings/Default", wish, "PATCH").status == 200
    assert read(player, "/defenderForAISettings/Default")["properties"] == {"state": "Enabled"}
    assert len(read(player, "/defenderForAISettings")["value"]) == 1
    other = player.send("GET", f"{ACCOUNT}/defenderForAISettings/other?{API}")
    assert other.status == 404


def test_a_managed_network_is_changed_by_an_operation_of_another_provider(player: Player) -> None:
    path = "/managedNetworks/default"
    assert player.send("GET", f"{ACCOUNT}{path}?{API}").status == 404
    wish = {"properties": {"managedNetwork": {"isolationMode": "AllowInternetOutbound"}}}
    assert put(player, path, wish).status == 202
    first = read(player, path)["properties"]["managedNetwork"]
    assert (first["isolationMode"], first["outboundRules"]) == ("AllowInternetOutbound", {})
    wish["properties"]["managedNetwork"]["isolationMode"] = "AllowOnlyApprovedOutbound"
    changed = put(player, path, wish, "PATCH")
    assert (changed.status, changed.text) == (202, "")
    link = changed.headers["azure-asyncoperation"]
    assert "/Microsoft.MachineLearningServices/locations/swedencentral/" in link
    assert player.send("GET", link[link.index("/subscriptions") :]).document["status"] == (
        "Succeeded"
    )
    second = read(player, path)["properties"]["managedNetwork"]
    assert list(second["outboundRules"]) == ["__SYS_ST_AzureActiveDirectory_TCP"]
    assert second["networkId"] == first["networkId"]


def test_a_speech_accounts_own_storage_needs_no_operation(player: Player) -> None:
    make(player, "-speech", kind="SpeechServices")
    storage = {"properties": {"userOwnedStorage": [{"resourceId": "/subscriptions/s/storage"}]}}
    path = f"{ACCOUNT}-speech?{API}"
    said = player.send("PATCH", path, json.dumps({"sku": {"name": "S0"}, **storage}))
    assert said.status == 200
    assert "azure-asyncoperation" not in said.headers
    others = {"properties": {"publicNetworkAccess": "Disabled", **storage["properties"]}}
    assert player.send("PATCH", path, json.dumps(others)).status == 202


def test_targets_of_private_endpoints_were_nameless_once(player: Player) -> None:
    for api, named in ((API, True), ("api-version=2022-03-01", False)):
        (row,) = read(player, "/privateLinkResources", api)["value"]
        assert ("displayName" in row["properties"]) is named


def test_the_first_api_version_knew_less_of_an_account(player: Player) -> None:
    old = read(player, "", "api-version=2017-04-18")
    assert "systemData" not in old
    assert "callRateLimit" not in old["properties"]
    assert "callRateLimit" in read(player, "")["properties"]


def test_an_account_is_dressed_as_azure_did_in_its_years(player: Player) -> None:
    make(player, "-openai", kind="OpenAI")
    assert read(player, "-openai")["properties"]["apiProperties"] == {}
    make(player, "-eyes", kind="ComputerVision")
    seen = read(player, "-eyes")["properties"]
    assert "callRateLimit" not in seen
    assert list(seen["endpoints"]) == ["Computer Vision", "Container"]


def test_some_accounts_are_there_without_an_operation(player: Player) -> None:
    storage = {"userOwnedStorage": [{"resourceId": "/subscriptions/s/…/storageAccounts/x"}]}
    for kind, properties in (("SpeechServices", storage), ("ComputerVision", {})):
        wish = {
            "location": "East US",
            "kind": kind,
            "sku": {"name": "S0"},
            "properties": properties,
        }
        said = put(player, f"-{kind.lower()}", wish)
        assert said.status == 201
        assert said.document["properties"]["provisioningState"] == "Succeeded"
        assert "azure-asyncoperation" not in said.headers


def test_the_address_of_an_operation_holds_no_space(player: Player) -> None:
    wish = {"location": "East US", "kind": "OpenAI", "sku": {"name": "S0"}, "properties": {}}
    said = put(player, "-spaced", wish)
    assert said.document["location"] == "East US"
    assert "/locations/eastus/operationResults/" in said.headers["azure-asyncoperation"]


def test_the_regions_of_an_account_get_hosts(player: Player) -> None:
    regions = [{"name": "CentralUSEUAP", "value": 1}, {"name": "EastUS2EUAP", "value": 1}]
    wish = {"properties": {"locations": {"routingMethod": "Performance", "regions": regions}}}
    assert put(player, "", wish, "PATCH").status == 202
    seen = read(player, "")["properties"]
    assert list(seen)[-1] == "locations"
    assert [each["customsubdomain"] for each in seen["locations"]["regions"]] == [
        "centraluseuap.api.cognitive.microsoft.com",
        "eastus2euap.api.cognitive.microsoft.com",
    ]


def test_every_identity_says_its_tenant(player: Player) -> None:
    at = "/subscriptions/s/resourceGroups/i/providers/Microsoft.ManagedIdentity"
    at += "/userAssignedIdentities/m"
    one = {"type": "UserAssigned", "userAssignedIdentities": {at: {}}}
    make(player, "-mine", kind="AIServices", identity=one)
    assert list(read(player, "-mine")["identity"]) == ["tenantId", "type", "userAssignedIdentities"]


def test_a_speech_account_has_no_encryption_scopes(player: Player) -> None:
    make(player, "-speech", kind="SpeechServices")
    said = put(player, "-speech/encryptionScopes/s", {"properties": {"keySource": "x"}})
    assert said.status == 400
    assert said.document["error"]["code"] == "EncryptionScopeNotSupported"


@pytest.mark.parametrize(("api", "told"), [("2016-09-01", False), ("2025-04-01", True)])
def test_a_provider_says_who_works_for_it(player: Player, api: str, *, told: bool) -> None:
    path = f"/subscriptions/s/providers/Microsoft.CognitiveServices?api-version={api}"
    provider = player.send("GET", path).document
    assert list(provider)[2] == "authorizations"
    assert ("registrationPolicy" in provider) is told
