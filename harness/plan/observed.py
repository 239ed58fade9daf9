"""The state of Azure at one moment, as values: resources, and what the regions offer.

Resources keep ARM's own body, since an update sends back everything that the spec does not name;
the properties read from it what the planner compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from harness.azure.roles import Principal, describe_assignment
from harness.plan.identity import (
    ACCESS,
    CHILD_KINDS,
    CONTENT_FILTER,
    DEPLOYMENT,
    AccountId,
    ChildKind,
    GroupId,
    Market,
    NestedId,
)

Body = Mapping[str, Any]
"""A resource as ARM writes it in JSON."""

OWNER_TAG = "harness-spec"
"""The tag that says which spec a resource belongs to."""

HASH_TAG = "harness-spec-hash"
"""The tag that says what was declared when the resource was last written."""

HOLDINGS_TAG = "harness-spec-holds"
"""On an account of ours: digests of the names of what the spec has put into it.

It owns nothing. It is how `verify` tells what somebody deleted from what was never applied."""


REPLACED_TAG = "harness-spec-replaced"
"""On an account of ours that is about to be deleted only to be made anew: the hash of what it
shall become.

Should the replacement break off, the soft-deleted account says by it that it may be purged."""


def find_tag(tags: Mapping[str, str], name: str) -> str | None:
    """Return a tag's value. Source: tag names are case-insensitive (ARM documentation on tags)."""
    wanted = name.casefold()
    return next((value for key, value in tags.items() if key.casefold() == wanted), None)


def find(body: Any, path: tuple[str, ...]) -> Any:
    """Return what stands at ``path`` in a body, None where there is nothing."""
    for key in path:
        if not isinstance(body, Mapping):
            return None
        body = body.get(key)
    return body


@dataclass(frozen=True, slots=True)
class ObservedGroup:
    """A resource group that exists."""

    name: str
    region: str
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def owner(self) -> str | None:
        """The spec that created it, by its tag."""
        return find_tag(self.tags, OWNER_TAG)


@dataclass(frozen=True, slots=True)
class ObservedChild:
    """A resource inside an account; ``owner`` is the spec that it belongs to, by tag or ledger."""

    kind: ChildKind
    name: str
    body: Body
    owner: str | None = None

    @property
    def title(self) -> str:
        """Return what a person calls it: its name, or who has which role."""
        if self.kind != ACCESS:
            return self.name
        seen = describe_assignment(self.body)
        return f"{seen['role']} of {seen['principal']}"


@dataclass(frozen=True, slots=True)
class ObservedDeployment(ObservedChild):
    """A deployment that exists."""

    @property
    def model(self) -> str:
        """The model's name, "" where the body does not say."""
        return str(find(self.body, ("properties", "model", "name")) or "")

    @property
    def version(self) -> str:
        """The model's version, "" where the body does not say."""
        return str(find(self.body, ("properties", "model", "version")) or "")

    @property
    def sku(self) -> str:
        """The SKU's name."""
        return str(find(self.body, ("sku", "name")) or "")

    @property
    def capacity(self) -> int:
        """Units of the SKU: thousands of tokens a minute, or PTU."""
        return int(find(self.body, ("sku", "capacity")) or 0)

    @property
    def state(self) -> str:
        """ARM's provisioning state."""
        return str(find(self.body, ("properties", "provisioningState")) or "")

    @property
    def content_filter(self) -> str:
        """The name of its content filter, "" where the body does not say."""
        return str(find(self.body, ("properties", "raiPolicyName")) or "")

    @property
    def spills_to(self) -> str:
        """The deployment that takes what this one cannot, "" for none."""
        return str(find(self.body, ("properties", "spilloverDeploymentName")) or "")


@dataclass(frozen=True, slots=True)
class ObservedAccount:
    """An account that exists, with what is in it, by folded names.

    What Azure manages itself is left out: it can be neither written nor deleted. ``others`` are the
    kinds beside deployments; of the ``unread`` ones nobody may read the list. ``contents`` names
    what no spec declares, ``settings`` what others decided about it; they are only asked for where
    the account would go.
    """

    name: str
    body: Body
    deployments: Mapping[str, ObservedDeployment] = field(default_factory=dict)
    others: Mapping[ChildKind, Mapping[str, ObservedChild]] = field(default_factory=dict)
    unread: frozenset[ChildKind] = frozenset()
    contents: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()

    def list_children(self, kind: ChildKind) -> Mapping[str, ObservedChild]:
        """Return what is there of a kind, by folded names."""
        return self.deployments if kind == DEPLOYMENT else self.others.get(kind, {})

    @property
    def filters(self) -> Mapping[str, ObservedChild]:
        """The content filters."""
        return self.list_children(CONTENT_FILTER)

    @property
    def tags(self) -> Mapping[str, str]:
        """The account's tags."""
        return self.body.get("tags") or {}

    @property
    def owner(self) -> str | None:
        """The spec that it belongs to."""
        return find_tag(self.tags, OWNER_TAG)

    @property
    def region(self) -> str:
        """Return where it lives, spelt as it was created."""
        return str(self.body.get("location") or "")

    @property
    def state(self) -> str:
        """ARM's provisioning state."""
        return str(find(self.body, ("properties", "provisioningState")) or "")

    @property
    def projects(self) -> tuple[str, ...]:
        """Projects of Azure AI Foundry that live in it; they are never ours."""
        named = (each for each in self.contents if each.startswith("project "))
        listed = map(str, find(self.body, ("properties", "associatedProjects")) or ())
        return tuple(dict.fromkeys((*listed, *(each.removeprefix("project ") for each in named))))

    @property
    def foreign(self) -> tuple[str, ...]:
        """Everything in it that no spec declares, in words; it goes with the account."""
        projects = (f"project {name}" for name in self.projects)
        return tuple(dict.fromkeys((*projects, *self.contents)))

    def read_ledger(self, name: str) -> frozenset[str]:
        """Return folded names in one of the ledgers: owned though they carry no tag."""
        names = (find_tag(self.tags, name) or "").split(",")
        return frozenset(name.strip().casefold() for name in names if name.strip())

    def list_users(self, at: NestedId) -> tuple[ObservedDeployment, ...]:
        """Return the deployments that use something in the account."""
        return tuple(
            each
            for each in self.deployments.values()
            if at.kind.used_by
            and str(find(each.body, at.kind.used_by) or "").casefold() == at.name.casefold()
        )


def join_account(body: Body, rows: Mapping[ChildKind, Iterable[Body] | None]) -> ObservedAccount:
    """Return an account and what is in it as ARM listed it; settles who owns each part.

    A kind whose list may not be read has None for its rows.

    Source of ``SystemManaged``: RaiPolicyType of azure-mgmt-cognitiveservices 14.1.0. Azure's own
    filters are called ``Microsoft.…``, as every recorded ``basePolicyName`` and ``raiPolicyName``.
    """
    bare = ObservedAccount(str(body.get("name") or ""), body)
    deployments = {}
    for each in rows.get(DEPLOYMENT) or ():
        name, owner = str(each["name"]), find_owner(each, bare, DEPLOYMENT)
        deployments[name.casefold()] = ObservedDeployment(DEPLOYMENT, name, each, owner)
    others = {
        kind: {
            str(each["name"]).casefold(): ObservedChild(
                kind, str(each["name"]), each, find_owner(each, bare, kind)
            )
            for each in rows.get(kind) or ()
            if not (kind.built_in and _is_built_in(each))
        }
        for kind in CHILD_KINDS
        if kind != DEPLOYMENT
    }
    unread = frozenset(kind for kind in CHILD_KINDS if rows.get(kind, ()) is None)
    return replace(bare, deployments=deployments, others=others, unread=unread)


def _is_built_in(body: Body) -> bool:
    system = find(body, ("properties", "type")) == "SystemManaged"
    return system or str(body["name"]).startswith("Microsoft.")


def find_owner(body: Body, account: ObservedAccount, kind: ChildKind) -> str | None:
    """Return whose a part of an account is: by its own tag, else by the account's ledger."""
    own = find_tag(body.get("tags") or {}, OWNER_TAG)
    if own is not None or not kind.ledger:
        return own
    name = str(body.get("name") or "").casefold()
    return account.owner if name in account.read_ledger(kind.ledger) else None


@dataclass(frozen=True, slots=True)
class DeletedAccount:
    """A soft-deleted account: its name stays taken until it is purged or 48 hours have passed.

    Source: purge date 48 hours after the deletion, in recorded deletedAccounts answers.
    """

    account: AccountId
    region: str
    purge_date: str = ""
    body: Body = field(default_factory=dict)

    @property
    def owner(self) -> str | None:
        """The spec that it belonged to; recorded bodies of deleted accounts keep their tags."""
        return find_tag(self.body.get("tags") or {}, OWNER_TAG)

    def is_replaced_by(self, declared: str) -> bool:
        """Return whether it was deleted to become what has this hash, and that then broke off."""
        return find_tag(self.body.get("tags") or {}, REPLACED_TAG) == declared


@dataclass(frozen=True, slots=True)
class OfferedSku:
    """A way in which a model is served in a region.

    ``usage_name`` is the quota that it draws on; it is Azure's own word and never derived.
    ``retires`` is the day from which it can no longer be deployed this way.
    """

    name: str
    usage_name: str
    minimum: int = 1
    maximum: int | None = None
    step: int | None = None
    default: int | None = None
    retires: date | None = None


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A version of a model as a region lists it for one kind of account."""

    format: str
    name: str
    version: str
    kind: str
    default: bool = False
    lifecycle: str = ""
    retires: date | None = None
    skus: tuple[OfferedSku, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotaUsage:
    """A quota of a subscription in a region; ``label`` is what the portal calls it."""

    name: str
    current: int
    limit: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """The offers of markets, and the quota left there; one that could not be asked is absent."""

    offers: Mapping[Market, tuple[OfferedModel, ...]] = field(default_factory=dict)
    usages: Mapping[Market, Mapping[str, QuotaUsage]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inventory:
    """The facts that are asked before accounts go: others' things in them, who may purge them.

    ``purgers`` are by subscription; one that does not say is absent.
    """

    contents: Mapping[AccountId, tuple[str, ...]] = field(default_factory=dict)
    settings: Mapping[AccountId, tuple[str, ...]] = field(default_factory=dict)
    purgers: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observed:
    """The state of Azure at one moment.

    Attributes:
        today: the day it is there; retirement is reckoned from it.
        groups: the resource groups of the spec that exist.
        accounts: every account in those groups, declared or not.
        deleted: soft-deleted accounts of the subscriptions.
        taken_subdomains: folded subdomains of accounts to be created that Azure says are taken,
            with what it said.
        refused_skus: why Azure does not let this subscription have an account's kind and SKU in
            a region, by both; "" where it does, absent where it was not asked.
        callers: for accounts without keys: whether who is signed in holds a role that lets it
            call models there; absent is unknown.
        caller: who is signed in; None where the sign-in does not say.
        offers: what each market lists; a market that is absent or empty is unknown, not nothing.
        usages: quota by folded usage name; an empty one is unknown, not zero.
        regions: folded names of regions where accounts can be created; empty is unknown.
        unregistered: subscriptions that never registered Microsoft.CognitiveServices.
        catalogue_day: the newest day that the simulator's catalogue knows of; None where Azure
            itself answers.
        purgers: whether who is signed in may purge accounts of a subscription; absent is unknown.
        kept: by folded id, bodies that were kept from before a replacement which then broke off.
        open_catalogue: any model, version, SKU and capacity deploys (a setting of the simulator).
    """

    today: date
    groups: Mapping[GroupId, ObservedGroup] = field(default_factory=dict)
    accounts: Mapping[AccountId, ObservedAccount] = field(default_factory=dict)
    deleted: tuple[DeletedAccount, ...] = ()
    taken_subdomains: Mapping[str, str] = field(default_factory=dict)
    refused_skus: Mapping[tuple[AccountId, str], str] = field(default_factory=dict)
    callers: Mapping[AccountId, bool] = field(default_factory=dict)
    caller: Principal | None = None
    offers: Mapping[Market, tuple[OfferedModel, ...]] = field(default_factory=dict)
    usages: Mapping[Market, Mapping[str, QuotaUsage]] = field(default_factory=dict)
    regions: frozenset[str] = frozenset()
    unregistered: frozenset[str] = frozenset()
    catalogue_day: date | None = None
    purgers: Mapping[str, bool] = field(default_factory=dict)
    kept: Mapping[str, Body] = field(default_factory=dict)
    open_catalogue: bool = False

    def recall(self, at: AccountId | NestedId) -> Body | None:
        """Return what something held before its replacement broke off; None where none did."""
        return self.kept.get(at.path.casefold())

    def add_inventory(self, inventory: Inventory) -> Observed:
        """Return the same moment with what else is in some accounts."""
        held = {
            at: replace(self.accounts[at], contents=names, settings=inventory.settings.get(at, ()))
            for at, names in inventory.contents.items()
            if at in self.accounts
        }
        return replace(self, accounts={**self.accounts, **held}, purgers=inventory.purgers)

    def add_survey(self, survey: Survey) -> Observed:
        """Return the same moment with more regions asked."""
        return replace(
            self,
            offers={**self.offers, **survey.offers},
            usages={**self.usages, **survey.usages},
        )
