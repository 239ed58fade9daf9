"""Wait until a new deployment answers where it is called."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from harness.plan.identity import DeploymentId
from harness.plan.observed import ObservedAccount, find
from harness.provision.patience import Pace
from harness.provision.ports import Cloud, Readiness

LONGEST_S = 600.0
"""The time in seconds that a new deployment may take to be known at its endpoint.

Source: "If you created the deployment within the last 5 minutes, please wait a moment and try
again", the text of DeploymentNotFound; reports of up to ten minutes.
"""


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
) -> Readiness:
    """Return the readiness of something just made, once it is known at its endpoint or time is up.

    ``tick`` gets what Azure says meanwhile. Whoever asks to stop gets what is known by then.
    """
    began = pace.clock()
    longest = min(LONGEST_S, pace.patience.deadline_s)
    for number in count(1):
        found = cloud.check_readiness(at, account)
        if found.state != "not there yet" or pace.clock() - began > longest:
            return found
        tick(found.said)
        if pace.wait(min(pace.patience.wait_s(number, pace.chance()), 15.0)):
            return found
    raise AssertionError
