"""Usage to cost: US dollars, or None when nobody knows."""

from harness.prices.cost import compute_cost

__all__ = ["compute_cost"]
