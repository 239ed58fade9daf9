"""What an account holds beside deployments, made and unmade with the real SDK."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import AzureKeyCredentialPolicy
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient

from harness.azure.commitments import list_tiers
from harness.azure.kinds import find_account_kind
from harness.simulator.embedded import simulate
from harness.spec.model.spec import Simulator
from tests.recordings.player import Player

AT = ("rg", "acc")
SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
DAY = date(2026, 9, 21)


@pytest.fixture
def client() -> Iterator[Any]:
    """The SDK, in front of a simulator that has one AIServices account."""
    with simulate(None, Simulator(date=DAY), {}, environment={}) as simulated:
        group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg?api-version=2025-04-01"
        Player(simulated).send("PUT", group, '{"location": "swedencentral"}')
        client: Any = CognitiveServicesManagementClient(
            credential=object(),  # type: ignore[arg-type]
            subscription_id=SUBSCRIPTION,
            base_url=simulated.url,
            polling_interval=0,
            retry_total=0,
            authentication_policy=AzureKeyCredentialPolicy(
                AzureKeyCredential(simulated.token), "Authorization", prefix="Bearer"
            ),
        )
        wish = {"location": "swedencentral", "kind": "AIServices", "sku": {"name": "S0"}}
        client.accounts.begin_create(*AT, wish).result()
        yield client
        client.close()


def test_an_account_that_holds_a_project_cannot_be_deleted(client: Any) -> None:
    body = {"location": "swedencentral", "identity": {"type": "SystemAssigned"}}
    project = client.projects.begin_create(*AT, "first", body).result()
    assert project.name == "acc/first"
    assert project.properties.is_default
    assert client.accounts.get(*AT).properties.default_project == "first"
    with pytest.raises(HttpResponseError) as caught:
        client.accounts.begin_delete(*AT).result()
    assert caught.value.status_code == 409
    assert "Microsoft.CognitiveServices/accounts/acc/projects/first" in str(caught.value.message)
    client.projects.begin_delete(*AT, "first").result()
    assert not client.accounts.get(*AT).properties.associated_projects
    client.accounts.begin_delete(*AT).result()


def test_a_deployment_names_a_policy_that_exists(client: Any) -> None:
    model = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
    body = {"sku": {"name": "GlobalStandard", "capacity": 1},
            "properties": {"model": model, "raiPolicyName": "strict"}}  # fmt: skip
    with pytest.raises(HttpResponseError):
        client.deployments.begin_create_or_update(*AT, "mini", body).result()
    filters = [{"name": "Hate", "enabled": True, "blocking": True, "source": "Prompt",
                "severityThreshold": "Low"}]  # fmt: skip
    wish = {"properties": {"basePolicyName": "Microsoft.DefaultV2", "contentFilters": filters}}
    made = client.rai_policies.create_or_update(*AT, "strict", wish)
    assert made.properties.content_filters[0].severity_threshold == "Low"
    deployed = client.deployments.begin_create_or_update(*AT, "mini", body).result()
    assert deployed.properties.rai_policy_name == "strict"
    assert [one.properties.type for one in client.rai_policies.list(*AT)] == ["UserManaged"]
    client.rai_policies.begin_delete(*AT, "strict").result()
    assert not list(client.rai_policies.list(*AT))


def test_a_blocklist_takes_items_one_by_one_and_many_at_once(client: Any) -> None:
    client.rai_blocklists.create_or_update(*AT, "words", {"properties": {"description": "bad"}})
    items = client.rai_blocklist_items
    items.create_or_update(*AT, "words", "a", {"properties": {"pattern": "a*", "isRegex": False}})
    items.batch_add(*AT, "words", [{"name": "b", "properties": {"pattern": "b"}}])
    assert [one.name for one in items.list(*AT, "words")] == ["a", "b"]
    items.batch_delete(*AT, "words", ["a"])
    assert [one.name for one in items.list(*AT, "words")] == ["b"]
    with pytest.raises(HttpResponseError) as caught:
        items.create_or_update(*AT, "other", "a", {"properties": {"pattern": "a"}})
    assert caught.value.status_code == 404
    client.rai_blocklists.begin_delete(*AT, "words").result()
    client.rai_blocklists.create_or_update(*AT, "words", {"properties": {}})
    assert not list(items.list(*AT, "words"))


def test_the_first_month_of_a_commitment_is_shortened_to_what_is_left_of_it(client: Any) -> None:
    wish = {"hostingModel": "Web", "planType": "TA", "current": {"tier": "T1"},
            "next": {"tier": "T2"}}  # fmt: skip
    plan = client.commitment_plans.create_or_update(*AT, "plan", {"properties": wish})
    current, following = plan.properties.current, plan.properties.next
    assert (current.start_date, current.end_date) == (
        "2026-09-21T00:00:00Z",
        "2026-10-01T00:00:00Z",
    )
    assert current.quota.quantity == 333_333
    assert (following.end_date, following.quota.quantity) == ("2026-11-01T00:00:00Z", 3_000_000)


def test_a_connection_keeps_its_credentials_to_itself(client: Any) -> None:
    wish = {"properties": {"authType": "ApiKey", "category": "AzureOpenAI",
                           "target": "https://a", "credentials": {"key": "secret"}}}  # fmt: skip
    client.account_connections.create(*AT, "c", connection=wish)
    found = client.account_connections.get(*AT, "c")
    assert found.properties.target == "https://a"
    assert not found.properties.credentials


def test_what_belongs_to_an_account_goes_with_it(client: Any) -> None:
    client.rai_blocklists.create_or_update(*AT, "words", {"properties": {}})
    client.accounts.begin_delete(*AT).result()
    body = {"location": "swedencentral", "properties": {"restore": True}}
    client.accounts.begin_create(*AT, body).result()
    assert not list(client.rai_blocklists.list(*AT))


def test_kinds_that_were_never_recorded_have_what_all_have() -> None:
    known, unknown = find_account_kind("TextAnalytics"), find_account_kind("MetricsAdvisor")
    assert known.quota
    assert len(known.endpoints) == 17
    assert unknown.endpoints == ("MetricsAdvisor",)
    assert [rate.key for rate in unknown.rates] == ["default"]


def test_commitment_tiers_are_counted_in_units() -> None:
    assert len(list_tiers()) == 70
    hours = [t for t in list_tiers() if t.unit == "Hour" and t.name == "T1"]
    assert [(tier.plan, tier.quantity) for tier in hours] == [("STT", 2000)]


def test_an_identity_that_a_user_assigns_gets_a_principal_and_keeps_it(client: Any) -> None:
    name = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/a/one"
    wish = {"identity": {"type": "UserAssigned", "userAssignedIdentities": {name: {}}}}
    first = client.accounts.begin_update(*AT, wish).result()
    again = client.accounts.begin_update(*AT, wish).result()
    one, other = (found.identity.user_assigned_identities[name] for found in (first, again))
    assert one.principal_id
    assert (one.principal_id, one.client_id) == (other.principal_id, other.client_id)
    assert again.identity.principal_id is None


def test_network_rules_are_always_whole(client: Any) -> None:
    rules = {"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.7"}]}
    client.accounts.begin_update(*AT, {"properties": {"networkAcls": rules}}).result()
    found = client.accounts.get(*AT).properties.network_acls
    assert found.default_action == "Deny"
    assert found.virtual_network_rules == []
