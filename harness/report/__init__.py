"""A run and its numbers to documents that people and machines read: HTML, JUnit, a job summary.

Nothing here computes: numbers come from ``harness.compare`` and are only formatted. Nothing here
reads or writes files: the functions take values and return text.
"""
