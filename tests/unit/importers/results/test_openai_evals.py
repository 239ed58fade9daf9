"""Results of OpenAI Evals, hosted and of the open-source program, are trials."""

from __future__ import annotations

from typing import Any

from harness.importers.results.openai_evals import is_event, is_output_item, read_items, read_log
from harness.source import Span


def locate(*values: dict[str, Any]) -> list[tuple[Span, dict[str, Any]]]:
    return [(Span("evals.jsonl", number, 1), value) for number, value in enumerate(values, start=1)]


ITEM: dict[str, Any] = {
    "object": "eval.run.output_item",
    "created_at": 1743092076,
    "datasource_item_id": 5,
    "status": "pass",
    "results": [
        {"name": "String check-1", "type": "string_check_grader", "passed": True, "score": 1.0},
        {"name": "rater", "passed": False, "score": 0.0},
    ],
    "sample": {
        "input": [{"role": "developer", "content": "Short."}, {"role": "user", "content": "2+2?"}],
        "output": [{"role": "assistant", "content": "4"}],
        "finish_reason": "stop",
        "model": "gpt-4o-mini-2024-07-18",
        "usage": {"prompt_tokens": 30, "completion_tokens": 1, "cached_tokens": 8},
        "error": {"code": None, "message": None},
    },
}


def test_an_output_item_of_a_hosted_eval() -> None:
    assert is_output_item(ITEM)
    found = read_items(locate(ITEM))
    (trial,) = found.trials
    assert (trial.outcome, trial.reply, trial.name, trial.test) == ("passed", "4", "item 5", 5)
    assert (trial.system, trial.users) == ("Short.", ("2+2?",))
    assert [(one.type, one.outcome, one.metric) for one in trial.verdicts] == [
        ("string_check_grader", "passed", "String check-1"),
        ("rater", "failed", None),
    ]
    assert trial.score == 0.5
    assert trial.usage is not None
    assert (trial.usage.cached_tokens, trial.cost_usd, trial.latency_s) == (8, None, None)
    assert found.made_at == "1743092076"


def test_an_item_that_errored_and_a_line_that_is_none() -> None:
    sample = {**ITEM["sample"], "output": [], "error": {"code": "429", "message": "slow down"}}
    found = read_items(locate({**ITEM, "status": "error", "sample": sample}, {"a": 1}))
    (trial,) = found.trials
    assert (trial.outcome, trial.score) == ("errored", None)
    assert trial.failure is not None
    assert (trial.failure.status, trial.failure.message) == (429, "429 slow down")
    assert [(span.line, why) for span, _, why in found.troubles] == [
        (2, "it is no output item of an eval")
    ]


def event(kind: str, sample: str, **data: Any) -> dict[str, Any]:
    return {"run_id": "r", "event_id": 0, "sample_id": sample, "type": kind, "data": data}


SPEC = {"spec": {"completion_fns": ["gpt-4"], "created_at": "2024-01-02 03:04:05.678"}}


def test_the_events_of_a_sample_are_one_trial() -> None:
    found = read_log(
        locate(
            SPEC,
            event("sampling", "a.0", prompt=[{"role": "user", "content": "2+2?"}], sampled=["4"]),
            event("sampling", "a.1", prompt="3+3?", sampled="7"),
            event("match", "a.0", correct=True, expected="4"),
            event("match", "a.1", correct=False, expected="6"),
            event("sampling", "a.1", prompt="Is 7 right?", sampled="No"),
            {"final_report": {"accuracy": 0.5}},
            {"x": 1},
        )
    )
    lines: list[dict[str, Any]] = [SPEC, event("match", "a"), {"final_report": {}}]
    assert all(map(is_event, lines))
    first, second = found.trials
    assert (first.outcome, first.reply, first.users, first.providers) == (
        "passed", "4", ("2+2?",), ("gpt-4",),
    )  # fmt: skip
    assert (second.outcome, second.reply, second.verdicts[0].value) == ("failed", "7", "6")
    assert found.made_at == "2024-01-02 03:04:05.678"
    assert [span.line for span, _, _ in found.troubles] == [8]


def test_a_judges_choice_and_an_error() -> None:
    found = read_log(
        locate(
            event("sampling", "a", prompt="Hi", sampled=["Hello"]),
            event("metrics", "a", choice="B", score=0.5),
            event("sampling", "b", prompt="Ho", sampled=[None]),
            event("error", "b", message="Rate limit reached"),
            event("match", "c", correct=True),
        )
    )
    judged, errored = found.trials
    assert (judged.outcome, judged.score) == ("passed", 0.5)
    assert judged.verdicts[0].reason == "OpenAI Evals: choice B."
    assert errored.failure is not None
    assert errored.failure.kind == "rate_limit"
    assert [why for _, _, why in found.troubles] == ["nothing was asked in it"]
