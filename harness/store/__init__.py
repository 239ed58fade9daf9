"""Runs and spec files on disk."""
