"""Checks whether a reply is to the point: ``answer-relevance``, ``conversation-relevance``."""

from __future__ import annotations

from collections.abc import Sequence

from harness.checks.finding import CannotCheck, Finding, quote
from harness.checks.referred.judged.judged_check import (
    Ask,
    JudgedCheck,
    ask_once,
    find_question,
    show_exchanges,
    show_reply,
)
from harness.checks.referred.judged.points import POINTS, POINTS_SHAPE, read_points
from harness.checks.referred.judged.prompt import TEXT, Prompt, make_schema
from harness.checks.referred.judged.replies import ROUNDING, hold_to_threshold, read_judgement
from harness.checks.referred.needs import Steps, Texts
from harness.checks.referred.similarity import cosine
from harness.checks.subject import Subject
from harness.conversation.transcript import Vector
from harness.spec.model.spec import Assertion

conversation_relevance = JudgedCheck(
    Prompt(
        "Decide for each reply of a language model in a conversation whether it is relevant "
        "to what was said before it. Name each as a point (turn 1, turn 2 …), which holds if "
        "the reply is relevant.",
        "To decide: whether each reply of the assistant is relevant in its place.",
        POINTS_SHAPE,
        POINTS,
    ),
    ask_once(read_points()),
    show_exchanges,
)


def _compare_questions(ask: Ask, assertion: Assertion, subject: Subject) -> Steps:
    """Compare the questions that the reply would answer with the one that was asked."""
    reply: str = yield ask(assertion, subject)
    judgement = read_judgement(reply, "questions")
    questions = judgement.fields.get("questions")
    if questions is None:
        return hold_to_threshold(judgement, assertion.threshold)
    if not isinstance(questions, list) or not all(
        isinstance(one, str) and one.strip() for one in questions
    ):
        raise CannotCheck(f"The judge's questions are not what was asked for: {quote(questions)}")
    asked = find_question(subject)
    if not questions or not asked.strip():
        raise CannotCheck("There are no questions that could be compared")
    vectors: Sequence[Vector] = yield Texts((asked, *questions))
    likenesses = [max(0.0, cosine(vectors[0], vector)) for vector in vectors[1:]]
    score = min(1.0, sum(likenesses) / len(likenesses))
    limit = assertion.threshold or 0.0
    fact = (
        f"The reply answers questions with a similarity of {score:.3f} to the one asked; wanted: "
        f"at least {limit:g}; for one: {quote(questions[0])}"
    )
    return Finding(score >= limit - ROUNDING, fact, score)


answer_relevance = JudgedCheck(
    Prompt(
        "Write three different questions to which a language model's reply would be the "
        "right answer. Take them from the reply alone. They are your verdict on what it "
        "answers.",
        "To find: three questions that the reply answers.",
        '{"reason": "what the reply is about", "questions": ["…", "…", "…"]}',
        make_schema(reason=TEXT, questions={"type": "array", "items": TEXT}),
    ),
    _compare_questions,
    show_reply,
)
