"""Prices that do not depend on tokens: by the hour, by the unit, by the SKU."""
