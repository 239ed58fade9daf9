"""The spec as values: what an author declares."""
