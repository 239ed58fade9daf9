"""Measures of how like two texts are."""
