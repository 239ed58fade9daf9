"""Tell who made Azure and the spec differ: the spec, or somebody in Azure.

A resource carries the hash of what was declared when it was last written. A field that the spec
still says as it did then was changed in Azure; one that it says otherwise, the spec changed.
"""

from __future__ import annotations

from typing import Literal

from harness.plan.identity import AccountId
from harness.plan.model import Change, Difference, Plan
from harness.plan.resources.memory import read_digests

Cause = Literal["spec", "azure", "unknown"]


def find_cause(change: Change, difference: Difference) -> Cause:
    """Return who made this field differ; unknown where the resource remembers nothing."""
    if change.trace is None or not change.trace.applied:
        return "unknown"
    whole, dot, _ = change.trace.applied.partition(".")
    if not dot:
        return "azure" if whole == change.declared else "spec"
    return "azure" if difference.digest in read_digests(change.trace.applied) else "spec"


def find_causes(change: Change) -> frozenset[Cause]:
    """Return who made this resource differ; both, where each changed some of its fields."""
    if change.before is None:
        if change.vanished:
            # The spec's own destroy leaves nothing that would tell it from anybody else's.
            return frozenset({"unknown" if isinstance(change.resource, AccountId) else "azure"})
        return frozenset({"unknown" if change.watched or change.vanished is None else "spec"})
    found = frozenset(find_cause(change, each) for each in change.differences)
    if found:
        return found
    # Without a difference it is its state that is not as it should be, or its account goes.
    state = change.trace.state.casefold() if change.trace is not None else ""
    return frozenset({"unknown" if state == "succeeded" else "azure"})


def count_cause(plan: Plan, cause: Cause) -> int:
    """Return how many resources differ because of this."""
    return sum(cause in find_causes(change) for change in plan.drift)
