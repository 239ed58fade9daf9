"""Quota that is held and pooled, writes that collide, and what Azure lets nobody change."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from harness.azure.quota.pools import is_pooled
from harness.simulator.embedded import simulate
from harness.spec.model.spec import Simulator
from tests.recordings.player import Player, Said

ROOT = "/subscriptions/s"
COGNITIVE = f"{ROOT}/providers/Microsoft.CognitiveServices"
GROUP = f"{ROOT}/resourceGroups/rg"
API = "api-version=2025-09-01"
USAGE = "OpenAI.GlobalStandard.gpt4.1-mini"


@contextmanager
def azure(**behaviour: Any) -> Iterator[Player]:
    """A simulator with one account in Sweden and one in the east of the US."""
    simulator = Simulator.model_validate({"date": date(2026, 9, 21), **behaviour})
    with simulate(None, simulator, {}, environment={}) as simulated:
        player = Player(simulated)
        player.send("PUT", f"{GROUP}?api-version=2025-04-01", '{"location": "swedencentral"}')
        for name, region in (("se", "swedencentral"), ("us", "eastus2")):
            wish = {"location": region, "kind": "AIServices", "sku": {"name": "S0"},
                    "properties": {"customSubDomainName": f"acc-{name}"}}  # fmt: skip
            assert write(player, account(name), wish).status == 201
        yield player


def account(name: str) -> str:
    return f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/acc-{name}"


def write(player: Player, path: str, wish: Any, method: str = "PUT") -> Said:
    return player.send(method, f"{path}?{API}", json.dumps(wish))


def deploy(player: Player, where: str, name: str = "mini", capacity: int = 10, **more: Any) -> Said:
    model = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
    sku = {"name": "GlobalStandard", "capacity": capacity}
    wish = {"sku": sku, "properties": {"model": model, **more}}
    return write(player, f"{account(where)}/deployments/{name}", wish)


def used(player: Player, region: str) -> int:
    rows = player.send("GET", f"{COGNITIVE}/locations/{region}/usages?{API}").document["value"]
    return next(int(row["currentValue"]) for row in rows if row["name"]["value"] == USAGE)


def code(said: Said) -> str:
    return str(said.document["error"]["code"])


def deleted(where: str, region: str) -> str:
    return f"{COGNITIVE}/locations/{region}/resourceGroups/rg/deletedAccounts/acc-{where}?{API}"


def test_a_deleted_account_holds_its_quota_until_it_is_purged() -> None:
    with azure(quota={USAGE: 15}) as player:
        assert deploy(player, "se").status == 201
        player.send("DELETE", f"{account('se')}?{API}")
        assert used(player, "swedencentral") == 10
        assert used(player, "eastus2") == 0
        player.send("DELETE", deleted("se", "swedencentral"))
        assert used(player, "swedencentral") == 0


def test_what_is_held_by_a_deleted_account_cannot_be_had() -> None:
    with azure(quota={USAGE: 15}) as player:
        deploy(player, "se")
        player.send("DELETE", f"{account('se')}?{API}")
        wish = {"location": "swedencentral", "kind": "AIServices", "sku": {"name": "S0"}}
        assert write(player, f"{account('se')}-2", wish).status == 201
        assert code(deploy(player, "se-2")) == "InsufficientQuota"
        assert deploy(player, "se-2", capacity=5).status == 201


def test_a_restored_account_holds_nothing_twice() -> None:
    with azure() as player:
        deploy(player, "se")
        player.send("DELETE", f"{account('se')}?{API}")
        wish = {"location": "swedencentral", "kind": "AIServices", "sku": {"name": "S0"},
                "properties": {"restore": True}}  # fmt: skip
        restored = write(player, account("se"), wish)
        assert restored.status == 201
        assert "held" not in restored.text
        deploy(player, "se")
        assert used(player, "swedencentral") == 10


def test_quota_is_of_a_region_unless_the_subscription_pools_it() -> None:
    with azure(quota={USAGE: 15}) as player:
        assert [deploy(player, where).status for where in ("se", "us")] == [201, 201]
    with azure(quota={USAGE: 15}, quota_pool="subscription") as player:
        assert deploy(player, "se").status == 201
        assert used(player, "eastus2") == 10
        assert code(deploy(player, "us")) == "InsufficientQuota"
        assert deploy(player, "us", capacity=5).status == 201


@pytest.mark.parametrize(
    ("name", "pooled"),
    [
        (USAGE, True),
        ("OpenAI.DataZoneStandard.gpt4.1", True),
        ("OpenAI.GlobalBatch.gpt4.1", True),
        ("OpenAI.Standard.gpt-4.1", False),
        ("OpenAI.ProvisionedManaged", False),
        ("AccountCount", False),
    ],
)
def test_global_and_data_zone_quota_is_pooled(name: str, pooled: bool) -> None:
    assert is_pooled(name) is pooled


def test_deployments_that_are_written_at_once_collide_and_one_by_one_do_not() -> None:
    with azure() as player:
        with ThreadPoolExecutor(8) as threads:
            at_once = list(threads.map(lambda n: deploy(player, "se", f"a{n}", 1), range(8)))
        statuses = Counter(said.status for said in at_once)
        assert statuses[201] >= 1
        assert statuses[409] >= 1
        assert {code(said) for said in at_once if said.status == 409} == {"RequestConflict"}
        one_by_one = [deploy(player, "se", f"b{n}", 1) for n in range(8)]
        assert [said.status for said in one_by_one] == [201] * 8


def test_accounts_do_not_collide_with_each_other() -> None:
    with azure() as player, ThreadPoolExecutor(2) as threads:
        both = list(threads.map(lambda where: deploy(player, where, capacity=1), ("se", "us")))
    assert [said.status for said in both] == [201, 201]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    ("wanted", "refused"), [("other", True), ("", True), ("ACC-SE", False), ("acc-se", False)]
)
def test_a_subdomain_stays(method: str, wanted: str, refused: bool) -> None:
    wish: dict[str, Any] = {"properties": {"customSubDomainName": wanted}}
    if method == "PUT":
        wish |= {"location": "swedencentral", "kind": "AIServices", "sku": {"name": "S0"}}
    with azure() as player:
        said = write(player, account("se"), wish, method)
        if refused:
            assert (said.status, code(said)) == (400, "UpdatingCustomDomainNotAllowed")
        else:
            assert said.status in (200, 202)


def test_nothing_can_be_restored_that_is_not_there() -> None:
    wish = {"location": "swedencentral", "kind": "AIServices", "sku": {"name": "S0"},
            "properties": {"restore": True}}  # fmt: skip
    with azure() as player:
        said = write(player, account("new"), wish)
    assert (said.status, code(said)) == (400, "CanNotRestoreANonExistingResource")
    assert f"The resource with ID '{account('new')}' doesn't exist" in said.text


@pytest.mark.parametrize("throttles", [True, False])
def test_dynamic_throttling_is_what_was_written(throttles: bool) -> None:
    with azure() as player:
        assert deploy(player, "se", dynamicThrottlingEnabled=throttles).status == 201
        read = player.send("GET", f"{account('se')}/deployments/mini?{API}").document
    assert read["properties"]["dynamicThrottlingEnabled"] is throttles


def test_a_publishers_questions_have_to_be_answered() -> None:
    model = {"format": "Anthropic", "name": "claude-sonnet-4-5", "version": "20250929"}
    answers = {"industry": "Retail", "organizationName": "Contoso", "countryCode": "SE"}
    wish: Any = {"sku": {"name": "GlobalStandard", "capacity": 1}, "properties": {"model": model}}
    path = f"{account('se')}/deployments/claude"
    with azure(catalogue="open") as player:
        refused = write(player, path, wish)
        assert (refused.status, code(refused)) == (400, "InvalidModelProviderData")
        wish["properties"]["modelProviderData"] = answers
        assert write(player, path, wish).status == 201
