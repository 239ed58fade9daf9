from __future__ import annotations

from typing import Any

import pytest

from harness.checks.definitions import DEFINITIONS
from harness.checks.finding import CannotCheck, Finding
from harness.checks.referred.needs import Texts
from harness.checks.registry import check_all
from harness.checks.subject import Subject
from harness.spec.model.spec import Assertion

HELLO = Subject(text="hello")


def found(type_: str, *vectors: tuple[float, ...], **fields: Any) -> Finding:
    fields.setdefault("value", [f"text {n}" for n in range(1, len(vectors))])
    steps = DEFINITIONS[type_].load_function()(Assertion(type=type_, **fields), HELLO)
    needed = next(steps)
    assert isinstance(needed, Texts)
    assert needed.texts[0] == "hello"
    with pytest.raises(StopIteration) as end:
        steps.send(vectors)
    finding: Finding = end.value.value
    return finding


@pytest.mark.parametrize(
    ("type_", "vectors", "threshold", "holds", "score"),
    [
        ("similar", [(1, 0), (1, 0)], None, True, 1.0),
        ("similar", [(1, 0), (0.6, 0.8)], None, False, 0.6),
        ("similar", [(1, 0), (0.6, 0.8)], 0.6, True, 0.6),
        ("similar", [(2, 0), (30, 0)], None, True, 1.0),
        ("similar", [(1, 0), (-1, 0)], None, False, 0.0),
        ("similar", [(1, 0), (0, 1), (1, 0)], None, True, 1.0),
        ("similar:cosine", [(1, 0), (0, 0)], None, False, 0.0),
        ("similar:dot", [(1, 0), (0.8, 5)], 0.8, True, 0.8),
        ("similar:dot", [(2, 0), (3, 0)], None, True, 1.0),
        ("similar:euclidean", [(0, 0), (3, 4)], 5, True, 1 / 6),
        ("similar:euclidean", [(0, 0), (3, 4)], None, False, 1 / 6),
        ("similar:euclidean", [(0, 0), (3, 4), (0, 0.5)], None, True, 1 / 1.5),
    ],
)
def test_the_nearest_text_decides(
    type_: str, vectors: list[Any], threshold: float | None, holds: bool, score: float
) -> None:
    finding = found(type_, *vectors, threshold=threshold)
    assert finding.holds is holds
    assert finding.share == pytest.approx(score)


def test_not_similar_wants_the_reply_far_from_every_text() -> None:
    assertion = Assertion(type="similar", value=["text 1", "text 2"], negated=True)
    near_one = found("similar", (1.0, 0.0), (0.0, 1.0), (1.0, 0.0))
    near_none = found("similar", (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0))
    outcomes = [
        check_all([assertion], HELLO, {(0,): finding})[0].outcome
        for finding in (near_one, near_none)
    ]
    assert outcomes == ["failed", "passed"]


def test_an_empty_reply_is_like_nothing_and_nobody_is_asked() -> None:
    steps = DEFINITIONS["similar"].load_function()(
        Assertion(type="similar", value="x"), Subject(text=" ")
    )
    with pytest.raises(StopIteration) as end:
        next(steps)
    assert end.value.value.holds is False


def test_vectors_of_two_models_cannot_be_compared() -> None:
    with pytest.raises(CannotCheck, match="2 and 3 dimensions"):
        found("similar", (1.0, 0.0), (1.0, 0.0, 0.0))


@pytest.mark.parametrize("value", [None, [], "", ["a", " "], {"a": 1}])
def test_there_has_to_be_a_text_to_compare_with(value: Any) -> None:
    steps = DEFINITIONS["similar"].load_function()(Assertion(type="similar", value=value), HELLO)
    with pytest.raises(CannotCheck, match="needs a text"):
        next(steps)
