"""The one planner: what apply carries out, verify wants empty, and destroy turns round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from harness import address
from harness.address import Address
from harness.azure.regions import fold
from harness.plan.codes import UNSKIPPABLE
from harness.plan.holdings import is_remembered
from harness.plan.identity import CHILD_KINDS, AccountId, GroupId, NestedId
from harness.plan.model import Change, Delete, Intent, Plan, Problem, Put, RegionChoice
from harness.plan.naming import index_keys
from harness.plan.narrow import narrow
from harness.plan.observed import HASH_TAG, OWNER_TAG, Observed, ObservedGroup
from harness.plan.orphans import plan_orphans
from harness.plan.preflight.accounts import check_region
from harness.plan.preflight.checking import check_plan
from harness.plan.preflight.offers import list_markets_to_ask
from harness.plan.regions.choices import add_choice, report_choices
from harness.plan.removal import plan_removals
from harness.plan.resources.accounts import plan_account
from harness.plan.resources.aspects import Field
from harness.plan.resources.fields import hash_declaration
from harness.plan.resources.ownership import WATCHED
from harness.plan.resources.site import Site, locate_accounts
from harness.plan.scope import DeclaredGroup, list_groups
from harness.spec.model.spec import Spec

NO_CHOICES: Mapping[str, RegionChoice] = MappingProxyType({})


def make_plan(
    spec: Spec,
    observed: Observed,
    intent: Intent,
    choices: Mapping[str, RegionChoice] = NO_CHOICES,
) -> Plan:
    """Return the changes that take what was observed to what is declared, or to nothing of it.

    Pure: the same values give the same plan. Only what carries the spec's tag is changed or
    deleted; ``intent.adopt`` alone lets it take over what carries nobody's. ``choices`` are by the
    handles of accounts that may be in several regions.

    Raises:
        RequestError: ``intent.only`` names what the spec does not have, or cannot be done alone.
    """
    if intent.goal == "destroy":
        return _plan_to_destroy(spec, observed, intent)
    sites = locate_accounts(spec, observed, intent)
    planned = [plan_account(site) for site in sites]
    groups = [_group_change(spec, group, observed) for group in list_groups(spec)]
    wanted = (
        *(change for change, _ in groups),
        *(change for account in planned for change in account.changes),
    )
    left, barred = plan_orphans(spec, observed, wanted, prune=intent.prune)
    changes = tuple(_add_memory(change, spec, observed) for change in (*wanted, *left))
    chosen = narrow(changes, intent.only)
    # What is left aside asks for nothing, and Azure is not asked about it.
    meant = tuple(_lay_aside(each, chosen) for each in changes)
    ordered, refusals = check_plan(sites, observed, meant)
    found = (
        *(problem for _, problems in groups for problem in problems),
        *(problem for account in planned for problem in account.problems),
        *barred,
        *refusals,
    )
    found = tuple(problem for problem in found if problem.address in chosen)
    told = report_choices(found, choices, chosen)
    return Plan(
        spec.name,
        "apply",
        tuple(add_choice(change, choices) for change in ordered if change.address in chosen),
        skip_problems(told, intent.skip),
        asks=list_markets_to_ask(found, observed, {site.handle: site.market for site in sites}),
        bystanders=list_bystanders(sites),
        left_aside=sum(change.acts for change in changes if change.address not in chosen),
    )


def _plan_to_destroy(spec: Spec, observed: Observed, intent: Intent) -> Plan:
    changes, problems = plan_removals(spec, observed, intent)
    sites = locate_accounts(spec, observed, intent)
    return Plan(
        spec.name,
        "destroy",
        _sort_for_deletion((*changes, *_plan_leaving_groups(spec, observed, changes))),
        problems,
        bystanders=list_bystanders(sites, declared_too=True),
    )


def _lay_aside(change: Change, chosen: frozenset[Address]) -> Change:
    if change.address in chosen:
        return change
    return replace(change, action="none", differences=(), steps=())


def _add_memory(change: Change, spec: Spec, observed: Observed) -> Change:
    """Return the change, and whether what is missing was there before, if that is known."""
    at = change.resource
    if change.before is not None or isinstance(at, GroupId):
        return change
    if isinstance(at, AccountId):
        gone = any(each.account == at and each.owner == spec.name for each in observed.deleted)
        return replace(change, vanished=True if gone else None)
    account = observed.accounts.get(at.account)
    return replace(change, vanished=None if account is None else is_remembered(account, at))


def skip_problems(problems: tuple[Problem, ...], skip: frozenset[str]) -> tuple[Problem, ...]:
    """Return the problems with disregarded errors as warnings: shown, but in nobody's way."""
    return tuple(
        replace(problem, severity="warning", message=f"{problem.message} (skipped)")
        if problem.severity == "error"
        and problem.code not in UNSKIPPABLE
        and (problem.code in skip or "all" in skip)
        else problem
        for problem in problems
    )


def list_bystanders(sites: Iterable[Site], *, declared_too: bool = False) -> tuple[str, ...]:
    """Return what lies in our accounts and is not ours: it is named, never touched.

    Args:
        sites: our accounts.
        declared_too: name also what the spec declares and does not own, which destroy leaves.
    """
    names: list[str] = []
    for site in sites:
        if site.there is None:
            continue
        here = address.name_account(site.handle)
        for kind in CHILD_KINDS:
            declared = index_keys(site.account, kind, site.at, site.observed.caller)
            names += [
                f"{here}: {kind.label} {each.title}"
                for key, each in site.there.list_children(kind).items()
                if (declared_too or key not in declared) and each.owner != site.spec.name
            ]
        names += [f"{here}: {each}" for each in site.there.foreign]
    return tuple(names)


def _group_change(
    spec: Spec, group: DeclaredGroup, observed: Observed
) -> tuple[Change, tuple[Problem, ...]]:
    here = address.name_group(group.id.name)
    there = observed.groups.get(group.id)
    wanted = {"region": group.region}
    if there is not None:
        note = () if there.owner == spec.name else ("exists; not created by this spec",)
        held = {"region": there.region}
        elsewhere = group.stated and fold(group.region) != fold(there.region)
        found = (_report_elsewhere(here, group, there),) if elsewhere else ()
        return Change(here, group.id, "none", held, held, notes=note), found
    if group.watched:
        why = (f"does not exist; {WATCHED} never creates it",)
        return Change(here, group.id, "none", None, wanted, notes=why, watched=True), ()
    tags = {OWNER_TAG: spec.name, HASH_TAG: _group_hash(group)}
    create = Change(
        here,
        group.id,
        "create",
        None,
        wanted,
        notes=("does not exist yet",),
        steps=(Put(group.id, {"location": group.region, "tags": tags}, fresh=True),),
    )
    if not group.create:
        return create, (_report_missing_group(here, group.id),)
    return create, check_region(here, ("resource_group", "region"), group.region, frozenset())


def _report_elsewhere(here: Address, group: DeclaredGroup, there: ObservedGroup) -> Problem:
    return Problem(
        here,
        "group_elsewhere",
        "warning",
        f"{group.id.name} is declared in {group.region}, and is in {there.region}: "
        "a group cannot move",
        f"write `region: {there.region}`; accounts in it have regions of their own",
        place=("resource_group", "region"),
    )


def _report_missing_group(here: Address, group: GroupId) -> Problem:
    return Problem(
        here,
        "group_missing",
        "error",
        f"resource group {group.name} does not exist",
        f"set `resource_group: {{name: {group.name}, region: …, create: true}}`, "
        f"or run `az group create --name {group.name} --location REGION`",
        place=("resource_group",),
    )


def _group_hash(group: DeclaredGroup) -> str:
    return hash_declaration([Field("region", ("location",), group.region)])


def _plan_leaving_groups(
    spec: Spec, observed: Observed, accounts: tuple[Change, ...]
) -> tuple[Change, ...]:
    """Plan to delete groups that this spec created, where no account is known to stay.

    What else they hold is only seen when it comes to it, and then they stay too.
    """
    going = {change.resource for change in accounts if change.action == "delete"}
    changes = []
    for group in list_groups(spec):
        there = observed.groups.get(group.id)
        if there is None:
            continue
        held = {"region": there.region}
        change = Change(address.name_group(group.id.name), group.id, "none", held, held)
        staying = [at.name for at in observed.accounts if at.group == group.id and at not in going]
        if there.owner != spec.name:
            changes.append(replace(change, notes=("not created by this spec: it stays",)))
        elif staying:
            changes.append(replace(change, notes=(f"stays: it holds {', '.join(staying)}",)))
        else:
            note = "created by this spec; removed if nothing is left in it"
            steps = (Delete(group.id, spec.name),)
            changes.append(replace(change, action="delete", after=None, notes=(note,), steps=steps))
    return tuple(changes)


def _sort_for_deletion(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Put deployments first, then content filters, accounts, groups; each in the spec's order."""

    def rank(change: Change) -> tuple[int, int]:
        at = change.resource
        last = CHILD_KINDS.index(at.kind) if isinstance(at, NestedId) else 0
        return -len(at.path.split("/")), last

    return tuple(sorted(changes, key=rank))
