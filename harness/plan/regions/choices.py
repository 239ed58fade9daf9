"""Tell in a plan which region was chosen for an account that may be in several, and why."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace

from harness import address
from harness.address import Address
from harness.plan.codes import CodeName
from harness.plan.model import Change, Problem, RegionChoice

REGIONAL: frozenset[CodeName] = frozenset(
    {
        "region_unknown",
        "accounts_exhausted",
        "sku_refused",
        "model_not_offered",
        "version_not_offered",
        "sku_not_offered",
        "capacity_invalid",
        "quota_exceeded",
        "model_retired",
        "model_deprecating",
    }
)
"""Problems for which another region is tried; all others would be met in every region."""


def is_of(problem: Problem, account: Address) -> bool:
    """Return whether a problem is one of the account's region, at it or at something in it."""
    inside = problem.address == account or problem.address.startswith(f"{account}.")
    return problem.code in REGIONAL and problem.severity == "error" and inside


def add_choice(change: Change, choices: Mapping[str, RegionChoice]) -> Change:
    """Return a change of an account with the region that was chosen, and why."""
    named = {address.name_account(handle): choice for handle, choice in choices.items()}
    choice = named.get(change.address)
    if choice is None:
        return change
    notes = choice.notes if change.acts else ()
    return replace(change, choice=choice, notes=(*change.notes, *notes))


def report_choices(
    found: tuple[Problem, ...],
    choices: Mapping[str, RegionChoice],
    meant: Container[Address],
) -> tuple[Problem, ...]:
    """Return the problems with one for each account that no region will do for, if it is ``meant``.

    It says every region's reason, so that those of the first region are not said again.
    """
    for handle, choice in choices.items():
        here = address.name_account(handle)
        if choice.why == "none" and here in meant:
            same = tuple(each for each in found if is_of(each, here))
            rest = tuple(each for each in found if each not in same)
            found = (_report_none(handle, choice, same), *rest)
    return found


def _report_none(handle: str, choice: RegionChoice, same: tuple[Problem, ...]) -> Problem:
    reasons = "; ".join(f"{each.region}: {each.reason}" for each in choice.rejected)
    ways = dict.fromkeys(way for each in same for way in each.hint.split("; ") if way)
    return Problem(
        address.name_account(handle),
        "no_region",
        "error",
        f"preflight accepts none of its regions: {reasons}",
        "; ".join(ways) or "name another region",
        ("accounts", handle, "region"),
    )
