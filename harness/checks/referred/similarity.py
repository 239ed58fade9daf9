"""The similarity of a reply to a text that was wanted, by vectors of an embeddings model.

Meanings are promptfoo's: with several texts the nearest decides, so that ``not-similar`` wants
the reply to be far from every one of them. Source: promptfoo ``src/assertions/similar``, 2026.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.checks.definitions import choose_threshold
from harness.checks.finding import CannotCheck, Finding, as_text, name_subject, quote
from harness.checks.referred.needs import Steps, Texts
from harness.checks.subject import Subject
from harness.conversation.transcript import Vector
from harness.spec.model.spec import Assertion
from harness.text.numbers import is_number

ROUNDING = 1e-6
"""Vectors come as 32-bit floats: equal texts may be a little less than equal."""


def similar(assertion: Assertion, subject: Subject) -> Steps:
    """Decide ``similar`` and ``similar:cosine|dot|euclidean`` by the nearest of the texts."""
    wanted = _read_wanted(assertion)
    if not subject.text.strip():
        return Finding(False, f"{name_subject(subject)} is empty", 0.0)
    vectors: Sequence[Vector] = yield Texts((subject.text, *wanted))
    reply, *others = vectors
    measure = assertion.type.partition(":")[2] or "cosine"
    limit = choose_threshold(assertion)
    if measure == "euclidean":
        return _compare_distances(
            wanted, [distance(reply, other) for other in others], limit, subject
        )
    likenesses = [_MEASURES[measure](reply, other) for other in others]
    best = max(range(len(wanted)), key=likenesses.__getitem__)
    likeness = likenesses[best]
    fact = (
        f"{name_subject(subject)} has a {_NAMES[measure]} of {likeness:.3f} with "
        f"{quote(wanted[best])}; wanted: at least {limit:g}"
    )
    return Finding(likeness >= limit - ROUNDING, fact, min(1.0, max(0.0, likeness)))


def _compare_distances(
    wanted: Sequence[str], distances: Sequence[float], limit: float, subject: Subject
) -> Finding:
    best = min(range(len(wanted)), key=distances.__getitem__)
    far = distances[best]
    fact = (
        f"{name_subject(subject)} is at a distance of {far:.3f} from {quote(wanted[best])}; "
        f"wanted: at most {limit:g}"
    )
    return Finding(far <= limit + ROUNDING, fact, 1 / (1 + far))


def cosine(one: Vector, other: Vector) -> float:
    """Compute the cosine, from -1 to 1; 0 where a vector has no length."""
    lengths = math.hypot(*one) * math.hypot(*other)
    return dot(one, other) / lengths if lengths else 0.0


def dot(one: Vector, other: Vector) -> float:
    """Compute the sum of products."""
    return math.fsum(a * b for a, b in zip(_require_same_space(one, other), other, strict=True))


def distance(one: Vector, other: Vector) -> float:
    """Compute Euclid's distance."""
    return math.dist(_require_same_space(one, other), other)


def _require_same_space(one: Vector, other: Vector) -> Vector:
    if len(one) != len(other):
        raise CannotCheck(
            f"The embeddings have {len(one)} and {len(other)} dimensions and cannot be compared"
        )
    return one


_MEASURES: Mapping[str, Callable[[Vector, Vector], float]] = {"cosine": cosine, "dot": dot}
_NAMES = {"cosine": "cosine similarity", "dot": "dot product"}


def _read_wanted(assertion: Assertion) -> tuple[str, ...]:
    value: Any = assertion.value
    texts = value if isinstance(value, list | tuple) else [value]
    if not texts or not all(isinstance(one, str) or is_number(one) for one in texts):
        raise CannotCheck(f"{assertion.type} needs a text or a list of texts, not {quote(value)}")
    found = tuple(as_text(one) for one in texts)
    if not all(text.strip() for text in found):
        raise CannotCheck(f"{assertion.type} needs a text to compare with, not an empty one")
    return found
