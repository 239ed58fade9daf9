"""``select-best``: which of several replies to the same question meets a criterion best.

The one check that no reply decides alone: it is asked once for all of them, when all are there.
Source: promptfoo ``src/matchers`` and its page on select-best, 2026.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.checks.finding import CannotCheck, Finding, as_text, quote
from harness.checks.referred.judged.fence import Fence, NamedText, list_calls
from harness.checks.referred.judged.judged_check import write_user
from harness.checks.referred.judged.prompt import (
    OWN_PROMPT,
    TEXT,
    Prompt,
    make_schema,
    write_system,
)
from harness.checks.referred.judged.replies import read_judgement
from harness.checks.referred.needs import JudgeQuestion
from harness.checks.subject import ReplyContext, Subject
from harness.conversation.transcript import Message
from harness.spec.document.template import find_names, substitute
from harness.spec.model.spec import Assertion

SELECT_BEST = "select-best"
MATERIAL = frozenset({"output", "outputs", "completion", "conversation", "transcript"})
PROMPT = Prompt(
    "Decide which of several replies to the same question meets a criterion best. Each has "
    "a number, and their order means nothing. Choose exactly one.",
    "The criterion:\n{value}",
    '{"reason": "one or two sentences", "best": the number of the best reply}',
    make_schema(reason=TEXT, best={"type": "integer", "description": "a reply's number, from 1"}),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reply that takes part; ``name`` says whose it is and is never shown to the judge."""

    name: str
    subject: Subject


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidate that was chosen, by its place among those that were given, from 0."""

    best: int
    why: str

    def make_finding(self, place: int, count: int) -> Finding:
        """Return the finding of one of the candidates."""
        which = "this reply" if place == self.best else "another reply"
        return Finding(place == self.best, f"Of {count} replies the judge chose {which}{self.why}")


def shuffle(candidates: Sequence[Candidate], seed: str) -> tuple[int, ...]:
    """Choose the order in which the judge sees them, as places among those given.

    Judges prefer what stands first; so whose reply that is depends on the question. The same
    question has the same order, so that a recording can answer it.
    """

    def draw(place: int) -> str:
        drawn = json.dumps([seed, candidates[place].name])
        return hashlib.sha256(drawn.encode()).hexdigest()

    return tuple(sorted(range(len(candidates)), key=draw))


def write_best_question(
    assertion: Assertion, asked: Sequence[NamedText], candidates: Sequence[Candidate], seed: str
) -> JudgeQuestion:
    """Ask the judge for the best candidate; ``asked`` is what every candidate was told.

    Raises:
        CannotCheck: there is nothing to compare, or not by one criterion.
    """
    criterion = as_text(assertion.value) if assertion.value is not None else ""
    if not criterion.strip():
        raise CannotCheck(f"{SELECT_BEST} needs a text to choose by")
    order = shuffle(candidates, seed)
    replies = [
        said
        for number, place in enumerate(order, start=1)
        for said in _list_replies(number, candidates[place].subject)
    ]
    fence = Fence.build(seed, [text for _, text in (*asked, *replies)])
    shown_asked, shown_replies = fence.join(asked), fence.join(replies)
    demand = PROMPT.demand.replace("{value}", criterion)
    material = f"{shown_asked}\n\n{shown_replies}"
    task = PROMPT.task
    user = write_user(demand, material)
    if assertion.rubric_prompt is not None:
        setting = candidates[0].subject.setting or ReplyContext()
        words = {**setting.variables, **_name_texts(criterion, shown_asked, shown_replies)}
        own = substitute(assertion.rubric_prompt, words)
        alone = MATERIAL.isdisjoint(find_names(assertion.rubric_prompt))
        task, user = (own, user) if alone else (OWN_PROMPT, own)
    system = write_system(task, PROMPT, fence.nonce)
    return JudgeQuestion((Message("system", system), Message("user", user)), PROMPT.schema)


def _name_texts(criterion: str, asked: str, replies: str) -> Mapping[str, str]:
    """Map the names that an author's own prompt may use to texts; others' words are fenced."""
    return {
        **dict.fromkeys(("rubric", "criteria", "value"), criterion),
        **dict.fromkeys(("output", "outputs", "completion"), replies),
        **dict.fromkeys(("question", "input", "query"), asked),
        **dict.fromkeys(("conversation", "transcript"), f"{asked}\n\n{replies}"),
    }


def read_chosen(reply: str, candidates: Sequence[Candidate], seed: str) -> Choice:
    """Read the judge's answer to ``write_best_question``.

    Raises:
        CannotCheck: it chose none of the candidates.
    """
    said = read_judgement(reply, "best")
    best = said.fields.get("best")
    if isinstance(best, str) and best.strip().isdecimal():
        best = int(best)
    if not isinstance(best, int) or isinstance(best, bool) or not 1 <= best <= len(candidates):
        raise CannotCheck(
            f"The judge chose {quote(best)}, which is no number from 1 to {len(candidates)}"
        )
    return Choice(shuffle(candidates, seed)[best - 1], said.quoted)


def _list_replies(number: int, subject: Subject) -> Iterator[NamedText]:
    """Yield a candidate's replies: in a conversation those before the one compared as well."""
    if subject.found is not None:
        yield f"reply {number}", subject.text
        return
    setting = subject.setting or ReplyContext()
    for exchange in setting.exchanges:
        where = f"reply {number}, turn {exchange.number}"
        if exchange.reply is not None and not exchange.scripted:
            yield where, exchange.reply.text
            yield from list_calls(exchange.tool_calls, where)
    if not subject.whole:
        yield f"reply {number}", subject.text
        yield from list_calls(subject.tool_calls, f"reply {number}")
