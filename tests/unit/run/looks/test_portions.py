"""The order of a run that is looked at, and the engine that stops at a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from harness.run.looks.portions import divide, make_seed
from harness.run.matrix import Matrix, Selection, expand
from harness.run.targets import select_targets
from harness.spec.model.spec import Conversation, Spec

PROVIDER = {"type": "openai", "api_key": "${OPENAI_API_KEY}", "models": {"a": {}, "b": {}}}


def rows(conversation: Conversation) -> Iterator[Mapping[str, Any]]:
    assert not isinstance(conversation.cases, str)
    yield from conversation.cases or ()


def made(*conversations: Mapping[str, Any], repeats: int = 2) -> Matrix:
    document = {
        "version": 1,
        "name": "x",
        "providers": {"p": PROVIDER},
        "evaluation": {"repeats": repeats},
        "conversations": [{"turns": [{"user": "hi"}], **one} for one in conversations],
    }
    spec = Spec.model_validate(document)
    return expand(spec, select_targets(spec), Selection(), rows)


def many(count: int) -> Matrix:
    return made(*({"id": f"c{number}"} for number in range(count)))


def test_each_look_has_as_many_questions_as_the_others_give_or_take_one() -> None:
    portions = divide(many(10), 4, 7, ())
    assert sorted(Counter(portions.by_row).items()) == [(1, 3), (2, 2), (3, 3), (4, 2)]
    assert [portions.count(look) for look in (0, 1, 2, 3, 4)] == [0, 3, 5, 8, 10]


def test_every_trial_of_a_question_is_asked_before_the_same_look() -> None:
    matrix = many(6)
    portions = divide(matrix, 3, 1, ())
    seen = set()
    for look in (1, 2, 3):
        for target in matrix.targets:
            for trial in matrix.trials(target, lambda row, look=look: portions.by_row[row] == look):  # type: ignore[misc]
                assert portions.by_row[matrix.comparison(trial.index)[0]] == look
                seen.add(trial.index)
    assert seen == set(range(matrix.count))


def test_a_seed_gives_the_same_order_every_time_and_another_seed_another() -> None:
    matrix = many(40)
    assert divide(matrix, 4, 7, ()) == divide(matrix, 4, 7, ())
    assert divide(matrix, 4, 7, ()).by_row != divide(matrix, 4, 8, ()).by_row


def test_the_order_is_written_here_so_that_no_version_may_change_it_unseen() -> None:
    assert list(divide(many(8), 4, 7, ()).by_row) == [2, 1, 1, 4, 4, 2, 3, 3]
    assert make_seed("ab" * 32, "20261101-000000-abcdef") == 3_139_214_677


def test_no_part_of_the_file_is_asked_before_the_rest() -> None:
    places = [row for row, look in enumerate(divide(many(400), 4, 3, ()).by_row) if look == 1]
    assert sum(places) / len(places) == pytest.approx(200, abs=25)


def test_conversations_that_must_pass_are_asked_first() -> None:
    matrix = made(*({"id": f"c{number}"} for number in range(18)), {"id": "must"}, {"id": "also"})
    portions = divide(matrix, 4, 7, {"must", "also"})
    assert portions.by_row[18:] == bytes([1, 1])
    assert portions.first == 1
    assert divide(matrix, 4, 7, {f"c{number}" for number in range(12)}).first == 3
    assert divide(matrix, 4, 7, ()).first == 0


def test_fewer_questions_than_looks_give_fewer_looks() -> None:
    assert divide(many(3), 4, 7, ()).planned == 3


def test_questions_are_made_once_for_two_targets_whatever_is_left_out() -> None:
    matrix = many(2_000)
    chosen = divide(matrix, 4, 7, ())
    first, second = (
        matrix.trials(target, lambda row: chosen.by_row[row] == 2) for target in matrix.targets
    )
    for one, other in zip(first, second, strict=True):
        assert one.question is other.question
    assert len(matrix.recent) <= 512
