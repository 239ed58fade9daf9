"""What it takes for one declared deployment to be as declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from harness import address
from harness.azure.regions import folded
from harness.plan import fields as table
from harness.plan.fields import Field
from harness.plan.identity import DeploymentId, Market
from harness.plan.model import Action, Change, Delete, Problem, Put
from harness.plan.observed import OWNER_TAG, Observed, ObservedAccount, ObservedDeployment
from harness.plan.offers import default_version
from harness.plan.ownership import Whose, adoption_replaces, is_protected, protection
from harness.plan.scope import account_id
from harness.spec.model import Account, Deployment, Spec

BROKEN = frozenset({"failed", "canceled"})
"""States that only a deletion ends.

Source: "deployment … is in 'Failed' state, please delete it", quoted in public issues.
"""


@dataclass(frozen=True, slots=True)
class Site:
    """Where a deployment is planned.

    Attributes:
        handle: of the account that the spec declares.
        there: that account as it is, None where there is none.
        rebuilt: whether the plan replaces the account, and with it everything inside.
        adopt: whether what nobody owns may be taken over.
    """

    spec: Spec
    handle: str
    there: ObservedAccount | None
    observed: Observed
    rebuilt: bool
    adopt: bool

    @property
    def account(self) -> Account:
        """The account as declared."""
        return self.spec.accounts[self.handle]


def plan_deployment(site: Site, key: str) -> tuple[Change, tuple[Problem, ...]]:
    """The change of one declared deployment, and what stands in its way."""
    declared = site.account.deployments[key]
    at = DeploymentId(account_id(site.spec, site.account), declared.deployment_name)
    there = site.there and site.there.deployments.get(at.name.casefold())
    fields = table.deployment_fields(declared, _version(site, declared, there or None))
    tags = table.ownership(site.spec.name, fields)
    change = Change(address.deployment(site.handle, key), at, "none", None, table.declared(fields))
    if not there:
        notes = ("does not exist yet",)
        anew = table.put(at, fields, tags, fresh=True)
        return replace(change, action="create", notes=notes, steps=(anew,)), ()
    found = table.differences(fields, there.body)
    change = replace(change, before=table.held(fields, there.body), differences=found)
    whose = Whose(site.spec.name, there.owner, site.adopt)
    if whose.barred:
        place = ("accounts", site.handle, "deployments", key)
        problem = whose.problem(change.address, f"deployment {there.name}", place)
        return replace(change, action=whose.action, notes=whose.notes), (problem,)
    if site.rebuilt or table.forced(found) or _broken(there):
        return _replacement(site, key, change, there, table.put(at, fields, tags, fresh=True))
    if there.owner is not None and not found:
        return change, ()
    action: Action = "adopt" if there.owner is None else "update"
    steps = _updates(at, fields, change, tags, there.owner)
    return replace(change, action=action, notes=whose.notes, steps=steps), ()


def _replacement(
    site: Site, key: str, change: Change, there: ObservedDeployment, anew: Put
) -> tuple[Change, tuple[Problem, ...]]:
    """Deleted and created; where the account is replaced, its own steps have deleted it."""
    place = ("accounts", site.handle, "deployments", key)
    replaced = replace(change, action="replace")
    declared = site.account.deployments[key]
    problems = (
        (protection(change.address, there.name, place),)
        if is_protected(site.account, declared)
        else ()
    )
    if site.rebuilt:
        return replace(replaced, notes=("its account is replaced",), steps=(anew,)), problems
    if there.owner is None:
        return replaced, (adoption_replaces(change, there.name, place),)
    notes = table.forced(change.differences) or _broken(there)
    return replace(
        replaced, notes=notes, steps=(Delete(anew.resource, site.spec.name), anew)
    ), problems


def _version(site: Site, declared: Deployment, there: ObservedDeployment | None) -> str | None:
    """``default`` becomes what Azure calls default there today; unknown, it stays as it is."""
    if declared.version != "default":
        return declared.version
    subscription = account_id(site.spec, site.account).group.subscription
    offered = site.observed.offers.get(Market(subscription, folded(site.account.region)), ())
    default = default_version(offered, declared, site.account.kind)
    return default or (there.version if there else None)


def _updates(
    at: DeploymentId,
    fields: tuple[Field, ...],
    change: Change,
    tags: Mapping[str, str],
    owner: str | None,
) -> tuple[Put, ...]:
    """One PUT, or two where version and capacity both change.

    Source: "Cannot change capacity and model at the same time for deployment",
    Azure-Samples/azure-search-openai-demo#1154.
    """
    names = {difference.name for difference in change.differences}
    changed = [field for field in fields if field.name in names]
    if not {"version", "capacity"} <= names:
        return (table.put(at, changed, tags, owner=owner),)
    return (
        table.put(at, [each for each in changed if each.name != "capacity"], tags, owner=owner),
        # The first one has made it ours.
        table.put(
            at, [each for each in changed if each.name == "capacity"], tags, owner=tags[OWNER_TAG]
        ),
    )


def _broken(there: ObservedDeployment) -> tuple[str, ...]:
    if there.state.casefold() not in BROKEN:
        return ()
    return (f"it is in state {there.state}, which only a deletion ends",)
