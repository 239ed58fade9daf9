"""The operation that a method and a path name.

A pattern's words are compared without case, as ARM does; ``{x}`` captures one part as it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.simulator.management.accounts import availability, deleted, keys
from harness.simulator.management.accounts import resource as accounts
from harness.simulator.management.deployments import resource as deployments
from harness.simulator.management.nested import filters, networks
from harness.simulator.management.nested import kinds as nested_kinds
from harness.simulator.management.nested import verbs as nested
from harness.simulator.management.nested.kinds import NESTED
from harness.simulator.management.protocol import operations
from harness.simulator.management.protocol.call import Answer, ArmCall
from harness.simulator.management.subscription import (
    assignments,
    catalogue,
    groups,
    permissions,
)
from harness.simulator.management.subscription import resource as subscriptions

Parts = Mapping[str, str]
Handler = Callable[[ArmCall, Parts], Answer]

_SUBSCRIPTION = "subscriptions/{subscription}"
_GROUP = f"{_SUBSCRIPTION}/resourcegroups/{{group}}"
_COGNITIVE = f"{_SUBSCRIPTION}/providers/microsoft.cognitiveservices"
_LOCATION = f"{_COGNITIVE}/locations/{{location}}"
_ACCOUNTS = f"{_GROUP}/providers/microsoft.cognitiveservices/accounts"
_ACCOUNT = f"{_ACCOUNTS}/{{account}}"
_BLOCKLIST = f"{_ACCOUNT}/raiblocklists/{{blocklist}}"
_DEPLOYMENT = f"{_ACCOUNT}/deployments/{{deployment}}"
_NETWORK = f"{_ACCOUNT}/managednetworks/{{network}}"
_NETWORK_OPERATION = (
    f"{_SUBSCRIPTION}/providers/microsoft.machinelearningservices/locations/{{location}}"
    "/mfeoperationsstatus/{operation}"
)
_PERMISSIONS = "providers/microsoft.authorization/permissions"
_DELETED = f"{_LOCATION}/resourcegroups/{{group}}/deletedaccounts/{{account}}"

ROUTES: tuple[tuple[str, str, str, Handler], ...] = (
    ("GET", _SUBSCRIPTION, "subscription.get", subscriptions.get),
    ("GET", f"{_SUBSCRIPTION}/locations", "location.list", subscriptions.list_locations),
    *(
        ("GET", f"{scope}/{_PERMISSIONS}", "permission.list", permissions.list_)
        for scope in (_SUBSCRIPTION, _GROUP, _ACCOUNT)
    ),
    *(
        (method, f"{scope}/{pattern}", name, handler)
        for scope in (_SUBSCRIPTION, _GROUP, _ACCOUNT)
        for method, pattern, name, handler in assignments.ROUTES
    ),
    ("GET", f"{_SUBSCRIPTION}/providers", "provider.list", subscriptions.list_providers),
    (
        "GET",
        f"{_SUBSCRIPTION}/providers/{{namespace}}",
        "provider.get",
        subscriptions.show_provider,
    ),
    (
        "POST",
        f"{_SUBSCRIPTION}/providers/{{namespace}}/register",
        "provider.register",
        subscriptions.register,
    ),
    ("GET", f"{_SUBSCRIPTION}/resourcegroups", "group.list", groups.list_),
    ("PUT", _GROUP, "group.put", groups.put),
    ("PATCH", _GROUP, "group.patch", groups.patch),
    ("GET", _GROUP, "group.get", groups.get),
    ("HEAD", _GROUP, "group.head", groups.head),
    ("DELETE", _GROUP, "group.delete", groups.delete),
    ("GET", f"{_SUBSCRIPTION}/operationresults/{{job}}", "group.operation", groups.show_operation),
    ("GET", f"{_SUBSCRIPTION}/resources", "resource.list", groups.list_resources),
    ("GET", f"{_GROUP}/resources", "resource.list", groups.list_resources),
    ("GET", f"{_COGNITIVE}/accounts", "account.list", accounts.list_),
    ("GET", _ACCOUNTS, "account.list", accounts.list_),
    ("PUT", _ACCOUNT, "account.put", accounts.put),
    ("PATCH", _ACCOUNT, "account.patch", accounts.patch),
    ("GET", _ACCOUNT, "account.get", accounts.get),
    ("DELETE", _ACCOUNT, "account.delete", accounts.delete),
    ("POST", f"{_ACCOUNT}/listkeys", "key.list", keys.list_),
    ("POST", f"{_ACCOUNT}/regeneratekey", "key.regenerate", keys.regenerate),
    ("GET", f"{_ACCOUNT}/skus", "account.skus", accounts.list_skus),
    ("GET", f"{_ACCOUNT}/usages", "account.usages", accounts.list_usages),
    ("GET", f"{_ACCOUNT}/models", "account.models", catalogue.list_account_models),
    ("GET", f"{_ACCOUNT}/deployments", "deployment.list", deployments.list_),
    ("PUT", _DEPLOYMENT, "deployment.put", deployments.put),
    ("PATCH", _DEPLOYMENT, "deployment.patch", deployments.patch),
    ("GET", _DEPLOYMENT, "deployment.get", deployments.get),
    ("DELETE", _DEPLOYMENT, "deployment.delete", deployments.delete),
    ("GET", f"{_DEPLOYMENT}/skus", "deployment.skus", deployments.list_skus),
    *nested.make_routes(_ACCOUNT, NESTED),
    ("POST", f"{_BLOCKLIST}/addraiblocklistitems", "item.add", nested_kinds.add_items),
    (
        "POST",
        f"{_BLOCKLIST}/deleteraiblocklistitems",
        "item.remove",
        nested_kinds.delete_items,
    ),
    (
        "GET",
        f"{_ACCOUNT}/privatelinkresources",
        "privatelink.list",
        nested_kinds.list_private_link_resources,
    ),
    ("GET", _NETWORK, "managednetwork.get", networks.get),
    ("PUT", _NETWORK, "managednetwork.put", networks.put),
    ("PATCH", _NETWORK, "managednetwork.patch", networks.put),
    ("GET", _NETWORK_OPERATION, "managednetwork.operation", networks.show_operation),
    ("GET", f"{_LOCATION}/commitmenttiers", "tiers.list", nested_kinds.list_commitment_tiers),
    ("GET", f"{_LOCATION}/raicontentfilters", "filters.list", filters.list_),
    ("GET", f"{_LOCATION}/raicontentfilters/{{filter}}", "filters.get", filters.get),
    ("GET", f"{_COGNITIVE}/deletedaccounts", "deleted.list", deleted.list_),
    ("GET", _DELETED, "deleted.get", deleted.get),
    ("DELETE", _DELETED, "deleted.purge", deleted.purge),
    ("GET", f"{_LOCATION}/operationresults/{{operation}}", "operation.get", operations.get),
    ("GET", f"{_LOCATION}/models", "models.list", catalogue.list_location_models),
    ("GET", f"{_LOCATION}/usages", "usages.list", catalogue.list_usages),
    ("GET", f"{_LOCATION}/modelcapacities", "capacities.list", catalogue.list_capacities),
    ("GET", f"{_COGNITIVE}/modelcapacities", "capacities.list", catalogue.list_capacities),
    ("GET", f"{_COGNITIVE}/skus", "skus.list", catalogue.list_skus),
    ("POST", f"{_COGNITIVE}/checkdomainavailability", "domain.check", availability.check_domain),
    ("POST", f"{_LOCATION}/checkskuavailability", "sku.check", availability.check_sku),
)
_PATTERNS = tuple(
    (method, path.split("/"), name, handler) for method, path, name, handler in ROUTES
)


@dataclass(frozen=True, slots=True)
class Operation:
    """A known operation with what its path names."""

    name: str
    handler: Handler
    parts: Parts

    @property
    def target(self) -> str:
        """``account/deployment`` or ``account``, by Azure's names; empty for neither."""
        names = (self.parts.get("account", ""), self.parts.get("deployment", ""))
        return "/".join(name for name in names if name)


def find(method: str, path: str) -> Operation | None:
    """Return the operation, if it is one of those this simulator knows."""
    sent = [part for part in path.split("/") if part]
    for route_method, pattern, name, handler in _PATTERNS:
        if route_method != method:
            continue
        parts = _capture(pattern, sent)
        if parts is not None:
            return Operation(name, handler, parts)
    return None


def _capture(pattern: list[str], sent: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(sent):
        return None
    parts: dict[str, str] = {}
    for expected, given in zip(pattern, sent, strict=True):
        if expected.startswith("{"):
            parts[expected.strip("{}")] = given
        elif expected != given.lower():
            return None
    return parts
