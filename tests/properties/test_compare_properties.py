from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.compare.statistics import (
    Share,
    estimate_pass_rate,
    quantile,
    t_cdf,
    t_quantile,
    wilson,
)

shares = st.lists(
    st.integers(1, 9).flatmap(lambda n: st.builds(Share, st.integers(0, n), st.just(n))),
    min_size=1,
    max_size=30,
)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_holds_the_rate_and_stays_between_0_and_1(case: tuple[int, int]) -> None:
    passed, n = case
    found = wilson(passed / n, n)
    assert 0.0 <= found.low <= found.value <= found.high <= 1.0
    assert found.low < found.high


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_one_more_pass_moves_both_ends_up_and_more_trials_narrow_them(
    case: tuple[int, int],
) -> None:
    passed, n = case
    fewer, more = wilson(passed / n, n), wilson((passed + 1) / n, n)
    assert fewer.low <= more.low
    assert fewer.high <= more.high
    wider, narrower = wilson(passed / n, n), wilson(passed / n, 2 * n)
    assert narrower.high - narrower.low < wider.high - wider.low


@given(shares)
def test_conversations_never_make_an_interval_narrower_than_independent_trials(
    given_shares: list[Share],
) -> None:
    found = estimate_pass_rate(given_shares)
    assert found is not None
    trials = sum(share.judged for share in given_shares)
    plain = wilson(found.value, trials)
    assert 0.0 <= found.low <= found.value <= found.high <= 1.0
    assert found.low <= plain.low + 1e-12
    assert found.high >= plain.high - 1e-12


@given(st.floats(0.001, 0.999), st.integers(1, 400))
def test_students_quantile_undoes_its_distribution(p: float, df: int) -> None:
    t = t_quantile(p, df)
    assert abs(t_cdf(t, df) - p) < 1e-9
    assert abs(t + t_quantile(1 - p, df)) < 1e-6 * (1 + abs(t))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50), st.floats(0, 1), st.floats(0, 1))
def test_quantiles_lie_within_the_values_and_grow_with_the_share(
    values: list[float], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert min(values) - 1e-6 <= quantile(values, low) <= quantile(values, high) + 1e-6
    assert quantile(values, high) <= max(values) + 1e-6
