"""Columns and keys of cases that no text uses: probably instructions that nothing here reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.source import Span
from harness.spec.document import walk
from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.template import find_names
from harness.spec.document.words import join_names, quote
from harness.spec.formats.data import ASSERT, ID
from harness.spec.model.assertion_forms import AssertionForms
from harness.spec.model.providers import find_kind

FOR_PEOPLE = "x-"
"""Columns whose names begin so are notes: nobody is told that nothing uses them."""
OF_JUDGES = ("context", "query")
"""Variables that checks by a judge look at without their being named."""


def check(
    root: Node,
    columns: Mapping[str, tuple[str, ...]],
    named_in: Mapping[str, Iterable[str]],
    problems: Problems,
    forms: AssertionForms,
) -> None:
    """Warn of what cases hold and no text of their conversation names.

    Where the author's own code sees the variables, nothing is unused.
    """
    if any(find_kind(one).runs_code for _, one in walk.list_entries(root, "providers")):
        return
    everywhere = _list_used_everywhere(root)
    for conversation in walk.list_conversations(root):
        cases = conversation.at("cases")
        if cases is None:
            continue
        kinds = {walk.read_kind(one) for one in walk.iterate_conversation_assertions(conversation)}
        rows = [forms[kind] for kind in kinds if kind in forms]
        if any(form.runs_code for form in rows):
            continue
        used = {*OF_JUDGES} if any("judge" in form.needs for form in rows) else set()
        parts = [node for key, node in conversation.items.items() if key not in ("vars", "matrix")]
        used |= everywhere.union(*map(_list_used, parts))
        if cases.text is not None:
            used |= {name.split(".")[0] for name in named_in.get(cases.text, ())}
            if cases.text in columns:
                _warn(columns[cases.text], used, Span(cases.text, 1, 1), problems)
        elif cases.elements:
            keys = dict.fromkeys(key for case in cases.elements for key in case.items)
            _warn(keys, used, cases.span, problems)


def _list_used_everywhere(root: Node) -> set[str]:
    parts = [root.at("evaluation"), root.at("variants"), root.at("defaults")]
    parts += [provider.at("body") for _, provider in walk.list_entries(root, "providers")]
    return set().union(*map(_list_used, parts))


def _list_used(node: Node | None) -> set[str]:
    texts = walk.iterate_texts(node) if node is not None else ()
    return {
        name.split(".")[0]
        for text in texts
        if "{{" in (text.text or "")
        for name in find_names(text.text or "")
    }


def _warn(columns: Iterable[str], used: set[str], span: Span, problems: Problems) -> None:
    unused = [
        quote(name)
        for name in columns
        if name not in used and name not in (ID, ASSERT) and not name.startswith(FOR_PEOPLE)
    ]
    if unused:
        noun = "column" if len(unused) == 1 else "columns"
        problems.warn(
            "H505",
            span,
            f"no text uses the {noun} {join_names(unused)} of the cases",
            hint=f"name it as {{{{name}}}}, leave it out, or begin its name with {FOR_PEOPLE}",
        )
