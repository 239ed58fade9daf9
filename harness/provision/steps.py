"""One step of a plan against Azure as it is now: read, make sure that it is still ours, write.

Every write looks first. A plan is some seconds or minutes old, and what changed hands since then
is refused, never overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, assert_never

from harness.azure.roles import read_role_id
from harness.errors import Diagnostic, OutsideError, RefusedError
from harness.plan.identity import ACCESS, CHILD_KINDS, DEPLOYMENT, AccountId, GroupId, NestedId
from harness.plan.model import Delete, Purge, Put, Restore, Step
from harness.plan.observed import OWNER_TAG, Body, find, find_tag
from harness.plan.resources.bodies import drop_read_only, merge
from harness.plan.resources.carrying import fingerprint
from harness.plan.resources.ownership import PURGES
from harness.provision.ledger import enter, find_owner_of, strike
from harness.provision.ports import Cloud, CloudError, Tick

EXISTS = "RoleAssignmentExists"
"""Azure's word where the principal has the role on this very scope by another assignment.

Source: recorded 409, azure-cli 2023-06.
"""


def carry_out(step: Step, cloud: Cloud, tick: Tick) -> str:
    """Carry out one step; a note for the person where something was not as expected, else "".

    Raises:
        CloudError: Azure refused; the same step may be carried out again.
        RefusedError: what is there now is not what the plan was made for.
    """
    match step:
        case Put():
            return _put(step, cloud, tick)
        case Restore():
            return _restore(step, cloud, tick)
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
        case NestedId() as nested:
            return _put_nested(step, nested, cloud, tick)
        case _ as never:
            assert_never(never)


def _put_group(step: Put, group: GroupId, cloud: Cloud) -> str:
    if cloud.read_group(group) is not None:
        return "it exists by now; left as it is"
    cloud.put_group(group, step.patch)
    return ""


def _put_account(step: Put, at: AccountId, cloud: Cloud, tick: Tick) -> str:
    there = cloud.read_account(at)
    body = _make_body(step, there.body if there else None, there.owner if there else None)
    _check_ready(cloud.put_account(at, body, tick, updates=there is not None), at)
    return ""


def _put_nested(step: Put, at: NestedId, cloud: Cloud, tick: Tick) -> str:
    there = cloud.read_child(at)
    body = _make_body(step, there, None if there is None else find_owner_of(there, at, cloud))
    try:
        written = cloud.put_child(at, body, tick)
    except CloudError as error:
        if error.code == EXISTS:
            return "others have given this role meanwhile: theirs, and left alone"
        if error.status == 403 and at.kind == ACCESS:
            raise _not_given_error(step, at, error) from None
        raise
    _check_ready(written, at)
    if written and find_tag(written.get("tags") or {}, OWNER_TAG) is None:
        enter(at, cloud, tick)
    return ""


def _make_body(step: Put, there: Body | None, owner: str | None) -> Mapping[str, Any]:
    """Return the whole body to send; refuse where things are not as the plan saw them."""
    if there is None:
        if not step.fresh:
            raise _changed_hands_error(step, "it is gone")
        return step.patch
    # Ours already: an earlier attempt arrived though its answer did not, or the resource came
    # back with a restored account.
    if step.fresh and owner != find_tag(step.patch.get("tags") or {}, OWNER_TAG):
        raise _changed_hands_error(step, "it has been created by somebody else")
    if step.seen and step.seen != fingerprint(there):
        raise _changed_hands_error(step, "it has been changed since")
    if not step.fresh and owner != step.owner:
        whose = f"spec {owner}" if owner else "nobody"
        raise _changed_hands_error(step, f"it belongs to {whose} now")
    return merge(drop_read_only(there), step.patch)


def _check_ready(written: Body, at: AccountId | NestedId) -> None:
    """Raise where Azure ended an operation well and left the resource failed."""
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


def _restore(step: Restore, cloud: Cloud, tick: Tick) -> str:
    """Bring the account back as it was, then make it as declared.

    Source: recorded restore, azure-cli 2022-10: PUT with nothing but the location and
    ``properties.restore``, answered 201 Succeeded.
    """
    at = step.resource
    owner = find_tag(step.patch.get("tags") or {}, OWNER_TAG)
    there = cloud.read_account(at)
    note = "it had been restored already" if there is not None else ""
    if there is None:
        order = {"location": step.region, "properties": {"restore": True}}
        back = cloud.put_account(at, order, tick)
        _check_ready(back, at)
        there = cloud.read_account(at)
    if there is None:
        raise _changed_hands_error(step, "Azure restored it and does not show it")
    if there.owner not in (None, owner):
        raise _changed_hands_error(step, f"it belongs to spec {there.owner} now")
    _check_ready(cloud.put_account(at, merge(drop_read_only(there.body), step.patch), tick), at)
    return note


# --- deletions ---------------------------------------------------------------------------------


def _delete(step: Delete, cloud: Cloud, tick: Tick) -> str:
    match step.resource:
        case GroupId() as group:
            return _delete_group(step, group, cloud, tick)
        case AccountId() as account:
            return _delete_account(step, account, cloud, tick)
        case NestedId() as nested:
            return _delete_nested(step, nested, cloud, tick)
        case _ as never:
            assert_never(never)


def _delete_group(step: Delete, at: GroupId, cloud: Cloud, tick: Tick) -> str:
    there = cloud.read_group(at)
    if there is None:
        return "it was gone already"
    if there.owner != step.owner:
        raise _changed_hands_error(step, "it no longer carries this spec's tag")
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
        raise _changed_hands_error(step, "it no longer carries this spec's tag")
    if step.consent:
        cloud.delete_account(at, tick)
        return ""
    # What is ours beside deployments goes with it; when the account is replaced it is made again.
    others = [
        each.name
        for kind in CHILD_KINDS
        for each in there.list_children(kind).values()
        if kind == DEPLOYMENT or each.owner != step.owner
    ]
    others += cloud.take_inventory([at]).contents.get(at, ())
    if others:
        raise _changed_hands_error(step, f"it holds what would go with it: {', '.join(others)}")
    cloud.delete_account(at, tick)
    return ""


def _delete_nested(step: Delete, at: NestedId, cloud: Cloud, tick: Tick) -> str:
    there = cloud.read_child(at)
    if there is None:
        return "it was gone already"
    owner = find_owner_of(there, at, cloud)
    if step.seen and step.seen != fingerprint(there):
        raise _changed_hands_error(step, "it has been changed since")
    if owner != step.owner and not (step.consent and owner is None):
        raise _changed_hands_error(step, "it no longer carries this spec's tag")
    cloud.delete_child(at, tick)
    if find_tag(there.get("tags") or {}, OWNER_TAG) is None:
        strike(at, cloud, tick)
    return ""


def _purge(step: Purge, cloud: Cloud, tick: Tick) -> str:
    try:
        cloud.purge_account(step.resource, step.region, tick)
    except CloudError as error:
        if error.status == 404:
            return "nothing was left to purge"
        if error.status == 403:
            raise _not_purged_error(step, error) from None
        raise
    return ""


def _not_purged_error(step: Purge, error: CloudError) -> CloudError:
    """Explain a refused purge: deleting takes a role on the group, purging on the subscription."""
    said = error.diagnostics[0]
    diagnostic = replace(
        said,
        summary=f"{step.resource.name} is deleted, not purged: {said.summary}",
        detail=f"{said.detail}\npurging needs {PURGES} on the subscription",
    )
    return CloudError(diagnostic, code=error.code, status=error.status, request_id=error.request_id)


def _not_given_error(step: Put, at: NestedId, error: CloudError) -> CloudError:
    """Explain a refused role: say what somebody who may has to run."""
    asked = step.patch.get("properties") or {}
    kind = asked.get("principalType")
    command = " ".join(
        (
            "az role assignment create",
            f"--assignee-object-id {asked.get('principalId')}",
            *((f"--assignee-principal-type {kind}",) if kind else ()),
            f"--role {read_role_id(str(asked.get('roleDefinitionId')))}",
            f"--scope {at.account}",
        )
    )
    said = error.diagnostics[0]
    diagnostic = replace(said, detail=f"{said.detail}\nwhoever may give it runs: {command}")
    return CloudError(diagnostic, code=error.code, status=error.status, request_id=error.request_id)


def _changed_hands_error(step: Step, what: str) -> RefusedError:
    return RefusedError(
        Diagnostic(
            "H905",
            f"{step.resource.name} is not as the plan saw it: {what}",
            str(step.resource),
            hint="run `harness plan` again and look at what it says now",
        )
    )
