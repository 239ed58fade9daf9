"""Order changes by what quota allows: who gives back goes before who takes.

Azure counts a quota before each write. Where what is left does not do for everything that grows,
the increases wait for the decreases and deletions of the same quota, over all accounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from harness.plan.identity import ResourceId
from harness.plan.model import Change, Problem
from harness.plan.observed import Observed
from harness.plan.preflight.quota import Demand


def put_in_order(
    changes: Iterable[Change], demand: Demand, observed: Observed
) -> tuple[tuple[Change, ...], tuple[Problem, ...]]:
    """Return the changes in an order that quota allows, and why there is none for some of them.

    Each change names those that it waits for; without a tight quota the order stays as it is.
    """
    changes = tuple(changes)
    waits = _list_waits(demand, observed)
    if not waits:
        return changes, ()
    waiting = tuple(replace(each, waits=waits.get(each.resource, ())) for each in changes)
    ordered = _sort(waiting)
    stuck = {each.resource for each in waiting} - {each.resource for each in ordered}
    problems = tuple(_explain_stuck(demand, observed, stuck))
    return (*ordered, *(each for each in waiting if each.resource in stuck)), problems


def _list_waits(demand: Demand, observed: Observed) -> Mapping[ResourceId, tuple[ResourceId, ...]]:
    waits: dict[ResourceId, tuple[ResourceId, ...]] = {}
    for (market, name), claims in demand.items():
        usage = observed.usages.get(market, {}).get(name)
        growing = [claim for claim in claims if claim.delta > 0]
        giving = [claim.change.resource for claim in claims if claim.delta < 0]
        if usage is None or usage.current + sum(each.delta for each in growing) <= usage.limit:
            continue
        for claim in growing:
            at = claim.change.resource
            waits[at] = (*waits.get(at, ()), *(each for each in giving if each != at))
    return {at: found for at, found in waits.items() if found}


def _sort(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return the changes so that each comes after those it needs, else in their order.

    What stands in a circle is left out.
    """
    before = {each.resource: set(_list_before(each, changes)) for each in changes}
    ordered: list[Change] = []
    left = list(changes)
    while left:
        open_ = {each.resource for each in left}
        ready = next((each for each in left if not before[each.resource] & open_), None)
        if ready is None:
            break
        ordered.append(ready)
        left.remove(ready)
    return tuple(ordered)


def _list_before(change: Change, changes: Iterable[Change]) -> Iterator[ResourceId]:
    """Yield what must be done before a change: what it needs or waits for, and where it stands."""
    mine = change.resource.path.casefold()
    for other in changes:
        theirs = other.resource.path.casefold()
        if other.resource == change.resource or not other.acts:
            continue
        holds, inside = mine.startswith(f"{theirs}/"), theirs.startswith(f"{mine}/")
        if (
            other.resource in change.needs
            or other.resource in change.waits
            or (holds and other.action != "delete")
            or (inside and change.action == "delete")
        ):
            yield other.resource


def _explain_stuck(demand: Demand, observed: Observed, stuck: set[ResourceId]) -> Iterator[Problem]:
    for (market, name), claims in demand.items():
        usage = observed.usages.get(market, {}).get(name)
        taking = [each for each in claims if each.delta > 0 and each.change.resource in stuck]
        if usage is None or not taking:
            continue
        peak = usage.current + sum(each.delta for each in claims if each.delta > 0)
        asked = taking[0].asked
        if asked is not None and peak > usage.limit:
            yield asked.report(
                "quota_exceeded",
                "error",
                f"{usage.name} in {asked.account.home} would need {peak} of {usage.limit} on the "
                "way: deployments change places, and none can go first",
                "lower one `capacity` and apply, then set it as it shall be",
                "capacity",
            )
