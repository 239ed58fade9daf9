"""Usage to cost: US dollars, or None when nobody knows."""
