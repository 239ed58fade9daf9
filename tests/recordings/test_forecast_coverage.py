"""Forecasts against what real services billed: how often the truth is inside the interval.

docs/costs.md has the shares that these tests measure; ``-s`` prints them.
"""

from __future__ import annotations

import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from harness.conversation.play import Line, Script
from harness.conversation.transcript import Usage
from harness.run.forecast.interval import Interval
from harness.run.forecast.money import TokenPrices, find_token_prices
from harness.run.forecast.past import PastReplies, PastTurn
from harness.run.forecast.replies import ReplyLengths
from harness.run.forecast.tokens import estimate_tokens
from harness.run.forecast.volumes import EMPTY, Volume, measure_script
from harness.run.targets import Target
from tests.recordings.billed import PLACE, Billed, read_billed

WANTED = 0.9


@pytest.fixture(scope="module")
def billed(shared_data: Path) -> list[Billed]:
    found = list(read_billed(shared_data))
    assert len(found) > 90
    return found


def share(hits: Sequence[bool], of: str) -> float:
    """The share of hits, which is printed."""
    found = sum(hits) / len(hits)
    sys.stdout.write(f"{of}: {sum(hits)} of {len(hits)}, {100 * found:.1f} %\n")
    return found


def holds(estimate: Interval, truth: float) -> bool:
    return estimate.low <= truth <= estimate.high


def find_prices(target: Target) -> TokenPrices:
    prices = find_token_prices(replace(target, price_table="openai"), {})
    assert prices is not None, target.model
    return prices


def test_the_tokens_of_recorded_replies_are_estimated_without_a_vocabulary(
    billed: list[Billed],
) -> None:
    counted = [
        (estimate_tokens(one.reply), one.usage.output_tokens)
        for one in billed
        if one.reply and len(one.reply) > 40 and not _is_thoughtful(one)
    ]
    off = [estimate.typical / truth for estimate, truth in counted]
    assert 0.95 < median(off) < 1.05
    assert share([holds(*one) for one in counted], "tokens of replies") >= WANTED


def test_the_input_of_recorded_requests_is_foretold(billed: list[Billed]) -> None:
    hits = [
        holds(
            measure_script(one.script, ReplyLengths(one.target, 1), "").input,
            one.usage.input_tokens,
        )
        for one in billed
    ]
    assert share(hits, "input of requests") >= WANTED


def test_the_cost_of_recorded_requests_is_within_the_interval(billed: list[Billed]) -> None:
    hits = []
    for one in billed:
        prices = find_prices(one.target)
        volume = measure_script(one.script, ReplyLengths(one.target, 1), "")
        hits.append(holds(prices.price(volume), _pay(prices, one.usage)))
    assert share(hits, "cost of requests, nothing known of the replies") >= WANTED


def test_the_cost_of_a_request_that_was_made_before_is_within_the_interval(
    billed: list[Billed],
) -> None:
    """The first time that a recorder asked something is the past of the second."""
    groups: dict[str, list[Billed]] = defaultdict(list)
    for one in billed:
        groups[f"{one.target.model} {one.script}"].append(one)
    hits = []
    for first, *others in groups.values():
        for other in others:
            prices = find_prices(first.target)
            lengths = ReplyLengths(first.target, 1, _remember(first))
            volume = measure_script(other.script, lengths, "question")
            hits.append(holds(prices.price(volume), _pay(prices, other.usage)))
    assert len(hits) > 20
    assert share(hits, "cost of requests made before") >= WANTED


@pytest.mark.parametrize("size", [1, 3, 10, 30])
def test_the_cost_of_specs_made_of_real_answers_is_within_the_interval(
    shared_data: Path, size: int
) -> None:
    chance = random.Random(size)
    hits, narrow = [], []
    for (model, version), entries in read_answers(shared_data).items():
        target = Target("t", "deployment", "t", model=model, version=version, price_table="azure")
        prices = find_token_prices(target, {})
        assert prices is not None
        for _ in range(60):
            chosen = chance.sample(entries, min(size, len(entries)))
            truth = sum((play(entry, target) for entry in chosen), EMPTY)
            paid = prices.price(truth).typical
            hits.append(holds(prices.price(foretell(chosen, target, None)), paid))
            others = [entry for entry in entries if entry not in chosen]
            past = _gather(chance.sample(others, min(20, len(others))))
            narrow.append(holds(prices.price(foretell(chosen, target, past)), paid))
    assert share(hits, f"cost of specs of {size}, nothing known of the replies") >= WANTED
    if size >= 10:
        assert share(narrow, f"cost of specs of {size}, other turns known") >= WANTED


def read_answers(data: Path) -> Mapping[tuple[str, str], list[dict[str, Any]]]:
    """The conversations of each model in the sets of real answers."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for path in sorted((data / "answers").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            found[entry["model"], entry["version"]].append(entry)
    return found


def play(entry: dict[str, Any], target: Target) -> Volume:
    """Measure a conversation as though each text were as long as it is estimated."""
    turns = entry["turns"]
    past = PastReplies(
        "truth", False,
        {("c", None, "default", number): PastTurn(1, 1, 0, round(length))
         for number, length in enumerate(list_lengths(entry), 1)},
        PastTurn(1, 1, 0, 1), {},
    )  # fmt: skip
    return measure_script(make_script(turns), ReplyLengths(target, 1, past), "")


def foretell(entries: Sequence[dict[str, Any]], target: Target, past: PastReplies | None) -> Volume:
    replies = sum(len(entry["turns"]) for entry in entries)
    lengths = ReplyLengths(target, replies, past)
    return sum(
        (measure_script(make_script(entry["turns"]), lengths, "") for entry in entries), EMPTY
    )


def make_script(turns: Sequence[dict[str, str]]) -> Script:
    return Script(PLACE, tuple(Line(turn["user"]) for turn in turns))


def list_lengths(entry: dict[str, Any]) -> Iterator[float]:
    for turn in entry["turns"]:
        yield max(1.0, estimate_tokens(turn["assistant"]).typical)


def _gather(entries: Sequence[dict[str, Any]]) -> PastReplies:
    lengths = [length for entry in entries for length in list_lengths(entry)]
    whole = PastTurn(len(lengths), len(lengths), 0, round(sum(lengths)))
    return PastReplies("past", False, {}, whole, {})


def _remember(one: Billed) -> PastReplies:
    usage = one.usage
    turn = PastTurn(1, 1, usage.input_tokens, usage.output_tokens, usage.reasoning_tokens)
    name = ("c", None, "default")
    return PastReplies("past", False, {(*name, 1): turn}, turn, {name: (None, "question")})


def _is_thoughtful(one: Billed) -> bool:
    return ReplyLengths(one.target, 1).reasons


def _pay(prices: TokenPrices, usage: Usage) -> float:
    return usage.input_tokens * prices.input + usage.output_tokens * prices.output
