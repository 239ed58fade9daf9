"""Spec to a stream of Results."""
