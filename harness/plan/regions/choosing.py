"""Choose the region of an account that may be in several: where it is, else the first that will do.

What exists never moves because another region has come first. What does not exist yet is planned in
one region after the other, until preflight has nothing against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from harness.azure.regions import fold
from harness.plan.identity import AccountId
from harness.plan.model import Intent, Problem, RegionChoice, Rejection
from harness.plan.observed import HASH_TAG, DeletedAccount, Observed
from harness.plan.planner import make_plan
from harness.plan.regions.choices import REGIONAL
from harness.plan.resources.fields import list_account_fields, make_tags
from harness.plan.scope import Scope, make_account_id, make_market, make_opening
from harness.spec.model.spec import Account, Spec


@dataclass(frozen=True, slots=True)
class Chosen:
    """A spec whose accounts are in one region each.

    Attributes:
        spec: the spec with the regions that were chosen.
        choices: by the handle of each account that may be in several.
        asks: what has to be observed before more can be chosen; None where nothing has.
    """

    spec: Spec
    choices: Mapping[str, RegionChoice] = field(default_factory=dict)
    asks: Scope | None = None


def choose_regions(spec: Spec, observed: Observed, intent: Intent) -> Chosen:
    """Return the spec with one region for each account, as far as what was observed reaches.

    Accounts that are there come first; the others share out what quota is left, in the spec's
    order. For a destroy nothing is tried.
    """
    several = [handle for handle, account in spec.accounts.items() if len(account.regions) > 1]
    if not several:
        return Chosen(spec)
    choices: dict[str, RegionChoice] = {}
    for handle in several:
        choice = _find_home(spec, handle, observed)
        if choice is not None:
            choices[handle] = choice
    for handle in several:
        if handle in choices or intent.goal == "destroy":
            continue
        tried = _try_regions(spec, handle, choices, observed, intent)
        if isinstance(tried, Scope):
            return Chosen(spec, asks=tried)
        choices[handle] = tried
    settled = _settle(spec, {handle: choice.region for handle, choice in choices.items()})
    return Chosen(settled, choices, _ask_for_markets(settled, several, observed, intent))


def _find_home(spec: Spec, handle: str, observed: Observed) -> RegionChoice | None:
    """Return the region that an account is in, or comes back to; None where any will do."""
    account = spec.accounts[handle]
    at = make_account_id(spec, account)
    there = observed.accounts.get(at)
    if there is not None:
        region = _find_among(account, there.region)
        return None if region is None else RegionChoice(region, account.regions, "exists")
    twin = next((each for each in observed.deleted if each.account == at), None)
    if twin is None:
        return None
    if account.on_soft_deleted == "restore" and twin.owner in (None, spec.name):
        region = _find_among(account, twin.region)
        return None if region is None else RegionChoice(region, account.regions, "restored")
    return _find_replacement(spec, account, twin)


def _find_replacement(spec: Spec, account: Account, twin: DeletedAccount) -> RegionChoice | None:
    """Return the region of a replacement that broke off: what is made up for it needs the same."""
    for region in account.regions:
        fields = list_account_fields(account.model_copy(update={"region": region}))
        if twin.is_replaced_by(make_tags(spec.name, fields)[HASH_TAG]):
            return RegionChoice(region, account.regions, "accepted")
    return None


def _find_among(account: Account, region: str) -> str | None:
    return next((each for each in account.regions if fold(each) == fold(region)), None)


def _try_regions(
    spec: Spec,
    handle: str,
    choices: Mapping[str, RegionChoice],
    observed: Observed,
    intent: Intent,
) -> RegionChoice | Scope:
    """Return the first region that preflight accepts, or what has to be observed to tell."""
    account = spec.accounts[handle]
    at = make_account_id(spec, account)
    before = _settle_part(spec, {h: choice.region for h, choice in choices.items()})
    known = frozenset(_list_regional(before, observed, intent))
    rejected: list[Rejection] = []
    for region in account.regions:
        asks = _ask(spec, at, account, region, observed)
        if asks is not None:
            return asks
        trial = _settle_part(
            spec, {**{h: choice.region for h, choice in choices.items()}, handle: region}
        )
        new = [each for each in _list_regional(trial, observed, intent) if each not in known]
        if not new:
            return RegionChoice(region, account.regions, "accepted", tuple(rejected))
        rejected.append(Rejection(region, new[0].code, new[0].message))
    real = (each.region for each in rejected if each.code != "region_unknown")
    shown = next(real, account.home)
    return RegionChoice(shown, account.regions, "none", tuple(rejected))


def _list_regional(spec: Spec, observed: Observed, intent: Intent) -> tuple[Problem, ...]:
    """Return what preflight refuses because of a region.

    That every refusal is disregarded is no reason to take a worse region.
    """
    plan = make_plan(spec, observed, replace(intent, only=(), skip=intent.skip - {"all"}))
    return tuple(each for each in plan.errors if each.code in REGIONAL)


def _settle(spec: Spec, regions: Mapping[str, str]) -> Spec:
    """Return the spec with these accounts in these regions."""
    accounts = {
        handle: account.model_copy(update={"region": regions.get(handle, account.home)})
        for handle, account in spec.accounts.items()
    }
    return spec.model_copy(update={"accounts": accounts})


def _settle_part(spec: Spec, regions: Mapping[str, str]) -> Spec:
    """Return the spec with those accounts alone whose region is known."""
    settled = _settle(spec, regions)
    accounts = {
        handle: account
        for handle, account in settled.accounts.items()
        if handle in regions or len(spec.accounts[handle].regions) == 1
    }
    return settled.model_copy(update={"accounts": accounts})


def _ask(
    spec: Spec, at: AccountId, account: Account, region: str, observed: Observed
) -> Scope | None:
    """Return what has to be observed of a region for one account; None where it was."""
    market, opening = make_market(at, region), make_opening(at, account, region)
    markets = (market,) if account.deployments and market not in observed.offers else ()
    is_open = (at, opening.region) in observed.refused_skus or at in observed.accounts
    if not markets and is_open:
        return None
    openings = () if is_open else (opening,)
    return Scope(spec.name, (), (), markets, openings=openings)


def _ask_for_markets(
    settled: Spec, several: list[str], observed: Observed, intent: Intent
) -> Scope | None:
    """Return the markets of accounts that are there, and were not asked yet."""
    if intent.goal == "destroy":
        return None
    accounts = [settled.accounts[handle] for handle in several]
    markets = dict.fromkeys(
        make_market(make_account_id(settled, account), account.home)
        for account in accounts
        if account.deployments
    )
    missing = tuple(market for market in markets if market not in observed.offers)
    return Scope(settled.name, (), (), missing) if missing else None
