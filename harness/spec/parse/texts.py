"""``file://PATH`` -> what the file holds: text, or JSON and YAML where a structure is wanted."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from harness.source import Span
from harness.spec.document.located import ANY, Node, Path, edit, locate
from harness.spec.document.problems import Problems
from harness.spec.document.words import quote
from harness.spec.model.assertion_forms import AssertionForms, parse_code_file, parse_name
from harness.spec.parse.assemble import Sources
from harness.spec.parse.data import HALF_CHARACTER, parse_json

SCHEME = "file://"
DEEPEST = 64


TEXTS = (
    ("evaluation", "system"),
    ("variants", ANY, "system"),
    ("variants", ANY, "user"),
    ("conversations", ANY, "system"),
    ("conversations", ANY, "turns", ANY, "user"),
)
STRUCTURES = (
    ("conversations", ANY, "tools"),
    ("conversations", ANY, "tools", ANY),
    *(
        (*above, "parameters", "response_format")
        for above in (
            ("evaluation",),
            ("variants", ANY),
            ("conversations", ANY),
            ("conversations", ANY, "turns", ANY),
            ("accounts", ANY, "deployments", ANY),
            ("providers", ANY, "models", ANY),
        )
    ),
)
ASSERTIONS = (
    ("defaults", "assert", ANY),
    ("conversations", ANY, "assert", ANY),
    ("conversations", ANY, "turns", ANY, "assert", ANY),
)


def load_texts(root: Node, sources: Sources, forms: AssertionForms) -> Node:
    """Replace every ``file://`` of a document, in the keys where the contract allows it."""
    if not sources.names_texts:
        return root

    def text(path: Path, node: Node) -> Node:
        del path
        return _load(node, sources, structure=False)

    def structure(path: Path, node: Node) -> Node:
        del path
        return _load(node, sources, structure=True)

    def assertion(path: Path, node: Node) -> Node:
        del path
        return _load_value(node, sources, forms)

    for patterns, change in ((TEXTS, text), (STRUCTURES, structure), (ASSERTIONS, assertion)):
        for pattern in patterns:
            root = edit(root, pattern, change)
    return root


def _load_value(node: Node, sources: Sources, forms: AssertionForms) -> Node:
    """Return an assertion, in whichever form, with what its value names; inside sets too."""
    for inside in (("assert", ANY), ("assert-set", ANY), ("assert-set", "assert", ANY)):
        node = edit(node, inside, lambda _, part: _load_value(part, sources, forms))
    items = dict(node.items)
    named = items["type"].text if "type" in items else None
    for key in node.items:
        if key == "rubric_prompt":
            items[key] = _load(items[key], sources, structure=False)
            continue
        name = named or "" if key == "value" else key
        parsed = parse_name(name, forms)
        text = items[key].text
        if parsed is not None and text is not None:
            if forms[parsed[0]].kind.runs_code and parse_code_file(text) is not None:
                continue  # it is called, not read
            structure = not forms[parsed[0]].kind.is_text
            items[key] = _load(items[key], sources, structure=structure)
    if all(items[key] is node.items[key] for key in items):
        return node
    return replace(node, value=items)


def _load(node: Node, sources: Sources, *, structure: bool) -> Node:
    text = node.text
    if text is None or not text.startswith(SCHEME):
        return node
    path = sources.resolve(replace(node, value=text.removeprefix(SCHEME)))
    if path is None:
        return node
    if structure and path.endswith((".yaml", ".yml")):
        tree = sources.read_tree(path, node.span)
        return node if tree is None else tree
    content = sources.read_whole_text(path, node.span)
    if content is None:
        return node
    if structure and path.endswith(".json"):
        return _decode_json(content, path, node, sources.problems)
    return Node(content, node.span)


def _decode_json(content: str, path: str, node: Node, problems: Problems) -> Node:
    """Decode JSON by Python's own reader: YAML's refuses the surrogate pairs that JSON writes."""
    try:
        value = parse_json(content, object_pairs_hook=_refuse_doubles)
        return _require_shallow(locate(value, Span(path, 1, 1)))
    except json.JSONDecodeError as error:
        span = Span(path, error.lineno, error.colno)
        problems.error("H104", span, "the text is not JSON", detail=error.msg)
    except _DoubleKeyError as error:
        summary = f"the key {quote(error)} stands twice"
        problems.error("H107", Span(path, 1, 1), summary)
    except UnicodeEncodeError:
        problems.error("H103", Span(path, 1, 1), HALF_CHARACTER)
    except (RecursionError, ValueError):
        problems.error("H105", Span(path, 1, 1), f"more than {DEEPEST} levels of nesting")
    return node


class _DoubleKeyError(Exception):
    """A JSON object that holds one key twice."""


def _refuse_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    items = dict(pairs)
    if len(items) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _DoubleKeyError(key)
            seen.add(key)
    return items


def _require_shallow(node: Node, depth: int = 1) -> Node:
    if depth > DEEPEST:
        raise ValueError
    for child in (*node.items.values(), *node.elements):
        _require_shallow(child, depth + 1)
    return node
