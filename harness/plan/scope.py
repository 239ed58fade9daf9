"""Derive where a spec looks: which groups, accounts and markets have to be observed for a plan."""

from __future__ import annotations

from dataclasses import dataclass

from harness.azure.regions import fold
from harness.plan.identity import AccountId, GroupId, Market
from harness.spec.model.spec import Account, ResourceGroup, Spec

NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
"""The subscription that the contract's example falls back to; the simulator accepts any id."""


@dataclass(frozen=True, slots=True)
class DeclaredGroup:
    """A resource group that the spec names, with the region where it would be created.

    ``watched``: only accounts under ``policy: verify-only`` are in it, so that it is never made.
    ``stated``: the spec says the region; else it is that of an account.
    """

    id: GroupId
    region: str
    create: bool
    watched: bool = False
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """An account as it would be created: what Azure is asked before that."""

    account: AccountId
    region: str
    kind: str
    sku: str


@dataclass(frozen=True, slots=True)
class Scope:
    """The resources that are read from Azure for one spec; nothing outside it is ever looked at.

    ``owner`` is the spec's name, as its tags say it; ``subdomains`` and ``openings`` are those
    of the declared accounts, asked about only for accounts that do not exist yet; ``keyless``
    are accounts that only Entra lets in, where somebody must hold a role; ``grants`` says whether
    the spec gives roles, so that it matters who is signed in.
    """

    owner: str
    groups: tuple[GroupId, ...]
    accounts: tuple[AccountId, ...]
    markets: tuple[Market, ...]
    subdomains: tuple[tuple[AccountId, str], ...] = ()
    openings: tuple[Opening, ...] = ()
    keyless: tuple[AccountId, ...] = ()
    grants: bool = False


def derive_scope(spec: Spec) -> Scope:
    """Return where this spec looks, each place once, in the order of the spec.

    Of an account that may be in several regions none is asked yet: that it exists may settle it.
    """
    accounts = [(make_account_id(spec, account), account) for account in spec.accounts.values()]
    settled = [(at, account) for at, account in accounts if len(account.regions) == 1]
    markets = [make_market(at, account.home) for at, account in settled if account.deployments]
    return Scope(
        owner=spec.name,
        groups=tuple(group.id for group in list_groups(spec)),
        accounts=tuple(identity for identity, _ in accounts),
        markets=tuple(dict.fromkeys(markets)),
        subdomains=tuple((identity, account.subdomain) for identity, account in accounts),
        openings=tuple(make_opening(at, account, account.home) for at, account in settled),
        grants=any(account.access for _, account in accounts),
        keyless=tuple(identity for identity, account in accounts if not account.local_auth),
    )


def make_market(at: AccountId, region: str) -> Market:
    """Return a region as an account's subscription sees it."""
    return Market(at.group.subscription, fold(region))


def make_opening(at: AccountId, account: Account, region: str) -> Opening:
    """Return the account as it would be created in a region."""
    return Opening(at, fold(region), account.kind, account.sku)


def list_groups(spec: Spec) -> tuple[DeclaredGroup, ...]:
    """Return every group the spec names, each once.

    A group without a region takes its account's.
    """
    groups: dict[GroupId, DeclaredGroup] = {}
    for account in spec.accounts.values():
        declared = _find_group(spec, account)
        identity = GroupId(_find_subscription(spec, account), declared.name)
        region = declared.region or account.home
        known = groups.get(identity)
        create = declared.create or (known is not None and known.create)
        watched = account.policy == "verify-only" and (known is None or known.watched)
        region = known.region if known else region
        stated = declared.region is not None or (known is not None and known.stated)
        groups[identity] = DeclaredGroup(identity, region, create, watched, stated)
    if spec.resource_group and not spec.accounts:
        identity = GroupId(spec.subscription or NO_SUBSCRIPTION, spec.resource_group.name)
        region = spec.resource_group.region or ""
        groups[identity] = DeclaredGroup(identity, region, spec.resource_group.create)
    return tuple(groups.values())


def make_account_id(spec: Spec, account: Account) -> AccountId:
    """Return the ARM id of a declared account.

    An account in no group at all is a fault of the spec that validation names; here it lands in a
    group of the spec's name, so that planning never fails on it.
    """
    return AccountId(
        GroupId(_find_subscription(spec, account), _find_group(spec, account).name),
        account.account_name,
    )


def _find_subscription(spec: Spec, account: Account) -> str:
    return account.subscription or spec.subscription or NO_SUBSCRIPTION


def _find_group(spec: Spec, account: Account) -> ResourceGroup:
    declared = account.resource_group
    if isinstance(declared, str):
        same = spec.resource_group and spec.resource_group.name.casefold() == declared.casefold()
        return spec.resource_group if same and spec.resource_group else ResourceGroup(name=declared)
    return declared or spec.resource_group or ResourceGroup(name=f"rg-{spec.name}")
