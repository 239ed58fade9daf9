"""P-values of several questions at once, adjusted so that many do not find something by chance."""

from __future__ import annotations

from collections.abc import Sequence


def adjust_by_holm(p_values: Sequence[float]) -> list[float]:
    """Adjust so that the chance of even one false alarm stays what it is for one. Source: Holm."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, p_values[place] * (len(p_values) - rank)))
        adjusted[place] = largest
    return adjusted


def adjust_by_benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjust so that of those below a limit at most that share is false, on average.

    Source: Benjamini and Hochberg 1995.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__, reverse=True)
    adjusted = [0.0] * len(p_values)
    smallest = 1.0
    for done, place in enumerate(order):
        rank = len(p_values) - done
        smallest = min(smallest, p_values[place] * len(p_values) / rank)
        adjusted[place] = smallest
    return adjusted
