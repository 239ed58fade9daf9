"""Repeats of a conversation agree, or they do not."""

from __future__ import annotations

import pytest

from harness.compare.statistics import Share
from harness.compare.steadiness import Steadiness, measure_steadiness


def test_the_reference_values_of_three_repeats() -> None:
    passed = [3, 2, 3, 1, 2, 3, 0, 1, 3, 2, 3, 0]
    found = measure_steadiness([Share(each, 3) for each in passed])
    assert found is not None
    assert found.every == pytest.approx(0.416667, abs=1e-6)
    assert found.any == pytest.approx(0.833333, abs=1e-6)
    assert found.flaky == 5
    assert found.repeats == 3


def test_a_conversation_that_was_not_judged_counts_nowhere() -> None:
    assert measure_steadiness([Share(0, 0), Share(2, 2)]) == Steadiness(1.0, 1.0, 0, 2)
    assert measure_steadiness([Share(0, 0)]) is None
