"""Plan what destroy deletes: what carries this spec's tag, in its own accounts and groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from harness import address
from harness.azure.roles import describe_assignment
from harness.plan.identity import (
    ACCESS,
    CHILD_KINDS,
    DEPLOYMENT,
    ID_CLASSES,
    AccountId,
    DeploymentId,
    NestedId,
)
from harness.plan.model import Change, Delete, Intent, Problem, Purge, Step
from harness.plan.naming import Names
from harness.plan.observed import (
    DeletedAccount,
    Observed,
    ObservedAccount,
    ObservedChild,
    ObservedDeployment,
    find,
)
from harness.plan.resources.accounts import sort_for_leaving
from harness.plan.resources.ownership import (
    WATCHED,
    is_protected,
    is_watched,
    read_trace,
    report_protected,
)
from harness.plan.scope import list_groups
from harness.spec.model.spec import Spec


def plan_removals(
    spec: Spec, observed: Observed, intent: Intent
) -> tuple[tuple[Change, ...], tuple[Problem, ...]]:
    """Return deletions of everything that the spec owns in its accounts and groups.

    An account is kept, and says so, as long as it holds something that stays. With
    ``intent.purge`` deleted accounts are given up for good, those deleted earlier too.
    """
    names = Names(spec, observed.caller)
    changes: list[Change] = []
    problems: list[Problem] = []
    for at in _sort_accounts(names, observed):
        there = observed.accounts[at]
        inside, barred = _plan_emptying(names, at, there)
        changes += inside
        problems += barred
        if there.owner == spec.name:
            changes.append(plan_account_removal(names, at, there, inside, intent))
            problems += _check_protection(names, at)
        elif at in names.handles:
            whose = f"belongs to spec {there.owner}" if there.owner else "was not created by this"
            whose += "" if there.owner else " spec"
            changes.append(_keep(names.name_account(at), at, there, f"{whose}: it stays"))
    if intent.purge:
        changes += _plan_purges(names, observed)
    return tuple(changes), tuple(problems)


def _plan_emptying(
    names: Names, at: AccountId, there: ObservedAccount
) -> tuple[list[Change], list[Problem]]:
    """Return deletions of what is ours in an account: deployments, then what they used."""
    spec, problems = names.spec, []
    declared = names.find_account(at)
    changes = []
    for name in sort_for_leaving(there):
        one = there.deployments[name.casefold()]
        key = names.find_key(DeploymentId(at, name))
        if one.owner != spec.name:
            continue
        if declared and key and is_watched(declared, declared.deployments[key]):
            changes.append(
                _keep(
                    names.name_child(DeploymentId(at, name)), DeploymentId(at, name), one, WATCHED
                )
            )
            continue
        changes.append(plan_deletion(names, DeploymentId(at, name), one))
        if declared and key and is_protected(declared, declared.deployments[key]):
            here = names.name_child(DeploymentId(at, name))
            place = ("accounts", names.find_handle(at), "deployments", key)
            problems.append(report_protected(here, here, place))
    going = {change.resource for change in changes if change.acts}
    for other, there_now in list_beside_deployments(there, at):
        if there_now.owner != spec.name:
            continue
        if declared and declared.policy == "verify-only":
            changes.append(_keep(names.name_child(other), other, there_now, WATCHED))
            continue
        changes.append(plan_removal_when_unused(names, other, there, going))
    return changes, problems


def list_beside_deployments(
    there: ObservedAccount, at: AccountId
) -> Iterable[tuple[NestedId, ObservedChild]]:
    """Yield what is in an account beside its deployments, in the order in which it is deleted."""
    for kind in CHILD_KINDS:
        if kind != DEPLOYMENT:
            for one in there.list_children(kind).values():
                yield ID_CLASSES[kind](at, one.name), one


def plan_deletion(names: Names, at: NestedId, there: ObservedChild) -> Change:
    """Return the deletion of something of ours inside an account."""
    steps = (Delete(at, names.spec.name),)
    return Change(
        names.name_child(at),
        at,
        "delete",
        summarize(there),
        steps=steps,
        trace=read_trace(there.body),
    )


def plan_removal_when_unused(
    names: Names, at: NestedId, there: ObservedAccount, leaving: Iterable[object]
) -> Change:
    """Return the deletion of something once no deployment uses it; kept as long as one will.

    ``leaving`` are deployments that the plan deletes, or takes off it.
    """
    one = there.list_children(at.kind)[at.name.casefold()]
    users = [DeploymentId(at.account, each.name) for each in there.list_users(at)]
    going = set(leaving)
    staying = [each.name for each in users if each not in going]
    if staying:
        return _keep(names.name_child(at), at, one, f"stays: {', '.join(staying)} uses it")
    return replace(plan_deletion(names, at, one), needs=tuple(users))


def plan_account_removal(
    names: Names,
    at: AccountId,
    there: ObservedAccount,
    inside: Iterable[Change],
    intent: Intent,
) -> Change:
    """Return the deletion of an account of ours, unless something stays in it."""
    here = names.name_account(at)
    declared = names.find_account(at)
    if declared is not None and declared.policy == "verify-only":
        return _keep(here, at, there, f"{WATCHED}: it stays")
    going = {change.resource for change in inside if change.acts}
    left = [
        (kind, one)
        for kind in CHILD_KINDS
        for one in there.list_children(kind).values()
        if ID_CLASSES[kind](at, one.name) not in going
    ]
    # Consent is for what nobody claims; Azure does not delete an account that holds a project.
    barred = [kind.label_name(one.title) for kind, one in left if one.owner is not None]
    barred += [f"project {name}" for name in there.projects]
    others = [kind.label_name(one.title) for kind, one in left if one.owner is None]
    others += [each for each in there.foreign if each not in barred]
    if barred or (others and not intent.accept_loss):
        way = "" if barred else "; `--accept-loss` deletes it with all that is in it"
        return _keep(here, at, there, f"stays: it holds {', '.join([*barred, *others])}{way}")
    steps: tuple[Step, ...] = (
        *(
            Delete(ID_CLASSES[kind](at, one.name), names.spec.name, consent=True)
            for kind, one in left
            if kind == DEPLOYMENT
        ),
        Delete(at, names.spec.name, consent=bool(others)),
    )
    note = "stays soft-deleted for 48 hours; until then its name is taken"
    if intent.purge:
        steps, note = (*steps, Purge(at, there.region)), "deleted and purged: gone for good"
    if others:
        note = f"{note}; what others have in it goes too: {', '.join(others)}"
    return Change(
        here,
        at,
        "delete",
        summarize(there),
        notes=(note,),
        steps=steps,
        trace=read_trace(there.body),
    )


def _plan_purges(names: Names, observed: Observed) -> Iterable[Change]:
    """Yield accounts of ours that were deleted before, in the groups of the spec."""
    groups = {group.id for group in list_groups(names.spec)}
    for twin in observed.deleted:
        known = twin.account.group in groups and twin.account not in observed.accounts
        if known and twin.owner == names.spec.name and not _is_kept_from_purge(names, twin):
            yield Change(
                names.name_account(twin.account),
                twin.account,
                "delete",
                {"account_name": twin.account.name, "region": twin.region},
                notes=("already deleted; purged: gone for good",),
                steps=(Purge(twin.account, twin.region),),
            )


def _is_kept_from_purge(names: Names, twin: DeletedAccount) -> bool:
    declared = names.find_account(twin.account)
    return declared is not None and (declared.protect or declared.policy == "verify-only")


def _keep(
    here: address.Address,
    at: AccountId | NestedId,
    there: ObservedAccount | ObservedChild,
    note: str,
) -> Change:
    seen = summarize(there)
    said = f"{note}: it stays" if note == WATCHED else note
    return Change(here, at, "none", seen, seen, notes=(said,))


def _check_protection(names: Names, at: AccountId) -> tuple[Problem, ...]:
    declared = names.find_account(at)
    if declared is None or not declared.protect:
        return ()
    here = names.name_account(at)
    return (report_protected(here, here, ("accounts", names.find_handle(at))),)


def _sort_accounts(names: Names, observed: Observed) -> list[AccountId]:
    """Return declared accounts in the order of the spec, then the others of ours."""
    declared = [at for at in names.handles if at in observed.accounts]
    others = [
        at
        for at, there in observed.accounts.items()
        if at not in names.handles and there.owner == names.spec.name
    ]
    return [*declared, *others]


def summarize(there: ObservedAccount | ObservedChild) -> dict[str, object]:
    """Return what a person recognises a resource by."""
    if isinstance(there, ObservedAccount):
        return {"account_name": there.name, "region": there.region}
    if isinstance(there, ObservedDeployment):
        return {
            "model": there.model,
            "version": there.version,
            "sku": there.sku,
            "capacity": there.capacity,
        }
    if there.kind == ACCESS:
        return describe_assignment(there.body)
    return {name: find(there.body, path) for name, path in there.kind.shown}
