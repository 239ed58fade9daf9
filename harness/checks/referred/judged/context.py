"""Checks against the sources of a reply: ``context-faithfulness``, ``-recall``, ``-relevance``."""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks.definitions import DEFINITIONS
from harness.checks.finding import CannotCheck, as_text
from harness.checks.referred.judged.fence import NamedText
from harness.checks.referred.judged.judged_check import JudgedCheck, ask_once, find_question
from harness.checks.referred.judged.points import POINTS, POINTS_SHAPE, read_points
from harness.checks.referred.judged.prompt import Prompt
from harness.checks.subject import ReplyContext, Subject
from harness.spec.model.spec import Assertion

NOTHING_FOUND = "(The context is empty: nothing was found to answer from.)"


def _read_context(assertion: Assertion, subject: Subject) -> str:
    """Read the value, where it is the context; else the variable, one text or several."""
    source = DEFINITIONS[assertion.type].form.context
    if source == "value_or_variable" and assertion.value is not None:
        return as_text(assertion.value)
    setting = subject.setting or ReplyContext()
    found = setting.variables.get("context")
    if isinstance(found, list | tuple):
        if not found:
            return _describe_nothing(assertion)
        found = "\n\n".join(as_text(part) for part in found)
    if found in (None, ""):
        raise CannotCheck(f"{assertion.type} needs a variable named context")
    return as_text(found)


def _describe_nothing(assertion: Assertion) -> str:
    """Describe to the judge that nothing was found: what a reply says then, nothing supports.

    Raises:
        CannotCheck: the check is about the parts of a context, and there are none.
    """
    if assertion.type.endswith("context-relevance"):
        raise CannotCheck("nothing was found to answer from: no part of it can be relevant")
    return NOTHING_FOUND


def _show_context(assertion: Assertion, subject: Subject) -> Iterator[NamedText]:
    yield "context", _read_context(assertion, subject)


def _show_question(assertion: Assertion, subject: Subject) -> Iterator[NamedText]:
    yield "question", find_question(subject)
    yield from _show_context(assertion, subject)


def _show_all(assertion: Assertion, subject: Subject) -> Iterator[NamedText]:
    yield from _show_question(assertion, subject)
    yield "reply", subject.text


faithfulness = JudgedCheck(
    Prompt(
        "List each claim that a language model's reply makes. A claim holds if it can be "
        "inferred from the context; what you know yourself does not count.",
        "To decide: which claims of the reply the context supports.",
        POINTS_SHAPE,
        POINTS,
    ),
    ask_once(read_points(empty=1.0)),
    _show_all,
)

recall = JudgedCheck(
    Prompt(
        "Break an expected answer into statements. A statement holds if it can be attributed "
        "to the context; what you know yourself does not count.",
        "The expected answer:\n{value}",
        POINTS_SHAPE,
        POINTS,
    ),
    ask_once(read_points()),
    _show_context,
)

relevance = JudgedCheck(
    Prompt(
        "List each sentence of a context. A sentence holds if it is needed to answer the "
        "question; what is merely related to it is not needed.",
        "To decide: which sentences of the context are needed to answer the question.",
        POINTS_SHAPE,
        POINTS,
    ),
    ask_once(read_points()),
    _show_question,
)
