"""Kept under `.harness` by commands that write: their lock, and what a replacement deletes."""
