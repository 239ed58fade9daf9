"""What Azure would refuse, found before anything is written.

Only what a change asks for is questioned: a deployment that stays as it is keeps working though
its model is no longer on the list. Unknown is never a refusal: a region whose list is absent or
empty lets everything pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from harness.address import Address
from harness.azure.regions import REGIONS, folded, known, nearest_first
from harness.plan import offers as fit
from harness.plan.codes import CodeName
from harness.plan.identity import AccountId, DeploymentId, Market
from harness.plan.model import Change, Problem
from harness.plan.observed import Observed, OfferedModel, OfferedSku
from harness.plan.scope import account_id, deployment_id
from harness.spec.model import Account, Deployment, Spec

RETIRES_SOON_DAYS = 90
"""Days before a retirement from which every plan warns."""

RETIREMENTS_PAGE = "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/model-retirements"
QUOTA_PAGE = "https://aka.ms/oai/stuquotarequest"


def preflight(spec: Spec, observed: Observed, changes: Iterable[Change]) -> tuple[Problem, ...]:
    """Every reason for which Azure would refuse these changes, and every warning, in spec order."""
    by_resource = {change.resource: change for change in changes}
    problems: list[Problem] = []
    demand: dict[tuple[Market, str], list[_Claim]] = defaultdict(list)
    for handle, account in spec.accounts.items():
        at = account_id(spec, account)
        change = by_resource[at]
        problems += _account_problems(_Place(handle, None), account, at, change, observed)
        market = Market(at.group.subscription, folded(account.region))
        for key, deployment in account.deployments.items():
            one = by_resource[deployment_id(spec, account, deployment.deployment_name)]
            asked = _Asked(_Place(handle, key), account, deployment, market, one, observed)
            problems += _deployment_problems(asked)
            for usage_name, claim in _claims(asked):
                demand[market, usage_name].append(claim)
    problems += _quota_problems(demand, observed)
    return tuple(problems)


@dataclass(frozen=True, slots=True)
class _Place:
    handle: str
    key: str | None

    def at(self, *rest: str) -> tuple[str, ...]:
        """The path of a key of this account or deployment in the document."""
        inner = () if self.key is None else ("deployments", self.key)
        return ("accounts", self.handle, *inner, *rest)


# --- accounts ----------------------------------------------------------------------------------


def _account_problems(
    place: _Place, account: Account, at: AccountId, change: Change, observed: Observed
) -> Iterator[Problem]:
    here = change.address
    if at.group.subscription in observed.unregistered:
        yield Problem(
            here,
            "provider_not_registered",
            "error",
            f"subscription {at.group.subscription} has never used Azure AI services",
            "run `az provider register --namespace Microsoft.CognitiveServices`",
        )
    if change.action not in ("create", "replace"):
        return
    yield from region_problems(here, place.at("region"), account.region, observed.regions)
    twin = next((each for each in observed.deleted if each.account == at), None)
    reason = observed.taken_subdomains.get(account.subdomain.casefold())
    # A soft-deleted twin keeps its subdomain; that it is there says it all.
    if reason is not None and twin is None:
        yield Problem(
            here,
            "subdomain_taken",
            "error",
            f"subdomain {account.subdomain} cannot be had: {reason}",
            "subdomains are unique in all of Azure: choose another `subdomain`",
            place.at("subdomain"),
        )
    if twin is not None and account.on_soft_deleted == "fail":
        until = f" until {twin.purge_date[:16].replace('T', ' ')}" if twin.purge_date else ""
        yield Problem(
            here,
            "soft_deleted",
            "error",
            f"a soft-deleted account holds the name {account.account_name}{until}",
            "set `on_soft_deleted: purge` to give the deleted one up for good, run "
            f"`az cognitiveservices account purge --name {account.account_name} "
            f"--resource-group {at.group.name} --location {twin.region}`, "
            "or choose another account_name",
            place.at("account_name"),
        )


def region_problems(
    here: Address, place: tuple[str, ...], region: str, offered: frozenset[str]
) -> tuple[Problem, ...]:
    """A region that is none, or not among those ``offered``; an empty set means any there is."""
    name = folded(region)
    if name in offered or (not offered and known(name)):
        return ()
    candidates = offered or frozenset(other.name for other in REGIONS if other.openai)
    close = fit.nearest_words(name, candidates) or nearest_first(name, candidates)
    what = "does not offer Azure OpenAI to this subscription" if known(name) else "is not a region"
    hint = f"the nearest: {fit.named(close)}"
    return (Problem(here, "region_unknown", "error", f"{region} {what}", hint, place),)


# --- deployments -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """A declared deployment, the change that is planned for it, and the market it would go to."""

    place: _Place
    account: Account
    deployment: Deployment
    market: Market
    change: Change
    observed: Observed

    @property
    def anew(self) -> bool:
        """Whether Azure will be asked for a new deployment."""
        return self.change.action in ("create", "replace")

    def changes(self, *names: str) -> bool:
        """Whether one of these fields is asked for."""
        return self.anew or any(each.name in names for each in self.change.differences)

    def problem(
        self,
        code: CodeName,
        severity: Literal["error", "warning"],
        message: str,
        hint: str,
        key: str,
    ) -> Problem:
        """A problem of this deployment."""
        return Problem(self.change.address, code, severity, message, hint, self.place.at(key))

    @property
    def label(self) -> str:
        """The model as people name it."""
        version = "" if self.deployment.version == "default" else f" {self.deployment.version}"
        return f"{self.deployment.model}{version}"


def _deployment_problems(asked: _Asked) -> Iterator[Problem]:
    yield from _drift_warnings(asked)
    offers = asked.observed.offers.get(asked.market, ())
    if asked.observed.open_catalogue or not offers:
        return
    want = fit.wanted(asked.deployment, asked.account.kind)
    rows = fit.rows_for(offers, want)
    row = fit.version_row(rows, want.version)
    sku = fit.sku_row(row, want.sku) if row else None
    if asked.changes("model", "format", "version", "sku"):
        refusal = _not_offered(asked, want, offers, row, sku)
        if refusal is not None:
            yield refusal
            return
    if row is None or sku is None:
        return
    if asked.changes("capacity"):
        yield from _capacity_problems(asked, sku)
    yield from _retirement_problems(asked, row, sku, rows)


def _drift_warnings(asked: _Asked) -> Iterator[Problem]:
    deployment = asked.deployment
    if deployment.version == "default":
        now = (asked.change.after or {}).get("version")
        yield asked.problem(
            "version_floats",
            "warning",
            f"version: default is {now or 'what Azure chooses'} today and will drift",
            f'pin it: version: "{now}"' if now else "pin the version that Azure chose",
            "version",
        )
    elif deployment.upgrade != "NoAutoUpgrade":
        yield asked.problem(
            "upgrade_drifts",
            "warning",
            f"upgrade: {deployment.upgrade} lets Azure move away from version {deployment.version}",
            "set `upgrade: NoAutoUpgrade`, or expect drift",
            "upgrade",
        )


def _not_offered(
    asked: _Asked,
    want: fit.Wanted,
    offers: tuple[OfferedModel, ...],
    row: OfferedModel | None,
    sku: OfferedSku | None,
) -> Problem | None:
    """The first of model, version and SKU that the region does not have, with what would do."""
    if row is not None and sku is not None:
        return None
    region, today = asked.account.region, asked.observed.today
    rows = fit.rows_for(offers, want)
    elsewhere = fit.regions_that_fit(asked.observed, asked.market, want)
    there = (f"{want.sku} {asked.label} is offered in {fit.named(elsewhere)}",) if elsewhere else ()
    if not rows:
        close = fit.nearest_names(offers, want.model)
        near = (f"{region} offers {fit.named(close)}",) if close else ()
        message = f"{asked.deployment.model} is not offered in {region}"
        return asked.problem("model_not_offered", "error", message, _either(*there, *near), "model")
    if row is None:
        versions = fit.versions_that_fit(rows, want.sku, today) or rows
        names = [each.version + (" (default)" if each.default else "") for each in versions]
        here = f"{region} offers {asked.deployment.model} {fit.named(names)}"
        message = f"{asked.deployment.model} has no version {asked.deployment.version} in {region}"
        return asked.problem(
            "version_not_offered", "error", message, _either(here, *there), "version"
        )
    skus = fit.skus_that_fit(row, want.sku, today)
    here_ = (f"{region} serves {asked.label} as {fit.named(skus)}",) if skus else ()
    message = f"{asked.label} is not served as {want.sku} in {region}"
    return asked.problem("sku_not_offered", "error", message, _either(*here_, *there), "sku")


def _either(*ways: str) -> str:
    return "; ".join(ways) or "`plan` with another region says what is offered there"


def _capacity_problems(asked: _Asked, sku: OfferedSku) -> Iterator[Problem]:
    capacity, step = asked.deployment.capacity, sku.step or 1
    if fit.capacity_fits(capacity, sku):
        return
    top = f" and at most {sku.maximum}" if sku.maximum is not None else ""
    steps = f", in steps of {step}" if step > 1 else ""
    yield asked.problem(
        "capacity_invalid",
        "error",
        f"capacity {capacity} is not one that {sku.name} {asked.label} can have",
        f"at least {sku.minimum}{top}{steps}; the nearest is {nearest_capacity(capacity, sku)}",
        "capacity",
    )


def nearest_capacity(capacity: int, sku: OfferedSku) -> int:
    """The size that can be bought and is nearest to the one that was asked for."""
    step = sku.step or 1
    steps = max(0, round((capacity - sku.minimum) / step))
    nearest = sku.minimum + steps * step
    while sku.maximum is not None and nearest > sku.maximum and nearest > sku.minimum:
        nearest -= step
    return nearest


def _retirement_problems(
    asked: _Asked, row: OfferedModel, sku: OfferedSku, rows: tuple[OfferedModel, ...]
) -> Iterator[Problem]:
    today = asked.observed.today
    day = fit.retirement(row, sku)
    newer = [
        each.version
        for each in fit.versions_that_fit(rows, sku.name, today)
        if each.version != row.version
    ]
    others = [name for name in fit.skus_that_fit(row, sku.name, today) if name != sku.name]
    ways = "; ".join(
        [
            *([f"{row.name} is also served in version {fit.named(newer)}"] if newer else []),
            *([f"this version is also served as {fit.named(others)}"] if others else []),
        ]
        or [f"plan its successor: {RETIREMENTS_PAGE}"]
    )
    if fit.is_retired(row, sku, today):
        when = f" on {day}" if day else ""
        yield asked.problem(
            "model_retired",
            "error" if asked.changes("model", "version", "sku") else "warning",
            f"{asked.label} as {sku.name} retired{when}",
            ways,
            "version",
        )
    elif fit.is_deprecating(row) and asked.changes("model", "version", "sku"):
        yield asked.problem(
            "model_deprecating",
            "error",
            f"{asked.label} is about to retire and takes no new deployments",
            ways,
            "version",
        )
    elif day is not None and (day - today).days < RETIRES_SOON_DAYS:
        yield asked.problem(
            "model_retiring",
            "warning",
            f"{asked.label} as {sku.name} retires on {day}, in {(day - today).days} days",
            ways,
            "version",
        )


# --- quota -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a deployment adds to a quota, or gives back to it, in units of its SKU."""

    asked: _Asked
    delta: int


def _claims(asked: _Asked) -> Iterator[tuple[str, _Claim]]:
    """Per usage name: never built from names, always Azure's own word."""
    offers = asked.observed.offers.get(asked.market, ())
    want = fit.wanted(asked.deployment, asked.account.kind)
    row = fit.version_row(fit.rows_for(offers, want), want.version)
    sku = fit.sku_row(row, want.sku) if row else None
    if not asked.change.acts or sku is None or asked.observed.open_catalogue:
        return
    assert isinstance(asked.change.resource, DeploymentId)  # noqa: S101 - narrows for the checker
    account = asked.observed.accounts.get(asked.change.resource.account)
    there = account.deployments.get(asked.change.resource.name.casefold()) if account else None
    if there is None:
        yield sku.usage_name, _Claim(asked, asked.deployment.capacity)
        return
    before = fit.Wanted(want.format, there.model, there.version, there.sku, want.kind)
    old_row = fit.version_row(fit.rows_for(offers, before), before.version)
    old = fit.sku_row(old_row, before.sku) if old_row else None
    if old is not None and old.usage_name.casefold() == sku.usage_name.casefold():
        yield sku.usage_name, _Claim(asked, asked.deployment.capacity - there.capacity)
        return
    yield sku.usage_name, _Claim(asked, asked.deployment.capacity)
    if old is not None:
        yield old.usage_name, _Claim(asked, -there.capacity)


def _quota_problems(
    demand: dict[tuple[Market, str], list[_Claim]], observed: Observed
) -> Iterator[Problem]:
    folded_demand: dict[tuple[Market, str], list[_Claim]] = defaultdict(list)
    for (market, name), claims in demand.items():
        folded_demand[market, name.casefold()] += claims
    for (market, name), claims in folded_demand.items():
        usages = observed.usages.get(market, {})
        usage = usages.get(name)
        asked = sum(claim.delta for claim in claims)
        if usage is None or asked <= 0:
            continue
        left = fit.left_of(usage)
        if asked <= left:
            continue
        largest = max(claims, key=lambda claim: claim.delta).asked
        fitting = max(0, largest.deployment.capacity - (asked - left))
        lower = f"a capacity of {fitting} would fit; " if fitting else ""
        yield largest.problem(
            "quota_exceeded",
            "error",
            f"{usage.name} in {largest.account.region} has {left} of {usage.limit} left, "
            f"and this plan takes {asked} more",
            f"{lower}lower `capacity`, or ask for more at {QUOTA_PAGE}",
            "capacity",
        )
