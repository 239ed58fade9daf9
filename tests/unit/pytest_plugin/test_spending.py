"""One budget for all tests of a spec."""

from __future__ import annotations

from harness.pytest_plugin.spending import SharedBudget
from harness.run.requests.spent import Spent
from harness.spec.model.spec import Budget


def test_what_a_test_took_is_missing_for_the_next_one() -> None:
    shared, budget = SharedBudget(), Budget(usd=1.0, requests=10, tokens=1000, minutes=2.0)
    # An answer of unknown cost is in ``usd`` at the most that it may have cost.
    shared.add(Spent(usd=0.25, requests=4, tokens=600), wall_s=30.0)
    left, ended = shared.limit(budget, workers=1)
    assert (left, ended) == (Budget(usd=0.75, requests=6, tokens=400, minutes=1.5), "")
    shared.add(Spent(usd=0.0, requests=2, tokens=400), wall_s=0.0)
    assert shared.limit(budget, workers=1)[1] == "the budget ended (tokens: 1000)"


def test_each_worker_has_its_share_and_all_have_the_same_minutes() -> None:
    left, ended = SharedBudget().limit(Budget(usd=1.0, requests=10, minutes=2.0), workers=2)
    assert (left, ended) == (Budget(usd=0.5, requests=5, minutes=2.0), "")
