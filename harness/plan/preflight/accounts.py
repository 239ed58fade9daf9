"""Find why Azure would refuse an account, and who could call it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from harness.address import Address
from harness.azure.regions import (
    OPENAI_NAMES,
    fold,
    is_known,
    list_openai_regions,
    sort_nearest_first,
)
from harness.azure.roles import CALL, find_role
from harness.plan.codes import CodeName
from harness.plan.identity import AccountId, Market
from harness.plan.model import Change, Problem, Purge
from harness.plan.observed import DeletedAccount, Observed, find
from harness.plan.preflight import offers as fit
from harness.plan.preflight.asked import DeclaredPlace
from harness.plan.resources.grants import list_grants
from harness.spec.model.spec import Account

CALLER_ROLE = "Cognitive Services OpenAI User"
"""The least role that may call models.

Source: Azure OpenAI documentation on role-based access control; Owner and Contributor have no
data actions (401 PermissionDenied, "lacks the required data action").
"""

DECLARE_ACCESS = f"write `access: [{{principal: me, role: {CALLER_ROLE}}}]` on the account"

QUOTA_PAGE = "https://aka.ms/oai/stuquotarequest"


@dataclass(frozen=True, slots=True)
class AskedAccount:
    """A declared account, the change that is planned for it, and the market it is in."""

    place: DeclaredPlace
    account: Account
    at: AccountId
    market: Market
    change: Change
    observed: Observed

    @property
    def anew(self) -> bool:
        """True when Azure will be asked for a new account."""
        return self.change.action in ("create", "replace")

    def report(
        self,
        code: CodeName,
        severity: Literal["error", "warning"],
        message: str,
        hint: str,
        *keys: str,
    ) -> Problem:
        """Return a problem of this account."""
        return Problem(self.change.address, code, severity, message, hint, self.place.at(*keys))

    def find_property(self, *path: str) -> Any:
        """Return a property of the account as it will be: declared, else as it is."""
        declared = find(self.account.properties, path)
        there = self.observed.accounts.get(self.at)
        if declared is not None or there is None:
            return declared
        return find(there.body, ("properties", *path))


def check_account(asked: AskedAccount) -> Iterator[Problem]:
    """Yield what stands in the way of one account, and warnings about it."""
    subscription = asked.at.group.subscription
    if subscription in asked.observed.unregistered:
        yield asked.report(
            "provider_not_registered",
            "error",
            f"subscription {subscription} has never used Azure AI services",
            "run `az provider register --namespace Microsoft.CognitiveServices`",
        )
    if asked.anew:
        yield from _check_creation(asked)
    purges = any(isinstance(step, Purge) for step in asked.change.steps)
    if purges and asked.observed.purgers.get(subscription) is False:
        yield asked.report(
            "purge_forbidden",
            "error",
            f"{asked.account.account_name} has to be purged, and who is signed in may not purge",
            "have `Cognitive Services Contributor` granted on the subscription: it takes "
            "Microsoft.CognitiveServices/locations/resourceGroups/deletedAccounts/delete; "
            "or choose another account_name",
            "account_name",
        )
    yield from _warn_of_caller(asked)
    yield from _warn_of_network(asked)


def _check_creation(asked: AskedAccount) -> Iterator[Problem]:
    account, observed = asked.account, asked.observed
    here = asked.change.address
    regional = check_region(here, asked.place.at("region"), account.home, observed.regions)
    yield from regional
    refusal = observed.refused_skus.get((asked.at, fold(account.home)))
    if refusal and not regional:
        near = fit.join_names(list_openai_regions(account.home)[:3])
        yield asked.report(
            "sku_refused",
            "error",
            f"{account.kind} {account.sku} cannot be had in {account.home}: {refusal}",
            f"another region, of which {near} are near; "
            "another subscription: some kinds may not have Azure OpenAI",
            "region",
        )
    twin = next((each for each in observed.deleted if each.account == asked.at), None)
    reason = observed.taken_subdomains.get(account.subdomain.casefold())
    # A soft-deleted twin keeps its subdomain; that it is there says it all.
    holder = _find_deleted_holder(observed, account.subdomain)
    if reason is not None and twin is None and holder is not None:
        yield asked.report(
            "subdomain_taken",
            "error",
            f"subdomain {account.subdomain} is still held by {holder.account.name} of group "
            f"{holder.account.group.name}, which is deleted and not purged",
            f"run `{write_purge_command(holder)}`; choose another `subdomain`",
            "subdomain",
        )
    elif reason is not None and twin is None:
        yield asked.report(
            "subdomain_taken",
            "error",
            f"subdomain {account.subdomain} cannot be had: {reason}",
            "subdomains are unique in all of Azure: choose another `subdomain`",
            "subdomain",
        )
    freed = any(isinstance(step, Purge) for step in asked.change.steps)
    if twin is not None and account.on_soft_deleted == "fail" and not freed:
        until = f" until {twin.purge_date[:16].replace('T', ' ')}" if twin.purge_date else ""
        yield asked.report(
            "soft_deleted",
            "error",
            f"a soft-deleted account holds the name {account.account_name}{until}",
            "set `on_soft_deleted: restore` to have it back, or `purge` to give it up for good; "
            f"run `{write_purge_command(twin)}`; "
            "choose another account_name",
            "account_name",
        )


def _find_deleted_holder(observed: Observed, subdomain: str) -> DeletedAccount | None:
    """Return the deleted account that holds a subdomain, None where it is nobody's known."""
    return next(
        (
            each
            for each in observed.deleted
            if str(find(each.body, ("properties", "customSubDomainName")) or "").casefold()
            == subdomain.casefold()
        ),
        None,
    )


def write_purge_command(twin: DeletedAccount) -> str:
    """Return the command that gives up a deleted account for good."""
    at = twin.account
    return (
        f"az cognitiveservices account purge --name {at.name} "
        f"--resource-group {at.group.name} --location {twin.region}"
    )


def check_region(
    here: Address, place: tuple[str, ...], region: str, offered: frozenset[str]
) -> tuple[Problem, ...]:
    """Refuse a region that is none, or not among those ``offered``.

    An empty set means any there is.
    """
    name = fold(region)
    if name in offered or (not offered and is_known(name)):
        return ()
    candidates = offered or OPENAI_NAMES
    close = fit.find_nearest_words(name, candidates) or sort_nearest_first(name, candidates)
    what = (
        "does not offer Azure OpenAI to this subscription" if is_known(name) else "is not a region"
    )
    hint = f"the nearest: {fit.join_names(close)}"
    return (Problem(here, "region_unknown", "error", f"{region} {what}", hint, place),)


def check_counts(asked: Iterable[AskedAccount]) -> Iterator[Problem]:
    """Refuse more new accounts than the subscription may have in a region.

    Source: usages ``OpenAI.S0.AccountCount``, ``AIServices.S0.AccountCount`` and
    ``AccountCount`` in the recorded list of eastus2, 2026-04: names for S0 accounts alone.
    """
    wanted: dict[tuple[Market, str], list[AskedAccount]] = defaultdict(list)
    for each in asked:
        if each.change.action == "create":
            for name in (f"{each.account.kind}.{each.account.sku}.AccountCount", "AccountCount"):
                wanted[each.market, name.casefold()].append(each)
    told: set[AccountId] = set()
    for (market, name), accounts in wanted.items():
        usage = accounts[0].observed.usages.get(market, {}).get(name)
        if usage is None or len(accounts) <= fit.count_left(usage) or accounts[-1].at in told:
            continue
        last = accounts[-1]
        told.add(last.at)
        near = fit.join_names(list_openai_regions(last.account.home)[:3])
        yield last.report(
            "accounts_exhausted",
            "error",
            f"{usage.name} in {last.account.home} has {fit.count_left(usage)} of {usage.limit} "
            f"left, and this plan creates {len(accounts)} more",
            f"another region, of which {near} are near; delete and purge accounts that nobody "
            f"needs; put the deployments into an account that exists; ask for more at {QUOTA_PAGE}",
            "region",
        )


def _warn_of_caller(asked: AskedAccount) -> Iterator[Problem]:
    """Warn where keys are off and the caller holds no role for the data."""
    if asked.account.local_auth or not asked.account.deployments:
        return
    may = asked.observed.callers.get(asked.at)
    if may or (may is None and not asked.anew) or _is_let_in(asked, anybody=may is None):
        return
    name = asked.account.account_name
    who = "who is signed in holds no role for its data" if may is False else (
        "it is of no use until somebody holds a role for its data"
    )  # fmt: skip
    yield asked.report(
        "role_missing",
        "warning",
        f"{name} takes no keys, and {who}: being Owner or Contributor is not enough",
        f"{DECLARE_ACCESS}, which takes some five minutes to work; "
        f"once the account is there: {write_grant_command(asked.at)}; "
        "for a service principal: --assignee with its client id",
        "local_auth",
    )


def _is_let_in(asked: AskedAccount, *, anybody: bool) -> bool:
    """Return whether the spec itself gives the caller, or anybody, a role that calls models."""
    caller = asked.observed.caller
    for grant in list_grants(asked.account, asked.at, caller):
        role = find_role(grant.role_id)
        meant = anybody or not grant.principal or (caller and grant.principal == caller.object_id)
        # What a role of one's own allows is not known here.
        if meant and (role is None or role.allows(CALL)):
            return True
    return False


def write_grant_command(at: AccountId) -> str:
    """Return the command that lets who is signed in call the models of an account."""
    return (
        'az role assignment create --assignee "$(az ad signed-in-user show --query id -o tsv)" '
        f'--role "{CALLER_ROLE}" --scope {at}'
    )


def _warn_of_network(asked: AskedAccount) -> Iterator[Problem]:
    name = asked.account.account_name
    if str(asked.find_property("publicNetworkAccess")).casefold() == "disabled":
        yield asked.report(
            "unreachable",
            "warning",
            f"{name} takes no calls from public networks, so none from here",
            "run conversations from inside its network, through a private endpoint; "
            "or `properties: {publicNetworkAccess: Enabled}`",
            "properties",
        )
        return
    if str(asked.find_property("networkAcls", "defaultAction")).casefold() != "deny":
        return
    addresses = asked.find_property("networkAcls", "ipRules") or ()
    networks = asked.find_property("networkAcls", "virtualNetworkRules") or ()
    allowed = f"{len(addresses)} addresses and {len(networks)} networks that its rules name"
    yield asked.report(
        "unreachable",
        "warning",
        f"{name} takes calls only from the {allowed}",
        "run conversations from one of them; or add this address to `networkAcls.ipRules`",
        "properties",
    )
