"""Checks by an author's rubric: ``llm-rubric``, ``model-graded-closedqa``, ``g-eval``."""

from __future__ import annotations

from harness.checks.definitions import choose_threshold
from harness.checks.finding import CannotCheck, Finding
from harness.checks.referred.judged.judged_check import Ask, JudgedCheck, ask_once, show_exchanges
from harness.checks.referred.judged.prompt import SCORE, TEXT, YES_OR_NO, Prompt, make_schema
from harness.checks.referred.judged.replies import (
    ROUNDING,
    Judgement,
    hold_to_threshold,
    read_judgement,
    read_yes_or_no,
)
from harness.checks.referred.needs import Steps
from harness.checks.subject import Subject
from harness.spec.model.spec import Assertion

_SHAPE = '{"reason": "one or two sentences", "score": 0.0 to 1.0, "pass": true or false}'
_SCHEMA = make_schema(reason=TEXT, score=SCORE, **{"pass": YES_OR_NO})


def _read_rubric(assertion: Assertion, reply: str) -> Finding:
    return hold_to_threshold(read_judgement(reply), assertion.threshold)


def _read_closed(assertion: Assertion, reply: str) -> Finding:
    return hold_to_threshold(read_yes_or_no(reply), assertion.threshold)


llm_rubric = JudgedCheck(
    Prompt(
        "Decide whether a language model's reply satisfies a rubric.",
        "The rubric:\n{value}",
        _SHAPE,
        _SCHEMA,
    ),
    ask_once(_read_rubric),
    show_exchanges,
)

closed_question = JudgedCheck(
    Prompt(
        "Decide whether a language model's reply meets a criterion. It is met or it is not: "
        "the score is 1 or 0.",
        "The criterion:\n{value}",
        _SHAPE,
        _SCHEMA,
    ),
    ask_once(_read_closed),
    show_exchanges,
)


def _score_criteria(ask: Ask, assertion: Assertion, subject: Subject) -> Steps:
    """Take the mean score over the criteria, each asked about on its own."""
    several = isinstance(assertion.value, list | tuple)
    criteria = list(assertion.value) if several else [assertion.value]
    if not criteria:
        raise CannotCheck("g-eval needs a criterion")
    judgements: list[Judgement] = []
    for criterion in criteria:
        one = assertion.model_copy(update={"value": criterion})
        reply: str = yield ask(one, subject)
        judgements.append(read_judgement(reply))
    scores = [float(one.passed is True) if one.score is None else one.score for one in judgements]
    score = sum(scores) / len(scores)
    limit = choose_threshold(assertion)
    worst = judgements[min(range(len(judgements)), key=scores.__getitem__)]
    over = f" over {len(judgements)} criteria" if several else ""
    fact = f"The judge scored it {score:.2f}{over}; wanted: at least {limit:g}{worst.quoted}"
    return Finding(score >= limit - ROUNDING, fact, score)


g_eval = JudgedCheck(
    Prompt(
        "Score how well a language model's reply meets a criterion. First write down the steps "
        "by which the criterion is best evaluated, then carry them out one by one, then score.",
        "The criterion:\n{value}",
        '{"steps": ["…", …], "reason": "what the steps found", "score": 0.0 to 1.0}',
        make_schema(steps={"type": "array", "items": TEXT}, reason=TEXT, score=SCORE),
    ),
    _score_criteria,
    show_exchanges,
)
