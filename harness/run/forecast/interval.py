"""A number that is not known yet, with what it may be at least and at most."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A number between two others: the most likely value, and an interval that should hold it."""

    low: float = 0.0
    typical: float = 0.0
    high: float = 0.0

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.typical + other.typical, self.high + other.high)

    def __mul__(self, times: float) -> Interval:
        return Interval(self.low * times, self.typical * times, self.high * times)

    def multiply(self, times: Interval) -> Interval:
        """Return it so many times, of which that is no more certain."""
        return Interval(self.low * times.low, self.typical * times.typical, self.high * times.high)

    def widen(self, below: float, above: float) -> Interval:
        """Return it with its low end and its high end multiplied."""
        return Interval(self.low * below, self.typical, self.high * above)

    def cap(self, most: float) -> Interval:
        """Return it with nothing above a limit."""
        return Interval(min(self.low, most), min(self.typical, most), min(self.high, most))

    def cover(self, other: Interval) -> Interval:
        """Return the later of two: each end, and the likely value, is the larger one."""
        return Interval(
            max(self.low, other.low), max(self.typical, other.typical), max(self.high, other.high)
        )

    def to_dict(self, digits: int = 0) -> dict[str, float]:
        """Return it as JSON has it, rounded."""
        names = ("low", "typical", "high")
        values = (self.low, self.typical, self.high)
        return {
            name: round(value, digits) if digits else round(value)
            for name, value in zip(names, values, strict=True)
        }


NOTHING = Interval()
"""None of it, for certain."""


def make_exact(number: float) -> Interval:
    """Return a number that is known."""
    return Interval(number, number, number)
