"""Find what Azure would refuse before anything is written.

Only what a change asks for is questioned: a deployment that stays as it is keeps working though
its model is no longer on the list. Unknown is never a refusal: a region whose list is absent or
empty lets everything pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from harness.plan.identity import DeploymentId
from harness.plan.model import Change, Problem
from harness.plan.observed import Observed
from harness.plan.preflight.accounts import (
    AskedAccount,
    check_account,
    check_counts,
)
from harness.plan.preflight.asked import DeclaredPlace, PlannedDeployment
from harness.plan.preflight.models import check_deployment
from harness.plan.preflight.ordering import put_in_order
from harness.plan.preflight.quota import (
    Claim,
    Pool,
    check_pools,
    check_quota,
    list_claims,
    list_releases,
)
from harness.plan.preflight.spillover import check_spillover
from harness.plan.resources.site import Site
from harness.spec.model.spec import Deployment


def check_plan(
    sites: Iterable[Site], observed: Observed, changes: Iterable[Change]
) -> tuple[tuple[Change, ...], tuple[Problem, ...]]:
    """Return the changes as quota allows them, and reasons for which Azure would refuse them.

    The reasons and warnings are in the order of the spec.
    """
    changes = tuple(changes)
    by_resource = {change.resource: change for change in changes}
    problems: list[Problem] = []
    accounts: list[AskedAccount] = []
    demand: dict[Pool, list[Claim]] = defaultdict(list)
    for site in sites:
        opened = AskedAccount(
            DeclaredPlace(site.handle, None), site.account, site.at, site.market,
            by_resource[site.at], observed,
        )  # fmt: skip
        accounts.append(opened)
        problems += check_account(opened)
        deployments: list[PlannedDeployment] = []
        for key, deployment in site.spelt.items():
            one = by_resource[DeploymentId(site.at, deployment.deployment_name)]
            asked = PlannedDeployment(
                DeclaredPlace(site.handle, key),
                site.account,
                _complete(deployment, one),
                site.market,
                one,
                observed,
            )
            deployments.append(asked)
            problems += check_deployment(asked)
            for pool, claim in list_claims(asked):
                demand[pool].append(claim)
        inside = {
            change.resource.name.casefold(): change
            for change in by_resource.values()
            if isinstance(change.resource, DeploymentId) and change.resource.account == site.at
        }
        problems += check_spillover(deployments, site.there, inside)
    problems += check_counts(accounts)
    for pool, claim in list_releases(changes, observed):
        demand[pool].append(claim)
    problems += check_quota(demand, observed)
    problems += check_pools(demand, observed)
    ordered, stuck = put_in_order(changes, demand, observed)
    return ordered, (*problems, *stuck)


def _complete(deployment: Deployment, change: Change) -> Deployment:
    """Return a deployment as it will be: what the spec does not say stays as it is."""
    stays = {
        name: (change.after or {}).get(name)
        for name in ("sku", "capacity", "upgrade", "format")
        if name not in deployment.model_fields_set
    }
    return deployment.model_copy(
        update={name: value for name, value in stays.items() if value is not None}
    )
