"""Runs that a team shares: the option that names them, uploading, and ``harness history``."""
