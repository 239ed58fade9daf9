"""The costs that a plan shows: of having what it makes, and of one evaluation of its spec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.app.costs.standing import StandingCost, list_standing_costs, make_standing_document
from harness.app.evaluation import forecast
from harness.errors import HarnessError
from harness.run.forecast.forecast import Forecast
from harness.run.forecast.wording import make_forecast_document
from harness.run.preparation import EvalOptions

if TYPE_CHECKING:
    from harness.app.ports import World
    from harness.plan.model import Plan


@dataclass(frozen=True, slots=True)
class PlannedCosts:
    """The costs of what a spec declares.

    Attributes:
        standing: of having each deployment.
        run: of one evaluation; None where the spec has no conversation, or nobody to hold one.
    """

    standing: tuple[StandingCost, ...]
    run: Forecast | None


def forecast_plan(world: World, plan: Plan) -> PlannedCosts:
    """Return what the plan's deployments cost to have, and an evaluation of its spec; asks nobody.

    Limits are those that Azure says of deployments which are there as declared.
    """
    spec = world.spec_file.spec
    try:
        run = forecast(world, EvalOptions(), limits=plan.rates) if spec.conversations else None
    except HarnessError:  # nobody to ask, or data that cannot be read: `eval` says which
        run = None
    return PlannedCosts(list_standing_costs(spec), run)


def make_costs_document(costs: PlannedCosts) -> dict[str, Any]:
    """Return the ``forecast`` of ``plan --json``; null is unknown."""
    return {
        "standing": [make_standing_document(one) for one in costs.standing],
        "run": None if costs.run is None else make_forecast_document(costs.run),
    }
