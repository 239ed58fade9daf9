"""A part of a run: what did not pass before, and samples that a seed draws."""

from __future__ import annotations

from collections import Counter

import pytest

from harness.run.matrix import Selection
from harness.run.narrowing import Part, choose_cells, draw_sample, list_gone, name_cells
from harness.spec.model.spec import Spec
from tests.unit.run.test_matrix import conversation, ids, made, rows

CASES = [{"id": str(number)} for number in range(200)]


def sampled(size: int, seed: int = 0, cases: int = 200) -> set[str | None]:
    listed = [conversation("big", cases=CASES[:cases])]
    matrix = made(Selection(sample=size, seed=seed), conversations=listed)
    assert matrix.questions == min(size, cases)
    assert matrix.count == len(ids(matrix)) == matrix.questions * 2
    return {case for _, _, case, *_ in ids(matrix)}


def test_a_sample_has_whole_questions_of_every_target() -> None:
    matrix = made(
        Selection(sample=7, seed=3),
        conversations=[conversation("big", cases=CASES), conversation("small")],
        variants={"plain": {}, "loud": {}},
        evaluation={"repeats": 2},
    )
    plays = Counter((name, case) for _, name, case, *_ in ids(matrix))
    assert (len(plays), set(plays.values())) == (7, {2 * 2 * 2})
    assert matrix.part.drawn_from == 201
    assert [index for index, *_ in ids(matrix)] == list(range(7 * 8))


def test_a_seed_draws_the_same_sample_and_another_seed_another() -> None:
    assert sampled(20, seed=1) == sampled(20, seed=1)
    assert sampled(20, seed=1) != sampled(20, seed=2)


def test_a_sample_stays_for_the_most_part_when_cases_are_added() -> None:
    before, after = sampled(40, cases=180), sampled(40, cases=200)
    assert after - before <= {str(number) for number in range(180, 200)}
    assert len(before & after) >= 30


def test_a_smaller_sample_is_a_part_of_a_larger_one() -> None:
    assert sampled(10) < sampled(40)


@pytest.mark.parametrize("size", [200, 201, 10_000])
def test_a_sample_of_everything_leaves_nothing_out(size: int) -> None:
    assert len(sampled(size)) == 200
    last, total = draw_sample([("big", str(number)) for number in range(200)], size, 0)
    assert (last, total) == (None, 200)


def test_a_sample_is_drawn_from_what_is_selected() -> None:
    matrix = made(
        Selection(keyword="small", sample=1),
        conversations=[conversation("small"), conversation("x")],
    )
    assert [name for _, name, *_ in ids(matrix)] == ["small", "small"]
    assert (matrix.part.last, matrix.part.drawn_from) == (None, 1)


def test_only_the_cells_that_are_named_are_played_with_all_their_repeats() -> None:
    cells = frozenset({("one", "x", "p/a", "loud"), ("two", None, "p/b", "plain")})
    matrix = made(
        Selection(cells=cells),
        conversations=[conversation("one", cases=[{"id": "x"}, {}]), conversation("two")],
        variants={"plain": {}, "loud": {}},
        evaluation={"repeats": 2},
    )
    assert [one[1:] for one in ids(matrix)] == [
        ("one", "x", "p/a", "loud", 1),
        ("one", "x", "p/a", "loud", 2),
        ("two", None, "p/b", "plain", 1),
        ("two", None, "p/b", "plain", 2),
    ]
    assert (matrix.count, matrix.questions, matrix.size) == (4, 2, 16)
    assert matrix.requests == {"p/a": 2, "p/b": 2}
    number = matrix.number_of()
    assert all(
        number(trial.id) == trial.index
        for target in matrix.targets
        for trial in matrix.trials(target)
    )


def test_a_target_that_nothing_is_asked_of_is_no_target_of_the_run() -> None:
    cells = frozenset({("one", None, "p/b", "default")})
    matrix = made(Selection(cells=cells), conversations=[conversation("one")])
    assert [target.name for target in matrix.targets] == ["p/b"]


def test_where_replies_are_compared_all_of_them_are_asked() -> None:
    spec = Spec.model_validate(
        {
            "version": 1,
            "name": "x",
            "conversations": [
                conversation("plain"),
                {**conversation("contest"), "assert": [{"type": "select-best", "value": "x"}]},
            ],
        }
    )
    cells = {("plain", None, "a", "default"), ("contest", None, "a", "default")}
    chosen = choose_cells(cells, spec, ["a", "b"], ["default"])
    assert chosen["plain", None] == {("a", "default")}
    assert chosen["contest", None] == {("a", "default"), ("b", "default")}


def test_what_the_spec_no_longer_has_is_named() -> None:
    spec = Spec.model_validate(
        {
            "version": 1,
            "name": "x",
            "providers": {
                "p": {"type": "openai", "api_key": "${OPENAI_API_KEY}", "models": {"a": {}}}
            },
            "conversations": [conversation("one", cases=[{"id": "x"}])],
        }
    )
    cells = [
        ("one", "x", "p/a", "default"),
        ("one", "y", "p/a", "default"),
        ("two", None, "p/a", "default"),
        ("one", "x", "p/b", "default"),
        ("one", "x", "p/a", "loud"),
    ]
    gone = list_gone(cells, spec, rows)
    assert name_cells(gone, 2) == "one[x] on p/a · loud, one[x] on p/b, 2 more"
    assert len(gone) == 4


def test_a_part_of_everything_has_every_question() -> None:
    assert Part().has(("any", None))
    assert Part().is_asked(("any", None), ("a", "default"))


def test_the_order_of_a_sample_is_that_of_the_spec() -> None:
    cases = [case for _, _, case, *_ in _list_in_order()]
    assert cases == sorted(cases, key=lambda case: int(case or 0))


def _list_in_order() -> list[tuple[int, str, str | None, str, str, int]]:
    return ids(made(Selection(sample=30), conversations=[conversation("big", cases=CASES)]))
