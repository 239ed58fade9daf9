"""The real management SDKs against the simulated Azure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import AzureKeyCredentialPolicy
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient

from harness.simulator.embedded import Simulated, simulate
from harness.spec.model.spec import Fault, Simulator

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
DAY = date(2026, 9, 1)
MINI = ("gpt-4.1-mini", "2025-04-14")


@dataclass(frozen=True)
class Azure:
    """Both SDK clients, pointed at one simulator."""

    cognitive: Any
    resources: Any
    simulated: Simulated

    def group(self, name: str = "rg", region: str = "swedencentral") -> None:
        self.resources.resource_groups.create_or_update(name, {"location": region})

    def account(self, name: str = "acc", region: str = "swedencentral", **more: Any) -> Any:
        properties = {"customSubDomainName": name, **more.pop("properties", {})}
        body = {"location": region, "kind": "AIServices", "sku": {"name": "S0"}, **more}
        return self.cognitive.accounts.begin_create(
            "rg", name, {**body, "properties": properties}
        ).result()

    def deploy(
        self, name: str, model: tuple[str, str], sku: str = "GlobalStandard", capacity: int = 10
    ) -> Any:
        body = {
            "sku": {"name": sku, "capacity": capacity},
            "properties": {"model": {"format": "OpenAI", "name": model[0], "version": model[1]}},
        }
        return self.cognitive.deployments.begin_create_or_update("rg", "acc", name, body).result()

    def refusal(self, name: str, model: tuple[str, str], **how: Any) -> tuple[int, str, str]:
        with pytest.raises(HttpResponseError) as caught:
            self.deploy(name, model, **how)
        return said(caught.value)


def said(error: HttpResponseError) -> tuple[int, str, str]:
    assert error.error is not None
    return int(error.status_code or 0), str(error.error.code), str(error.error.message)


def clients(simulated: Simulated) -> Azure:
    settings = {
        "credential": object(),
        "subscription_id": SUBSCRIPTION,
        "base_url": simulated.url,
        "polling_interval": 0,
        "authentication_policy": AzureKeyCredentialPolicy(
            AzureKeyCredential(simulated.token), "Authorization", prefix="Bearer"
        ),
    }
    cognitive = CognitiveServicesManagementClient(**settings)  # type: ignore[arg-type]
    resources = ResourceManagementClient(**settings)  # type: ignore[arg-type]
    return Azure(cognitive, resources, simulated)


@pytest.fixture
def azure() -> Iterator[Azure]:
    with simulate(None, Simulator(date=DAY), {}, environment={}) as simulated:
        both = clients(simulated)
        both.group()
        yield both
        both.cognitive.close()
        both.resources.close()


def test_an_account_is_created_listed_and_found_by_its_tag(azure: Azure) -> None:
    made = azure.account(tags={"harness": "sweden"})
    assert made.properties.provisioning_state == "Succeeded"
    assert made.properties.endpoint == f"{azure.simulated.url}/acc/"
    assert [one.name for one in azure.cognitive.accounts.list_by_resource_group("rg")] == ["acc"]
    assert [one.name for one in azure.cognitive.accounts.list()] == ["acc"]
    found = azure.resources.resources.list(filter="tagName eq 'harness' and tagValue eq 'sweden'")
    assert [one.name for one in found] == ["acc"]
    assert not list(azure.resources.resources.list(filter="tagName eq 'other'"))


def test_an_account_is_changed_in_place_and_keeps_its_subdomain(azure: Azure) -> None:
    azure.account(tags={"a": "1"})
    again = azure.account(tags={"b": "2"}, properties={"publicNetworkAccess": "Disabled"})
    assert again.tags == {"b": "2"}
    assert again.properties.public_network_access == "Disabled"
    assert again.properties.custom_sub_domain_name == "acc"
    patched = azure.cognitive.accounts.begin_update("rg", "acc", {"tags": {"c": "3"}}).result()
    assert patched.tags == {"c": "3"}
    assert patched.properties.public_network_access == "Disabled"


def test_an_identity_gets_a_principal(azure: Azure) -> None:
    made = azure.account(identity={"type": "SystemAssigned"})
    assert len(made.identity.principal_id) == 36


def test_a_deployment_has_what_the_catalogue_says_of_its_model(azure: Azure) -> None:
    azure.account()
    made = azure.deploy("mini", MINI, capacity=50)
    assert made.properties.provisioning_state == "Succeeded"
    assert made.properties.capabilities["chatCompletion"] == "true"
    assert made.properties.rai_policy_name == "Microsoft.DefaultV2"
    assert [(r.as_dict()["key"], r.count) for r in made.properties.rate_limits] == [
        ("request", 50),
        ("token", 50_000),
    ]
    assert made.properties.version_upgrade_option == "OnceNewDefaultVersionAvailable"


def test_a_deployment_without_version_takes_the_default(azure: Azure) -> None:
    azure.account()
    body = {"properties": {"model": {"format": "OpenAI", "name": "text-embedding-3-small"}},
            "sku": {"name": "GlobalStandard", "capacity": 1}}  # fmt: skip
    made = azure.cognitive.deployments.begin_create_or_update("rg", "acc", "e", body).result()
    assert made.properties.model.version == "1"


def test_a_change_of_capacity_counts_only_what_it_adds(azure: Azure) -> None:
    azure.account()
    azure.deploy("mini", MINI, capacity=4000)
    assert azure.deploy("mini", MINI, capacity=5000).sku.capacity == 5000
    status, code, message = azure.refusal("mini", MINI, capacity=5001)
    assert (status, code) == (400, "InsufficientQuota")
    assert message.startswith("This operation require 1 new capacity in quota Tokens Per Minute")
    assert "available capacity 0. The current quota usage is 5000" in message


def test_usages_show_what_is_deployed_here(azure: Azure) -> None:
    azure.account()
    azure.deploy("mini", MINI, capacity=50)
    used = {
        u.name.value: (u.current_value, u.limit) for u in azure.cognitive.usages.list("eastus2")
    }
    here = {u.name.value: u.current_value for u in azure.cognitive.usages.list("Sweden Central")}
    assert used["OpenAI.GlobalStandard.gpt4.1-mini"] == (0, 5000)
    assert here["OpenAI.GlobalStandard.gpt4.1-mini"] == 50
    assert here["AIServices.S0.AccountCount"] == 1


@pytest.mark.parametrize(
    ("model", "how", "code", "text"),
    [
        (("gpt-4.1-minni", "1"), {}, "DeploymentModelNotSupported",
         ("The model 'Format: OpenAI, Name: gpt-4.1-minni, Version: 1, Source: ' of account "
         "deployment is")),
        (("gpt-5", "2025-08-07"), {"sku": "ProvisionedManaged"}, "InvalidResourceProperties",
         ("The specified SKU 'ProvisionedManaged' for model 'gpt-5 2025-08-07' is not supported "
         "in this region 'swedencentral'.")),
        (MINI, {"sku": "S0"}, "InvalidResourceProperties",
         "The deployment sku name 'S0' is invalid."),
        (("gpt-5-mini", "2025-08-07"), {"sku": "GlobalBatch"}, "InvalidResourceProperties",
         ("The specified SKU 'GlobalBatch' of account deployment is not supported by the model "
         "'gpt-5-mini' version: '2025-08-07'.")),
        (MINI, {"capacity": 0}, "InvalidCapacity",
         "The specified capacity '0' of account deployment should be at least 1 and no more than"),
        (MINI, {"sku": "GlobalProvisionedManaged", "capacity": 16}, "InvalidCapacity",
         "The specified capacity '16'"),
        (("gpt-35-turbo", "1106"), {}, "ServiceModelDeprecated",
         ("The model 'Publisher: , Format: OpenAI, Name: gpt-35-turbo, Version: 1106, Source: , "
         "SourceAccount: ' has been deprecated since "
         "11/14/2025 00:00:00.")),
        (("gpt-4o", "2024-08-06"), {}, "ServiceModelDeprecating",
         "The model 'Publisher:,Format:OpenAI,Name:gpt-4o,Version:2024-08-06' is in deprecating"),
    ],
)  # fmt: skip
def test_what_cannot_be_deployed_is_refused_in_azures_words(
    azure: Azure, model: tuple[str, str], how: dict[str, Any], code: str, text: str
) -> None:
    azure.account()
    status, got, message = azure.refusal("x", model, **how)
    assert (status, got) == (400, code)
    assert message.startswith(text)


def test_a_model_that_came_out_after_the_catalogue_can_be_deployed(azure: Azure) -> None:
    azure.account()
    made = azure.deploy("new", ("gpt-9", "2027-01-01"), capacity=5)
    assert made.properties.provisioning_state == "Succeeded"


def test_a_deployments_model_cannot_be_changed(azure: Azure) -> None:
    azure.account()
    azure.deploy("mini", MINI)
    assert azure.refusal("mini", ("gpt-4.1", "2025-04-14"))[:2] == (
        400,
        "CannotChangeDeploymentModel",
    )


def test_a_deployment_is_deleted_and_then_not_found(azure: Azure) -> None:
    azure.account()
    azure.deploy("mini", MINI)
    azure.cognitive.deployments.begin_delete("rg", "acc", "mini").result()
    azure.cognitive.deployments.begin_delete("rg", "acc", "mini").result()
    with pytest.raises(HttpResponseError) as caught:
        azure.cognitive.deployments.get("rg", "acc", "mini")
    status, code, message = said(caught.value)
    assert (status, code) == (404, "NotFound")
    assert message.endswith("/accounts/acc/deployments/mini' cannot be found.")


def test_a_deleted_account_is_in_the_way_until_it_is_restored_or_purged(azure: Azure) -> None:
    azure.account()
    azure.deploy("mini", MINI)
    azure.cognitive.accounts.begin_delete("rg", "acc").result()
    with pytest.raises(HttpResponseError) as caught:
        azure.account()
    assert said(caught.value)[:2] == (409, "FlagMustBeSetForRestore")
    with pytest.raises(HttpResponseError) as caught:
        azure.account("other", properties={"customSubDomainName": "acc"})
    assert said(caught.value)[:2] == (409, "CustomDomainInUse")

    restored = azure.cognitive.accounts.begin_create(
        "rg", "acc", {"location": "swedencentral", "properties": {"restore": True}}
    ).result()
    assert restored.properties.provisioning_state == "Succeeded"
    assert not list(azure.cognitive.deployments.list("rg", "acc"))

    azure.cognitive.accounts.begin_delete("rg", "acc").result()
    deleted = azure.cognitive.deleted_accounts.get("swedencentral", "rg", "acc")
    assert deleted.properties.scheduled_purge_date > deleted.properties.deletion_date
    azure.cognitive.deleted_accounts.begin_purge("swedencentral", "rg", "acc").result()
    assert not list(azure.cognitive.deleted_accounts.list())
    assert azure.account().name == "acc"


def test_deleting_a_group_soft_deletes_its_accounts(azure: Azure) -> None:
    azure.account()
    azure.resources.resource_groups.begin_delete("rg").result()
    assert azure.resources.resource_groups.check_existence("rg") is False
    assert [one.name for one in azure.cognitive.deleted_accounts.list()] == ["acc"]
    with pytest.raises(HttpResponseError) as caught:
        azure.cognitive.accounts.get("rg", "acc")
    assert said(caught.value) == (
        404,
        "ResourceGroupNotFound",
        "Resource group 'rg' could not be found.",
    )


def test_keys_are_listed_regenerated_and_refused_without_local_auth(azure: Azure) -> None:
    azure.account()
    keys = azure.cognitive.accounts.list_keys("rg", "acc")
    assert len(keys.key1) == 84
    new = azure.cognitive.accounts.regenerate_key("rg", "acc", "Key1")
    assert new.key1 != keys.key1
    assert new.key2 == keys.key2
    azure.account(properties={"disableLocalAuth": True})
    with pytest.raises(HttpResponseError) as caught:
        azure.cognitive.accounts.list_keys("rg", "acc")
    assert said(caught.value)[0] == 400


def test_an_account_cannot_move(azure: Azure) -> None:
    azure.account()
    with pytest.raises(HttpResponseError) as caught:
        azure.account(region="eastus2")
    assert said(caught.value)[:2] == (409, "InvalidResourceLocation")


def test_a_region_without_the_service_is_refused_with_the_ones_that_have_it(azure: Azure) -> None:
    with pytest.raises(HttpResponseError) as caught:
        azure.account(region="mexicocentral")
    status, code, message = said(caught.value)
    assert (status, code) == (400, "LocationNotAvailableForResourceType")
    assert "swedencentral" in message


def test_models_are_listed_for_each_kind_with_the_dates_of_their_skus(azure: Azure) -> None:
    rows = [row for row in azure.cognitive.models.list("swedencentral") if row.kind == "OpenAI"]
    mini = next(row.model for row in rows if (row.model.name, row.model.version) == MINI)
    sku = next(sku for sku in mini.skus if sku.name == "GlobalStandard")
    assert sku.usage_name == "OpenAI.GlobalStandard.gpt4.1-mini"
    assert sku.deprecation_date.date() == date(2027, 4, 14)
    assert sku.capacity.maximum == 1_000_000
    assert mini.is_default_version


def test_subdomains_and_providers_can_be_asked_about(azure: Azure) -> None:
    azure.account()
    kind = "Microsoft.CognitiveServices/accounts"
    assert not azure.cognitive.check_domain_availability("acc", kind).is_subdomain_available
    assert azure.cognitive.check_domain_availability("free", kind).is_subdomain_available
    provider = azure.resources.providers.get("Microsoft.CognitiveServices")
    assert provider.registration_state == "Registered"


def test_a_content_filter_is_made_and_used(azure: Azure) -> None:
    azure.account()
    policy = {"properties": {"basePolicyName": "Microsoft.DefaultV2", "contentFilters": []}}
    azure.cognitive.rai_policies.create_or_update("rg", "acc", "strict", policy)
    assert [one.name for one in azure.cognitive.rai_policies.list("rg", "acc")] == ["strict"]
    azure.cognitive.rai_policies.begin_delete("rg", "acc", "strict").result()
    assert not list(azure.cognitive.rai_policies.list("rg", "acc"))


def test_an_open_catalogue_deploys_anything_anywhere() -> None:
    simulator = Simulator(date=DAY, catalogue="open")
    with simulate(None, simulator, {}, environment={}) as simulated:
        azure = clients(simulated)
        azure.group(region="atlantis")
        azure.account(region="atlantis")
        made = azure.deploy("old", ("gpt-35-turbo", "0301"), sku="Standard", capacity=10**7)
        assert made.properties.model.version == "0301"


def test_a_quota_may_be_declared() -> None:
    simulator = Simulator(date=DAY, quota={"OpenAI.GlobalStandard.gpt4.1-mini": 5})
    with simulate(None, simulator, {}, environment={}) as simulated:
        azure = clients(simulated)
        azure.group()
        azure.account()
        assert azure.refusal("mini", MINI, capacity=6)[1] == "InsufficientQuota"
        assert azure.deploy("mini", MINI, capacity=5).sku.capacity == 5


def test_the_day_decides_what_can_be_deployed() -> None:
    with simulate(None, Simulator(date=date(2024, 6, 1)), {}, environment={}) as simulated:
        azure = clients(simulated)
        azure.group()
        azure.account(region="eastus2")
        assert azure.deploy("a", ("gpt-35-turbo", "1106"), sku="Standard").name == "a"
        assert azure.deploy("b", ("gpt-4", "1106-Preview"), sku="Standard").name == "b"
        assert azure.refusal("c", ("gpt-5", "2025-08-07"))[1] == "DeploymentModelNotSupported"


def test_a_fault_fails_a_deployment_once() -> None:
    fault = Fault(operation="deployment.put", status=409, code="RequestConflict", times=1)
    with simulate(None, Simulator(date=DAY, faults=(fault,)), {}, environment={}) as simulated:
        azure = clients(simulated)
        azure.group()
        azure.account()
        assert azure.refusal("mini", MINI)[:2] == (409, "RequestConflict")
        assert azure.deploy("mini", MINI).name == "mini"


def test_a_fault_makes_an_operation_fail_with_status_200_and_the_code_inside() -> None:
    fault = Fault(operation="operation.get", code="ResourceProviderError", message="no luck")
    with simulate(None, Simulator(date=DAY, faults=(fault,)), {}, environment={}) as simulated:
        azure = clients(simulated)
        azure.group()
        with pytest.raises(HttpResponseError) as caught:
            azure.account()
        assert said(caught.value)[1] == "ResourceProviderError"
        assert azure.cognitive.accounts.get("rg", "acc").properties.provisioning_state == "Failed"


def test_writes_collide_only_while_an_operation_takes_its_recorded_time() -> None:
    simulator = Simulator(date=DAY, management="recorded")
    with simulate(None, simulator, {}, environment={}) as simulated:
        azure = clients(simulated)
        azure.group()
        body = {"location": "swedencentral", "kind": "AIServices", "sku": {"name": "S0"},
                "properties": {"customSubDomainName": "acc"}}  # fmt: skip
        poller = azure.cognitive.accounts.begin_create("rg", "acc", body)
        assert azure.refusal("mini", MINI)[:2] == (409, "RequestConflict")
        poller.wait()
        assert azure.deploy("mini", MINI).name == "mini"
