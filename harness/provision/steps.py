"""One step of a plan against Azure as it is now: read, make sure that it is still ours, write.

Every write looks first. A plan is some seconds or minutes old, and what changed hands since then
is refused, never overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from harness.errors import Diagnostic, OutsideError, RefusedError
from harness.plan.bodies import merged, writable
from harness.plan.identity import AccountId, DeploymentId, GroupId
from harness.plan.model import Delete, Purge, Put, Step
from harness.plan.observed import (
    HASH_TAG,
    LEDGER_TAG,
    OWNER_TAG,
    Body,
    ObservedAccount,
    deployment_owner,
    find,
    tag,
)
from harness.provision.ports import Cloud, CloudError, Tick


def carry_out(step: Step, cloud: Cloud, tick: Tick) -> str:
    """Carry out one step; a note for the person where something was not as expected, else "".

    Raises:
        CloudError: Azure refused; the same step may be carried out again.
        RefusedError: what is there now is not what the plan was made for.
    """
    match step:
        case Put():
            return _put(step, cloud, tick)
        case Delete():
            return _delete(step, cloud, tick)
        case Purge():
            return _purge(step, cloud, tick)
        case _ as never:
            assert_never(never)


# --- puts --------------------------------------------------------------------------------------


def _put(step: Put, cloud: Cloud, tick: Tick) -> str:
    match step.resource:
        case GroupId() as group:
            return _put_group(step, group, cloud)
        case AccountId() as account:
            return _put_account(step, account, cloud, tick)
        case DeploymentId() as deployment:
            return _put_deployment(step, deployment, cloud, tick)
        case _ as never:
            assert_never(never)


def _put_group(step: Put, group: GroupId, cloud: Cloud) -> str:
    if cloud.read_group(group) is not None:
        return "it exists by now; left as it is"
    cloud.put_group(group, step.patch)
    return ""


def _put_account(step: Put, at: AccountId, cloud: Cloud, tick: Tick) -> str:
    there = cloud.read_account(at)
    body = _body(step, there.body if there else None, there.owner if there else None)
    _ready(cloud.put_account(at, body, tick), at)
    return ""


def _put_deployment(step: Put, at: DeploymentId, cloud: Cloud, tick: Tick) -> str:
    there = cloud.read_deployment(at)
    owner = None if there is None else _owner(there, at, cloud)
    written = cloud.put_deployment(at, _body(step, there, owner), tick)
    _ready(written, at)
    if written and tag(written.get("tags") or {}, OWNER_TAG) is None:
        _enter_in_ledger(at, cloud, tick)
    return ""


def _body(step: Put, there: Body | None, owner: str | None) -> Mapping[str, Any]:
    """The whole body to send, or a refusal where things are not as the plan saw them."""
    if there is None:
        if not step.fresh:
            raise _changed_hands(step, "it is gone")
        return step.patch
    if step.fresh and not _is_ours_already(step, there):
        raise _changed_hands(step, "it has been created by somebody else")
    if not step.fresh and owner != step.owner:
        whose = f"spec {owner}" if owner else "nobody"
        raise _changed_hands(step, f"it belongs to {whose} now")
    return merged(writable(there), step.patch)


def _is_ours_already(step: Put, there: Body) -> bool:
    """Whether an earlier attempt of this very step arrived, though its answer did not."""
    tags = there.get("tags") or {}
    wanted = step.patch.get("tags") or {}
    return all(tag(tags, name) == wanted.get(name) for name in (OWNER_TAG, HASH_TAG))


def _ready(written: Body, at: AccountId | DeploymentId) -> None:
    """Azure can end an operation well and leave the resource failed."""
    state = str(find(written, ("properties", "provisioningState")) or "")
    if state.casefold() in {"failed", "canceled"}:
        raise OutsideError(
            Diagnostic(
                "H904",
                f"{at.name} ended in state {state}",
                f"Azure accepted the request and could not finish it\n{at}",
                hint="run the same command again: it replaces what has failed",
            )
        )


# --- deletions ---------------------------------------------------------------------------------


def _delete(step: Delete, cloud: Cloud, tick: Tick) -> str:
    match step.resource:
        case GroupId() as group:
            return _delete_group(step, group, cloud, tick)
        case AccountId() as account:
            return _delete_account(step, account, cloud, tick)
        case DeploymentId() as deployment:
            return _delete_deployment(step, deployment, cloud, tick)
        case _ as never:
            assert_never(never)


def _delete_group(step: Delete, at: GroupId, cloud: Cloud, tick: Tick) -> str:
    there = cloud.read_group(at)
    if there is None:
        return "it was gone already"
    if there.owner != step.owner:
        raise _changed_hands(step, "it no longer carries this spec's tag")
    holds = cloud.group_holds(at)
    if holds:
        names = ", ".join("/".join(each.split("/")[-2:]) for each in holds[:3])
        more = f" and {len(holds) - 3} more" if len(holds) > 3 else ""
        return f"left in place: it still holds {names}{more}"
    cloud.delete_group(at, tick)
    return ""


def _delete_account(step: Delete, at: AccountId, cloud: Cloud, tick: Tick) -> str:
    there = cloud.read_account(at)
    if there is None:
        return "it was gone already"
    if there.owner != step.owner:
        raise _changed_hands(step, "it no longer carries this spec's tag")
    if there.deployments:
        names = ", ".join(each.name for each in there.deployments.values())
        raise _changed_hands(step, f"it holds deployments that would go with it: {names}")
    cloud.delete_account(at, tick)
    return ""


def _delete_deployment(step: Delete, at: DeploymentId, cloud: Cloud, tick: Tick) -> str:
    there = cloud.read_deployment(at)
    if there is None:
        return "it was gone already"
    if _owner(there, at, cloud) != step.owner:
        raise _changed_hands(step, "it no longer carries this spec's tag")
    cloud.delete_deployment(at, tick)
    if tag(there.get("tags") or {}, OWNER_TAG) is None:
        _strike_from_ledger(at, cloud, tick)
    return ""


def _purge(step: Purge, cloud: Cloud, tick: Tick) -> str:
    try:
        cloud.purge_account(step.resource, step.region, tick)
    except CloudError as error:
        if error.status != 404:
            raise
        return "nothing was left to purge"
    return ""


# --- ownership where Azure keeps no tags -------------------------------------------------------


def _owner(body: Body, at: DeploymentId, cloud: Cloud) -> str | None:
    """Whose a deployment is; the account is only read where the deployment has no tag."""
    own = tag(body.get("tags") or {}, OWNER_TAG)
    if own is not None:
        return own
    account = cloud.read_account(at.account)
    return deployment_owner(body, account) if account else None


def _enter_in_ledger(at: DeploymentId, cloud: Cloud, tick: Tick) -> None:
    account = cloud.read_account(at.account)
    if account is not None and at.name.casefold() not in account.ledger:
        _write_ledger(account, account.ledger | {at.name.casefold()}, at.account, cloud, tick)


def _strike_from_ledger(at: DeploymentId, cloud: Cloud, tick: Tick) -> None:
    account = cloud.read_account(at.account)
    if account is not None and at.name.casefold() in account.ledger:
        _write_ledger(account, account.ledger - {at.name.casefold()}, at.account, cloud, tick)


def _write_ledger(
    account: ObservedAccount, names: frozenset[str], at: AccountId, cloud: Cloud, tick: Tick
) -> None:
    ledger = {"tags": {LEDGER_TAG: ",".join(sorted(names))}}
    cloud.tag_account(at, merged({"tags": account.tags}, ledger)["tags"], tick)


def _changed_hands(step: Step, what: str) -> RefusedError:
    return RefusedError(
        Diagnostic(
            "H905",
            f"{step.resource.name} is not as the plan saw it: {what}",
            str(step.resource),
            hint="run `harness plan` again and look at what it says now",
        )
    )
