"""What goes, and what merely stays behind: only what carries this spec's tag ever goes."""

from __future__ import annotations

from harness import address
from harness.address import Address
from harness.plan.identity import AccountId, DeploymentId
from harness.plan.model import Change, Delete, Problem
from harness.plan.observed import Observed, ObservedAccount, ObservedDeployment
from harness.plan.ownership import is_protected, protection
from harness.plan.scope import account_id
from harness.spec.model import Spec


def removals(spec: Spec, observed: Observed) -> tuple[tuple[Change, ...], tuple[Problem, ...]]:
    """Deletions of every account and deployment that the spec owns in its accounts and groups.

    An account is kept, and says so, as long as it holds a deployment that is not ours.
    """
    changes: list[Change] = []
    problems: list[Problem] = []
    for at, there in _in_order(spec, observed):
        for name, deployment in there.deployments.items():
            if deployment.owner == spec.name:
                changes.append(_deletion(spec, observed, at, deployment))
                problems += _protected(spec, at, name)
        if there.owner == spec.name:
            changes.append(_account_removal(spec, observed, at, there))
            problems += _protected(spec, at, None)
        elif at in _declared(spec):
            changes.append(_kept(spec, observed, at, there))
    return tuple(changes), tuple(problems)


def left_behind(spec: Spec, observed: Observed) -> tuple[Change, ...]:
    """Orphans: ours by their tag, and no longer declared."""
    declared = _declared(spec)
    orphans = []
    for at, there in observed.accounts.items():
        handle = declared.get(at)
        if handle is None:
            if there.owner == spec.name:
                orphans.append(_orphan(_address(spec, observed, at), at, there))
            continue
        wanted = {
            each.deployment_name.casefold() for each in spec.accounts[handle].deployments.values()
        }
        for name, deployment in there.deployments.items():
            if name not in wanted and deployment.owner == spec.name:
                one = DeploymentId(at, deployment.name)
                orphans.append(
                    _orphan(address.deployment(handle, deployment.name), one, deployment)
                )
    return tuple(orphans)


def _orphan(
    here: Address, at: AccountId | DeploymentId, there: ObservedAccount | ObservedDeployment
) -> Change:
    note = ("this spec created it and no longer declares it; it stays",)
    return Change(here, at, "orphan", _brief(there), None, notes=note)


def _deletion(
    spec: Spec, observed: Observed, at: AccountId, deployment: ObservedDeployment
) -> Change:
    one = DeploymentId(at, deployment.name)
    here = _deployment_address(spec, observed, at, deployment.name)
    return Change(here, one, "delete", _brief(deployment), steps=(Delete(one, spec.name),))


def _account_removal(
    spec: Spec, observed: Observed, at: AccountId, there: ObservedAccount
) -> Change:
    here = _address(spec, observed, at)
    others = [each.name for each in there.deployments.values() if each.owner != spec.name]
    if others:
        note = f"stays: it holds deployments that this spec does not own ({', '.join(others)})"
        return Change(here, at, "none", _brief(there), _brief(there), notes=(note,))
    note = "stays soft-deleted for 48 hours; until then its name is taken"
    return Change(here, at, "delete", _brief(there), notes=(note,), steps=(Delete(at, spec.name),))


def _kept(spec: Spec, observed: Observed, at: AccountId, there: ObservedAccount) -> Change:
    whose = f"belongs to spec {there.owner}" if there.owner else "was not created by this spec"
    brief = _brief(there)
    return Change(
        _address(spec, observed, at), at, "none", brief, brief, notes=(f"{whose}: it stays",)
    )


def _protected(spec: Spec, at: AccountId, deployment: str | None) -> tuple[Problem, ...]:
    handle = _declared(spec).get(at)
    if handle is None:
        return ()
    account = spec.accounts[handle]
    if deployment is None:
        here, place = address.account(handle), ("accounts", handle)
        return (protection(here, here, place),) if account.protect else ()
    for key, declared in account.deployments.items():
        if declared.deployment_name.casefold() == deployment and is_protected(account, declared):
            here = address.deployment(handle, key)
            return (protection(here, here, ("accounts", handle, "deployments", key)),)
    return ()


def _declared(spec: Spec) -> dict[AccountId, str]:
    return {account_id(spec, account): handle for handle, account in spec.accounts.items()}


def _in_order(spec: Spec, observed: Observed) -> list[tuple[AccountId, ObservedAccount]]:
    """Declared accounts in the order of the spec, then the others of ours."""
    declared = [at for at in _declared(spec) if at in observed.accounts]
    others = [
        at
        for at, there in observed.accounts.items()
        if at not in declared and there.owner == spec.name
    ]
    return [(at, observed.accounts[at]) for at in (*declared, *others)]


def _address(spec: Spec, observed: Observed, at: AccountId) -> Address:
    """By its handle; an account that is no longer declared goes by Azure's name."""
    handle = _declared(spec).get(at)
    return address.account(handle if handle is not None else observed.accounts[at].name)


def _deployment_address(spec: Spec, observed: Observed, at: AccountId, name: str) -> Address:
    handle = _declared(spec).get(at)
    if handle is None:
        return address.deployment(observed.accounts[at].name, name)
    known = spec.accounts[handle].deployments
    key = next(
        (k for k, d in known.items() if d.deployment_name.casefold() == name.casefold()), name
    )
    return address.deployment(handle, key)


def _brief(there: ObservedAccount | ObservedDeployment) -> dict[str, object]:
    """What a person recognises a resource by."""
    if isinstance(there, ObservedAccount):
        return {"account_name": there.name, "region": there.region}
    return {
        "model": there.model,
        "version": there.version,
        "sku": there.sku,
        "capacity": there.capacity,
    }
