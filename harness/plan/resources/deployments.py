"""Plan one declared deployment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from harness import address
from harness.plan.identity import DeploymentId, FilterId, ResourceId
from harness.plan.model import Action, Change, Delete, Problem, Put
from harness.plan.observed import (
    OWNER_TAG,
    ObservedAccount,
    ObservedChild,
    ObservedDeployment,
    find,
)
from harness.plan.preflight.offers import find_default_version
from harness.plan.resources import fields as table
from harness.plan.resources.aspects import Aspect
from harness.plan.resources.bodies import drop_read_only, keep_telling
from harness.plan.resources.carrying import BROKE_OFF, carry_deployment, fingerprint
from harness.plan.resources.ownership import (
    Whose,
    add_comparison,
    is_protected,
    is_watched,
    plan_watched,
    report_adoption,
    report_protected,
)
from harness.plan.resources.site import Planned, Site
from harness.spec.check.references import BUILT_IN_FILTERS
from harness.spec.model.spec import Deployment

BROKEN = frozenset({"failed", "canceled"})
"""States that only a deletion ends.

Source: "deployment … is in 'Failed' state, please delete it", quoted in public issues.
"""


def plan_deployments(site: Site) -> Iterable[Planned]:
    """Plan every declared deployment of an account; one that spills over to another comes after."""
    declared = site.account.deployments
    keys = sorted(declared, key=lambda key: bool(find_spillover(declared[key])))
    return (plan_deployment(site, key) for key in keys)


def plan_deployment(site: Site, key: str) -> Planned:
    """Return the change of one declared deployment, and what stands in its way."""
    declared = site.spelt[key]
    at = DeploymentId(site.at, declared.deployment_name)
    there = site.there and site.there.deployments.get(at.name.casefold())
    fields = table.list_deployment_fields(declared, _resolve_version(site, declared, there or None))
    tags = table.make_tags(site.spec.name, fields)
    change = Change(
        address.name_deployment(site.handle, key),
        at,
        "none",
        None,
        table.describe_declared(fields),
        needs=_list_needs(site, declared),
    )
    if is_watched(site.account, declared):
        return plan_watched(change, fields, there.body if there else None), ()
    if not there:
        anew = table.make_put(at, fields, tags, fresh=True)
        made = replace(change, action="create", notes=("does not exist yet",), steps=(anew,))
        kept = site.observed.recall(at)
        if kept is not None:
            carried = carry_deployment(kept, fields, _list_filters(site))
            anew = table.make_carrying_put(at, carried.body, tags)
            notes = (*made.notes, BROKE_OFF, *carried.notes)
            made = replace(made, notes=notes, steps=(anew,), keeps={at: kept})
        return made, site.check_home("deployments", key)
    found = table.compare(fields, there.body)
    change = add_comparison(change, fields, there.body, found)
    whose = Whose(site.spec.name, there.owner, site.adopt)
    if whose.barred:
        place = ("accounts", site.handle, "deployments", key)
        problem = whose.report(change.address, f"deployment {there.name}", place)
        return replace(change, action=whose.action, notes=whose.notes), (problem,)
    if site.rebuilt or table.explain_forced(found) or _explain_broken(there):
        carried = carry_deployment(there.body, fields, _list_filters(site))
        anew = table.make_carrying_put(at, carried.body, tags)
        change = replace(change, notes=carried.notes)
        return _plan_replacement(site, key, change, there, anew)
    if there.owner is not None and not found:
        return change, ()
    action: Action = "adopt" if there.owner is None else "update"
    steps = _plan_updates(at, fields, change, tags, there.owner)
    return replace(change, action=action, notes=whose.notes, steps=steps), ()


def _list_filters(site: Site) -> list[str]:
    """Return the names of content filters that the account will have."""
    stay = site.there.filters.values() if site.there and not site.rebuilt else ()
    return [*site.account.content_filters, *(each.name for each in stay)]


def _plan_replacement(
    site: Site, key: str, change: Change, there: ObservedDeployment, anew: Put
) -> tuple[Change, tuple[Problem, ...]]:
    """Delete and create; where the account is replaced, its own steps have deleted it."""
    place = ("accounts", site.handle, "deployments", key)
    replaced = replace(change, action="replace")
    declared = site.account.deployments[key]
    problems = (
        (report_protected(change.address, there.name, place),)
        if is_protected(site.account, declared)
        else ()
    )
    if site.rebuilt:
        return replace(
            replaced, notes=("its account is replaced", *change.notes), steps=(anew,)
        ), problems
    if there.owner is None:
        return replaced, (report_adoption(change, there.name, place),)
    notes = table.explain_forced(change.differences) or _explain_broken(there)
    return replace(
        replaced,
        notes=(*notes, *change.notes),
        steps=(Delete(anew.resource, site.spec.name, fingerprint(there.body)), anew),
        keeps={anew.resource: there.body},
    ), problems


def _resolve_version(
    site: Site, declared: Deployment, there: ObservedDeployment | None
) -> str | None:
    """Turn ``default`` into what Azure calls default there today.

    Unknown, it stays as it is.
    """
    if declared.version != "default":
        return declared.version
    offered = site.observed.offers.get(site.market, ())
    default = find_default_version(offered, declared, site.account.kind)
    return default or (there.version if there else None)


def _list_needs(site: Site, declared: Deployment) -> tuple[ResourceId, ...]:
    """Return what must be done first: its content filter, the deployment that it spills over to.

    Source: ``spilloverDeploymentName`` of DeploymentProperties, azure-mgmt-cognitiveservices 14.1.
    """
    wanted = (declared.content_filter or "").casefold()
    filters = [name for name in site.account.content_filters if name.casefold() == wanted]
    spill = find_spillover(declared).casefold()
    others = [
        each.deployment_name
        for each in site.account.deployments.values()
        if spill
        and each.deployment_name.casefold() == spill
        and each.deployment_name != declared.deployment_name
    ]
    return (
        *(FilterId(site.at, name) for name in filters),
        *(DeploymentId(site.at, name) for name in others),
    )


def find_spillover(declared: Deployment) -> str:
    """Return the deployment that takes what this one cannot, "" for none."""
    return str(declared.properties.get("spilloverDeploymentName") or "")


def _plan_updates(
    at: DeploymentId,
    fields: tuple[Aspect, ...],
    change: Change,
    tags: Mapping[str, str],
    owner: str | None,
) -> tuple[Put, ...]:
    """Return one PUT, or two where version and capacity both change.

    Source: "Cannot change capacity and model at the same time for deployment",
    Azure-Samples/azure-search-openai-demo#1154.
    """
    names = {difference.name for difference in change.differences}
    changed = [field for field in fields if field.name in names]
    if not {"version", "capacity"} <= names:
        return (table.make_put(at, changed, tags, owner=owner),)
    first = [each for each in changed if each.name != "capacity"]
    return (
        # Without the hash: what was declared has not been written before the second one has.
        table.make_put(at, first, {OWNER_TAG: tags[OWNER_TAG]}, owner=owner),
        # The first one has made it ours.
        table.make_put(
            at, [each for each in changed if each.name == "capacity"], tags, owner=tags[OWNER_TAG]
        ),
    )


def _explain_broken(there: ObservedDeployment) -> tuple[str, ...]:
    if there.state.casefold() not in BROKEN:
        return ()
    return (f"it is in state {there.state}, which only a deletion ends",)


def declare_deployment(found: ObservedChild, account: ObservedAccount) -> dict[str, Any]:
    """Return a deployment that exists as a spec declares it; every field of the table is read."""
    declared: dict[str, Any] = {}
    left_out = {"format": Deployment.model_fields["format"].default}
    for row in table.DEPLOYMENT_ROWS:
        held = find(found.body, row.path)
        value = row.unset if held is None else held
        if value is not None and left_out.get(row.name) != value:
            declared[row.name] = value
    rest = keep_telling(drop_read_only(found.body).get("properties") or {}, _TOLD)
    named = str(declared.pop("content_filter", ""))
    own = {each.name.casefold(): each.name for each in account.filters.values()}
    built_in = {each.casefold(): each for each in BUILT_IN_FILTERS}
    known = own.get(named.casefold()) or built_in.get(named.casefold())
    if known:
        declared["content_filter"] = known
    elif named:
        rest["raiPolicyName"] = named
    if rest:
        declared["properties"] = rest
    return declared


_TOLD = frozenset(row.path[1] for row in table.DEPLOYMENT_ROWS if row.path[0] == "properties")
"""Properties that fields of their own declare."""
