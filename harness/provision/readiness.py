"""Wait until a new deployment answers where it is called, or a new role counts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from harness.plan.identity import AccountId, DeploymentId
from harness.plan.observed import ObservedAccount, find
from harness.provision.patience import Pace
from harness.provision.ports import Answering, Cloud, Readiness

LONGEST_S = 600.0
"""The time in seconds that a new deployment may take to be known at its endpoint.

Source: "If you created the deployment within the last 5 minutes, please wait a moment and try
again", the text of DeploymentNotFound; reports of up to ten minutes.
"""


def choose_witness(at: AccountId, account: ObservedAccount) -> DeploymentId | None:
    """Return a deployment that tells whether a new role counts yet; None where none can.

    Where the account takes keys nobody waits for a role: a key does as well.
    """
    if not find(account.body, ("properties", "disableLocalAuth")):
        return None
    names = [each.name for each in account.deployments.values() if "batch" not in each.sku.lower()]
    return DeploymentId(at, names[0]) if names else None


def is_open(account: ObservedAccount) -> bool:
    """Return whether the account takes calls from every network; else nothing is waited for."""
    access = str(find(account.body, ("properties", "publicNetworkAccess")) or "Enabled")
    rule = str(find(account.body, ("properties", "networkAcls", "defaultAction")) or "Allow")
    return access.casefold() != "disabled" and rule.casefold() != "deny"


def wait_until_ready(
    at: DeploymentId,
    account: ObservedAccount,
    cloud: Cloud,
    pace: Pace,
    tick: Callable[[str], None],
    passing: Answering = "not there yet",
) -> Readiness:
    """Return the readiness of something just made, once it is known at its endpoint or time is up.

    ``tick`` gets what Azure says meanwhile. Whoever asks to stop gets what is known by then.
    ``passing`` is the state that passes by itself.
    """
    began = pace.clock()
    longest = min(LONGEST_S, pace.patience.deadline_s)
    for number in count(1):
        found = cloud.check_readiness(at, account)
        if found.state != passing or pace.clock() - began > longest:
            return found
        tick(found.said)
        if pace.wait(min(pace.patience.wait_s(number, pace.chance()), 15.0)):
            return found
    raise AssertionError
