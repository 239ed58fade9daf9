"""Comparisons as they are shown: to people in a terminal, to programs as JSON."""
