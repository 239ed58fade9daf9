"""Forecasts of an evaluation: its requests, tokens, money and time, each with an interval.

Nothing is asked and nothing is read but what is handed in: a run's matrix, past results, limits.
``docs/costs.md`` says how each figure is made, and how far off it was on real recordings.
"""
