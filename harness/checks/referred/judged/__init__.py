"""Checks that a judge decides: one module a kind of question, with its prompt and its reader.

A judged check is a ``JudgedCheck`` in a module here and a row in ``harness.checks.definitions``.
"""
