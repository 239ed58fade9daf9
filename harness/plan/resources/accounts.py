"""Plan one declared account, with all inside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness import address
from harness.plan.identity import CHILD_KINDS, DeploymentId
from harness.plan.model import Action, Change, Delete, Problem, Purge, Put, Restore, Step
from harness.plan.naming import index_keys
from harness.plan.observed import (
    HASH_TAG,
    REPLACED_TAG,
    DeletedAccount,
    ObservedAccount,
)
from harness.plan.resources import fields as table
from harness.plan.resources.deployments import BROKEN
from harness.plan.resources.kinds import PLANNERS
from harness.plan.resources.ownership import (
    Whose,
    add_comparison,
    is_watched,
    plan_watched,
    report_adoption,
    report_others,
    report_protected,
)
from harness.plan.resources.site import Planned, Site
from harness.spec.model.spec import Account, Spec


@dataclass(frozen=True, slots=True)
class Arrival:
    """The changes of one account in the order of their writing, and what stands in the way."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = ()


def plan_account(site: Site) -> Arrival:
    """Return the account, its content filters, then its deployments, which may use them.

    A deployment that spills over to another comes after it; else the order is the spec's.
    """
    change, problems = _plan_one_account(site)
    within = replace(site, rebuilt=change.action == "replace")
    inside = [each for kind in reversed(CHILD_KINDS) for each in PLANNERS[kind](within)]
    return Arrival(
        (change, *(each for each, _ in inside)),
        (*problems, *(problem for _, found in inside for problem in found)),
    )


def _plan_one_account(site: Site) -> Planned:
    account, at, there = site.account, site.at, site.there
    fields = table.list_account_fields(account)
    change = Change(
        address.name_account(site.handle), at, "none", None, table.describe_declared(fields)
    )
    if account.policy == "verify-only":
        return _plan_watched(change, account, there), ()
    if there is None:
        return _plan_creation(site, change)
    found = table.compare_account(account, there.body)
    change = add_comparison(change, fields, there.body, found)
    whose = Whose(site.spec.name, there.owner, site.adopt)
    if whose.barred:
        barred = replace(change, action=whose.action, notes=whose.notes)
        problem = whose.report(change.address, f"account {there.name}", site.place)
        return barred, (problem,)
    if any(difference.forces for difference in found):
        return _plan_replacement(site, change, there)
    broken = there.state.casefold() in BROKEN
    if not found and there.owner is not None and not broken:
        return change, ()
    names = {difference.name for difference in found}
    put = table.make_put(
        at,
        [field for field in fields if field.name in names],
        table.make_tags(site.spec.name, fields),
        owner=there.owner,
    )
    action: Action = "adopt" if there.owner is None else "update"
    notes = (*whose.notes, *((f"it is in state {there.state}; written again",) if broken else ()))
    return replace(change, action=action, notes=notes, steps=(put,)), ()


def _plan_watched(change: Change, account: Account, there: ObservedAccount | None) -> Change:
    """Plan an account that is compared and never written."""
    seen = plan_watched(change, table.list_account_fields(account), there.body if there else None)
    if there is None:
        return seen
    found = table.compare_account(account, there.body)
    return replace(seen, differences=found, notes=seen.notes if found else ())


def _plan_creation(site: Site, change: Change) -> Planned:
    """Create it; a soft-deleted twin is purged first or brought back, as the spec says."""
    account, at = site.account, site.at
    fields = table.list_account_fields(account)
    tags = table.make_tags(site.spec.name, fields)
    put = table.make_put(at, fields, tags, fresh=True)
    made = replace(change, action="create", notes=("does not exist yet",))
    twin = next((each for each in site.observed.deleted if each.account == at), None)
    if twin is not None and twin.owner == site.spec.name and twin.is_replaced_by(tags[HASH_TAG]):
        note = "its replacement broke off; the deleted account is purged first"
        return replace(made, notes=(*made.notes, note), steps=(Purge(at, twin.region), put)), ()
    if twin is None or account.on_soft_deleted == "fail":
        return replace(made, steps=(put,)), ()
    problems = _check_twin(site, change, twin)
    if account.on_soft_deleted == "purge":
        note = "the soft-deleted account of this name is purged first"
        return replace(made, notes=(*made.notes, note), steps=(Purge(at, twin.region), put)), (
            problems
        )
    note = "the soft-deleted account of this name is restored, and set as declared"
    back = Restore(at, twin.region, put.patch)
    return replace(made, notes=(*made.notes, note), steps=(back,)), problems


def _check_twin(site: Site, change: Change, twin: DeletedAccount) -> tuple[Problem, ...]:
    """Return what bars a soft-deleted account: whose it was, or that it cannot become as declared.

    Nobody's is not barred: `on_soft_deleted` itself says that it may be taken.
    """
    account, place = site.account, site.place
    if twin.owner not in (None, site.spec.name):
        whose = Whose(site.spec.name, twin.owner, adopt=False)
        what = f"the soft-deleted account {twin.account.name}"
        return (whose.report(change.address, what, place),)
    if account.on_soft_deleted != "restore" or not twin.body:
        return ()
    forced = [each for each in table.compare_account(account, twin.body) if each.forces]
    if not forced:
        return ()
    return (
        Problem(
            change.address,
            "soft_deleted",
            "error",
            f"{account.account_name} would be restored as it was, and cannot become as declared: "
            f"{'; '.join(map(str, forced))}",
            "set `on_soft_deleted: purge` to make it anew, or declare what it was",
            (*place, "on_soft_deleted"),
        ),
    )


def _plan_replacement(site: Site, change: Change, there: ObservedAccount) -> Planned:
    """Delete, purge (its name is needed again), create; only when all inside is ours and declared.

    Deployments go first: provisioned capacity of a soft-deleted account is billed until the purge.
    Source: Azure's page on managing resources, "charges for provisioned deployments".
    """
    spec, account, at, place = site.spec, site.account, site.at, site.place
    replaced = replace(change, action="replace")
    if there.owner is None:
        return replaced, (report_adoption(change, there.name, place),)
    others = _list_losses(spec, account, there)
    if others:
        return replaced, (report_others(change.address, there.name, others, place),)
    fields = table.list_account_fields(account)
    tags = table.make_tags(spec.name, fields)
    inside = sort_for_leaving(there)
    steps: tuple[Step, ...] = (
        Put(at, {"tags": {REPLACED_TAG: tags[HASH_TAG]}}, owner=spec.name),
        *(Delete(DeploymentId(at, name), spec.name) for name in inside),
        Delete(at, spec.name),
        Purge(at, there.region),
        table.make_put(at, fields, tags, fresh=True),
    )
    notes = (
        *table.explain_forced(change.differences),
        "deleted and purged, since its name is needed again",
    )
    protected = (report_protected(change.address, there.name, place),) if account.protect else ()
    return replace(replaced, notes=notes, steps=steps), protected


def _list_losses(spec: Spec, account: Account, there: ObservedAccount) -> list[str]:
    """Return what would be lost with an account: not ours, not declared, or only watched."""
    made_again = {
        kind: {
            name
            for name, key in index_keys(account, kind).items()
            if not is_watched(account, getattr(account, kind.declared)[key])
        }
        for kind in CHILD_KINDS
    }
    return [
        *(
            kind.label_name(each.name)
            for kind in CHILD_KINDS
            for key, each in there.list_children(kind).items()
            if key not in made_again[kind] or each.owner != spec.name
        ),
        *(f"project {name}" for name in there.projects),
    ]


def sort_for_leaving(there: ObservedAccount) -> list[str]:
    """Return names of an account's deployments, those that spill over to another first."""
    return [
        each.name for each in sorted(there.deployments.values(), key=lambda one: not one.spills_to)
    ]
