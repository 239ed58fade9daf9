"""Usage to cost: US dollars, or None when nobody knows."""

from harness.prices.cost import cost

__all__ = ["cost"]
