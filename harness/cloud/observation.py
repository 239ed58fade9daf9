"""One pass over Azure: lists rather than a request per resource, and all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Protocol, TypeVar

from harness.azure.regions import fold
from harness.azure.roles import Principal
from harness.cloud import convert
from harness.plan.identity import CHILD_KINDS, OTHERS, AccountId, ChildKind, GroupId, Market
from harness.plan.observed import (
    OWNER_TAG,
    Body,
    Inventory,
    Observed,
    ObservedGroup,
    Survey,
    find_tag,
    join_account,
)
from harness.plan.scope import Opening, Scope
from harness.provision.ports import CloudError

READERS = 8
"""Reads in flight; Azure allows a subscription some hundred reads in a few minutes."""

K = TypeVar("K")
V = TypeVar("V")


class Lists(Protocol):
    """The lists that an observation is made of."""

    def find_caller(self) -> Principal | None:
        """Return who is signed in."""
        ...

    def read_group(self, at: GroupId) -> ObservedGroup | None:
        """Return the group, or None."""
        ...

    def list_accounts(self, at: GroupId) -> tuple[Body, ...]:
        """Return accounts of a group."""
        ...

    def list_children(self, kind: ChildKind, at: AccountId) -> tuple[Body, ...]:
        """Return everything of a kind in an account."""
        ...

    def list_deleted_accounts(self, subscription: str) -> tuple[Body, ...]:
        """Return soft-deleted accounts of a subscription."""
        ...

    def list_models(self, market: Market) -> tuple[Body, ...]:
        """Return models of a region."""
        ...

    def list_usages(self, market: Market) -> tuple[Body, ...]:
        """Return quota of a region."""
        ...

    def read_provider(self, subscription: str) -> Body | None:
        """Return the resource provider."""
        ...

    def check_subdomain(self, subscription: str, subdomain: str) -> str | None:
        """Return why a subdomain cannot be had."""
        ...

    def check_sku(self, opening: Opening) -> str | None:
        """Return why accounts of a kind and SKU cannot be had."""
        ...

    def list_others(self, at: AccountId, segment: str) -> tuple[str, ...]:
        """Return names of what is in an account beneath a word of ARM's."""
        ...

    def list_settings(self, at: AccountId) -> tuple[str, ...]:
        """Return what others decided about an account, in words."""
        ...

    def may_purge(self, subscription: str) -> bool | None:
        """Return whether who is signed in may purge deleted accounts."""
        ...

    def may_call_models(self, scope: AccountId | GroupId) -> bool | None:
        """Return whether who is signed in may call models in a scope."""
        ...


def observe(lists: Lists, scope: Scope, today: date) -> Observed:
    """Return what Azure holds in this scope; read only.

    Two waves: what the spec names, then what lies inside it.
    """
    subscriptions = tuple(dict.fromkeys(group.subscription for group in scope.groups))
    with ThreadPoolExecutor(READERS) as pool:

        def ask(read: Callable[[K], V], keys: Iterable[K]) -> Callable[[], dict[K, V]]:
            futures = {key: pool.submit(read, key) for key in keys}
            return lambda: {key: future.result() for key, future in futures.items()}

        # The catalogue is asked first: it is by far the longest answer.
        models = ask(_ask_if_served(lists.list_models), scope.markets)
        usages = ask(_ask_if_served(lists.list_usages), scope.markets)
        groups = ask(lists.read_group, scope.groups)
        listed = ask(lists.list_accounts, scope.groups)
        deleted = ask(_ask_if_served(lists.list_deleted_accounts), subscriptions)
        providers = ask(_ask_if_served(lists.read_provider), subscriptions)

        bodies = {
            AccountId(group, str(body.get("name") or "")): body
            for group, rows in listed().items()
            for body in rows
        }
        opened = _choose_accounts(bodies, scope)
        inside = {kind: ask(_read_children_of(lists, kind), opened) for kind in CHILD_KINDS}
        missing = {at: name for at, name in scope.subdomains if at not in bodies}
        subdomains = ask(_ask_if_served(_check_subdomain_of(lists, missing)), missing)
        openings = (one for one in scope.openings if one.account not in bodies)
        skus = ask(_ask_if_served(lists.check_sku), openings)
        found = {at: group for at, group in groups().items() if group is not None}
        # A role on the group or above it reaches an account that is not there yet.
        homes: dict[AccountId, AccountId | GroupId] = {
            at: at if at in bodies else at.group for at in scope.keyless
        }
        roles = ask(
            _ask_if_served(lists.may_call_models),
            {home: None for home in homes.values() if home in bodies or home in found},
        )

        children = {kind: answers() for kind, answers in inside.items()}
        return Observed(
            today=today,
            groups=found,
            accounts={
                at: join_account(body, {kind: rows.get(at, ()) for kind, rows in children.items()})
                for at, body in bodies.items()
            },
            deleted=convert.convert_deleted_accounts(_flatten(deleted().values())),
            taken_subdomains={
                missing[at].casefold(): reason for at, reason in subdomains().items() if reason
            },
            refused_skus={(at.account, at.region): reason or "" for at, reason in skus().items()},
            callers={
                at: may for at, home in homes.items() if (may := roles().get(home)) is not None
            },
            caller=lists.find_caller() if scope.grants else None,
            offers={at: convert.convert_models(rows or ()) for at, rows in models().items()},
            usages={at: convert.convert_usages(rows or ()) for at, rows in usages().items()},
            regions=list_account_regions(providers().values()),
            unregistered=frozenset(
                at for at, body in providers().items() if body and _is_unregistered(body)
            ),
        )


def survey(lists: Lists, markets: Sequence[Market]) -> Survey:
    """Return what these markets offer and the quota left; one that cannot be asked is left out.

    This answers "where else?", so that one region's trouble must not spoil the answer.
    """

    def ask(read: Callable[[Market], V]) -> Callable[[Market], V | None]:
        def attempt(market: Market) -> V | None:
            try:
                return read(market)
            except CloudError:
                return None

        return attempt

    with ThreadPoolExecutor(READERS) as pool:
        models = pool.map(ask(lists.list_models), markets)
        usages = pool.map(ask(lists.list_usages), markets)
        return Survey(
            {
                market: convert.convert_models(rows)
                for market, rows in zip(markets, models, strict=True)
                if rows is not None
            },
            {
                market: convert.convert_usages(rows)
                for market, rows in zip(markets, usages, strict=True)
                if rows is not None
            },
        )


def take_inventory(lists: Lists, accounts: Sequence[AccountId]) -> Inventory:
    """Return what others have in accounts that would go, and whether they may be purged.

    A list that Azure does not serve, or that nobody may read, has nothing to say.
    """
    asked = [(at, segment) for at in accounts for segment in OTHERS]
    subscriptions = list(dict.fromkeys(at.group.subscription for at in accounts))

    def read(one: tuple[AccountId, str]) -> tuple[str, ...]:
        return lists.list_others(*one)

    with ThreadPoolExecutor(READERS) as pool:
        found = list(pool.map(_ask_if_served(read), asked))
        settings = list(pool.map(_ask_if_served(lists.list_settings), accounts))
        purgers = list(pool.map(_ask_if_served(lists.may_purge), subscriptions))
    contents: dict[AccountId, tuple[str, ...]] = dict.fromkeys(accounts, ())
    for (at, segment), names in zip(asked, found, strict=True):
        contents[at] += tuple(f"{OTHERS[segment]} {name}" for name in names or ())
    said = zip(subscriptions, purgers, strict=True)
    return Inventory(
        contents,
        {at: words for at, words in zip(accounts, settings, strict=True) if words},
        {each: may for each, may in said if may is not None},
    )


def _choose_accounts(bodies: Mapping[AccountId, Body], scope: Scope) -> list[AccountId]:
    """Return accounts that the spec declares or has left behind.

    Others are not ours to look into.
    """
    declared = set(scope.accounts)
    return [
        at
        for at, body in bodies.items()
        if at in declared or find_tag(body.get("tags") or {}, OWNER_TAG) == scope.owner
    ]


def _read_children_of(
    lists: Lists, kind: ChildKind
) -> Callable[[AccountId], tuple[Body, ...] | None]:
    """Return the read of a kind's list; only deployments must be there to be read."""

    def read(at: AccountId) -> tuple[Body, ...]:
        return lists.list_children(kind, at)

    return read if kind.main else _ask_if_served(read)


def _check_subdomain_of(
    lists: Lists, missing: Mapping[AccountId, str]
) -> Callable[[AccountId], str | None]:
    return lambda at: lists.check_subdomain(at.group.subscription, missing[at])


def _ask_if_served(read: Callable[[K], V | None]) -> Callable[[K], V | None]:
    """Return a read that only helps preflight.

    Without permission for it, or about a region that Azure does not know, the answer is unknown.
    """

    def attempt(key: K) -> V | None:
        try:
            return read(key)
        except CloudError as error:
            if error.status in {400, 403, 501}:
                return None
            raise

    return attempt


def _flatten(lists: Iterable[tuple[Body, ...] | None]) -> list[Body]:
    return [row for rows in lists if rows for row in rows]


def list_account_regions(providers: Iterable[Body | None]) -> frozenset[str]:
    """Return where accounts can be created; several subscriptions are taken together."""
    return frozenset(
        fold(str(location))
        for body in providers
        for kind in (body or {}).get("resourceTypes") or ()
        if str(kind.get("resourceType") or "").casefold() == "accounts"
        for location in kind.get("locations") or ()
    )


def _is_unregistered(provider: Body) -> bool:
    return str(provider.get("registrationState") or "Registered").casefold() in {
        "notregistered",
        "unregistered",
    }
