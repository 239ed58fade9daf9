"""Azure's management plane over the real SDK.

Bodies go out as bytes and come back as the JSON that was on the wire: the SDK's classes drop
what they do not know, and nothing undeclared may be lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from harness.azure.roles import Principal
from harness.cloud import convert
from harness.cloud.assignments import RoleAssignments
from harness.cloud.clients import Clients
from harness.cloud.dataplane import DataPlane
from harness.cloud.endpoint import CloudEndpoint
from harness.cloud.observation import list_account_regions, observe, survey, take_inventory
from harness.cloud.whoami import find_caller
from harness.cloud.wire import API_VERSION, READ, Calls, Wire, keep_answer, to_wire
from harness.plan.identity import (
    ACCESS,
    CHILD_KINDS,
    SETTINGS,
    AccessId,
    AccountId,
    ChildKind,
    DeploymentId,
    GroupId,
    Market,
    NestedId,
)
from harness.plan.observed import (
    Body,
    Inventory,
    Observed,
    ObservedAccount,
    ObservedGroup,
    Survey,
    find,
    join_account,
)
from harness.plan.scope import Opening, Scope
from harness.provision.ports import Cloud, CloudError, Readiness, Tick

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

PERMISSIONS = "providers/Microsoft.Authorization/permissions?api-version=2022-04-01"
"""The path of the caller's permissions in a scope, inherited roles included."""


def open_cloud(
    endpoint: CloudEndpoint, *, verbose: bool = False, adapter: BaseAdapter | None = None
) -> ManagementCloud:
    """Return the management plane at an endpoint; nothing is sent before the first call.

    On a real cloud that first call signs in, and raises ``OutsideError`` with one line on what
    to do when nobody is logged in; ``verbose`` adds what was tried. ``adapter`` hears every
    request, or answers it in the cloud's place.
    """
    return ManagementCloud(endpoint, Clients(endpoint, verbose=verbose, adapter=adapter), adapter)


class ManagementCloud(Calls, Cloud):
    """``Cloud`` over azure-mgmt-cognitiveservices and azure-mgmt-resource."""

    def __init__(
        self, endpoint: CloudEndpoint, clients: Clients, adapter: BaseAdapter | None = None
    ) -> None:
        super().__init__(endpoint, clients)
        self._plane = DataPlane(endpoint, clients.credential, adapter)
        self._assignments = RoleAssignments(self)
        self._caller: tuple[Principal | None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of connections."""
        self._plane.close()
        self._clients.close()

    # --- reads ---------------------------------------------------------------------------------

    def find_caller(self) -> Principal | None:
        """Return who is signed in, None where the sign-in does not say."""
        if self._caller is None:
            # Asked once: some ways of signing in start a program for every token.
            self._caller = (find_caller(self._endpoint, self._clients.credential()),)
        return self._caller[0]

    def observe(self, scope: Scope, today: date) -> Observed:
        """Return what Azure holds in this scope."""
        return observe(self, scope, today)

    def survey(self, markets: Sequence[Market]) -> Survey:
        """Return what these markets offer and what quota is left there, asked at once."""
        return survey(self, markets)

    def take_inventory(self, accounts: Sequence[AccountId]) -> Inventory:
        """Return what others have in accounts that would go, and whether they may be purged."""
        return take_inventory(self, accounts)

    def list_account_regions(self, subscription: str) -> frozenset[str]:
        """Return regions where accounts can be created."""
        return list_account_regions([self.read_provider(subscription)])

    def read_group(self, at: GroupId) -> ObservedGroup | None:
        """Return the group, or None."""
        groups = self._clients.groups(at.subscription).resource_groups
        body = self.read_one(lambda hook: groups.get(at.name, raw_response_hook=hook, **READ))
        return None if body is None else convert.convert_group(body)

    def read_account(self, at: AccountId) -> ObservedAccount | None:
        """Return the account with its deployments, or None."""
        accounts = self._clients.accounts(at.group.subscription).accounts
        body = self.read_one(
            lambda hook: accounts.get(at.group.name, at.name, raw_response_hook=hook, **READ)
        )
        if body is None:
            return None
        return join_account(body, {kind: self._read_children(kind, at) for kind in CHILD_KINDS})

    def _read_children(self, kind: ChildKind, at: AccountId) -> tuple[Body, ...] | None:
        """Return everything of a kind; None for roles that nobody may read."""
        try:
            return self.list_children(kind, at)
        except CloudError as error:
            if kind == ACCESS and error.status == 403:
                return None
            raise

    def read_child(self, at: NestedId) -> Body | None:
        """Return the body of something inside an account, or None."""
        if isinstance(at, AccessId):
            return self._assignments.read(at)
        operations = self._find_operations(at.account, at.kind)
        where = (at.account.group.name, at.account.name, at.name)
        return self.read_one(lambda hook: operations.get(*where, raw_response_hook=hook, **READ))

    def list_children(self, kind: ChildKind, at: AccountId) -> tuple[Body, ...]:
        """Return bodies of everything of a kind in an account; none where the account is gone."""
        if kind == ACCESS:
            return self._assignments.list_on(at)
        operations = self._find_operations(at, kind)
        return self.read_rows(
            lambda hook: operations.list(at.group.name, at.name, raw_response_hook=hook, **READ)
        )

    def list_accounts(self, at: GroupId) -> tuple[Body, ...]:
        """Return bodies of every account of a group; none where the group is gone."""
        accounts = self._clients.accounts(at.subscription).accounts
        return self.read_rows(
            lambda hook: accounts.list_by_resource_group(at.name, raw_response_hook=hook, **READ)
        )

    def list_deleted_accounts(self, subscription: str) -> tuple[Body, ...]:
        """Return bodies of the soft-deleted accounts of a subscription."""
        deleted = self._clients.accounts(subscription).deleted_accounts
        return self.read_rows(lambda hook: deleted.list(raw_response_hook=hook, **READ))

    def list_models(self, market: Market) -> tuple[Body, ...]:
        """Return what a region lists; none where Azure does not know the region."""
        return self.read_all(market, "models")

    def list_usages(self, market: Market) -> tuple[Body, ...]:
        """Return quota of a region; none where Azure does not know the region."""
        return self.read_all(market, "usages")

    def read_provider(self, subscription: str) -> Body | None:
        """Return the resource provider as the subscription sees it, or None."""
        providers = self._clients.groups(subscription).providers
        return self.read_one(
            lambda hook: providers.get(
                "Microsoft.CognitiveServices", raw_response_hook=hook, **READ
            )
        )

    def check_subdomain(self, subscription: str, subdomain: str) -> str | None:
        """Return why a subdomain cannot be had, None where it can."""
        client = self._clients.accounts(subscription)
        body = self.read_one(
            lambda hook: client.check_domain_availability(
                subdomain, "Microsoft.CognitiveServices/accounts", raw_response_hook=hook, **READ
            )
        )
        if body is None or body.get("isSubdomainAvailable", True):
            return None
        return str(body.get("reason") or "it is taken")

    def check_sku(self, opening: Opening) -> str | None:
        """Return why accounts of a kind and SKU cannot be had in a region, None where they can."""
        client = self._clients.accounts(opening.account.group.subscription)
        body = self.read_one(
            lambda hook: client.check_sku_availability(
                opening.region,
                [opening.sku],
                opening.kind,
                "Microsoft.CognitiveServices/accounts",
                raw_response_hook=hook,
                **READ,
            )
        )
        return convert.find_sku_refusal(body or {}, opening.sku)

    def may_call_models(self, scope: AccountId | GroupId) -> bool | None:
        """Return whether the caller may call models in a scope, None where Azure does not say."""
        subscription = (scope if isinstance(scope, GroupId) else scope.group).subscription
        found = self._read_permissions(subscription, scope.path)
        return None if found is None else convert.may_call_models(found)

    def may_purge(self, subscription: str) -> bool | None:
        """Return whether the caller may purge deleted accounts, None where Azure does not say."""
        found = self._read_permissions(subscription, f"/subscriptions/{subscription}")
        return None if found is None else convert.may_purge(found)

    def _read_permissions(self, subscription: str, scope: str) -> Body | None:
        from azure.core.rest import HttpRequest

        groups = self._clients.groups(subscription)
        with self.explain_errors():
            response = groups.send_request(
                HttpRequest("GET", f"{quote(scope)}/{PERMISSIONS}"), **READ
            )
            if response.status_code != 200:
                return None
            body: Body = response.json()
            return body

    def list_others(self, at: AccountId, segment: str) -> tuple[str, ...]:
        """Return names of what is in an account beneath a word of ARM's."""
        subscription = at.group.subscription
        rows = self.read_pages(
            subscription, f"{quote(at.path)}/{segment}?api-version={API_VERSION}"
        )
        return tuple(str(row.get("name") or "").rpartition("/")[2] for row in rows)

    def list_settings(self, at: AccountId) -> tuple[str, ...]:
        """Return what others decided about an account, in words."""
        subscription, found = at.group.subscription, []
        for segment, word in SETTINGS.items():
            rows = self.read_pages(
                subscription, f"{quote(at.path)}/{segment}?api-version={API_VERSION}"
            )
            for row in rows:
                state = str(find(row, ("properties", "state")) or "")
                if state.casefold() != "disabled":
                    name = str(row.get("name") or "").rpartition("/")[2]
                    found.append(f"{word} {name}" + (f" ({state})" if state else ""))
        return tuple(found)

    def group_holds(self, at: GroupId) -> tuple[str, ...]:
        """Return ARM ids of what is in the group."""
        resources = self._clients.groups(at.subscription).resources
        rows = self.read_rows(
            lambda hook: resources.list_by_resource_group(at.name, raw_response_hook=hook, **READ)
        )
        return tuple(str(row.get("id") or "") for row in rows)

    def read_account_key(self, at: AccountId) -> str:
        """Return the account's first key, in memory only."""
        with self.explain_errors():
            keys = self._clients.accounts(at.group.subscription).accounts.list_keys(
                at.group.name, at.name
            )
        return keys.key1 or ""

    def check_readiness(self, at: DeploymentId, account: ObservedAccount) -> Readiness:
        """Return whether a deployment answers; by key where Entra is not let in and keys are."""
        found = self._plane.check_readiness(at, account, None)
        disabled = find(account.body, ("properties", "disableLocalAuth"))
        if found.state != "forbidden" or disabled:
            return found
        try:
            by_key = self._plane.check_readiness(at, account, self.read_account_key(at.account))
        except CloudError:
            return found
        if by_key.state != "ready":
            return found
        return Readiness("ready", f"by key only; {found.said}", found.hint)

    # --- writes --------------------------------------------------------------------------------

    def put_group(self, at: GroupId, body: Body) -> None:
        """Create or update the group."""
        with self.explain_errors():
            self._clients.groups(at.subscription).resource_groups.create_or_update(
                at.name, to_wire(body)
            )

    def put_account(self, at: AccountId, body: Body, tick: Tick, *, updates: bool = False) -> Body:
        """Create or update the account and wait for it."""
        accounts = self._clients.accounts(at.group.subscription).accounts
        return self.finish(
            lambda: accounts.begin_create(at.group.name, at.name, to_wire(body), cls=keep_answer),
            tick,
            "update" if updates else "",
        )

    def set_account_tags(self, at: AccountId, tags: Mapping[str, str], tick: Tick) -> None:
        """Set the account's tags and nothing else."""
        accounts = self._clients.accounts(at.group.subscription).accounts
        self.finish(
            lambda: accounts.begin_update(
                at.group.name, at.name, to_wire({"tags": dict(tags)}), cls=keep_answer
            ),
            tick,
        )

    def put_child(self, at: NestedId, body: Body, tick: Tick) -> Body:
        """Create or update something inside an account and wait for it."""
        if isinstance(at, AccessId):
            return self._assignments.put(at, body)
        operations = self._find_operations(at.account, at.kind)
        where = (at.account.group.name, at.account.name, at.name)
        if at.kind.waits:
            return self.finish(
                lambda: operations.begin_create_or_update(*where, to_wire(body), cls=keep_answer),
                tick,
            )
        seen = Wire(200, 201)
        with self.explain_errors():
            operations.create_or_update(*where, to_wire(body), raw_response_hook=seen)
        return seen.bodies[-1] if seen.bodies else {}

    def delete_child(self, at: NestedId, tick: Tick) -> None:
        """Delete something inside an account."""
        if isinstance(at, AccessId):
            self._assignments.delete(at)
            return
        operations = self._find_operations(at.account, at.kind)
        where = (at.account.group.name, at.account.name, at.name)
        self.finish(lambda: operations.begin_delete(*where), tick)

    def _find_operations(self, at: AccountId, kind: ChildKind) -> Any:
        """Return the SDK's operations of a kind."""
        return getattr(self._clients.accounts(at.group.subscription), kind.operations)

    def delete_group(self, at: GroupId, tick: Tick) -> None:
        """Delete the group with everything in it."""
        groups = self._clients.groups(at.subscription).resource_groups
        self.finish(lambda: groups.begin_delete(at.name), tick)

    def delete_account(self, at: AccountId, tick: Tick) -> None:
        """Delete the account; it stays soft-deleted."""
        accounts = self._clients.accounts(at.group.subscription).accounts
        self.finish(lambda: accounts.begin_delete(at.group.name, at.name), tick)

    def purge_account(self, at: AccountId, region: str, tick: Tick) -> None:
        """Give up a soft-deleted account for good."""
        deleted = self._clients.accounts(at.group.subscription).deleted_accounts
        self.finish(lambda: deleted.begin_purge(region, at.group.name, at.name), tick)
