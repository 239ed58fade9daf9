"""The cost of having what a spec declares: by the hour, by the month, and by the token."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.azure.standing.rates import (
    HOURS_A_MONTH,
    StandingRate,
    find_batch_factor,
    find_hourly_rate,
    find_sku_factor,
    is_fine_tuned,
)
from harness.run.forecast.money import TokenPrices, find_token_prices
from harness.run.targets import Target, every_target

if TYPE_CHECKING:
    from harness.spec.model.spec import Spec

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class StandingCost:
    """The cost of having a deployment.

    Attributes:
        hourly: the price of an hour, of one unit; None where nothing is paid while it idles, and
            where nobody knows the price.
        units: how many units there are of what costs by the hour.
        is_known: False where it costs by the hour, and nobody here knows how much.
        tokens: the price of its tokens; None where they cost nothing, or nobody knows what.
        factor: what its SKU makes of the price of tokens, which ``tokens`` does not hold.
    """

    target: Target
    hourly: StandingRate | None
    units: int
    is_known: bool
    tokens: TokenPrices | None
    factor: StandingRate | None

    @property
    def usd_an_hour(self) -> float | None:
        """US dollars an hour, idle or not; None is unknown."""
        if self.hourly is None:
            return 0.0 if self.is_known else None
        return self.hourly.value * self.units

    @property
    def usd_a_month(self) -> float | None:
        """US dollars for a month of 30 days, idle or not; None is unknown."""
        an_hour = self.usd_an_hour
        return None if an_hour is None else an_hour * HOURS_A_MONTH

    @property
    def usd_a_month_reserved(self) -> float | None:
        """The same where the units are reserved for a month; None where that cannot be had."""
        if self.hourly is None or self.hourly.month_reserved is None:
            return None
        return self.hourly.month_reserved * self.units

    @property
    def is_fine_tuned(self) -> bool:
        """True for a model of somebody's own."""
        return is_fine_tuned(self.target.model or "")

    @property
    def is_developer(self) -> bool:
        """True for the tier that hosts a fine-tuned model for a day."""
        return (self.target.sku or "").casefold() == "developertier"

    @property
    def is_batch(self) -> bool:
        """True where requests are answered within a day, at half the price."""
        return "batch" in (self.target.sku or "").casefold()

    @property
    def is_by_unit(self) -> bool:
        """True where throughput is paid, and tokens are not."""
        return self.hourly is not None and self.hourly.kind == "unit"


def list_standing_costs(spec: Spec) -> tuple[StandingCost, ...]:
    """Return the cost of having each deployment that a spec declares, in its order."""
    return tuple(_find_cost(one) for one in every_target(spec) if one.kind == "deployment")


def make_standing_document(cost: StandingCost) -> dict[str, Any]:
    """Return a deployment's cost as JSON; null is unknown."""
    tokens, times = cost.tokens, find_factor(cost)
    return {
        "deployment": cost.target.name,
        "model": cost.target.model,
        "sku": cost.target.sku,
        "capacity": cost.target.capacity,
        "fine_tuned": cost.is_fine_tuned,
        "usd_an_hour": cost.usd_an_hour,
        "usd_a_month": cost.usd_a_month,
        "usd_a_month_reserved": cost.usd_a_month_reserved,
        "usd_a_million_tokens": None
        if tokens is None
        else {
            name: round(price * times * _MILLION, 6)
            for name, price in (
                ("input", tokens.input),
                ("cached_input", tokens.cached),
                ("output", tokens.output),
            )
        },
        "source": None if cost.hourly is None else cost.hourly.source,
        "observed": None if cost.hourly is None else cost.hourly.observed,
        "verified": None if cost.hourly is None else cost.hourly.is_verified,
    }


def find_factor(cost: StandingCost) -> float:
    """Return what a batch makes of the price of tokens; other SKUs' factors are not certain."""
    return 1.0 if cost.factor is None else find_batch_factor(cost.factor.sku)


def _find_cost(target: Target) -> StandingCost:
    model, sku = target.model or "", target.sku or ""
    hourly = find_hourly_rate(model, sku)
    unknown = hourly is None and ("provisioned" in sku.casefold() or is_fine_tuned(model))
    by_unit = "provisioned" in sku.casefold()
    return StandingCost(
        target=target,
        hourly=hourly,
        units=target.capacity or 1 if by_unit else 1,
        is_known=not unknown,
        tokens=None if by_unit else find_token_prices(replace(target, price_factor=1.0), {}),
        factor=None if target.price is not None else find_sku_factor(sku),
    )
