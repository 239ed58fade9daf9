"""Plan the roles that a spec gives on an account.

Source: Microsoft.Authorization/roleAssignments, 2022-04-01, recorded PUT 201, GET and DELETE 200
(Azure Service Operator, 2024 and 2026). Of an assignment nothing but its description can change:
another principal or role is another assignment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from harness import address
from harness.azure.roles import describe_assignment
from harness.plan.identity import ACCESS, AccessId
from harness.plan.model import Change, Problem, Put
from harness.plan.observed import OWNER_TAG, ObservedAccount, ObservedChild
from harness.plan.resources.grants import Grant, list_grants
from harness.plan.resources.ownership import WATCHED, read_trace
from harness.plan.resources.site import Planned, Site

WHO_AM_I = "az ad signed-in-user show --query id"


def plan_access(site: Site) -> Iterable[Planned]:
    """Plan every declared role of an account, in the order of the spec."""
    grants = list_grants(site.account, site.at, site.observed.caller)
    return (_plan_grant(site, grant) for grant in grants)


def declare_access(found: ObservedChild, _: ObservedAccount) -> dict[str, Any]:
    """Return a role that somebody has, as a spec declares it."""
    seen = describe_assignment(found.body)
    return {key: value for key, value in seen.items() if value}


def find_assignment(there: ObservedAccount | None, grant: Grant) -> ObservedChild | None:
    """Return what gives this role now, whoever made it and however it is called."""
    if there is None:
        return None
    held = there.list_children(ACCESS)
    same = (each for each in held.values() if grant.is_given_by(each.body))
    return held.get(grant.name) or next(same, None)


def _plan_grant(site: Site, grant: Grant) -> Planned:
    here = address.name_access(site.handle, grant.key)
    at = AccessId(site.at, grant.name)
    change = Change(here, at, "none", None, grant.described)
    found = find_assignment(site.there, grant)
    if found is not None:
        seen = describe_assignment(found.body)
        change = replace(change, before=seen, after=seen, trace=read_trace(found.body))
    if site.account.policy == "verify-only":
        note = () if found else (f"does not exist; {WATCHED} never creates it",)
        return replace(change, watched=True, notes=note), ()
    if not grant.principal:
        return change, (_report_unknown_caller(site, change, grant),)
    tags = {OWNER_TAG: site.spec.name}
    body = {"properties": grant.make_properties(site.at.group.subscription), "tags": tags}
    put = Put(at, body, fresh=True)
    if found is None:
        made = replace(change, action="create", notes=("does not exist yet",), steps=(put,))
        return made, site.check_home("access", grant.place)
    if site.rebuilt:
        notes = ("its account is replaced",)
        return replace(change, action="replace", notes=notes, steps=(put,)), ()
    if found.owner == site.spec.name:
        return change, ()
    whose = f"spec {found.owner}" if found.owner else "others"
    return replace(change, notes=(f"given by {whose} already: theirs, and left alone",)), ()


def _report_unknown_caller(site: Site, change: Change, grant: Grant) -> Problem:
    return Problem(
        change.address,
        "caller_unknown",
        "error",
        "`principal: me` is who is signed in, and the sign-in does not say who that is",
        f"write the object id, which `{WHO_AM_I}` prints, and `type: User`",
        (*site.place, "access", grant.place),
    )
