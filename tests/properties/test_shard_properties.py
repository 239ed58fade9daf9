"""The division of a run among machines: everything once, alike everywhere, even, never too much."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from harness.azure.offers_data import RateLimit
from harness.results.model import RunInfo, Shard, TrialId
from harness.results.shards import find_mismatch, place_questions
from harness.run.requests.quota import FILL, Quota
from harness.run.sharding import (
    QuestionName,
    find_span,
    make_key,
    plan_shard,
    share_budget,
)
from harness.spec.model.spec import Budget

NAMES = st.lists(
    st.tuples(st.text("abc-", min_size=1, max_size=8), st.none() | st.text("xyz", max_size=4)),
    max_size=60,
    unique_by=lambda name: (name[0], name[1] or ""),
)
COUNTS = st.integers(1, 9)


def divide(
    names: list[QuestionName], of: int, weights: dict[QuestionName, int] | None = None
) -> list[list[QuestionName]]:
    spans = [find_span(names, Shard(index, of), weights or {}) for index in range(1, of + 1)]
    assert [
        (one.end, other.first) for one, other in pairwise(spans) if one.end != other.first
    ] == []
    return [[name for name in names if span.has(name)] for span in spans]


@given(NAMES, COUNTS, st.data())
def test_every_question_is_in_one_shard_whatever_it_took(
    names: list[QuestionName], of: int, data: st.DataObject
) -> None:
    known = (
        data.draw(st.dictionaries(st.sampled_from(names), st.integers(0, 10_000))) if names else {}
    )
    shards = divide(names, of, known)
    assert sorted(str(name) for one in shards for name in one) == sorted(map(str, names))


@given(NAMES, COUNTS, st.randoms())
def test_the_order_of_questions_changes_nothing(
    names: list[QuestionName], of: int, chance: Random
) -> None:
    shuffled = list(names)
    chance.shuffle(shuffled)
    assert [{*one} for one in divide(names, of)] == [{*one} for one in divide(shuffled, of)]


@given(NAMES, COUNTS)
def test_without_durations_shards_differ_by_one_question(
    names: list[QuestionName], of: int
) -> None:
    sizes = [len(one) for one in divide(names, of)]
    assert max(sizes) - min(sizes) <= 1


@given(NAMES.filter(bool), COUNTS, st.data())
def test_no_shard_has_more_than_its_part_and_one_question(
    names: list[QuestionName], of: int, data: st.DataObject
) -> None:
    weights = {name: data.draw(st.integers(1, 100_000)) for name in names}
    loads = [sum(weights[name] for name in one) for one in divide(names, of, weights)]
    assert max(loads) <= sum(weights.values()) / of + max(weights.values())


def test_the_hash_is_the_same_on_every_machine() -> None:
    assert make_key(("capitals", "#1")) == 0xD6A1CDD2EF9ECC32


@given(COUNTS, st.decimals(0, 1000, places=4), st.integers(1, 10**6), st.integers(1, 10**9))
def test_the_budgets_of_all_shards_are_never_above_the_whole(
    of: int, usd: Decimal, requests: int, tokens: int
) -> None:
    whole = Budget(usd=float(usd), requests=requests, tokens=tokens, minutes=5)
    parts = [share_budget(whole, Shard(index, of)) for index in range(1, of + 1)]
    dollars = sum(Decimal(str(part.usd)) for part in parts)
    assert usd - Decimal("0.0001") <= dollars <= usd
    assert sum(part.requests or 0 for part in parts) == requests
    assert sum(part.tokens or 0 for part in parts) == tokens
    assert {part.minutes for part in parts} == {5}


def test_what_is_not_limited_stays_so() -> None:
    assert share_budget(Budget(), Shard(2, 3)) == Budget()


@given(st.integers(1, 500), st.integers(1, 50))
def test_all_shards_together_keep_a_limit_of_requests(count: int, of: int) -> None:
    part = Quota.of([RateLimit("request", count, 60)], of).requests[0]
    assert part.count * FILL >= 1 - 1e-9
    assert of * part.count * FILL / part.period_s <= count / 60 * (1 + 1e-9)


def test_a_shard_of_tokens_is_its_part() -> None:
    assert Quota.of([RateLimit("token", 1000, 60)], 4).tokens[0].count == 250


def describe(names: list[QuestionName], index: int, weights: dict[QuestionName, int]) -> RunInfo:
    shard = Shard(index, 3)
    plan = plan_shard(shard, find_span(names, shard, weights), names, len(names))
    selection = {"keyword": "", "shard": plan.describe()}
    return RunInfo(f"run-{index}", "s", "0", "1", "", (), shard=shard, selection=selection)


@given(NAMES)
def test_whole_shards_tell_the_place_of_each_question(names: list[QuestionName]) -> None:
    infos = [describe(names, index, {}) for index in (1, 2, 3)]
    parts = [[TrialId(*name, "t", "default", 1) for name in one] for one in divide(names, 3)]
    found = place_questions(infos, parts)
    assert all(names[row] == name for name, row in found.items())
    assert len(found) == (len(names) if any(case is not None for _, case in names) else 0)


def test_shards_that_other_durations_divided_do_not_fit() -> None:
    names: list[QuestionName] = [(f"c{number}", None) for number in range(20)]
    heavy = dict.fromkeys(names, 1) | {min(names, key=make_key): 10_000}
    first = describe(names, 1, {})
    assert find_mismatch(first, describe(names, 2, {})) is None
    assert find_mismatch(first, describe(names, 3, {})) is None
    found = find_mismatch(first, describe(names, 2, heavy))
    assert found is not None
    assert found[0] == "the division"
