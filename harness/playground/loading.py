"""A conversation of a spec as a chat: what was said before, and the messages that wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from harness.conversation.transcript import Exchange, Reply
from harness.errors import RequestError
from harness.playground.commands.command import make_usage_error
from harness.playground.session import ChatSession
from harness.playground.state import ChatAssertion, ChatTurn, WaitingTurn
from harness.results.model import JudgedExchange
from harness.run.asking.question import AskedTurn
from harness.run.matrix import Selection, Trial, expand
from harness.spec.model.spec import Assertion
from harness.text.safe import printable


@dataclass(frozen=True, slots=True)
class LoadedConversation:
    """A conversation as a chat begins it.

    Attributes:
        case: the case whose variables are in it; None without cases.
        cases: how many it has.
        system: its system text; None for none.
        parameters: its own.
        past: turns whose replies it gives.
        waiting: the messages that are to be asked, in their order.
        left_out: what a chat cannot do, in words.
    """

    case: str | None
    cases: int
    system: str | None
    parameters: dict[str, Any]
    past: tuple[ChatTurn, ...]
    waiting: tuple[WaitingTurn, ...]
    left_out: tuple[str, ...]


def load_conversation(session: ChatSession, name: str, case: str = "") -> LoadedConversation:
    """Return a conversation of the spec with the variables of a case, by default its first.

    Raises:
        RequestError: there is no such conversation, or it has no such case.
    """
    trials = list(_list_trials(session, name, case))
    chosen = next((one for one in trials if not case or one.id.case == case), None)
    if chosen is None:
        some = ", ".join(printable(one.id.case or "") for one in trials[:10])
        raise make_usage_error(f"{printable(name)} has no case {printable(case)}", f"cases: {some}")
    conversation, turns = chosen.question.conversation, chosen.question.turns
    given = next((n for n, turn in enumerate(turns) if turn.assistant is None), len(turns))
    return LoadedConversation(
        chosen.id.case,
        len(trials),
        chosen.script.system,
        conversation.parameters.to_dict(),
        tuple(_make_past(number, turn) for number, turn in enumerate(turns[:given], start=1)),
        tuple(_make_waiting(turn) for turn in turns[given:]),
        tuple(_list_left_out(chosen)),
    )


def write_assertion(assertion: Assertion) -> Any:
    """Return an assertion as an author writes it: in its short form where that says all."""
    fields = assertion.model_dump(
        by_alias=True, exclude_defaults=True, exclude={"type", "negated", "assertions"}
    )
    if assertion.assertions:
        fields["assert"] = [write_assertion(one) for one in assertion.assertions]
    if not fields:
        return assertion.name
    if set(fields) == {"value"} and not isinstance(fields["value"], dict):
        return {assertion.name: fields["value"]}
    return {"type": assertion.name, **fields}


MOST_CASES = 200
"""Cases that are looked through for the one that is named."""


def _list_trials(session: ChatSession, name: str, case: str) -> Iterator[Trial]:
    spec = session.spec_file.spec
    ids = [one.id for one in spec.conversations]
    if name not in ids:
        near = get_close_matches(name, ids, n=1, cutoff=0.5)
        known = ", ".join(map(printable, ids[:10])) or "none"
        hint = f"did you mean {printable(near[0])}?" if near else f"conversations: {known}"
        raise make_usage_error(f"the spec has no conversation {printable(name)}", hint)
    evaluation = spec.evaluation.model_copy(update={"repeats": 1})
    plain = spec.model_copy(update={"variants": {}, "evaluation": evaluation})
    selection = Selection(conversations=(name,))
    try:
        matrix = expand(plain, [session.target], selection, session.ports.run.cases)
    except RequestError as error:
        raise make_usage_error(f"{printable(name)} has no cases", "", str(error)) from None
    for number, trial in enumerate(matrix.trials(session.target)):
        if number >= MOST_CASES and trial.id.case != case:
            continue
        yield trial


def _make_past(number: int, turn: AskedTurn) -> ChatTurn:
    reply = Reply(text=turn.assistant or "", finish_reason="stop")
    return ChatTurn(JudgedExchange(Exchange(number, turn.user, reply, scripted=True), (), None))


def _make_waiting(turn: AskedTurn) -> WaitingTurn:
    demands = tuple(ChatAssertion(one, write_assertion(one)) for one in turn.assertions)
    return WaitingTurn(turn.user, demands)


def _list_left_out(trial: Trial) -> Iterator[str]:
    """Yield what of a conversation a chat does not do, in words."""
    question = trial.question
    if trial.script.tools:
        yield "its tools"
    if any(turn.messages for turn in question.turns):
        yield "`messages` but for the user's last one"
    if any(turn.images for turn in question.turns):
        yield "images"
    if any(turn.parameters for turn in question.turns):
        yield "parameters of single turns"
    if question.stores:
        yield "replies that are stored as variables"
    if question.assertions:
        yield "assertions on the whole conversation"
