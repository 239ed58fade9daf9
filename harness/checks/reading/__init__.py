"""Readers of what a model wrote, each held to limits."""
