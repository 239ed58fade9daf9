"""Shards of a run: each of several machines asks its part, and all of them divide alike.

A question (a conversation and its case) belongs to one shard, with all its targets, variants and
repeats: what is decided together is never apart. Questions are put in the order of a hash of their
names, which no machine and no version of Python changes, and cut into runs of about equal weight.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from harness.results.model import Shard
from harness.spec.model.spec import Budget

KEYS = 1 << 64
"""The keys of questions are below this."""
MICRO = Decimal("0.000001")
"""The smallest part of a US dollar that is divided."""

QuestionName = tuple[str, str | None]
"""A conversation's id, and the name of its case."""


@dataclass(frozen=True, slots=True)
class KeyRange:
    """The questions of one shard: those whose keys are from ``first`` to below ``end``."""

    first: int
    end: int

    def has(self, name: QuestionName) -> bool:
        """Return whether a question belongs to the shard."""
        return self.first <= make_key(name) < self.end


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """A shard of a whole run.

    Attributes:
        shard: which one, of how many.
        span: its questions.
        questions: how many the whole run has.
        trials: how many the whole run has.
        rows: the places of its questions among the whole run's, as ``encode_rows`` writes them;
            "" where no conversation has cases, so that ids alone tell the order.
    """

    shard: Shard
    span: KeyRange
    questions: int = 0
    trials: int = 0
    rows: str = ""

    def describe(self) -> dict[str, Any]:
        """Return the entry of a run's ``selection``, from which ``read_span`` reads the span."""
        said: dict[str, Any] = {
            "questions": self.questions,
            "trials": self.trials,
            "span": [f"{self.span.first:x}", f"{self.span.end:x}"],
        }
        return {**said, "rows": self.rows} if self.rows else said


def read_span(selection: Mapping[str, Any]) -> KeyRange | None:
    """Read the span of a shard from its run's ``selection``; None where it has none."""
    written = selection.get("shard")
    try:
        first, end = (int(one, 16) for one in written["span"])  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        return None
    return KeyRange(first, end)


def make_key(name: QuestionName) -> int:
    """Return a number below ``KEYS`` that orders questions as if by chance, the same everywhere."""
    conversation, case = name
    text = f"shard\0{conversation}\0{case or ''}".encode("utf-8", "replace")
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big")


def find_span(
    names: Iterable[QuestionName], shard: Shard, weights: Mapping[QuestionName, int]
) -> KeyRange:
    """Find the questions of a shard, so that all shards have about the same to do.

    No shard has more than its equal part and what one question weighs. Without weights the numbers
    of questions differ by one at most. The order of ``names`` changes nothing.

    Args:
        names: of all questions.
        shard: which one is wanted.
        weights: milliseconds that a question took before; those that nobody knows count as the mean
            of the others, and every one as 1 where nobody knows any.
    """
    usual = max(1, sum(weights.values()) // len(weights)) if weights else 1
    weighed = sorted((make_key(name), max(1, weights.get(name, usual))) for name in names)
    total = sum(weight for _, weight in weighed)
    first = end = KEYS
    before = 0
    for key, weight in weighed:
        # Where its middle lies in the whole says whose it is: integers, so that all agree.
        index = (2 * before + weight) * shard.of // (2 * total) + 1
        before += weight
        if index >= shard.index:
            first = min(first, key)
        if index > shard.index:
            end = key
            break
    return KeyRange(0 if shard.index == 1 else first, KEYS if shard.index == shard.of else end)


def plan_shard(
    shard: Shard, span: KeyRange, names: Sequence[QuestionName], trials: int
) -> ShardPlan:
    """Return the plan of a shard among all questions, of so many trials in all."""
    written = ""
    if any(case is not None for _, case in names):
        written = encode_rows(row for row, name in enumerate(names) if span.has(name))
    return ShardPlan(shard, span, len(names), trials, written)


def encode_rows(rows: Iterable[int]) -> str:
    """Write places, from 0, as a text: a bit each, the first one the lowest of the first byte."""
    bits = bytearray()
    for row in rows:
        if row >> 3 >= len(bits):
            bits.extend(bytes((row >> 3) + 1 - len(bits)))
        bits[row >> 3] |= 1 << (row & 7)
    return base64.b64encode(bits).decode("ascii")


def share_count(whole: int, shard: Shard) -> int:
    """Return a shard's part of so many: all parts together are the whole, and none is twice."""
    return whole // shard.of + (shard.index <= whole % shard.of)


def share_budget(budget: Budget, shard: Shard) -> Budget:
    """Return a shard's part of a budget; minutes pass for all of them at once, and stay.

    Dollars are divided to the millionth: no part is rounded up.
    """
    parts: dict[str, Callable[[], object]] = {
        "usd": lambda: _share_dollars(budget.usd or 0.0, shard),
        "requests": lambda: share_count(budget.requests or 0, shard),
        "tokens": lambda: share_count(budget.tokens or 0, shard),
    }
    limited = {name: part() for name, part in parts.items() if getattr(budget, name) is not None}
    return budget.model_copy(update=limited)


def _share_dollars(whole: float, shard: Shard) -> float:
    millionths = int((Decimal(str(whole)) / MICRO).to_integral_value(ROUND_DOWN))
    return float(share_count(millionths, shard) * MICRO)
