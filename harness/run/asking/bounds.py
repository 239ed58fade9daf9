"""Bounds of a run that its spec cannot raise: whoever runs it says them, in the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.errors import Diagnostic, RequestError
from harness.spec.model.spec import Budget
from harness.text.safe import printable

MOST_PLANNED = 1_000_000
"""Trials, and requests, that a run plans unless somebody asks for more.

A stranger's spec, or a slip of the keyboard, is refused before it costs money or memory.
"""
RAISED_BY = "HARNESS_MAX_PLANNED"
NO_NUMBER = "H621"
IN_PIPELINE = Budget(usd=10.0, requests=10_000)
"""The limits of a run in a pipeline for which nobody set any: a spec that somebody changed in a
pull request spends no more."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of a run.

    Attributes:
        most_planned: trials, and requests, that it may plan.
        default_budget: its budget where nobody set one and real models are asked.
    """

    most_planned: int = MOST_PLANNED
    default_budget: Budget = field(default_factory=Budget)


def read_bounds(environment: Mapping[str, str]) -> Bounds:
    """Return the bounds that the environment says.

    Raises:
        RequestError: what it says is no whole number.
    """
    return Bounds(_read_most_planned(environment), choose_default(environment))


def _read_most_planned(environment: Mapping[str, str]) -> int:
    said = environment.get(RAISED_BY, "").strip()
    if not said:
        return MOST_PLANNED
    if said.isdecimal() and len(said) < 16:
        return int(said)
    raise RequestError(
        Diagnostic(NO_NUMBER, f"{RAISED_BY} is no whole number", printable(said[:40]))
    )


def choose_default(environment: Mapping[str, str]) -> Budget:
    """Return the limits of a run for which nobody set any: some in a pipeline, none at a desk."""
    in_pipeline = environment.get("CI", "").strip().lower() not in ("", "0", "false", "no")
    return IN_PIPELINE if in_pipeline else Budget()


def fill_budget(budget: Budget, default: Budget) -> Budget:
    """Return a budget, or the default where it limits neither money nor requests nor tokens."""
    if (budget.usd, budget.requests, budget.tokens) != (None, None, None):
        return budget
    return budget.model_copy(update=default.model_dump(exclude_none=True))
