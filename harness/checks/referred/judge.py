"""Checks that a model decides: what it is asked, and what its answer means.

Both halves are pure; who is asked, and at what cost, is the run's business. The reply that is
judged is the work of a model that may have been told to please a judge: it stands between marks
whose code it cannot know, and only the fields of a structured answer count. Names and meanings are
promptfoo's. Source: promptfoo ``src/matchers`` and its pages on model-graded checks, 2026.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from harness.checks.definitions import choose_threshold
from harness.checks.finding import CannotCheck, Finding, as_text, quote
from harness.checks.referred.judge_prompts import OWN_PROMPT, PROMPTS, system_text
from harness.checks.referred.judge_replies import (
    Judgement,
    read_choice,
    read_judgement,
    read_yes_or_no,
)
from harness.checks.referred.needs import JudgeQuestion, Steps, Texts
from harness.checks.referred.similarity import cosine
from harness.checks.subject import ReplyContext, Subject
from harness.conversation.transcript import Exchange, Message, Vector
from harness.spec.document.template import find_names, substitute
from harness.spec.model.spec import Assertion

ROUNDING = 1e-9
AGREES = "ABCE"
MEANINGS = {
    "A": "states a part of what the expert does",
    "B": "states all that the expert does, and more",
    "C": "states the same as the expert",
    "D": "disagrees with the expert",
    "E": "differs from the expert in nothing that matters",
}
MATERIAL = frozenset({"output", "completion", "conversation", "transcript"})
"""Names of what is judged: a ``rubric_prompt`` with one of them says itself where it stands."""


@dataclass(frozen=True, slots=True)
class Fence:
    """The marks around what others wrote."""

    nonce: str

    @classmethod
    def around(cls, seed: str, texts: Sequence[str]) -> Fence:
        """Marks that none of these texts holds: a function of them and of whose trial it is.

        The same trial with the same reply gives the same request, so a recording can answer it;
        no text can hold the code, because the code depends on the whole of it.
        """
        digest = hashlib.sha256(json.dumps([seed, *texts]).encode()).hexdigest()
        while any(digest[:16] in text for text in texts):
            digest = hashlib.sha256(digest.encode()).hexdigest()
        return cls(digest[:16])

    def put(self, name: str, text: str) -> str:
        """The text between its marks."""
        return f"[{self.nonce} {name}]\n{text}\n[{self.nonce} end]"


def question(assertion: Assertion, subject: Subject) -> JudgeQuestion:
    """Write the question to the judge; about a conversation, with the whole transcript.

    The demand comes first and again at the end, the reply between them.

    Raises:
        CannotCheck: something is missing: a value, or the variable ``context``.
    """
    prompt = PROMPTS[assertion.type]
    value = _value(assertion) if "{value}" in prompt.demand else ""
    blocks = list(_blocks(assertion, subject))
    setting = subject.setting or ReplyContext()
    texts = [text for _, text in blocks]
    fence = Fence.around(setting.seed, [*texts, subject.text, _asked(subject)])
    quoted = "\n\n".join(fence.put(name, text) for name, text in blocks)
    demand = prompt.demand.replace("{value}", value)
    user = f"{demand}\n\n{quoted}\n\nOnce more. {demand}\n\nYour verdict, as JSON:"
    task = prompt.task
    if assertion.rubric_prompt is not None:
        own = substitute(
            assertion.rubric_prompt,
            {**setting.variables, **_names(value, subject, blocks, fence)},
        )
        if MATERIAL.isdisjoint(find_names(assertion.rubric_prompt)):
            task = own
        else:
            task, user = OWN_PROMPT, own
    system = system_text(task, prompt, fence.nonce)
    return JudgeQuestion((Message("system", system), Message("user", user)), prompt.schema)


def _value(assertion: Assertion) -> str:
    value = assertion.value
    text = "" if value is None else as_text(value)
    if not text.strip():
        raise CannotCheck(f"{assertion.type} needs a text to judge by")
    return text


def _blocks(assertion: Assertion, subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield the texts that the judge is shown, in order, each with the name on its marks."""
    kind = assertion.type
    if kind in ("context-faithfulness", "context-recall", "context-relevance"):
        if kind != "context-recall":
            yield "question", _asked(subject)
        yield "context", _context(assertion, subject)
        if kind == "context-faithfulness":
            yield "reply", subject.text
        return
    if kind == "answer-relevance":
        yield "reply", subject.text
        return
    setting = subject.setting or ReplyContext()
    for exchange in setting.exchanges:
        yield from _said(exchange)
    if subject.whole and subject.found is None:
        return
    if not subject.whole:
        yield "user", subject.user
    yield "reply", subject.text
    if subject.found is None and not subject.whole:
        yield from fenced_calls(subject.tool_calls, "the reply")


def _said(exchange: Exchange) -> Iterator[tuple[str, str]]:
    yield f"user, turn {exchange.number}", exchange.user
    if exchange.reply is not None:
        yield f"assistant, turn {exchange.number}", exchange.reply.text
    yield from fenced_calls(exchange.tool_calls, f"turn {exchange.number}")


def fenced_calls(calls: Sequence[Any], where: str) -> Iterator[tuple[str, str]]:
    """Yield the text about a reply's calls, if there are any."""
    if calls:
        yield (
            f"tools called, {where}",
            "\n".join(f"{call.name}({call.arguments})" for call in calls),
        )


def _asked(subject: Subject) -> str:
    """The question that a reply answers: the variable ``query``, else what the user said."""
    setting = subject.setting or ReplyContext()
    if "query" in setting.variables:
        return as_text(setting.variables["query"])
    if subject.whole:
        return "\n\n".join(exchange.user for exchange in setting.exchanges)
    return subject.user


def _context(assertion: Assertion, subject: Subject) -> str:
    """The variable ``context``, one text or several; or the value, where that is no truth."""
    if assertion.type != "context-recall" and assertion.value is not None:
        return as_text(assertion.value)
    setting = subject.setting or ReplyContext()
    found = setting.variables.get("context")
    if isinstance(found, list | tuple):
        found = "\n\n".join(as_text(part) for part in found)
    if found in (None, ""):
        raise CannotCheck(f"{assertion.type} needs a variable named context")
    return as_text(found)


def _names(
    value: str, subject: Subject, blocks: Sequence[tuple[str, str]], fence: Fence
) -> Mapping[str, str]:
    """Map the names that an author's own prompt may use, promptfoo's included, to texts."""
    reply = fence.put("reply", subject.text)
    asked = fence.put("question", _asked(subject))
    everything = "\n\n".join(fence.put(name, text) for name, text in blocks)
    context = [fence.put(name, text) for name, text in blocks if name == "context"]
    return {
        **dict.fromkeys(("rubric", "criteria", "ideal", "value"), value),
        **dict.fromkeys(("output", "completion"), reply),
        **dict.fromkeys(("question", "input", "query"), asked),
        **dict.fromkeys(("conversation", "transcript"), everything),
        **({"context": context[0]} if context else {}),
    }


def verdict(assertion: Assertion, reply: str) -> Finding:
    """Read a judge's answer to ``question``.

    Raises:
        CannotCheck: it is no verdict.
    """
    return _READERS[assertion.type](assertion, reply)


def _scored(assertion: Assertion, reply: str) -> Finding:
    """``pass`` (true where it is missing) and, where there is a threshold, the score as well."""
    strictly = assertion.type == "model-graded-closedqa"
    said = read_yes_or_no(reply) if strictly else read_judgement(reply)
    return _held_to(said, assertion.threshold)


def _held_to(said: Judgement, threshold: float | None) -> Finding:
    passed = True if said.passed is None else said.passed
    score = float(passed) if said.score is None else said.score
    reached = threshold is None or score >= threshold - ROUNDING
    word = "passed" if passed else "failed"
    limit = "" if threshold is None else f"; wanted: at least {threshold:g}"
    return Finding(
        passed and reached, f"The judge {word} it with {score:.2f}{limit}{said.quoted}", score
    )


def _chosen(assertion: Assertion, reply: str) -> Finding:
    said = read_choice(reply)
    letter = said.fields.get("choice", said.fields.get("category"))
    if letter is None:
        return _held_to(said, assertion.threshold)
    letter = letter.strip().strip("()").upper() if isinstance(letter, str) else ""
    if letter not in MEANINGS:
        raise CannotCheck(f"The judge chose {quote(letter)}, which is none of A to E")
    fact = f"By the judge's choice ({letter}) the reply {MEANINGS[letter]}{said.quoted}"
    return Finding(letter in AGREES, fact)


def _counted(assertion: Assertion, reply: str) -> Finding:
    """The share of points that hold; without a threshold it measures, as in promptfoo."""
    said = read_judgement(reply, "points")
    points = said.fields.get("points")
    if points is None:
        return _held_to(said, assertion.threshold)
    if not isinstance(points, list) or not all(_is_point(point) for point in points):
        raise CannotCheck(f"The judge's points are not what was asked for: {quote(points)}")
    if not points and assertion.type != "context-faithfulness":
        raise CannotCheck("The judge found nothing that could be counted")
    held = sum(point["holds"] for point in points)
    score = held / len(points) if points else 1.0
    limit = assertion.threshold or 0.0
    missing = next((point["point"] for point in points if not point["holds"]), None)
    example = f"; not, for one: {quote(missing)}" if missing is not None else said.quoted
    fact = f"{held} of {len(points)} points hold, {score:.2f}; wanted: at least {limit:g}{example}"
    return Finding(score >= limit - ROUNDING, fact, score)


def _is_point(point: Any) -> bool:
    return (
        isinstance(point, Mapping)
        and isinstance(point.get("holds"), bool)
        and isinstance(point.get("point", ""), str)
    )


_READERS: Mapping[str, Callable[[Assertion, str], Finding]] = MappingProxyType(
    {
        "llm-rubric": _scored,
        "model-graded-closedqa": _scored,
        "factuality": _chosen,
        "conversation-relevance": _counted,
        "context-faithfulness": _counted,
        "context-recall": _counted,
        "context-relevance": _counted,
    }
)


def ask_once(assertion: Assertion, subject: Subject) -> Steps:
    """Ask the judge one question and read its verdict."""
    reply: str = yield question(assertion, subject)
    return verdict(assertion, reply)


def g_eval(assertion: Assertion, subject: Subject) -> Steps:
    """The mean score over the criteria, each asked about on its own."""
    several = isinstance(assertion.value, list | tuple)
    criteria = list(assertion.value) if several else [assertion.value]
    if not criteria:
        raise CannotCheck("g-eval needs a criterion")
    said: list[Judgement] = []
    for criterion in criteria:
        one = assertion.model_copy(update={"value": criterion})
        reply: str = yield question(one, subject)
        said.append(read_judgement(reply))
    scores = [float(one.passed is True) if one.score is None else one.score for one in said]
    score = sum(scores) / len(scores)
    limit = choose_threshold(assertion)
    worst = said[min(range(len(said)), key=scores.__getitem__)]
    over = f" over {len(said)} criteria" if several else ""
    fact = f"The judge scored it {score:.2f}{over}; wanted: at least {limit:g}{worst.quoted}"
    return Finding(score >= limit - ROUNDING, fact, score)


def answer_relevance(assertion: Assertion, subject: Subject) -> Steps:
    """Compare the questions that the reply would answer with the one that was asked."""
    reply: str = yield question(assertion, subject)
    said = read_judgement(reply, "questions")
    questions = said.fields.get("questions")
    if questions is None:
        return _held_to(said, assertion.threshold)
    if not isinstance(questions, list) or not all(
        isinstance(one, str) and one.strip() for one in questions
    ):
        raise CannotCheck(f"The judge's questions are not what was asked for: {quote(questions)}")
    asked = _asked(subject)
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
