"""Questions before a creation: is the subdomain free, may the SKU be had.

Source: Azure's API description 2023-05-01 with its examples; no recording.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.azure.regions import fold
from harness.simulator.management.protocol.call import Answer, ArmCall
from harness.simulator.management.protocol.lookup import list_soft_deleted
from harness.simulator.world import Body, State

Parts = Mapping[str, str]


def is_subdomain_taken(call: ArmCall, state: State, subdomain: str, but: str = "") -> bool:
    """Tell whether an account other than ``but`` (an id), also a deleted one, has the subdomain."""
    everyone = {**state.accounts, **list_soft_deleted(state, call.session.now)}
    return any(
        str(body["properties"].get("customSubDomainName", "")).lower() == subdomain.lower()
        for key, body in everyone.items()
        if key != but.lower()
    )


def check_domain(call: ArmCall, parts: Parts) -> Answer:
    """Answer whether a subdomain is free."""
    del parts
    wish = call.body()
    name = str(wish.get("subdomainName") or "")
    with call.world.reading() as state:
        in_use = is_subdomain_taken(call, state, name)
    body = {
        "isSubdomainAvailable": True,
        "reason": None,
        "subdomainName": name,
        "type": wish.get("type", "Microsoft.CognitiveServices/accounts"),
        **({"kind": wish["kind"]} if "kind" in wish else {}),
    }
    return Answer(200, answer_taken(body) if in_use else body)


def answer_taken(body: Body) -> Body:
    """Answer the question for a subdomain by saying that somebody has it."""
    reason = (
        f"Sub domain name '{body['subdomainName']}' is already used. Please pick a different name."
    )
    return body | {"isSubdomainAvailable": False, "reason": reason}


def check_sku(call: ArmCall, parts: Parts) -> Answer:
    """Answer whether account SKUs can be had for a kind in a region."""
    wish = call.body()
    kind = str(wish.get("kind") or "")
    offered = fold(parts["location"]) in call.session.catalogue.list_account_regions(kind)
    rows = [
        {
            "kind": kind,
            "type": wish.get("type"),
            "skuName": name,
            "skuAvailable": offered,
            "reason": None if offered else "NotAvailableForSubscription",
            "message": None if offered else f"The SKU is not available in {parts['location']}.",
        }
        for name in wish.get("skus") or ()
    ]
    return Answer(200, {"value": rows})
