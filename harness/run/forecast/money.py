"""The price of a forecast's tokens: unknown where nobody knows it, and never zero for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.azure.standing.rates import find_sku_factor
from harness.conversation.transcript import Usage
from harness.prices import compute_cost
from harness.run.forecast.interval import Interval
from harness.run.forecast.volumes import Volume
from harness.run.targets import Target

_THOUSAND: Final = 1000


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """US dollars for one token, sent, sent again and got back.

    ``factor`` is what a SKU may make of them at most: the table is of Global deployments.
    """

    input: float
    cached: float
    output: float
    factor: float = 1.0

    def price(self, volume: Volume) -> Interval:
        """Return the price of a volume; its low end counts on what may be cached."""
        cached = min(volume.cached.high, volume.input.low)
        low = (
            (volume.input.low - cached) * self.input
            + cached * self.cached
            + volume.output.low * self.output
        )
        typical = volume.input.typical * self.input + volume.output.typical * self.output
        high = volume.input.high * self.input + volume.output.high * self.output
        return Interval(low, typical, high * self.factor)


def find_token_prices(target: Target, parameters: Mapping[str, Any]) -> TokenPrices | None:
    """Return the prices of a target's tokens at the tier that is asked for; None is unknown.

    Long prompts, which cost more for some models, are priced as short ones.
    """
    usages = (Usage(_THOUSAND, 0), Usage(_THOUSAND, 0, _THOUSAND), Usage(0, _THOUSAND))
    prices = [
        compute_cost(
            usage,
            target.model,
            target.version,
            override=target.price,
            table=target.price_table,
            tier=parameters.get("service_tier"),
        )
        for usage in usages
    ]
    if any(price is None for price in prices):
        return None
    own = target.price is not None
    share = 1.0 if own else target.price_factor
    input_, cached, output = ((price or 0.0) * share / _THOUSAND for price in prices)
    rate = None if own else find_sku_factor(target.sku or "")
    return TokenPrices(input_, cached, output, 1.0 if rate is None else max(1.0, rate.value))
