"""Engines of a run: who plays its trials, and where."""
