"""Plan one declared account, with all inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from harness import address
from harness.plan.identity import CHILD_KINDS, CONTENT_FILTER, DEPLOYMENT, ChildKind, DeploymentId
from harness.plan.model import Action, Change, Delete, Problem, Purge, Put, Restore, Step
from harness.plan.naming import declared_keys
from harness.plan.observed import (
    HASH_TAG,
    REPLACED_TAG,
    DeletedAccount,
    Observed,
    ObservedAccount,
)
from harness.plan.resources import fields as table
from harness.plan.resources.deployments import BROKEN, plan_deployments
from harness.plan.resources.filters import plan_filters
from harness.plan.resources.ownership import (
    Whose,
    adoption_replaces,
    compared,
    holds_others,
    is_watched,
    protection,
    watched,
)
from harness.plan.resources.site import Planned, Site
from harness.plan.scope import account_id
from harness.spec.model.spec import Account, Spec


@dataclass(frozen=True, slots=True)
class Arrival:
    """The changes of one account in the order of their writing, and what stands in the way."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = ()


PLANNERS: Mapping[ChildKind, Callable[[Site], Iterable[Planned]]] = {
    CONTENT_FILTER: plan_filters,
    DEPLOYMENT: plan_deployments,
}
"""The functions that plan all that is declared of a kind in an account, in the order of writing."""


def plan_account(spec: Spec, handle: str, observed: Observed, *, adopt: bool) -> Arrival:
    """The account, its content filters, then its deployments, which may use them.

    A deployment that spills over to another comes after it; else the order is the spec's.
    """
    account = spec.accounts[handle]
    there = observed.accounts.get(account_id(spec, account))
    change, problems = _account(spec, handle, observed, adopt=adopt)
    site = Site(spec, handle, there, observed, change.action == "replace", adopt)
    inside = [each for kind in reversed(CHILD_KINDS) for each in PLANNERS[kind](site)]
    return Arrival(
        (change, *(each for each, _ in inside)),
        (*problems, *(problem for _, found in inside for problem in found)),
    )


def _account(
    spec: Spec, handle: str, observed: Observed, *, adopt: bool
) -> tuple[Change, tuple[Problem, ...]]:
    account = spec.accounts[handle]
    at = account_id(spec, account)
    there = observed.accounts.get(at)
    fields = table.account_fields(account)
    change = Change(address.account(handle), at, "none", None, table.declared(fields))
    if account.policy == "verify-only":
        return _watched(change, account, there), ()
    if there is None:
        return _creation(spec, handle, change, observed)
    found = table.account_differences(account, there.body)
    change = compared(change, fields, there.body, found)
    whose = Whose(spec.name, there.owner, adopt)
    if whose.barred:
        barred = replace(change, action=whose.action, notes=whose.notes)
        problem = whose.problem(change.address, f"account {there.name}", ("accounts", handle))
        return barred, (problem,)
    if any(difference.forces for difference in found):
        return _replacement(spec, handle, change, there)
    broken = there.state.casefold() in BROKEN
    if not found and there.owner is not None and not broken:
        return change, ()
    names = {difference.name for difference in found}
    put = table.put(
        at,
        [field for field in fields if field.name in names],
        table.ownership(spec.name, fields),
        owner=there.owner,
    )
    action: Action = "adopt" if there.owner is None else "update"
    notes = (*whose.notes, *((f"it is in state {there.state}; written again",) if broken else ()))
    return replace(change, action=action, notes=notes, steps=(put,)), ()


def _watched(change: Change, account: Account, there: ObservedAccount | None) -> Change:
    """As for anything that is never written, with what is peculiar to accounts."""
    seen = watched(change, table.account_fields(account), there.body if there else None)
    if there is None:
        return seen
    found = table.account_differences(account, there.body)
    return replace(seen, differences=found, notes=seen.notes if found else ())


def _creation(
    spec: Spec, handle: str, change: Change, observed: Observed
) -> tuple[Change, tuple[Problem, ...]]:
    """Made anew; a soft-deleted twin is purged first or brought back, as the spec says."""
    account = spec.accounts[handle]
    at = account_id(spec, account)
    fields = table.account_fields(account)
    tags = table.ownership(spec.name, fields)
    put = table.put(at, fields, tags, fresh=True)
    made = replace(change, action="create", notes=("does not exist yet",))
    twin = next((each for each in observed.deleted if each.account == at), None)
    if twin is not None and twin.owner == spec.name and twin.replaced_by(tags[HASH_TAG]):
        note = "its replacement broke off; the deleted account is purged first"
        return replace(made, notes=(*made.notes, note), steps=(Purge(at, twin.region), put)), ()
    if twin is None or account.on_soft_deleted == "fail":
        return replace(made, steps=(put,)), ()
    problems = _of_twin(spec, handle, change, twin)
    if account.on_soft_deleted == "purge":
        note = "the soft-deleted account of this name is purged first"
        return replace(made, notes=(*made.notes, note), steps=(Purge(at, twin.region), put)), (
            problems
        )
    note = "the soft-deleted account of this name is restored, and set as declared"
    back = Restore(at, twin.region, put.patch)
    return replace(made, notes=(*made.notes, note), steps=(back,)), problems


def _of_twin(spec: Spec, handle: str, change: Change, twin: DeletedAccount) -> tuple[Problem, ...]:
    """Return what bars a soft-deleted account: whose it was, or that it cannot become as declared.

    Nobody's is not barred: `on_soft_deleted` itself says that it may be taken.
    """
    account = spec.accounts[handle]
    place = ("accounts", handle)
    if twin.owner not in (None, spec.name):
        whose = Whose(spec.name, twin.owner, adopt=False)
        what = f"the soft-deleted account {twin.account.name}"
        return (whose.problem(change.address, what, place),)
    if account.on_soft_deleted != "restore" or not twin.body:
        return ()
    forced = [each for each in table.account_differences(account, twin.body) if each.forces]
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


def _replacement(
    spec: Spec, handle: str, change: Change, there: ObservedAccount
) -> tuple[Change, tuple[Problem, ...]]:
    """Delete, purge (its name is needed again), create; only when all inside is ours and declared.

    Deployments go first: provisioned capacity of a soft-deleted account is billed until the purge.
    Source: Azure's page on managing resources, "charges for provisioned deployments".
    """
    account = spec.accounts[handle]
    at = account_id(spec, account)
    place = ("accounts", handle)
    replaced = replace(change, action="replace")
    if there.owner is None:
        return replaced, (adoption_replaces(change, there.name, place),)
    others = _not_to_be_made_again(spec, account, there)
    if others:
        return replaced, (holds_others(change.address, there.name, others, place),)
    fields = table.account_fields(account)
    tags = table.ownership(spec.name, fields)
    inside = in_order_of_leaving(there)
    steps: tuple[Step, ...] = (
        Put(at, {"tags": {REPLACED_TAG: tags[HASH_TAG]}}, owner=spec.name),
        *(Delete(DeploymentId(at, name), spec.name) for name in inside),
        Delete(at, spec.name),
        Purge(at, there.region),
        table.put(at, fields, tags, fresh=True),
    )
    notes = (
        *table.forced(change.differences),
        "deleted and purged, since its name is needed again",
    )
    protected = (protection(change.address, there.name, place),) if account.protect else ()
    return replace(replaced, notes=notes, steps=steps), protected


def _not_to_be_made_again(spec: Spec, account: Account, there: ObservedAccount) -> list[str]:
    """Return what would be lost with an account: not ours, not declared, or only watched."""
    made_again = {
        kind: {
            name
            for name, key in declared_keys(account, kind).items()
            if not is_watched(account, getattr(account, kind.declared)[key])
        }
        for kind in CHILD_KINDS
    }
    return [
        *(
            kind.named(each.name)
            for kind in CHILD_KINDS
            for key, each in there.children(kind).items()
            if key not in made_again[kind] or each.owner != spec.name
        ),
        *(f"project {name}" for name in there.projects),
    ]


def in_order_of_leaving(there: ObservedAccount) -> list[str]:
    """Names of an account's deployments, those that spill over to another before the others."""
    return [
        each.name for each in sorted(there.deployments.values(), key=lambda one: not one.spills_to)
    ]
