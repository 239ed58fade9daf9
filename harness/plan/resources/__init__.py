"""Kinds of resources: what of each is compared, and what changes it."""
