"""Keys that are right one by one and mean nothing together, or nothing alone."""

from __future__ import annotations

from harness.spec.document import walk
from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.words import join_names, quote
from harness.spec.model.assertion_forms import AssertionForms

FAULT_EFFECTS = ("status", "code", "reset", "truncate", "delay_s", "body")
REPLY_EFFECTS = ("reply", "tool_calls", "finish_reason")
NOT_SCRIPTED = ("assert", "tool_results", "parameters", "threshold")


def check(root: Node, problems: Problems, forms: AssertionForms) -> None:
    """Note combinations of keys that would be ignored if nobody said so."""
    _warn_of_defaults(root, problems, forms)
    for conversation in walk.list_conversations(root):
        _check_cases(conversation, problems)
        for turn in walk.list_turns(conversation):
            _check_scripted(turn, problems)
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
    for name, values in walk.list_entries(conversation, "matrix"):
        if values.value == []:
            problems.error("H202", values.span, f"the matrix has no value for {quote(name)}")


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
    if not any(key in rule.items for key in effects):
        problems.error("H202", rule.span, summary, hint=f"give one of {join_names(effects)}")
