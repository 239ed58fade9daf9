"""The bounds of a stranger's spec: it is refused before it costs money, time or memory."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.conversation.transcript import Reply, Usage
from harness.errors import RequestError, SpecError
from harness.run.asking.bounds import MOST_PLANNED, choose_default, fill_budget, read_bounds
from harness.run.matrix import Matrix, Selection, expand
from harness.run.targets import select_targets
from harness.spec.document.template import MOST_CHARACTERS, substitute
from harness.spec.model.spec import Budget, Conversation, Spec
from tests.unit.run.laboratory import Laboratory, lines

PROVIDER = {"type": "openai", "api_key": "${OPENAI_API_KEY}", "models": {"a": {}, "b": {}}}
SAYS_HI = {"id": "hi", "turns": [{"user": "hi"}]}
READ: list[int] = []
"""Rows of an endless data set that were read."""


def make_endless_rows(_: Conversation) -> Iterable[Mapping[str, Any]]:
    for number in itertools.count():
        READ.append(number)
        yield {"q": number}


def plan(
    *conversations: dict[str, Any],
    repeats: int = 1,
    most: int = MOST_PLANNED,
    selection: Selection = Selection(),  # noqa: B008
    **document: Any,
) -> Matrix:
    evaluation = {"repeats": repeats, **document.pop("evaluation", {})}
    spec = Spec.model_validate(
        {
            "version": 1,
            "name": "x",
            "providers": {"p": PROVIDER},
            "conversations": conversations,
            "evaluation": evaluation,
            **document,
        }
    )
    return expand(spec, select_targets(spec), selection, make_endless_rows, most)


def test_repeats_without_end_are_refused_with_their_number_and_no_memory() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(RequestError, match="plans 2,000,000,000 trials or more") as refused:
            plan(SAYS_HI, repeats=1_000_000_000)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000, "bytes"
    finally:
        tracemalloc.stop()
    assert "HARNESS_MAX_PLANNED=10000000000" in refused.value.diagnostics[0].hint


def test_a_data_set_is_read_no_further_than_to_the_bound() -> None:
    READ.clear()
    with pytest.raises(RequestError, match="H620"):
        plan({"id": "rows", "cases": "rows.csv", "turns": [{"user": "{{q}}"}]}, repeats=1_000)
    assert len(READ) == MOST_PLANNED // (2 * 1_000) + 1


def test_requests_count_turn_by_turn_and_those_of_judges_too() -> None:
    turns = [{"user": "hi"} for _ in range(10)]
    with pytest.raises(RequestError, match="plans 20 requests or more"):
        plan({"id": "long", "turns": turns}, most=19)
    assert plan({"id": "long", "turns": turns}, most=20).count == 2
    judged = {"id": "judged", "turns": [{"user": "hi", "assert": [{"type": "llm-rubric"}] * 3}]}
    judge: dict[str, Any] = {"evaluation": {"judge": {"target": "p/b"}, "targets": ["p/a"]}}
    with pytest.raises(RequestError, match="plans 4 requests or more"):
        plan(judged, most=3, **judge)
    assert sum(plan(judged, most=4, **judge).advice.values()) == 3


def test_a_part_that_is_small_enough_is_played() -> None:
    other = {"id": "other", "cases": "rows.csv", "turns": [{"user": "{{q}}"}]}
    assert plan(SAYS_HI, other, selection=Selection(conversations=("hi",))).count == 2
    assert plan(SAYS_HI, repeats=1_000_000_000, selection=Selection(repeats=2)).count == 4


@pytest.mark.parametrize(("said", "most"), [("", MOST_PLANNED), (" 5000000 ", 5_000_000)])
def test_whoever_runs_a_spec_raises_the_bound_and_not_who_wrote_it(said: str, most: int) -> None:
    assert read_bounds({"HARNESS_MAX_PLANNED": said}).most_planned == most
    assert read_bounds({}).most_planned == MOST_PLANNED


@pytest.mark.parametrize("said", ["many", "-1", "1e9", "9" * 40])
def test_a_bound_that_is_no_number_is_refused(said: str) -> None:
    with pytest.raises(RequestError, match="H621"):
        read_bounds({"HARNESS_MAX_PLANNED": said})


def test_a_product_that_nobody_could_go_through_is_no_matrix(tmp_path: Path) -> None:
    values = list(range(1_000))
    matrix = f"{{x: {values}, y: {values}, z: {values}, w: {values}}}"
    lab = Laboratory(tmp_path)
    lab.write("{}", "version: 1\nname: x\nproviders:\n  p: {type: openai-compatible, "
        f'base_url: "http://127.0.0.1:1/v1", models: {{a: {{}}}}}}\nconversations:\n'
        f"  - {{id: m, matrix: {matrix}, turns: [{{user: '{{{{x}}}}'}}]}}\n")  # fmt: skip
    with pytest.raises(SpecError, match="the matrix makes 1,000,000,000,000 cases") as refused:
        _ = lab.spec_file
    assert "spec.yaml:6:" in str(refused.value)


def test_a_text_that_variables_would_blow_up_is_refused_before_it_is_made() -> None:
    half = "x" * (MOST_CHARACTERS // 20)
    tracemalloc.start()
    try:
        with pytest.raises(SpecError, match="more than 10,000,000 characters"):
            substitute("{{v}}" * 1_000_000, {"v": half})
        assert tracemalloc.get_traced_memory()[1] < 25_000_000, "bytes"
    finally:
        tracemalloc.stop()
    assert len(substitute("{{v}}" * 19, {"v": half})) == 19 * len(half)


def test_a_conversation_that_no_model_could_read_is_refused() -> None:
    turns = [{"user": "{{v}}"} for _ in range(21)]
    long = {"id": "long", "vars": {"v": "x" * (MOST_CHARACTERS // 20)}, "turns": turns}
    matrix = plan(long)
    with pytest.raises(RequestError, match="says 10,500,000 characters"):
        next(matrix.trials(matrix.targets[0]))


def test_a_reply_that_a_template_would_blow_up_errors_its_trial_and_no_other(
    tmp_path: Path,
) -> None:
    lab = Laboratory(tmp_path)
    lab.write("{targets: [p/a]}", """
version: 1
name: engine
providers:
  p: {type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {a: {}}}
evaluation: EVALUATION
conversations:
  - {id: first, turns: [{user: one, store_as: said}, {user: "REPEATED"}]}
  - {id: second, turns: [{user: three, assert: [{contains: three}]}]}
""".replace("REPEATED", "{{said}}" * 101))  # fmt: skip
    long = Reply("x" * (MOST_CHARACTERS // 100), "stop", usage=Usage(1, 1))
    lab.answer = lambda request, _: long if request.place.conversation == "first" else None
    done = lab.run()
    first, second = lines(done.directory)
    assert (first["outcome"], first["error"]["code"]) == ("errored", "H105")
    assert second["outcome"] == "passed"


def test_in_a_pipeline_a_run_without_a_budget_has_one() -> None:
    usual = Budget(usd=10.0, requests=10_000)
    for said in ("true", "1", "yes"):
        assert fill_budget(Budget(minutes=5), choose_default({"CI": said})) == usual.model_copy(
            update={"minutes": 5}
        )
    for said in ("", "0", "false"):
        assert fill_budget(Budget(), choose_default({"CI": said})) == Budget()
    for own in (Budget(usd=50), Budget(requests=10**6), Budget(tokens=5)):
        assert fill_budget(own, choose_default({"CI": "true"})) == own
