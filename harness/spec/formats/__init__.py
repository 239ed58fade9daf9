"""Texts of files -> values that know their place: YAML, JSON, data sets, and their limits."""
