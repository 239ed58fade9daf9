from __future__ import annotations

import asyncio
from typing import Any

import pytest

from harness.conversation.play import FinalAnswer, play
from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Exchange, Failure, Reply, Usage
from harness.results.model import Result
from harness.run.matrix import Selection, Trial, expand
from harness.run.outcome import conclude, judge_turn
from harness.run.requests.charge import compute_reply_cost
from harness.run.targets import Target, select_targets
from harness.spec.model.spec import Spec

PASSES = {"type": "contains", "value": "yes"}
FAILS = {"type": "contains", "value": "no such thing"}
ENDS_WELL = {"type": "finish-reason", "value": "stop"}
ENDS_CUT = {"type": "finish-reason", "value": "length"}
UNFILTERED = {"type": "guardrails"}
WILLING = {"type": "is-refusal", "negated": True}
REFUSES = {"type": "is-refusal"}
ENDS_BLOCKED = {"type": "finish-reason", "value": "content_filter"}
SKIPPED = {"type": "skip", "value": "later"}
NEEDS_A_PRICE = {"type": "cost", "threshold": 1.0}

YES = Reply("yes", "stop", usage=Usage(10, 5))
CUT = Reply("yes and", "length", usage=Usage(10, 5))
FILTERED = Reply("yes", "content_filter", usage=Usage(10, 5))
REFUSED = Failure("content_filter", "filtered", 400, "content_filter")
DOWN = Failure("server", "down", 500)


def trial(
    *turns: list[dict[str, Any]],
    whole: list[dict[str, Any]] | None = None,
    threshold: float | None = None,
) -> Trial:
    spec = Spec.model_validate(
        {
            "version": 1,
            "name": "x",
            "providers": {
                "p": {
                    "type": "openai-compatible",
                    "base_url": "http://127.0.0.1/v1",
                    "models": {"a": {}},
                }
            },
            "conversations": [
                {
                    "id": "x",
                    "turns": [{"user": "?", "assert": asserts} for asserts in turns],
                    "assert": whole or [],
                    "threshold": threshold,
                }
            ],
        }
    )
    matrix = expand(spec, select_targets(spec), Selection(), lambda _: ())
    return next(matrix.trials(matrix.targets[0]))


def judged(trial: Trial, *answers: Answer) -> Result:
    left = list(answers)

    async def ask(_: Request) -> FinalAnswer[Reply]:
        return FinalAnswer(left.pop(0))

    transcript = asyncio.run(play(trial.script, ask))
    turns = [
        judge_turn(exchange, trial.question.turns[exchange.number - 1], trial.target)
        for exchange in transcript.exchanges
    ]
    return conclude(trial, transcript, turns)


@pytest.mark.parametrize(
    ("asserts", "answer", "outcome", "score"),
    [
        ([PASSES], YES, "passed", 1.0),
        ([FAILS], YES, "failed", 0.0),
        ([PASSES, FAILS], YES, "failed", 0.5),
        ([], YES, "passed", None),
        ([SKIPPED], YES, "skipped", None),
        ([SKIPPED, PASSES], YES, "passed", 1.0),
        ([NEEDS_A_PRICE], YES, "errored", None),
        ([NEEDS_A_PRICE, FAILS], YES, "failed", 0.0),
        ([NEEDS_A_PRICE, {**FAILS, "weight": 0}], YES, "errored", None),
        ([NEEDS_A_PRICE, ENDS_CUT], CUT, "passed", 1.0),
        ([PASSES], CUT, "truncated", None),
        ([FAILS], CUT, "truncated", None),
        ([], CUT, "truncated", None),
        ([ENDS_WELL, PASSES], CUT, "failed", 0.0),
        ([ENDS_CUT, PASSES], CUT, "passed", 1.0),
        ([UNFILTERED], CUT, "passed", 1.0),
        ([UNFILTERED, PASSES], CUT, "truncated", 1.0),
        ([UNFILTERED, SKIPPED], CUT, "passed", 1.0),
        ([WILLING, FAILS], CUT, "truncated", 1.0),
        ([REFUSES, PASSES], CUT, "failed", 0.0),
        ([{**WILLING, "weight": 0}, PASSES], CUT, "truncated", None),
        ([UNFILTERED, PASSES], REFUSED, "failed", 0.0),
        ([REFUSES, PASSES], REFUSED, "passed", 1.0),
        ([PASSES], FILTERED, "blocked", None),
        ([ENDS_BLOCKED], FILTERED, "passed", 1.0),
        ([PASSES], REFUSED, "blocked", None),
        ([ENDS_BLOCKED], REFUSED, "passed", 1.0),
        ([ENDS_BLOCKED, PASSES], DOWN, "errored", None),
    ],
)
def test_the_first_outcome_that_applies(
    asserts: list[dict[str, Any]], answer: Answer, outcome: str, score: float | None
) -> None:
    result = judged(trial(asserts), answer)
    assert (result.outcome, result.score) == (outcome, score)


@pytest.mark.parametrize(
    ("whole", "answers", "outcome"),
    [
        ([PASSES], (YES, YES), "passed"),
        ([FAILS], (YES, YES), "failed"),
        ([FAILS], (YES, DOWN), "errored"),
        ([NEEDS_A_PRICE], (YES, YES), "errored"),
        ([NEEDS_A_PRICE, FAILS], (YES, YES), "failed"),
        ([PASSES], (CUT, YES), "truncated"),
        ([PASSES], (CUT, FILTERED), "blocked"),
        ([ENDS_WELL], (CUT, YES), "passed"),
        ([ENDS_BLOCKED], (YES, REFUSED), "passed"),
        ([UNFILTERED, PASSES], (CUT, YES), "truncated"),
        ([WILLING, PASSES], (YES, CUT), "truncated"),
        ([ENDS_WELL, PASSES], (CUT, YES), "truncated"),
        ([ENDS_CUT, PASSES], (YES, CUT), "passed"),
        ([PASSES], (YES, REFUSED), "blocked"),
    ],
)
def test_checks_of_the_whole_conversation_decide_like_those_of_a_turn(
    whole: list[dict[str, Any]], answers: tuple[Answer, ...], outcome: str
) -> None:
    assert judged(trial([], [], whole=whole), *answers).outcome == outcome


def test_a_blocked_prompt_keeps_its_error_and_a_filtered_reply_has_none() -> None:
    assert judged(trial([PASSES]), REFUSED).failure is REFUSED
    assert judged(trial([PASSES]), FILTERED).failure is None


def test_a_turn_that_fails_counts_even_when_a_later_one_passes() -> None:
    assert judged(trial([FAILS], [PASSES]), YES, YES).outcome == "failed"


def test_a_conversations_threshold_is_that_of_its_turns() -> None:
    half = trial([PASSES, FAILS], threshold=0.5)
    assert judged(half, YES).outcome == "passed"
    assert judged(trial([PASSES, FAILS], threshold=0.6), YES).outcome == "failed"
    assert judged(trial([], whole=[PASSES, FAILS], threshold=0.5), YES).outcome == "passed"


def azure(version: str | None) -> Target:
    return Target("t", "deployment", "a", "d", model="gpt-4o", version=version, price_table="azure")


def test_each_round_of_a_turn_is_priced_by_what_answered_it() -> None:
    router = Target("t", "deployment", "a", "d", model="model-router", price_table="azure")
    models = ("gpt-4.1-2025-04-14", "gpt-4.1-mini-2025-04-14")
    rounds = tuple(Reply("x", "stop", model=one, usage=Usage(1_000_000, 0)) for one in models)
    joined = Reply("x", "stop", model=models[1], usage=Usage(2_000_000, 0))
    turn = judge_turn(Exchange(1, "q", joined, rounds=rounds), trial([]).question.turns[0], router)
    assert turn.cost_usd == pytest.approx(2.0 + 0.4 + 2 * 0.14)


def test_a_version_that_azure_chose_is_priced_by_the_model_that_answered() -> None:
    reply = Reply("x", "stop", model="gpt-4o-2024-05-13", usage=Usage(1_000_000, 0))
    assert compute_reply_cost(reply, azure(None)) == 5.0
    assert compute_reply_cost(reply, azure("2024-11-20")) == 5.0, "what answered is what costs"


def test_a_reply_without_usage_has_no_cost() -> None:
    assert compute_reply_cost(Reply("x", "stop", usage=None), azure("2024-11-20")) is None
