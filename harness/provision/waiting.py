"""Wait for what Azure is still at work on, as after an interrupted apply."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from harness.errors import Diagnostic, OutsideError
from harness.plan.identity import AccountId, NestedId
from harness.plan.model import UNDER_WAY, Change
from harness.plan.observed import find
from harness.provision.patience import HaltedError, Pace
from harness.provision.ports import Cloud
from harness.text.safe import flatten

LOOK_S = 2.0
"""Between two looks; operations that were recorded took a second to a minute."""


def wait_for_azure(change: Change, cloud: Cloud, pace: Pace, say: Callable[[str], None]) -> None:
    """Return when Azure has finished with a resource, whatever came of it.

    ``say`` gets a line at the beginning and whenever the state is another.

    Raises:
        OutsideError: it is still at work at the deadline.
        CloudError: Azure cannot be read.
        HaltedError: somebody asked to stop.
    """
    began, said = pace.clock(), ""
    for number in count(1):
        state = _read_state(change, cloud)
        if state.casefold() not in UNDER_WAY:
            return
        spent = pace.clock() - began
        if state != said:
            say(f"{change.address}: Azure is still at work ({flatten(state)}); waiting for it")
            said = state
        if spent > pace.patience.deadline_s:
            raise OutsideError(
                Diagnostic(
                    "H907",
                    f"{change.address} is still not ready",
                    f"Azure says {flatten(state)} after {spent / 60:.0f} minutes",
                    hint="look at it in the portal; a support ticket may be needed",
                )
            )
        # The first looks come fast: most operations end within a second.
        if pace.wait(min(LOOK_S, 0.2 * number)):
            raise HaltedError


def _read_state(change: Change, cloud: Cloud) -> str:
    """Return ARM's word for it now; "" for what is gone, or knows no states."""
    match change.resource:
        case AccountId() as account:
            there = cloud.read_account(account)
            return there.state if there else ""
        case NestedId() as nested if nested.kind.waits:
            body = cloud.read_child(nested)
            return str(find(body, ("properties", "provisioningState")) or "")
        case _:
            return ""
