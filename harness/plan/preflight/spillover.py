"""Check that a deployment spills over to one that can take its calls.

Azure finds out under load only. Source: Azure OpenAI documentation on spillover: a standard
deployment of the same model in the same account; data must not be processed more widely than the
provisioned deployment promises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from harness.plan.model import Change, Problem, Put
from harness.plan.observed import ObservedAccount, find
from harness.plan.preflight.asked import PlannedDeployment
from harness.plan.preflight.offers import split_sku

SPILLS = ("properties", "spilloverDeploymentName")
REACHES = ("its region", "its data zone", "anywhere")


@dataclass(frozen=True, slots=True)
class _Member:
    """A deployment as it will be."""

    name: str
    model: str
    sku: str
    spills_to: str


def check_spillover(
    asked: Iterable[PlannedDeployment],
    there: ObservedAccount | None,
    changes: Mapping[str, Change],
) -> Iterator[Problem]:
    """Yield why deployments of an account would spill over to nothing that helps.

    ``changes`` are those of the account's deployments, by folded names, orphans included.
    """
    asked = tuple(asked)
    members = _list_members(asked, there, changes)
    for each in asked:
        name = each.deployment.deployment_name.casefold()
        mine = members[name]
        target = changes.get(mine.spills_to.casefold())
        if not mine.spills_to or not (each.change.acts or (target is not None and target.acts)):
            continue
        why = _explain(mine, members)
        if why:
            yield each.report(
                "spillover_invalid",
                "error",
                f"{each.deployment.deployment_name} spills over to {mine.spills_to}, {why}",
                "name a standard deployment of the same model in this account that processes "
                "data no more widely; null takes spillover away",
                "properties",
            )


def find_spillover(change: Change | None, held: str) -> str:
    """Return the deployment to which one spills over once the plan is done, "" for none."""
    puts = [step for step in change.steps if isinstance(step, Put)] if change is not None else []
    for put in reversed(puts):
        said = find(put.patch, SPILLS)
        if put.fresh or SPILLS[1] in (put.patch.get("properties") or {}):
            return str(said or "")
    return held


def _list_members(
    asked: tuple[PlannedDeployment, ...],
    there: ObservedAccount | None,
    changes: Mapping[str, Change],
) -> dict[str, _Member]:
    members = {
        name: _Member(one.name, one.model, one.sku, one.spills_to)
        for name, one in (there.deployments.items() if there is not None else ())
        if name not in changes or changes[name].action != "delete"
    }
    for each in asked:
        wanted = each.deployment
        name = wanted.deployment_name.casefold()
        held = members[name].spills_to if name in members else ""
        to = find_spillover(each.change, held)
        members[name] = _Member(wanted.deployment_name, wanted.model, wanted.sku, to)
    return members


def _explain(mine: _Member, members: Mapping[str, _Member]) -> str:
    """Return what is wrong with the one to which another spills over, "" for nothing."""
    target = members.get(mine.spills_to.casefold())
    if target is None:
        return "which neither the spec nor the account has"
    (_, reach), (family, its_reach) = split_sku(mine.sku), split_sku(target.sku)
    back = _find_circle(mine, members)
    widely = f"{REACHES[its_reach]}, where {mine.sku} stays in {REACHES[reach]}"
    faults = {
        "which is itself": target is mine,
        f"which leads back to {back}": bool(back),
        f"which is {target.model}, not {mine.model}": (
            target.model.casefold() != mine.model.casefold()
        ),
        f"which is {target.sku}, not a standard deployment": family != "standard",
        f"which is {target.sku} and processes data {widely}": its_reach > reach,
    }
    return next((fault for fault, found in faults.items() if found), "")


def _find_circle(mine: _Member, members: Mapping[str, _Member]) -> str:
    """Return the deployment at which spilling over begins anew, "" where it comes to an end."""
    seen = {mine.name.casefold()}
    step = members.get(mine.spills_to.casefold())
    while step is not None:
        if step.name.casefold() in seen:
            return step.name
        seen.add(step.name.casefold())
        step = members.get(step.spills_to.casefold())
    return ""
