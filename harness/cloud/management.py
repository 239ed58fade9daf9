"""Azure's management plane over the real SDK.

Bodies go out as bytes and come back as the JSON that was on the wire: the SDK's classes drop
what they do not know, and nothing undeclared may be lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from harness.cloud import convert
from harness.cloud.clients import READ_RETRIES, Clients
from harness.cloud.endpoint import CloudEndpoint
from harness.cloud.failures import refusal, unreachable
from harness.cloud.observation import account_regions, observe, survey
from harness.plan.identity import AccountId, DeploymentId, GroupId, Market
from harness.plan.observed import (
    Body,
    Observed,
    ObservedAccount,
    ObservedGroup,
    Survey,
    observed_account,
)
from harness.plan.scope import Opening, Scope
from harness.provision.ports import Cloud, CloudError, Tick

if TYPE_CHECKING:
    from azure.core.exceptions import AzureError, HttpResponseError
    from azure.core.polling import LROPoller

LOOK_S = 1.0
"""Seconds between two ticks while Azure works."""

NAMESPACE = "Microsoft.CognitiveServices"
API_VERSION = "2025-09-01"
"""The default of azure-mgmt-cognitiveservices 14.1, for what is asked without its classes."""

PERMISSIONS = "providers/Microsoft.Authorization/permissions?api-version=2022-04-01"
"""What the caller may do in a scope, inherited roles included."""

READ: dict[str, Any] = {"retry_total": READ_RETRIES, "retry_backoff_factor": 0.3}


def open_cloud(endpoint: CloudEndpoint, *, verbose: bool = False) -> ManagementCloud:
    """The management plane at an endpoint; nothing is sent before the first call.

    On a real cloud that first call signs in, and raises ``OutsideError`` with one line on what
    to do when nobody is logged in; ``verbose`` adds what was tried.
    """
    return ManagementCloud(endpoint, Clients(endpoint, verbose=verbose))


class ManagementCloud(Cloud):
    """``Cloud`` over azure-mgmt-cognitiveservices and azure-mgmt-resource."""

    def __init__(self, endpoint: CloudEndpoint, clients: Clients) -> None:
        self._endpoint = endpoint
        self._clients = clients

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of connections."""
        self._clients.close()

    # --- reads ---------------------------------------------------------------------------------

    def observe(self, scope: Scope, today: date) -> Observed:
        """What Azure holds in this scope."""
        return observe(self, scope, today)

    def survey(self, markets: Sequence[Market]) -> Survey:
        """What these markets offer and what quota is left there, asked at once."""
        return survey(self, markets)

    def account_regions(self, subscription: str) -> frozenset[str]:
        """Regions where accounts can be created."""
        return account_regions([self.provider(subscription)])

    def read_group(self, at: GroupId) -> ObservedGroup | None:
        """The group, or None."""
        groups = self._clients.groups(at.subscription).resource_groups
        body = self._one(lambda hook: groups.get(at.name, raw_response_hook=hook, **READ))
        return None if body is None else convert.group(body)

    def read_account(self, at: AccountId) -> ObservedAccount | None:
        """The account with its deployments, or None."""
        accounts = self._clients.accounts(at.group.subscription).accounts
        body = self._one(
            lambda hook: accounts.get(at.group.name, at.name, raw_response_hook=hook, **READ)
        )
        return None if body is None else observed_account(body, self.deployments(at))

    def read_deployment(self, at: DeploymentId) -> Body | None:
        """The deployment's body, or None."""
        account = at.account
        deployments = self._clients.accounts(account.group.subscription).deployments
        return self._one(
            lambda hook: deployments.get(
                account.group.name, account.name, at.name, raw_response_hook=hook, **READ
            )
        )

    def deployments(self, at: AccountId) -> tuple[Body, ...]:
        """Bodies of every deployment of an account; none where the account is gone."""
        listed = self._clients.accounts(at.group.subscription).deployments
        return self._rows(
            lambda hook: listed.list(at.group.name, at.name, raw_response_hook=hook, **READ)
        )

    def accounts_of(self, at: GroupId) -> tuple[Body, ...]:
        """Bodies of every account of a group; none where the group is gone."""
        accounts = self._clients.accounts(at.subscription).accounts
        return self._rows(
            lambda hook: accounts.list_by_resource_group(at.name, raw_response_hook=hook, **READ)
        )

    def deleted_accounts(self, subscription: str) -> tuple[Body, ...]:
        """Bodies of the soft-deleted accounts of a subscription."""
        deleted = self._clients.accounts(subscription).deleted_accounts
        return self._rows(lambda hook: deleted.list(raw_response_hook=hook, **READ))

    def models(self, market: Market) -> tuple[Body, ...]:
        """What a region lists; none where Azure does not know the region."""
        return self._long_list(market, "models")

    def usages(self, market: Market) -> tuple[Body, ...]:
        """Quota of a region; none where Azure does not know the region."""
        return self._long_list(market, "usages")

    def provider(self, subscription: str) -> Body | None:
        """The resource provider as the subscription sees it, or None."""
        providers = self._clients.groups(subscription).providers
        return self._one(
            lambda hook: providers.get(
                "Microsoft.CognitiveServices", raw_response_hook=hook, **READ
            )
        )

    def subdomain_refusal(self, subscription: str, subdomain: str) -> str | None:
        """Why a subdomain cannot be had, None where it can."""
        client = self._clients.accounts(subscription)
        body = self._one(
            lambda hook: client.check_domain_availability(
                subdomain, "Microsoft.CognitiveServices/accounts", raw_response_hook=hook, **READ
            )
        )
        if body is None or body.get("isSubdomainAvailable", True):
            return None
        return str(body.get("reason") or "it is taken")

    def sku_refusal(self, opening: Opening) -> str | None:
        """Why accounts of a kind and SKU cannot be had in a region, None where they can."""
        client = self._clients.accounts(opening.account.group.subscription)
        body = self._one(
            lambda hook: client.check_sku_availability(
                opening.region,
                [opening.sku],
                opening.kind,
                "Microsoft.CognitiveServices/accounts",
                raw_response_hook=hook,
                **READ,
            )
        )
        return convert.sku_refusal(body or {}, opening.sku)

    def may_call_models(self, scope: AccountId | GroupId) -> bool | None:
        """Whether who is signed in may call models in a scope, None where Azure does not say."""
        from azure.core.rest import HttpRequest

        subscription = (scope if isinstance(scope, GroupId) else scope.group).subscription
        request = HttpRequest("GET", f"{scope.path}/{PERMISSIONS}")
        groups = self._clients.groups(subscription)
        with self._explained():
            response = groups.send_request(request, **READ)
            if response.status_code != 200:
                return None
            return convert.may_call_models(response.json())

    def group_holds(self, at: GroupId) -> tuple[str, ...]:
        """ARM ids of what is in the group."""
        resources = self._clients.groups(at.subscription).resources
        rows = self._rows(
            lambda hook: resources.list_by_resource_group(at.name, raw_response_hook=hook, **READ)
        )
        return tuple(str(row.get("id") or "") for row in rows)

    def account_key(self, at: AccountId) -> str:
        """The account's first key, in memory only."""
        with self._explained():
            keys = self._clients.accounts(at.group.subscription).accounts.list_keys(
                at.group.name, at.name
            )
        return keys.key1 or ""

    # --- writes --------------------------------------------------------------------------------

    def put_group(self, at: GroupId, body: Body) -> None:
        """Create or update the group."""
        with self._explained():
            self._clients.groups(at.subscription).resource_groups.create_or_update(
                at.name, _wire(body)
            )

    def put_account(self, at: AccountId, body: Body, tick: Tick) -> Body:
        """Create or update the account and wait for it."""
        accounts = self._clients.accounts(at.group.subscription).accounts
        return self._finished(
            lambda: accounts.begin_create(at.group.name, at.name, _wire(body), cls=_answer), tick
        )

    def tag_account(self, at: AccountId, tags: Mapping[str, str], tick: Tick) -> None:
        """Set the account's tags and nothing else."""
        accounts = self._clients.accounts(at.group.subscription).accounts
        self._finished(
            lambda: accounts.begin_update(
                at.group.name, at.name, _wire({"tags": dict(tags)}), cls=_answer
            ),
            tick,
        )

    def put_deployment(self, at: DeploymentId, body: Body, tick: Tick) -> Body:
        """Create or update the deployment and wait for it."""
        account = at.account
        deployments = self._clients.accounts(account.group.subscription).deployments
        return self._finished(
            lambda: deployments.begin_create_or_update(
                account.group.name, account.name, at.name, _wire(body), cls=_answer
            ),
            tick,
        )

    def delete_group(self, at: GroupId, tick: Tick) -> None:
        """Delete the group with everything in it."""
        groups = self._clients.groups(at.subscription).resource_groups
        self._finished(lambda: groups.begin_delete(at.name), tick)

    def delete_account(self, at: AccountId, tick: Tick) -> None:
        """Delete the account; it stays soft-deleted."""
        accounts = self._clients.accounts(at.group.subscription).accounts
        self._finished(lambda: accounts.begin_delete(at.group.name, at.name), tick)

    def purge_account(self, at: AccountId, region: str, tick: Tick) -> None:
        """Give up a soft-deleted account for good."""
        deleted = self._clients.accounts(at.group.subscription).deleted_accounts
        self._finished(lambda: deleted.begin_purge(region, at.group.name, at.name), tick)

    def delete_deployment(self, at: DeploymentId, tick: Tick) -> None:
        """Delete the deployment."""
        account = at.account
        deployments = self._clients.accounts(account.group.subscription).deployments
        self._finished(
            lambda: deployments.begin_delete(account.group.name, account.name, at.name), tick
        )

    # --- how calls are made --------------------------------------------------------------------

    def _one(self, call: Callable[[Hook], object]) -> Body | None:
        """A single resource as it was on the wire, None where Azure says there is none."""
        wire = Wire()
        try:
            with self._explained():
                call(wire)
        except CloudError as error:
            if error.status == 404:
                return None
            raise
        return wire.bodies[-1] if wire.bodies else None

    def _rows(self, call: Callable[[Hook], Any]) -> tuple[Body, ...]:
        """Every row of a list as it was on the wire, none where Azure knows no such place."""
        wire = Wire()
        try:
            with self._explained():
                for _ in call(wire):
                    pass
        except CloudError as error:
            if error.status == 404:
                return ()
            raise
        return tuple(row for body in wire.bodies for row in body.get("value") or ())

    def _long_list(self, market: Market, what: str) -> tuple[Body, ...]:
        """A region's list, without the SDK's classes: they take ten times as long to read it."""
        from azure.core.rest import HttpRequest

        client = self._clients.groups(market.subscription)
        where = f"{NAMESPACE}/locations/{quote(market.region, safe='')}"
        path = f"/subscriptions/{quote(market.subscription, safe='')}/providers/{where}"
        url = f"{path}/{what}?api-version={API_VERSION}"
        rows: list[Body] = []
        with self._explained():
            while url:
                response = client.send_request(HttpRequest("GET", url), **READ)
                if response.status_code == 404:
                    return ()
                response.raise_for_status()
                page = response.json()
                rows += page.get("value") or ()
                url = page.get("nextLink") or ""
        return tuple(rows)

    def _finished(self, begin: Callable[[], LROPoller[Any]], tick: Tick) -> Body:
        """What a long-running operation came to; ticks while it runs, and a tick may raise."""
        with self._explained():
            poller = begin()
            while not poller.done():
                poller.wait(LOOK_S)
                if not poller.done():
                    tick(str(poller.status()))
            result = poller.result()
        return result if isinstance(result, Mapping) else {}

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns what the SDK raises into what Azure said and what to do about it."""
        from azure.core.exceptions import AzureError, HttpResponseError

        try:
            yield
        except HttpResponseError as error:
            raise _refused(error) from None
        except AzureError as error:
            raise self._not_reached(error) from None

    def _not_reached(self, error: AzureError) -> CloudError:
        return unreachable(self._endpoint.base_url, str(error))


class Wire:
    """Keeps the JSON of each successful answer of a call, in order."""

    def __init__(self) -> None:
        self.bodies: list[Mapping[str, Any]] = []

    def __call__(self, response: Any) -> None:
        """The SDK's hook: called once per answer."""
        if response.http_response.status_code == 200:
            body = json.loads(response.http_response.text() or "{}")
            if isinstance(body, Mapping):
                self.bodies.append(body)


Hook = Callable[[Any], None]


def _wire(body: Body) -> Any:
    """A body as bytes, which the SDK passes on untouched; its stubs ask for a stream."""
    return json.dumps(body, ensure_ascii=False).encode()


def _answer(response: Any, *_: object) -> Any:
    """The final answer of a long-running operation as it was on the wire."""
    with suppress(ValueError, AttributeError):
        return json.loads(response.http_response.text() or "{}")
    return {}


def _refused(error: HttpResponseError) -> CloudError:
    """What Azure answered; a failed operation carries its code inside a 200."""
    headers = dict(getattr(error.response, "headers", None) or {})
    lowered = {name.casefold(): value for name, value in headers.items()}
    code = getattr(error.error, "code", None) or ""
    message = getattr(error.error, "message", None) or error.message or ""
    return refusal(
        status=error.status_code or 0,
        code=code,
        message=message,
        request_id=lowered.get("x-ms-correlation-request-id") or lowered.get("x-ms-request-id"),
        retry_after_s=_seconds(lowered.get("retry-after")),
    )


def _seconds(header: str | None) -> float | None:
    try:
        return float(header) if header else None
    except ValueError:
        return None
