"""The forms that an assertion may be written in -> the long one.

``- is-json``, ``- icontains: Bill Gates``, ``- {type: regex, value: x}``, ``- skip: reason`` and
``- assert-set: {…}`` all become ``{type, negated, value, …}``; every part keeps its place.
"""

from __future__ import annotations

from dataclasses import replace

from harness.source import Span
from harness.spec import elsewhere
from harness.spec.assertions import BESIDE, KINDS, NEGATION, SKIP, parse_name, spellings
from harness.spec.located import ANY, Node, Path, edit
from harness.spec.problems import Problems
from harness.spec.words import listed, quoted

LONG = ("type", "value", "assert", *BESIDE)
PARTS = ("assert", "threshold", "weight", "metric")


def unfold(root: Node, problems: Problems) -> Node:
    """The document with every assertion in its long form; what is none is left out."""

    def change(path: Path, node: Node) -> Node:
        del path
        return _with_long_forms(node, problems)

    for owner in (("defaults",), ("conversations", ANY, "turns", ANY), ("conversations", ANY)):
        root = edit(root, owner, change)
    return root


def _with_long_forms(node: Node, problems: Problems) -> Node:
    _refuse_internal_name(node, problems)
    written = node.items.get("assert")
    if written is None:
        return node
    return replace(node, value={**node.items, "assert": _list(written, problems)})


def _refuse_internal_name(node: Node, problems: Problems) -> None:
    if "assertions" in node.items:
        span = node.key_span("assertions")
        problems.error("H201", span, 'unknown key "assertions"', hint='did you mean "assert"?')


def _list(written: Node, problems: Problems) -> Node:
    if not isinstance(written.value, list):
        problems.error(
            "H203",
            written.span,
            "`assert` wants a list",
            hint="begin each assertion with `- `",
        )
        return replace(written, value=[])
    unfolded = [_assertion(element, problems) for element in written.elements]
    return replace(written, value=[node for node in unfolded if node is not None])


def _assertion(node: Node, problems: Problems) -> Node | None:
    if node.text is not None:
        return _long(node, node.text, node.span, {}, problems)
    if not isinstance(node.value, dict):
        hint = "for example `- contains: text`"
        problems.error("H311", node.span, "an assertion is a name or a mapping", hint=hint)
        return None
    if "type" in node.items:
        return _from_long(node, problems)
    return _from_short(node, problems)


def _from_long(node: Node, problems: Problems) -> Node | None:
    kind = node.items["type"]
    if kind.text is None:
        problems.error("H311", kind.span, "`type` wants the name of an assertion")
        return None
    fields = {}
    for key, child in node.items.items():
        if key in LONG:
            fields[key] = child
        else:
            hint = _nearest_key(key, LONG, problems)
            problems.error("H201", node.key_span(key), f"unknown key {quoted(key)}", hint=hint)
    fields.pop("type")
    return _long(node, kind.text, kind.span, fields, problems)


def _from_short(node: Node, problems: Problems) -> Node | None:
    named = [key for key in node.items if parse_name(key) is not None or key == SKIP]
    strangers = [key for key in node.items if key not in named and key not in BESIDE]
    if len(named) > 1:
        problems.error(
            "H311",
            node.key_span(named[1]),
            f"two assertions in one: {listed(named)}",
            hint="give each its own `- `",
        )
        return None
    for key in strangers:
        if named:
            hint = _nearest_key(key, BESIDE, problems)
            problems.error("H201", node.key_span(key), f"unknown key {quoted(key)}", hint=hint)
        else:
            _unknown_name(key, node.key_span(key), problems)
    if not named:
        if not strangers:
            hint = "for example `- contains: text`"
            problems.error("H311", node.span, "an assertion names what it asserts", hint=hint)
        return None
    name = named[0]
    fields = {key: node.items[key] for key in node.items if key in BESIDE}
    value = node.items[name]
    parsed = parse_name(name)
    if parsed is not None and KINDS[parsed[0]].value == "parts":
        fields |= _parts(value, problems)
    elif parsed is not None and KINDS[parsed[0]].short_threshold and value.value is not None:
        if "threshold" in fields:
            problems.error("H311", node.key_span("threshold"), "the threshold stands twice")
        fields["threshold"] = value
    elif value.value is not None or (parsed is not None and KINDS[parsed[0]].value == "any"):
        fields["value"] = value
    return _long(node, name, node.key_span(name), fields, problems)


def _unknown_name(name: str, span: Span, problems: Problems) -> None:
    known = elsewhere.ASSERTIONS.get(name.removeprefix(NEGATION))
    hint = known or problems.did_you_mean(name, spellings())
    problems.error("H310", span, f"unknown assertion {quoted(name)}", hint=hint)


def _nearest_key(key: str, choices: tuple[str, ...], problems: Problems) -> str:
    return elsewhere.KEYS.get(key) or problems.did_you_mean(key, choices)


def _parts(value: Node, problems: Problems) -> dict[str, Node]:
    if isinstance(value.value, list):
        return {"assert": value}
    for key in value.items:
        if key not in PARTS:
            hint = problems.did_you_mean(key, PARTS)
            problems.error("H201", value.key_span(key), f"unknown key {quoted(key)}", hint=hint)
    return {key: child for key, child in value.items.items() if key in PARTS}


def _long(
    node: Node, name: str, name_span: Span, fields: dict[str, Node], problems: Problems
) -> Node | None:
    if name == SKIP:
        kind, negated = SKIP, False
        if fields.get("value") is None or fields["value"].text is None:
            problems.error("H312", name_span, "`skip` wants the reason, a text")
            return None
    else:
        parsed = parse_name(name)
        if parsed is None:
            _unknown_name(name, name_span, problems)
            return None
        kind, negated = parsed
    if kind == "assert-set":
        fields = {**fields, "assert": _set(fields.get("assert"), name_span, problems)}
    elif "assert" in fields:
        summary = f"only `assert-set` holds assertions, not {quoted(name)}"
        problems.error("H311", node.key_span("assert"), summary)
        fields = {key: child for key, child in fields.items() if key != "assert"}
    head = {"type": Node(kind, name_span), "negated": Node(negated, name_span)}
    keys = {**node.keys, "type": name_span}
    for key, child in fields.items():
        keys.setdefault(key, child.span)
    return Node({**head, **fields}, node.span, keys)


def _set(parts: Node | None, span: Span, problems: Problems) -> Node:
    if parts is None or parts.value is None or parts.value == []:
        problems.error("H312", span, "`assert-set` wants `assert`: a list of assertions")
        return Node([], span)
    return _list(parts, problems)
