"""Orphans: ours by their tag, no longer declared, in the spec's own accounts and groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from harness.plan.identity import AccountId, DeploymentId, NestedId, ResourceId
from harness.plan.model import Change, Intent, Problem, Put
from harness.plan.naming import Names
from harness.plan.observed import Observed, ObservedAccount, find
from harness.plan.preflight.spillover import find_spillover
from harness.plan.removal import (
    list_beside_deployments,
    plan_account_removal,
    plan_deletion,
    plan_removal_when_unused,
    summarize,
)
from harness.plan.resources.ownership import report_protected
from harness.spec.model.spec import Spec

STAYS = "this spec created it and no longer declares it; it stays"
GOES = "this spec created it and no longer declares it"


def plan_orphans(
    spec: Spec, observed: Observed, changes: Iterable[Change], *, prune: bool
) -> tuple[tuple[Change, ...], tuple[Problem, ...]]:
    """Return every orphan: shown, or deleted with ``prune``.

    Deletions come after ``changes``, the changes of what is declared: a content filter can only go
    when the deployments that used it have another.
    """
    names = Names(spec, observed.caller)
    planned = {change.resource: change for change in changes}
    found: list[Change] = []
    problems: list[Problem] = []
    for at, there in observed.accounts.items():
        declared = names.find_account(at)
        if declared is None:
            if there.owner == spec.name:
                found += _plan_left_account(names, at, there, prune=prune)
            continue
        goes = prune and declared.policy != "verify-only"
        account = planned.get(at)
        if account is not None and account.action == "replace":
            continue
        inside = _list_left_inside(names, at, there, planned)
        found += inside if goes else [_show(change) for change in inside]
        if goes and declared.protect:
            place = ("accounts", names.find_handle(at))
            problems += [
                report_protected(one.address, one.address, place) for one in inside if one.acts
            ]
    return tuple(found), tuple(problems)


def _list_left_inside(
    names: Names, at: AccountId, there: ObservedAccount, planned: Mapping[ResourceId, Change]
) -> list[Change]:
    """Return deletions of what is ours and not declared in an account that is."""
    ours = [one for one in there.deployments.values() if one.owner == names.spec.name]
    left = [one for one in ours if names.find_key(DeploymentId(at, one.name)) is None]
    changes = [
        replace(
            plan_deletion(names, DeploymentId(at, one.name), one),
            notes=(GOES,),
            needs=_list_spilling(at, there, one.name),
        )
        for one in sorted(left, key=lambda one: not one.spills_to)
    ]
    changes = [_keep_reserve(names, there, change, planned) for change in changes]
    leaving = {change.resource for change in changes if change.acts}
    for other, one in list_beside_deployments(there, at):
        if one.owner != names.spec.name or names.find_key(other) is not None:
            continue
        users = (DeploymentId(at, each.name) for each in there.list_users(other))
        moved = {each for each in users if _moves_off(planned.get(each), other)}
        change = plan_removal_when_unused(names, other, there, leaving | moved)
        changes.append(replace(change, notes=change.notes or (GOES,)))
    return changes


def _keep_reserve(
    names: Names, there: ObservedAccount, change: Change, planned: Mapping[ResourceId, Change]
) -> Change:
    """Keep a deployment to which another that stays will still spill over."""
    assert isinstance(change.resource, DeploymentId)  # noqa: S101 - narrows for the checker
    at, name = change.resource, change.resource.name.casefold()
    users = [
        each.name
        for each in there.deployments.values()
        if names.find_key(DeploymentId(at.account, each.name)) is not None
        and find_spillover(planned.get(DeploymentId(at.account, each.name)), each.spills_to)
        .casefold() == name
    ]  # fmt: skip
    if not users:
        return change
    note = f"stays: {', '.join(users)} spills over to it"
    return replace(change, action="none", after=change.before, notes=(note,), steps=(), needs=())


def _moves_off(change: Change | None, used: NestedId) -> bool:
    """Return whether a declared deployment no longer uses something once the plan is done."""
    if change is None or not change.acts:
        return False
    made = [step for step in change.steps if isinstance(step, Put) and step.fresh]
    if made:
        # What the spec does not say is carried over: then it is the same one.
        said = str(find(made[-1].patch, used.kind.used_by) or "")
        return said.casefold() != used.name.casefold()
    return any(difference.name == used.kind.noun for difference in change.differences)


def _list_spilling(at: AccountId, there: ObservedAccount, name: str) -> tuple[DeploymentId, ...]:
    """Return deployments that spill over to this one: they are changed or deleted first."""
    return tuple(
        DeploymentId(at, each.name)
        for each in there.deployments.values()
        if each.spills_to.casefold() == name.casefold()
    )


def _plan_left_account(
    names: Names, at: AccountId, there: ObservedAccount, *, prune: bool
) -> list[Change]:
    if not prune:
        return [
            Change(names.name_account(at), at, "orphan", summarize(there), None, notes=(STAYS,))
        ]
    inside = _list_left_inside(names, at, there, {})
    last = plan_account_removal(names, at, there, inside, Intent("destroy"))
    return [*inside, replace(last, notes=(GOES, *last.notes))]


def _show(change: Change) -> Change:
    return replace(change, action="orphan", notes=(STAYS,), steps=(), needs=())
