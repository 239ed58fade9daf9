"""Find what Azure would refuse before anything is written.

Only what a change asks for is questioned: a deployment that stays as it is keeps working though
its model is no longer on the list. Unknown is never a refusal: a region whose list is absent or
empty lets everything pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from harness.azure.regions import fold
from harness.plan.identity import Market
from harness.plan.model import Change, Problem
from harness.plan.observed import Observed
from harness.plan.preflight.accounts import (
    AskedAccount,
    check_account,
    check_counts,
    check_region,
)
from harness.plan.preflight.asked import DeclaredPlace, PlannedDeployment
from harness.plan.preflight.models import check_deployment
from harness.plan.preflight.quota import Claim, check_quota, list_claims
from harness.plan.scope import make_account_id, make_deployment_id
from harness.spec.model.spec import Spec

__all__ = ["check_region", "preflight"]


def check_plan(spec: Spec, observed: Observed, changes: Iterable[Change]) -> tuple[Problem, ...]:
    """Return reasons for which Azure would refuse these changes, and warnings, in spec order."""
    by_resource = {change.resource: change for change in changes}
    problems: list[Problem] = []
    accounts: list[AskedAccount] = []
    demand: dict[tuple[Market, str], list[Claim]] = defaultdict(list)
    for handle, account in spec.accounts.items():
        at = make_account_id(spec, account)
        market = Market(at.group.subscription, fold(account.region))
        opened = AskedAccount(
            DeclaredPlace(handle, None), account, at, market, by_resource[at], observed
        )
        accounts.append(opened)
        problems += check_account(opened)
        for key, deployment in account.deployments.items():
            one = by_resource[make_deployment_id(spec, account, deployment.deployment_name)]
            asked = PlannedDeployment(
                DeclaredPlace(handle, key), account, deployment, market, one, observed
            )
            problems += check_deployment(asked)
            for usage_name, claim in list_claims(asked):
                demand[market, usage_name.casefold()].append(claim)
    problems += check_counts(accounts)
    problems += check_quota(demand, observed)
    return tuple(problems)
