"""Keys that are right one by one and mean nothing together, or nothing alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.spec.document import walk
from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.words import join_names, quote
from harness.spec.model.assertion_forms import AssertionForms
from harness.spec.model.resources import Parameters

MOST_CASES: Final = 1_000_000
"""Cases that a matrix may make: they are gone through one by one before anything is sent."""
FAULT_EFFECTS = (
    "status", "code", "reset", "truncate", "delay_s", "grow_s", "drip_s", "body", "malform",
    "model", "limit", "headers", "clock_s",
)  # fmt: skip
REPLY_EFFECTS = ("reply", "tool_calls", "finish_reason")
NOT_SCRIPTED = ("assert", "tool_results", "parameters", "threshold")

ELSEWHERE: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("max_tokens", "max_completion_tokens"), "write it beside `extra`: max_output_tokens"
    ),
    **dict.fromkeys(("model", "input", "messages"), "the target and its turns decide it"),
    "instructions": "write `system`",
    "tools": "write `tools` at the conversation",
    "stream": "write evaluation: {stream: true}",
    "stream_options": "write evaluation: {stream: true}: usage is asked for",
    "n": "one reply is read; write `repeats`",
    "previous_response_id": "the whole history is sent each time",
    "conversation": "the whole history is sent each time",
    "background": "an answer is waited for",
}
"""Parts of a request that are not an author's parameters, and where they come from."""


def check(root: Node, problems: Problems, forms: AssertionForms) -> None:
    """Note combinations of keys that would be ignored if nobody said so."""
    _warn_of_defaults(root, problems, forms)
    for conversation in walk.list_conversations(root):
        _check_cases(conversation, problems)
        for turn in walk.list_turns(conversation):
            _check_scripted(turn, problems)
    for parameters in _list_parameters(root):
        _check_extra(parameters, problems)
    for fault in _list_rules(root.at("simulator", "faults")):
        _require_effect(fault, FAULT_EFFECTS, "a fault does nothing", problems)
    for reply in _list_rules(root.at("simulator", "replies")):
        _require_effect(reply, REPLY_EFFECTS, "a reply says nothing", problems)


def _warn_of_defaults(root: Node, problems: Problems, forms: AssertionForms) -> None:
    """Warn of checks of one reply that are made of all replies of a conversation, joined."""
    defaults = root.at("defaults")
    for assertion in walk.iterate_own_assertions(defaults) if defaults is not None else ():
        name = walk.read_kind(assertion)
        if name in forms and forms[name].of_whole_text:
            problems.warn(
                "H314",
                assertion.span,
                f"{quote(name)} in `defaults.assert` looks at all replies of a conversation",
                hint="defaults: {turn: {assert: […]}} looks at each reply",
            )


def _list_parameters(root: Node) -> list[Node]:
    """List the parameters of everything that has some."""
    owners = [root.at("evaluation")]
    for key, inner in (("accounts", "deployments"), ("providers", "models")):
        for _, owner in walk.list_entries(root, key):
            owners += [below for _, below in walk.list_entries(owner, inner)]
    owners += [variant for _, variant in walk.list_entries(root, "variants")]
    for conversation in walk.list_conversations(root):
        owners += [conversation, *walk.list_turns(conversation)]
    found = [owner.at("parameters") for owner in owners if owner is not None]
    return [parameters for parameters in found if parameters is not None]


def _check_extra(parameters: Node, problems: Problems) -> None:
    """Note what stands under ``extra`` and has a name, or a place, of its own."""
    for name, _ in walk.list_entries(parameters, "extra"):
        hint = ELSEWHERE.get(name)
        if hint is None and name in Parameters.model_fields:
            hint = f"write it beside `extra`: {name}"
        if hint is not None:
            span = parameters.items["extra"].key_span(name)
            summary = f"{quote(name)} is no extra parameter: it has a name of its own"
            problems.error("H209", span, summary, hint=hint)


def _list_rules(node: Node | None) -> list[Node]:
    return [element for element in node.elements if element.items] if node is not None else []


def _check_cases(conversation: Node, problems: Problems) -> None:
    cases, matrix = conversation.at("cases"), conversation.at("matrix")
    if cases is not None and matrix is not None:
        span = conversation.key_span("matrix")
        problems.error("H209", span, "a conversation has either `cases` or a `matrix`")
    if cases is not None and cases.value == []:
        problems.error("H202", cases.span, "`cases` is empty")
    if matrix is not None and matrix.value == {}:
        problems.error("H202", matrix.span, "`matrix` is empty")
    elements = cases.elements if cases is not None else []
    demanding = [case for case in elements if case.at("assert") is not None]
    if demanding and all(
        turn.at("assistant") is not None for turn in walk.list_turns(conversation)
    ):
        span = demanding[0].key_span("assert")
        summary = "the `assert` of a case joins the last turn that is asked, and none is"
        problems.error("H209", span, summary)
    number = 1
    for name, values in walk.list_entries(conversation, "matrix"):
        if values.value == []:
            problems.error("H202", values.span, f"the matrix has no value for {quote(name)}")
        number *= max(1, len(values.elements))
    if matrix is not None and number > MOST_CASES:
        problems.error(
            "H105",
            conversation.key_span("matrix"),
            f"the matrix makes {number:,} cases; at most {MOST_CASES:,} can be gone through",
            hint="take out a variable or values, or list what matters under `cases`",
        )


def _check_scripted(turn: Node, problems: Problems) -> None:
    if turn.at("assistant") is None:
        return
    for key in NOT_SCRIPTED:
        if key in turn.items:
            problems.error(
                "H209",
                turn.key_span(key),
                f"a turn with `assistant` is history: nothing is called, and {quote(key)} "
                "has no meaning",
            )


def _require_effect(rule: Node, effects: tuple[str, ...], summary: str, problems: Problems) -> None:
    given = [rule.at(key) for key in effects]
    if all(node is None or node.value is None for node in given):
        problems.error("H202", rule.span, summary, hint=f"give one of {join_names(effects)}")
