"""Subscriptions, their regions, and the registration of resource providers."""

from __future__ import annotations

from collections.abc import Mapping

from harness.azure.regions import REGIONS
from harness.simulator.management.protocol.call import Answer, ArmCall
from harness.simulator.world import Body

COGNITIVE = "Microsoft.CognitiveServices"
API_VERSIONS = ("2025-09-01", "2025-06-01", "2024-10-01", "2023-05-01", "2022-10-01", "2021-10-01")
RESOURCE_TYPES = (
    "accounts",
    "accounts/deployments",
    "accounts/raiPolicies",
    "deletedAccounts",
    "locations",
    "locations/models",
    "locations/usages",
    "locations/operationResults",
)
AUTHORIZATION = {
    "applicationId": "7d312290-28c8-473c-a0ed-8e53749b6d6d",
    "roleDefinitionId": "5cb87f79-a7c3-4a95-9414-45b65974b51b",
}
"""The service's application, the same for everybody. Source: recorded, Azure PowerShell 2019."""

CAPABILITIES = "CrossResourceGroupResourceMove, CrossSubscriptionResourceMove"
_POLICY_SINCE = "2016-09-01"
"""Up to this api-version a provider says nothing of how it is registered. Source: the same."""
_DISPLAY = {region.name: region.display for region in REGIONS}


def get(call: ArmCall, parts: Mapping[str, str]) -> Answer:
    """Answer with the subscription: any id exists here."""
    del call
    identifier = parts["subscription"]
    return Answer(
        200,
        {
            "id": f"/subscriptions/{identifier}",
            "subscriptionId": identifier,
            "displayName": "Simulated subscription",
            "state": "Enabled",
        },
    )


def list_locations(call: ArmCall, parts: Mapping[str, str]) -> Answer:
    """Answer with every region that accounts can be created in."""
    rows = [
        {
            "id": f"/subscriptions/{parts['subscription']}/locations/{name}",
            "name": name,
            "type": "Region",
            "displayName": _DISPLAY.get(name, name),
        }
        for name in call.session.catalogue.list_account_regions("AIServices")
    ]
    return Answer(200, {"value": rows})


def show_provider(call: ArmCall, parts: Mapping[str, str]) -> Answer:
    """Answer with a resource provider; all are registered unless a fault says otherwise."""
    return Answer(200, _make_provider(call, parts["subscription"], parts["namespace"]))


def list_providers(call: ArmCall, parts: Mapping[str, str]) -> Answer:
    """Answer with the providers that this simulator has something of."""
    names = (COGNITIVE, "Microsoft.Resources")
    return Answer(
        200, {"value": [_make_provider(call, parts["subscription"], name) for name in names]}
    )


def register(call: ArmCall, parts: Mapping[str, str]) -> Answer:
    """Register a provider, at once."""
    return show_provider(call, parts)


def _make_provider(call: ArmCall, subscription: str, namespace: str) -> Body:
    name = COGNITIVE if namespace.lower() == COGNITIVE.lower() else namespace
    names = call.session.catalogue.list_account_regions("AIServices")
    regions = [_DISPLAY.get(region, region) for region in names]
    policy = {"registrationPolicy": "RegistrationRequired"}
    return {
        "id": f"/subscriptions/{subscription}/providers/{name}",
        "namespace": name,
        **({"authorizations": [dict(AUTHORIZATION)]} if name == COGNITIVE else {}),
        "resourceTypes": [
            {
                "resourceType": kind,
                "locations": regions,
                "apiVersions": list(API_VERSIONS),
                **({"capabilities": CAPABILITIES} if kind == "accounts" else {}),
            }
            for kind in (RESOURCE_TYPES if name == COGNITIVE else ("resourceGroups",))
        ],
        "registrationState": "Registered",
        **({} if call.api_version <= _POLICY_SINCE else policy),
    }
