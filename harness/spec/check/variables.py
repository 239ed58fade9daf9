"""``{{name}}`` that nobody defines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.spec.document import walk
from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.template import (
    NAME,
    find_names,
    find_other_braces,
    find_tags,
    read_lone_name,
)
from harness.spec.document.words import describe, join_names, quote
from harness.spec.model.assertion_forms import AssertionForms

TURN = "user"
"""In a variant's ``user``, the turn's own text."""
APPLICATION = ("messages", "user", "system", "session", "images")
"""Names that the body of an application's request may use beside a conversation's variables."""
CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class NamesInData:
    """The names that data sets bring, by the path of each.

    ``columns`` are variables; ``texts`` are those that the assertions of cases name, each with the
    first text that does.
    """

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, Node]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VariableScope:
    """The variables that one conversation knows.

    ``is_whole`` is False where a data set could not be read: then nothing is unknown. ``values``
    are what the spec itself gives each name: of a data set's columns nothing is known but the name.
    """

    conversation: str
    variables: Mapping[str, Node | None]
    is_whole: bool = True
    values: Mapping[str, list[Node]] = field(default_factory=dict)

    def knows(self, reference: str) -> bool:
        """Tell whether a dotted name leads somewhere, as far as is known before the play."""
        first, *fields = reference.split(".")
        if not self.is_whole:
            return True
        if first not in self.variables:
            return False
        node = self.variables[first]
        for step in fields:
            if node is None:
                return True
            if isinstance(node.value, list):
                node = node.at(int(step)) if len(step) < 10 and step.isdecimal() else None
            else:
                node = node.at(step)
            if node is None:
                return False
        return True


def check(
    root: Node,
    data: NamesInData,
    problems: Problems,
    forms: AssertionForms,
) -> None:
    """Note names that a conversation does not know, at the place that uses them."""
    scopes: list[VariableScope] = []
    told = _list_told(root)
    for conversation in walk.list_conversations(root):
        scope = _read_scope(conversation, data.columns)
        scopes.append(scope)
        for key in ("system", "tools", "parameters"):
            for node in _find_texts(conversation.at(key)):
                _check_names(node, (scope,), (), problems)
        known = (*_check_turns(conversation, scope, told, problems, forms), *told)
        _check_demands(conversation, (scope,), known, problems, forms)
        _check_cases(conversation, scope, known, data, problems, forms)
    own_system = {
        _read_id(conversation)
        for conversation in walk.list_conversations(root)
        if conversation.at("system") is not None
    }
    below = tuple(scope for scope in scopes if scope.conversation not in own_system)
    system = root.at("evaluation", "system")
    if system is not None:
        _check_names(system, below, (), problems)
    for node in _find_texts(root.at("evaluation", "parameters")):
        _check_names(node, tuple(scopes), (), problems)
    for _, variant in walk.list_entries(root, "variants"):
        for node in _find_texts(variant.at("parameters")):
            _check_names(node, tuple(scopes), (), problems)
        for key, more in (("system", ()), ("user", (TURN,))):
            template = variant.at(key)
            if template is not None:
                _check_names(template, tuple(scopes), more, problems)
    defaults = root.at("defaults")
    if defaults is not None:
        _check_demands(defaults, tuple(scopes), told, problems, forms)
    _check_applications(root, scopes, problems)


def _list_told(root: Node) -> tuple[str, ...]:
    """List the variables that some application tells beside its reply: its context."""
    providers = (provider for _, provider in walk.list_entries(root, "providers"))
    return (CONTEXT,) if any(provider.at(CONTEXT) is not None for provider in providers) else ()


def _check_cases(
    conversation: Node,
    scope: VariableScope,
    stored: tuple[str, ...],
    data: NamesInData,
    problems: Problems,
    forms: AssertionForms,
) -> None:
    """Check the names in the assertions of cases, which join those of the last turn."""
    cases = conversation.at("cases")
    if cases is None:
        return
    for case in cases.elements:
        _check_demands(case, (scope,), stored, problems, forms)
    for text in data.texts.get(cases.text or "", {}).values():
        _check_names(text, (scope,), stored, problems)


def _check_applications(root: Node, scopes: list[VariableScope], problems: Problems) -> None:
    merged = {name: None for scope in scopes for name in scope.variables}
    whole = all(scope.is_whole for scope in scopes)
    anywhere = VariableScope("any conversation", merged, whole)
    for _, provider in walk.list_entries(root, "providers"):
        for node in _find_texts(provider.at("body")):
            _check_names(node, (anywhere,), APPLICATION, problems)


def _read_scope(conversation: Node, columns: Mapping[str, tuple[str, ...]]) -> VariableScope:
    variables: dict[str, Node | None] = dict(walk.list_entries(conversation, "vars"))
    whole = True
    cases = conversation.at("cases")
    if cases is not None and cases.text is not None:
        whole = cases.text in columns
        variables |= dict.fromkeys(columns.get(cases.text, ()))
    elif cases is not None:
        for case in cases.elements:
            variables |= dict.fromkeys(case.items)
    variables |= dict.fromkeys(name for name, _ in walk.list_entries(conversation, "matrix"))
    values = {name: [node] for name, node in walk.list_entries(conversation, "vars")}
    for case in cases.elements if cases is not None else ():
        for name, node in case.items.items():
            values.setdefault(name, []).append(node)
    for name, node in walk.list_entries(conversation, "matrix"):
        values.setdefault(name, []).extend(node.elements)
    return VariableScope(_read_id(conversation), variables, whole, values)


def _read_id(conversation: Node) -> str:
    identifier = conversation.at("id")
    return (identifier.text or "") if identifier is not None else ""


def _check_turns(
    conversation: Node,
    scope: VariableScope,
    told: tuple[str, ...],
    problems: Problems,
    forms: AssertionForms,
) -> tuple[str, ...]:
    """Check the names in turns, which know the replies stored by earlier ones; return them all."""
    stored: list[str] = []
    for turn in walk.list_turns(conversation):
        for key in ("user", "messages", "assistant", "tool_results", "transform", "parameters"):
            for node in _find_texts(turn.at(key)):
                _check_names(node, (scope,), tuple(stored), problems)
        _check_demands(turn, (scope,), (*stored, *told), problems, forms)
        name = turn.at("store_as")
        if name is None or name.text is None:
            continue
        if not re.fullmatch(NAME, name.text):
            problems.error(
                "H304",
                name.span,
                f"{quote(name.text)} cannot be a variable's name",
                hint="letters, digits, _ and -, a letter first: the way {{name}} is written",
            )
        elif name.text in scope.variables or name.text in APPLICATION:
            problems.error(
                "H304",
                name.span,
                f"{quote(name.text)} is a variable already",
                detail="a stored reply does not replace what the case says",
                hint="choose another name",
            )
        else:
            stored.append(name.text)
    return tuple(stored)


def _check_demands(
    owner: Node,
    scopes: tuple[VariableScope, ...],
    more: tuple[str, ...],
    problems: Problems,
    forms: AssertionForms,
) -> None:
    """Check the names in the assertions of a turn or conversation, and the context some need."""
    for assertion in walk.iterate_own_assertions(owner):
        for key in ("value", "path", "when", "config"):
            for node in _find_texts(assertion.at(key)):
                _check_names(node, scopes, more, problems)
        prompt = assertion.at("rubric_prompt")
        if prompt is not None:
            _warn_of_tags(prompt, problems)
        _check_context(assertion, scopes, more, problems, forms)
        _check_meant(assertion, scopes, problems, forms)


def _check_meant(
    assertion: Node,
    scopes: tuple[VariableScope, ...],
    problems: Problems,
    forms: AssertionForms,
) -> None:
    """Note a list or a mapping in the place of a text that is looked for: no reply can hold it."""
    kind, value = walk.read_kind(assertion), assertion.at("value")
    form = forms.get(kind)
    if form is None or not form.kind.is_text or "judge" in form.needs:
        return
    name = read_lone_name((value.text if value is not None else None) or "")
    if value is None or name is None:
        return
    for scope in scopes:
        wrong = [node for node in scope.values.get(name, ()) if node.items or node.elements]
        if wrong:
            summary = f"{quote(kind)} wants a text, and {{{{{name}}}}} is {describe(wrong[0])}"
            hint = "contains-any and contains-all take lists, equals takes any value"
            problems.error("H312", value.span, summary, detail=f"at {wrong[0].span}", hint=hint)
            return


def _check_context(
    assertion: Node,
    scopes: tuple[VariableScope, ...],
    more: tuple[str, ...],
    problems: Problems,
    forms: AssertionForms,
) -> None:
    """Note an assertion about a context that nobody gives."""
    kind = walk.read_kind(assertion)
    source = forms[kind].context if kind in forms else "none"
    may_be_value = source == "value_or_variable"
    if source == "none" or CONTEXT in more or (may_be_value and assertion.at("value") is not None):
        return
    lacking = [scope for scope in scopes if not scope.knows(CONTEXT)]
    if lacking:
        where = join_names([quote(scope.conversation) for scope in lacking], most=3)
        problems.error(
            "H304",
            assertion.span,
            f"{kind} needs a variable named {CONTEXT}",
            detail=f"not known in {where}" if len(scopes) > 1 else "",
            hint="define it under `vars`, as a column of the cases, or let the application tell it"
            + ("; or give the context as the value" if may_be_value else ""),
        )


def _find_texts(node: Node | None) -> Iterator[Node]:
    return iter(()) if node is None else walk.iterate_texts(node)


def _check_names(
    node: Node, scopes: tuple[VariableScope, ...], more: tuple[str, ...], problems: Problems
) -> None:
    text = node.text or ""
    if "{" not in text:
        return
    for reference in find_names(text):
        if reference.split(".")[0] in more:
            continue
        lacking = [scope for scope in scopes if not scope.knows(reference)]
        if lacking:
            _note_unknown(node, reference, lacking, len(scopes), more, problems)
    for other in find_other_braces(text):
        problems.warn(
            "H304",
            node.span,
            f"{quote(other)} is not a variable's name: it stays as written",
            hint=r"only names are replaced; \{{ says that you mean the braces",
        )
    _warn_of_tags(node, problems)


def _warn_of_tags(node: Node, problems: Problems) -> None:
    for tag in find_tags(node.text or ""):
        problems.warn(
            "H304",
            node.span,
            f"{quote(tag)} is sent as it is written: there are no statements and no comments",
            hint="only {{name}} is replaced; give each case the text that it needs",
        )


def _note_unknown(
    node: Node,
    reference: str,
    lacking: list[VariableScope],
    of: int,
    more: tuple[str, ...],
    problems: Problems,
) -> None:
    known = (*lacking[0].variables, *more)
    where = [quote(scope.conversation) for scope in lacking]
    detail = f"not known in {join_names(where, most=3)}" if of > 1 else ""
    hint = problems.suggest(reference, known)
    if not hint:
        hint = f"known: {join_names(known)}" if known else "define it under `vars`, or in the cases"
    summary = f"unknown variable {quote(reference)}"
    problems.error("H304", node.span, summary, detail=detail, hint=hint)
