"""The list price of a model: what a million tokens cost, read and written."""

from __future__ import annotations

from functools import lru_cache

from harness.conversation.transcript import Usage
from harness.prices.cost import compute_cost

PRICED_BY_TOKEN = frozenset({"standard", "globalstandard", "datazonestandard"})
"""SKUs that bill tokens; provisioned ones bill hours, and batches cost less than the list says."""


@lru_cache(maxsize=2048)
def find_price(model: str, version: str, sku: str) -> tuple[float | None, float | None]:
    """Return the list price in US dollars per million tokens, in and out; None is unknown.

    The table knows prices of Global deployments; regional ones can cost a little more.
    """
    if sku.casefold() not in PRICED_BY_TOKEN:
        return None, None
    # A thousand tokens and not a million: long prompts have a price of their own.
    fresh = compute_cost(Usage(1000, 0), model, version, table="azure")
    written = compute_cost(Usage(0, 1000), model, version, table="azure")
    return _scale_to_million(fresh), _scale_to_million(written)


def _scale_to_million(thousand: float | None) -> float | None:
    return None if thousand is None else round(thousand * 1000, 6)
