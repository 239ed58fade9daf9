"""Constructs the runs of a project together with those that a team shares."""
