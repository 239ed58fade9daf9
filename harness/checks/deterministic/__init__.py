"""Checks that a function decides at once."""
