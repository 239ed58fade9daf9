"""What it takes for one declared account, with its deployments, to be as declared."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness import address
from harness.plan import fields as table
from harness.plan.deployments import Site, plan_deployment
from harness.plan.identity import AccountId, DeploymentId
from harness.plan.model import Action, Change, Delete, Problem, Purge, Step
from harness.plan.observed import Observed, ObservedAccount
from harness.plan.ownership import Whose, adoption_replaces, holds_others, protection
from harness.plan.scope import account_id
from harness.spec.model import Account, Spec


@dataclass(frozen=True, slots=True)
class Arrival:
    """The changes of one account in the order of their writing, and what stands in the way."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = ()


def plan_account(spec: Spec, handle: str, observed: Observed, *, adopt: bool) -> Arrival:
    """The account first, then its deployments in the order of the spec."""
    account = spec.accounts[handle]
    there = observed.accounts.get(account_id(spec, account))
    change, problems = _account(spec, handle, observed, adopt=adopt)
    site = Site(spec, handle, there, observed, change.action == "replace", adopt)
    inside = [plan_deployment(site, key) for key in account.deployments]
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
    if there is None:
        return _creation(spec, handle, at, observed), ()
    fields = table.account_fields(account)
    found = table.account_differences(account, there.body)
    change = Change(
        address.account(handle),
        at,
        "none",
        table.held(fields, there.body),
        table.declared(fields),
        found,
    )
    whose = Whose(spec.name, there.owner, adopt)
    if whose.barred:
        barred = replace(change, action=whose.action, notes=whose.notes)
        problem = whose.problem(change.address, f"account {there.name}", ("accounts", handle))
        return barred, (problem,)
    if any(difference.forces for difference in found):
        return _replacement(spec, handle, change, there)
    if not found and there.owner is not None:
        return change, ()
    names = {difference.name for difference in found}
    put = table.put(
        at,
        [field for field in fields if field.name in names],
        table.ownership(spec.name, fields),
        owner=there.owner,
    )
    action: Action = "adopt" if there.owner is None else "update"
    return replace(change, action=action, notes=whose.notes, steps=(put,)), ()


def _creation(spec: Spec, handle: str, at: AccountId, observed: Observed) -> Change:
    account = spec.accounts[handle]
    fields = table.account_fields(account)
    purges = _purge_of_twin(account, at, observed)
    note = "the soft-deleted account of this name is purged first"
    return Change(
        address.account(handle),
        at,
        "create",
        None,
        table.declared(fields),
        notes=("does not exist yet", note) if purges else ("does not exist yet",),
        steps=(*purges, table.put(at, fields, table.ownership(spec.name, fields), fresh=True)),
    )


def _purge_of_twin(account: Account, at: AccountId, observed: Observed) -> tuple[Purge, ...]:
    if account.on_soft_deleted != "purge":
        return ()
    return tuple(Purge(at, twin.region) for twin in observed.deleted if twin.account == at)


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
    declared = {each.deployment_name.casefold() for each in account.deployments.values()}
    others = [
        each.name
        for key, each in there.deployments.items()
        if key not in declared or each.owner != spec.name
    ]
    if others:
        return replaced, (holds_others(change.address, there.name, others, place),)
    fields = table.account_fields(account)
    steps: tuple[Step, ...] = (
        *(Delete(DeploymentId(at, each.name), spec.name) for each in there.deployments.values()),
        Delete(at, spec.name),
        Purge(at, there.region),
        table.put(at, fields, table.ownership(spec.name, fields), fresh=True),
    )
    notes = (
        *table.forced(change.differences),
        "deleted and purged, since its name is needed again",
    )
    protected = (protection(change.address, there.name, place),) if account.protect else ()
    return replace(replaced, notes=notes, steps=steps), protected
