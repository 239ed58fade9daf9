"""Rewriting of the forms that an assertion may be written in to the long one.

``- is-json``, ``- icontains: Bill Gates``, ``- {type: regex, value: x}``, ``- skip: reason`` and
``- assert-set: {…}`` all become ``{type, negated, value, …}``; every part keeps its place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.source import Span
from harness.spec.document.located import ANY, Node, Path, edit
from harness.spec.document.problems import Problems
from harness.spec.document.words import join_names, quote
from harness.spec.model.assertion_forms import (
    BESIDE,
    NEGATION,
    SKIP,
    AssertionForms,
    list_names,
    parse_name,
)
from harness.spec.parse import aliases

RUBRIC = "llm-rubric"
"""The assertion that a sentence alone stands for."""
LONG = ("type", "value", "assert", *BESIDE)
OWNERS = (
    ("defaults",),
    ("defaults", "turn"),
    ("conversations", ANY, "turns", ANY),
    ("conversations", ANY),
)
CASES = ("conversations", ANY, "cases", ANY)
PARTS = ("assert", "threshold", "weight", "metric")


def unfold(root: Node, problems: Problems, forms: AssertionForms) -> Node:
    """Write every assertion of a document in its long form; what is none is left out."""
    unfolder = _Unfolder(problems, forms)

    def change(path: Path, node: Node) -> Node:
        del path
        return unfolder.unfold_in(node)

    for owner in OWNERS:
        root = edit(root, owner, change)
    return edit(root, CASES, lambda _, case: unfolder.unfold_assert(case))


def unfold_case(case: Node, problems: Problems, forms: AssertionForms) -> Node:
    """Write the assertions of one case in their long form."""
    return _Unfolder(problems, forms).unfold_assert(case)


@dataclass(frozen=True, slots=True)
class _Unfolder:
    """Writes assertions in their long form and notes the problems that it meets."""

    problems: Problems
    forms: AssertionForms

    def unfold_in(self, node: Node) -> Node:
        self._refuse_internal_name(node)
        return self.unfold_assert(node)

    def unfold_assert(self, node: Node) -> Node:
        written = node.items.get("assert")
        if written is None:
            return node
        return replace(node, value={**node.items, "assert": self._unfold_list(written)})

    def _refuse_internal_name(self, node: Node) -> None:
        if "assertions" in node.items:
            span = node.key_span("assertions")
            self.problems.error(
                "H201", span, 'unknown key "assertions"', hint='did you mean "assert"?'
            )

    def _unfold_list(self, written: Node) -> Node:
        if not isinstance(written.value, list):
            self.problems.error(
                "H203",
                written.span,
                "`assert` wants a list",
                hint="begin each assertion with `- `",
            )
            return replace(written, value=[])
        unfolded = [self._unfold_one(element) for element in written.elements]
        return replace(written, value=[node for node in unfolded if node is not None])

    def _unfold_one(self, node: Node) -> Node | None:
        if node.text is not None:
            if any(character.isspace() for character in node.text.strip()):
                return self._build(node, RUBRIC, node.span, {"value": node})
            return self._build(node, node.text, node.span, {})
        if not isinstance(node.value, dict):
            hint = "for example `- contains: text`"
            self.problems.error("H311", node.span, "an assertion is a name or a mapping", hint=hint)
            return None
        if "type" in node.items:
            return self._from_long(node)
        return self._from_short(node)

    def _from_long(self, node: Node) -> Node | None:
        kind = node.items["type"]
        if kind.text is None:
            self.problems.error("H311", kind.span, "`type` wants the name of an assertion")
            return None
        fields = {}
        for key, child in node.items.items():
            if key in LONG:
                fields[key] = child
            else:
                hint = self._nearest_key(key, LONG)
                self.problems.error(
                    "H201", node.key_span(key), f"unknown key {quote(key)}", hint=hint
                )
        fields.pop("type")
        return self._build(node, kind.text, kind.span, fields)

    def _from_short(self, node: Node) -> Node | None:
        named = [
            key for key in node.items if parse_name(key, self.forms) is not None or key == SKIP
        ]
        strangers = [key for key in node.items if key not in named and key not in BESIDE]
        if len(named) > 1:
            self.problems.error(
                "H311",
                node.key_span(named[1]),
                f"two assertions in one: {join_names(named)}",
                hint="give each its own `- `",
            )
            return None
        for key in strangers:
            if named:
                hint = self._nearest_key(key, BESIDE)
                self.problems.error(
                    "H201", node.key_span(key), f"unknown key {quote(key)}", hint=hint
                )
            else:
                self._note_unknown(key, node.key_span(key))
        if not named:
            if not strangers:
                hint = "for example `- contains: text`"
                self.problems.error(
                    "H311", node.span, "an assertion names what it asserts", hint=hint
                )
            return None
        name = named[0]
        fields = {key: node.items[key] for key in node.items if key in BESIDE}
        value = node.items[name]
        parsed = parse_name(name, self.forms)
        if parsed is not None and self.forms[parsed[0]].kind.holds_assertions:
            fields |= self._read_parts(value)
        elif (
            parsed is not None and self.forms[parsed[0]].short_threshold and value.value is not None
        ):
            if "threshold" in fields:
                self.problems.error(
                    "H311", node.key_span("threshold"), "the threshold stands twice"
                )
            fields["threshold"] = value
        elif value.value is not None or (
            parsed is not None and self.forms[parsed[0]].kind.may_be_null
        ):
            fields["value"] = value
        return self._build(node, name, node.key_span(name), fields)

    def _note_unknown(self, name: str, span: Span) -> None:
        known = aliases.ASSERTIONS.get(name.removeprefix(NEGATION))
        hint = known or self.problems.suggest(name, list_names(self.forms))
        hint = hint or "an assertion is a name and a value: `icontains: Stockholm`"
        self.problems.error("H310", span, f"unknown assertion {quote(name)}", hint=hint)

    def _nearest_key(self, key: str, choices: tuple[str, ...]) -> str:
        return aliases.KEYS.get(key) or self.problems.suggest(key, choices)

    def _read_parts(self, value: Node) -> dict[str, Node]:
        if isinstance(value.value, list):
            return {"assert": value}
        for key in value.items:
            if key not in PARTS:
                hint = self.problems.suggest(key, PARTS)
                self.problems.error(
                    "H201", value.key_span(key), f"unknown key {quote(key)}", hint=hint
                )
        return {key: child for key, child in value.items.items() if key in PARTS}

    def _build(
        self, node: Node, name: str, name_span: Span, fields: dict[str, Node]
    ) -> Node | None:
        if name == SKIP:
            kind, negated = SKIP, False
            if fields.get("value") is None or fields["value"].text is None:
                self.problems.error("H312", name_span, "`skip` wants the reason, a text")
                return None
        else:
            parsed = parse_name(name, self.forms)
            if parsed is None:
                self._note_unknown(name, name_span)
                return None
            kind, negated = parsed
        if kind != SKIP and self.forms[kind].kind.holds_assertions:
            fields = {**fields, "assert": self._unfold_set(fields.get("assert"), name_span)}
        elif "assert" in fields:
            summary = f"only `assert-set` holds assertions, not {quote(name)}"
            self.problems.error("H311", node.key_span("assert"), summary)
            fields = {key: child for key, child in fields.items() if key != "assert"}
        head = {"type": Node(kind, name_span), "negated": Node(negated, name_span)}
        keys = {**node.keys, "type": name_span}
        for key, child in fields.items():
            keys.setdefault(key, child.span)
        return Node({**head, **fields}, node.span, keys)

    def _unfold_set(self, parts: Node | None, span: Span) -> Node:
        if parts is None or parts.value is None or parts.value == []:
            self.problems.error("H312", span, "`assert-set` wants `assert`: a list of assertions")
            return Node([], span)
        return self._unfold_list(parts)
