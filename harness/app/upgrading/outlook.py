"""Look ahead of a deployment: when its model retires, and what could take its place there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from harness.app.ports import World
from harness.azure.catalogue import find_retirement_source
from harness.errors import Diagnostic, RefusedError, RequestError
from harness.plan.identity import Market
from harness.plan.preflight.offers import find_sku, is_deprecating, is_retired
from harness.plan.preflight.successors import (
    Deployed,
    Successor,
    find_asked,
    find_end,
    find_row,
    list_successors,
)
from harness.plan.scope import make_account_id, make_market
from harness.prices.list_price import find_price

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.plan.observed import ObservedDeployment, OfferedModel, QuotaUsage
    from harness.spec.load import SpecFile
    from harness.spec.model.spec import Deployment

NO_DEPLOYMENT, NOT_OFFERED, NOT_THERE = "H930", "H931", "H932"


@dataclass(frozen=True, slots=True)
class UpgradedTarget:
    """A deployment of the spec that is to be upgraded, by its handles."""

    owner: str
    handle: str

    @property
    def name(self) -> str:
        """The target's name."""
        return f"{self.owner}/{self.handle}"


@dataclass(frozen=True, slots=True)
class Retirement:
    """The end of a model, as far as anybody says.

    Attributes:
        day: from which nothing answers; None where no day is known or planned.
        state: ``retired``, ``deprecating`` (it takes no new deployments), else "".
        source: who says so, and when.
    """

    day: date | None
    days_left: int | None
    state: str
    source: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """The future of a deployment.

    Attributes:
        old: the deployment as it is.
        region: the one that its account is in.
        chosen: the successor to try; None where nothing fits.
        is_deployed: whether the deployment is there.
    """

    target: UpgradedTarget
    old: Deployed
    region: str
    retirement: Retirement
    successors: tuple[Successor, ...]
    chosen: Successor | None
    is_deployed: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return it for programs."""
        end = self.retirement
        return {
            "target": self.target.name,
            "region": self.region,
            "model": self.old.model,
            "version": self.old.version,
            "sku": self.old.sku,
            "capacity": self.old.capacity,
            "price": _price(self.old.model, self.old.version, self.old.sku),
            "retirement": {
                "date": None if end.day is None else end.day.isoformat(),
                "days_left": end.days_left,
                "state": end.state or None,
                "source": end.source or None,
            },
            "successors": [describe_successor(each) for each in self.successors],
            "chosen": None if self.chosen is None else describe_successor(self.chosen),
        }


def describe_successor(each: Successor) -> dict[str, Any]:
    """Return a successor for programs."""
    return {
        "model": each.model,
        "version": each.version,
        "sku": each.sku,
        "capacity": each.capacity,
        "quota_left": each.left,
        "retires": None if each.retires is None else each.retires.isoformat(),
        "fits": each.fits,
        "obstacles": list(each.obstacles),
        "named_by_azure": each.named,
        "price": _price(each.model, each.version, each.sku),
    }


def _price(model: str, version: str, sku: str) -> dict[str, float | None]:
    read, written = find_price(model, version, sku)
    return {"input": read, "output": written}


def look_ahead(world: World, target: str, to: str | None = None) -> Outlook:
    """Return when a deployment's model retires, and what could succeed it; read only.

    Args:
        world: the outside of the spec.
        target: the deployment's name: ``sweden/mini``.
        to: the successor that somebody wants: ``gpt-5-mini@2025-08-07``, or its name alone.

    Raises:
        RequestError: the target is no deployment of the spec, or the region does not offer ``to``.
        CloudError: Azure cannot be read.
    """
    named = find_target(world.spec_file, target)
    with world.record_as("upgrade: look"):
        return _look(world, named, to)


def find_target(spec_file: SpecFile, name: str) -> UpgradedTarget:
    """Return the deployment of the spec that is called so.

    Raises:
        RequestError: none is.
    """
    spec = spec_file.spec
    owner, _, handle = name.partition("/")
    if owner in spec.accounts and handle in spec.accounts[owner].deployments:
        return UpgradedTarget(owner, handle)
    known = [f"{o}/{h}" for o, account in spec.accounts.items() for h in account.deployments]
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known) or 'none'}"
    if owner in spec.providers:
        summary = f"{name} is a provider's model: only a deployment of the spec can be upgraded"
    else:
        summary = f"there is no deployment '{name}' in {spec_file.path}"
    raise RequestError(Diagnostic(NO_DEPLOYMENT, summary, hint=hint))


def _look(world: World, named: UpgradedTarget, to: str | None) -> Outlook:
    account = world.spec_file.spec.accounts[named.owner]
    declared = account.deployments[named.handle]
    at = make_account_id(world.spec_file.spec, account)
    there = world.cloud().read_account(at)
    region = there.region if there is not None else account.home
    held = there and there.deployments.get(declared.deployment_name.casefold())
    market = make_market(at, region)
    survey = world.cloud().survey((market,))
    offers, usages = survey.offers.get(market, ()), survey.usages.get(market, {})
    kind = str(there.body.get("kind") or account.kind) if there is not None else account.kind
    old = _describe(declared, held or None, kind)
    retirement = _find_retirement(world, old, offers, market)
    found = list_successors(offers, usages, old, world.today)
    if to is None:
        best = next((each for each in found if each.fits), None)
        return Outlook(named, old, region, retirement, found, best, is_deployed=bool(held))
    wanted = _find_wanted(offers, usages, old, world.today, to, region)
    return Outlook(named, old, region, retirement, found, wanted, is_deployed=bool(held))


def _describe(declared: Deployment, held: ObservedDeployment | None, kind: str) -> Deployed:
    """Describe a deployment: the model that answers, in the SKU and size that the spec says."""
    if held is None:
        return Deployed(
            declared.format, declared.model, declared.version, declared.sku, declared.capacity, kind
        )
    stated = declared.model_fields_set
    return Deployed(
        declared.format,
        held.model,
        held.version,
        declared.sku if "sku" in stated else held.sku,
        declared.capacity if "capacity" in stated else held.capacity,
        kind,
    )


def _find_retirement(
    world: World, old: Deployed, offers: tuple[OfferedModel, ...], market: Market
) -> Retirement:
    row = find_row(offers, old)
    if row is None:
        return Retirement(None, None, "", "")
    sku = find_sku(row, old.sku)
    day = find_end(row, sku)
    state = "deprecating" if is_deprecating(row) else ""
    if is_retired(row, sku, world.today):
        state = "retired"
    left = None if day is None else (day - world.today).days
    return Retirement(day, left, state, _name_source(world, old, market))


def _name_source(world: World, old: Deployed, market: Market) -> str:
    if not world.simulated:
        return f"Azure's list of models of {market.region}, {world.today}"
    source = find_retirement_source(old.model, old.version)
    return f"the simulator's catalogue ({source})" if source else "the simulator's catalogue"


def _find_wanted(
    offers: tuple[OfferedModel, ...],
    usages: Mapping[str, QuotaUsage],
    old: Deployed,
    today: date,
    to: str,
    region: str,
) -> Successor:
    """Return the successor that somebody named.

    Raises:
        RequestError: the region does not offer it, or it is the model that is there.
    """
    model, _, version = to.partition("@")
    if (model.casefold(), version) == (old.model.casefold(), old.version):
        raise RequestError(
            Diagnostic(
                NOT_OFFERED,
                f"{old.model} {old.version} is what is deployed there already",
                hint="--to takes another: MODEL@VERSION",
            )
        )
    if not offers and version:
        # Nobody says what the region offers: unknown is no refusal.
        return Successor(model, version, old.sku, old.capacity, None, None, ())
    found = find_asked(offers, usages, old, today, model, version or None)
    found = tuple(
        each
        for each in found
        if (each.model.casefold(), each.version) != (old.model.casefold(), old.version)
    )
    if found:
        return found[0]
    versions = [row.version for row in offers if row.name.casefold() == model.casefold()]
    near = get_close_matches(model, {row.name for row in offers}, n=3, cutoff=0.6)
    hint = f"it offers the versions {', '.join(dict.fromkeys(versions))}" if versions else ""
    hint = hint or (f"did you mean {' or '.join(near)}?" if near else "")
    raise RequestError(
        Diagnostic(
            NOT_OFFERED,
            f"{region} offers no {model}{f' {version}' if version else ''} for this account, "
            f"paid for as {old.sku} is",
            hint=hint or f"harness models --region {region}",
        )
    )


def require_comparable(outlook: Outlook) -> Successor:
    """Return the successor to try.

    Raises:
        RefusedError: nothing fits, or what was asked for does not.
    """
    chosen = outlook.chosen
    if chosen is not None and chosen.fits:
        return chosen
    if chosen is None:
        said = f"nothing in {outlook.region} can take the place of {outlook.target.name} now"
    else:
        said = (
            f"{chosen.model} {chosen.version} cannot be deployed beside {outlook.target.name}: "
            f"{', '.join(chosen.obstacles)}"
        )
    hint = f"harness models --region {outlook.region} shows what fits; ask for more quota"
    raise RefusedError(Diagnostic(NOT_THERE, said, hint=hint))
