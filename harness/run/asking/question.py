"""A conversation's question, once a case's variables are in it.

A question is the same whatever target, variant or repeat it is put to: its hash is what makes two
results comparable. System text, parameters, tools and variant templates are the treatment and do
not enter it.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.checks.definitions import FORMS
from harness.checks.registry import has_comparison, needs_likelihoods
from harness.conversation.chat_form import write_message
from harness.conversation.play import ToolAnswer
from harness.conversation.transcript import Exchange, Message
from harness.errors import Diagnostic, RequestError
from harness.run.asking.messages import fill_messages
from harness.run.asking.transforms import Transform, demand_part, take_part
from harness.spec.document.template import (
    MOST_CHARACTERS,
    fill,
    find_names,
    holds_braces,
    render,
    substitute,
)
from harness.spec.formats.data import ASSERT
from harness.spec.model.spec import Assertion, Conversation, ToolResult, Turn
from harness.spec.values.filling import fill_value
from harness.text.safe import printable

TOO_LONG = "H622"

Rows = Callable[[Conversation], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class AskedTurn:
    """A turn with its variables filled in.

    ``parameters`` are the turn's own; ``threshold`` is the conversation's where it has none;
    ``tools`` are what the model may call. ``written`` is the turn as written where it names replies
    that earlier turns store (as ``store_as``): it is filled in, all in one pass, when they are
    known, and until then those names stay as they are. ``likelihoods`` says that a check needs to
    know how likely the reply's tokens were. ``messages`` stand in the place of ``user``, which is
    then the text of the user's last one.
    """

    user: str
    assistant: str | None
    parameters: Mapping[str, Any]
    tool_answers: tuple[ToolAnswer, ...]
    assertions: tuple[Assertion, ...]
    threshold: float | None
    tools: tuple[Any, ...] = ()
    store_as: str | None = None
    written: Turn | None = None
    likelihoods: bool = False
    images: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()
    transform: Transform | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A conversation and a case of it, ready to be put to any target.

    ``assertions`` are the conversation's own and those of ``defaults``. ``compared`` says whether
    some check, of a turn or of the whole, is about all replies to it together. ``later`` are the
    assertions as written where they name stored replies.
    """

    conversation: Conversation
    case: str | None
    variables: Mapping[str, Any]
    turns: tuple[AskedTurn, ...]
    assertions: tuple[Assertion, ...]
    sha256: str
    compared: bool = False
    later: tuple[Assertion, ...] | None = None

    @property
    def stores(self) -> bool:
        """True when later turns or checks name replies that are stored."""
        return self.later is not None or any(turn.written is not None for turn in self.turns)

    def count_text(self) -> int:
        """Count the characters of what its turns say."""
        said = (len(one.content or "") for turn in self.turns for one in turn.messages)
        return sum(len(turn.user) for turn in self.turns) + sum(said)

    def find_variables(self, exchanges: Sequence[Exchange]) -> Mapping[str, Any]:
        """Return the variables after these exchanges: the case's, and stored replies."""
        told = {
            turn.store_as: take_part(exchange.reply.text, turn.transform)
            for exchange in exchanges
            if (turn := self.turns[exchange.number - 1]).store_as is not None
            and exchange.reply is not None
        }
        return {**self.variables, **told} if told else self.variables

    def turn(self, number: int, before: Sequence[Exchange]) -> AskedTurn:
        """Return a turn as it is asked after these exchanges."""
        turn = self.turns[number - 1]
        if turn.written is None:
            return turn
        return _fill_turn(
            self.conversation, turn.written, self.find_variables(before), turn.likelihoods
        )

    def settle(self, exchanges: Sequence[Exchange]) -> Question:
        """Return the question as these exchanges made it; itself where nothing is named later."""
        if not self.stores:
            return self
        turns = tuple(
            self.turn(number, exchanges[: number - 1]) for number in range(1, len(self.turns) + 1)
        )
        assertions = self.assertions
        if self.later is not None:
            assertions = _fill_assertions(self.later, self.find_variables(exchanges))
        return replace(self, turns=turns, assertions=assertions)


@dataclass(frozen=True, slots=True)
class Case:
    """A row of a data set or a combination of a matrix; ``name`` is None without either.

    ``assertions`` are the case's own: they join those of the last turn that is asked.
    """

    name: str | None
    variables: Mapping[str, Any]
    assertions: tuple[Assertion, ...] = ()


def list_cases(conversation: Conversation, rows: Rows) -> Iterator[Case]:
    """Return the cases of a conversation in order, one at a time.

    A row's column ``id`` names its case; a row without one is ``#1``, ``#2`` …, by its place.
    A combination of a matrix is named by its values: ``language=English, tone=formal``.
    """
    if conversation.cases is None and conversation.matrix is None:
        yield Case(None, conversation.vars)
        return
    if conversation.cases is not None:
        for number, row in enumerate(rows(conversation), start=1):
            name = render(row["id"]) if row.get("id") not in {None, ""} else f"#{number}"
            demands = row.get(ASSERT) or ()
            variables = {key: value for key, value in row.items() if key != ASSERT}
            assertions = tuple(map(Assertion.model_validate, demands))
            yield Case(name, {**conversation.vars, **variables}, assertions)
        return
    for combination in _list_combinations(conversation.matrix or {}):
        name = ", ".join(f"{key}={render(value)}" for key, value in combination.items())
        yield Case(name, {**conversation.vars, **combination})


def _list_combinations(matrix: Mapping[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    for values in itertools.product(*matrix.values()):
        yield dict(zip(matrix, values, strict=True))


def ask(conversation: Conversation, case: Case, defaults: tuple[Assertion, ...]) -> Question:
    """Return the question that a case makes of a conversation.

    Raises:
        RequestError: its turns say more than any model reads.
        SpecError: a text of it does.
    """
    variables = case.variables
    of_whole = needs_likelihoods((*conversation.assertions, *defaults))
    stored = {turn.store_as for turn in conversation.turns if turn.store_as is not None}
    turns = []
    for turn in _join_assertions(conversation.turns, case.assertions):
        likelihoods = of_whole or needs_likelihoods(turn.assertions)
        asked = _fill_turn(conversation, turn, variables, likelihoods)
        later = bool(stored) and _names_any(turn, stored)
        turns.append(replace(asked, written=turn) if later else asked)
    written = (*conversation.assertions, *defaults)
    assertions = _fill_assertions(written, variables)
    question = Question(
        conversation=conversation,
        case=case.name,
        variables=variables,
        turns=tuple(turns),
        assertions=assertions,
        sha256=_fingerprint(turns, assertions, conversation.threshold),
        compared=is_compared(conversation, defaults),
        later=written if stored and _any_names(written, stored) else None,
    )
    if question.count_text() > MOST_CHARACTERS:
        raise _too_long_error(question)
    return question


def _too_long_error(question: Question) -> RequestError:
    case = "" if question.case is None else f", case {question.case}"
    return RequestError(
        Diagnostic(
            TOO_LONG,
            f"a conversation says {question.count_text():,} characters; no model reads more than "
            f"{MOST_CHARACTERS:,}",
            printable(f"conversation {question.conversation.id}{case}"),
            hint="shorten its variables, or give it fewer turns: each sends the whole history",
        )
    )


def _join_assertions(turns: Sequence[Turn], more: tuple[Assertion, ...]) -> Sequence[Turn]:
    """Return the turns, more assertions joined to the last one that is asked."""
    asked = [number for number, turn in enumerate(turns) if turn.assistant is None]
    if not more or not asked:
        return turns
    last = turns[asked[-1]]
    joined = last.model_copy(update={"assertions": (*last.assertions, *more)})
    return [*turns[: asked[-1]], joined, *turns[asked[-1] + 1 :]]


def _fill_turn(
    conversation: Conversation, turn: Turn, variables: Mapping[str, Any], likelihoods: bool
) -> AskedTurn:
    transform = _fill_transform(turn, variables)
    # Of history nothing is demanded; it is the author's own.
    implied = demand_part(turn.transform) if turn.assistant is None else ()
    demands = (*turn.assertions, *implied)
    messages = fill_messages(conversation, turn, variables)
    users = [message.content or "" for message in messages if message.role == "user"]
    return AskedTurn(
        user=fill_text(turn.user or "", variables) if not messages else (users or [""])[-1],
        messages=messages,
        assistant=None if turn.assistant is None else fill_text(turn.assistant, variables),
        parameters=turn.parameters.to_dict(),
        tool_answers=tuple(_fill_tool_answer(result, variables) for result in turn.tool_results),
        assertions=_fill_assertions(demands, variables),
        threshold=conversation.threshold if turn.threshold is None else turn.threshold,
        tools=fill_tools(conversation, variables),
        store_as=turn.store_as,
        transform=transform,
        likelihoods=likelihoods,
        images=turn.images,
    )


def fill_tools(conversation: Conversation, variables: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what the model may call, the values of variables in it."""
    tools = conversation.tools
    return tuple(fill(tools, variables)) if holds_braces(tools) else tools


def _fill_transform(turn: Turn, variables: Mapping[str, Any]) -> Transform | None:
    if isinstance(turn.transform, str):
        return fill_text(turn.transform, variables)
    return turn.transform


def is_compared(conversation: Conversation, defaults: tuple[Assertion, ...]) -> bool:
    """Return whether the conversation's trials are compared with each other."""
    whole = (*conversation.assertions, *conversation.case_assertions, *defaults)
    return has_comparison(whole) or any(
        has_comparison(turn.assertions) for turn in conversation.turns
    )


def _names_any(turn: Turn, stored: set[str]) -> bool:
    """Return whether a turn names any of these replies."""
    said = (
        turn.user,
        turn.messages,
        turn.assistant,
        turn.transform if isinstance(turn.transform, str) else None,
        [[one.arguments, one.result] for one in turn.tool_results],
    )
    return any(_mentions(value, stored) for value in said) or _any_names(turn.assertions, stored)


def _any_names(assertions: tuple[Assertion, ...], stored: set[str]) -> bool:
    return any(
        _mentions((one.value, one.path, one.when, one.config), stored)
        or _any_names(one.assertions, stored)
        for one in assertions
    )


def _mentions(value: Any, stored: set[str]) -> bool:
    if isinstance(value, str):
        return "{{" in value and any(name.split(".")[0] in stored for name in find_names(value))
    if isinstance(value, Mapping):
        value = tuple(value.values())
    return isinstance(value, (list, tuple)) and any(_mentions(inner, stored) for inner in value)


def fill_text(text: str, variables: Mapping[str, Any]) -> str:
    """Return the text with its variables filled in."""
    return substitute(text, variables) if "{{" in text else text


def _fill_assertions(
    assertions: tuple[Assertion, ...], variables: Mapping[str, Any]
) -> tuple[Assertion, ...]:
    return tuple(_fill_assertion(assertion, variables) for assertion in assertions)


def _fill_assertion(assertion: Assertion, variables: Mapping[str, Any]) -> Assertion:
    """Return the assertion, filled in; itself where there is nothing to fill in, as in most.

    A ``rubric_prompt`` is filled in when the reply is there that it may name, all in one pass.
    """
    form = FORMS.get(assertion.type)
    written = assertion.value
    value = fill(written, variables) if form is None else fill_value(form, written, variables)
    path = None if assertion.path is None else fill_text(assertion.path, variables)
    parts = _fill_assertions(assertion.assertions, variables)
    filled = {
        "value": value,
        "path": path,
        "when": None if assertion.when is None else render(fill(assertion.when, variables)),
        "config": fill(assertion.config, variables),
        "assertions": parts,
    }
    changed = {key: value for key, value in filled.items() if value != getattr(assertion, key)}
    return assertion.model_copy(update=changed) if changed else assertion


def _fill_tool_answer(result: ToolResult, variables: Mapping[str, Any]) -> ToolAnswer:
    return ToolAnswer(
        name=result.name,
        content=render(fill(result.result, variables)),
        arguments=fill(result.arguments, variables),
    )


def _fingerprint(
    turns: Sequence[AskedTurn], assertions: tuple[Assertion, ...], threshold: float | None
) -> str:
    asked: list[Any] = [
        [
            turn.user,
            turn.assistant,
            [[answer.name, answer.arguments, answer.content] for answer in turn.tool_answers],
            [_describe_assertion(assertion) for assertion in turn.assertions],
            turn.threshold,
            *turn.images,
            *([[write_message(message) for message in turn.messages]] if turn.messages else []),
        ]
        for turn in turns
    ]
    whole = [asked, [_describe_assertion(assertion) for assertion in assertions], threshold]
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _describe_assertion(assertion: Assertion) -> list[Any]:
    """Describe an assertion's demand, without what only measures or names: no metric."""
    return [
        assertion.name,
        assertion.value,
        assertion.path,
        assertion.threshold,
        assertion.weight,
        assertion.judge,
        assertion.rubric_prompt,
        [_describe_assertion(part) for part in assertion.assertions],
        *([["when", assertion.when]] if assertion.when is not None else []),
        *([["config", assertion.config]] if assertion.config is not None else []),
    ]
