"""``file://PATH`` -> what the file holds: text, or JSON and YAML where a structure is wanted."""

from __future__ import annotations

import json
from dataclasses import replace

from harness.source import Span
from harness.spec.document.located import ANY, Node, Path, edit, locate, rewrite
from harness.spec.document.problems import Problems
from harness.spec.document.words import quote
from harness.spec.formats.data import ASSERT
from harness.spec.formats.json_text import JsonValueError, parse_json
from harness.spec.model.assertion_forms import AssertionForms, parse_code_file, parse_name
from harness.spec.parse.assemble import Sources

SCHEME = "file://"
DEEPEST = 64


TEXTS = (
    ("evaluation", "system"),
    ("variants", ANY, "system"),
    ("variants", ANY, "user"),
    ("conversations", ANY, "system"),
    ("conversations", ANY, "turns", ANY, "user"),
)
MESSAGES = ("conversations", ANY, "turns", ANY, "messages")
CONTENTS = ((*MESSAGES, ANY, "content"), (*MESSAGES, ANY, "content", ANY, "text"))
"""In messages that a file holds too, and relative to that file."""
STRUCTURES = (
    MESSAGES,
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
    ("defaults", "turn", "assert", ANY),
    ("conversations", ANY, "assert", ANY),
    ("conversations", ANY, "turns", ANY, "assert", ANY),
    ("conversations", ANY, "cases", ANY, "assert", ANY),
)
VALUES = (("conversations", ANY, "vars"), ("conversations", ANY, "matrix"))
CASES = ("conversations", ANY, "cases", ANY)
REFUSED = (
    ("conversations", ANY, "turns", ANY, "assistant"),
    ("conversations", ANY, "turns", ANY, "tool_results"),
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
        return load_value(node, sources, forms)

    for patterns, change in (
        (TEXTS, text),
        (STRUCTURES, structure),
        (CONTENTS, text),
        (ASSERTIONS, assertion),
    ):
        for pattern in patterns:
            root = edit(root, pattern, change)
    for pattern in VALUES:
        root = edit(root, pattern, lambda _, node: _load_below(node, sources))
    for pattern in REFUSED:
        edit(root, pattern, lambda _, node: _refuse_below(node, sources.problems))
    return edit(root, CASES, lambda _, case: load_cells(case, sources))


def load_cells(case: Node, sources: Sources) -> Node:
    """Replace every ``file://`` in the variables of a case."""
    cells = {
        key: child if key == ASSERT else _load_below(child, sources)
        for key, child in case.items.items()
    }
    if all(cells[key] is case.items[key] for key in cells):
        return case
    return replace(case, value=cells)


def _load_below(node: Node, sources: Sources) -> Node:
    return rewrite(node, lambda _, below: _load(below, sources, structure=True))


def _refuse_below(node: Node, problems: Problems) -> Node:
    def refuse(path: Path, below: Node) -> Node:
        del path
        if below.text is not None and below.text.startswith(SCHEME):
            summary = f"{quote(below.text)} is not loaded here"
            hint = "load it in `vars` and name the variable: {{name}}"
            problems.error("H111", below.span, summary, hint=hint)
        return below

    return rewrite(node, refuse)


def load_value(node: Node, sources: Sources, forms: AssertionForms) -> Node:
    """Replace every ``file://`` in an assertion, in whichever form it is written; in sets too."""
    for inside in (("assert", ANY), ("assert-set", ANY), ("assert-set", "assert", ANY)):
        node = edit(node, inside, lambda _, part: load_value(part, sources, forms))
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
        value = parse_json(content)
        return _require_shallow(locate(value, Span(path, 1, 1)))
    except json.JSONDecodeError as error:
        span = Span(path, error.lineno, error.colno)
        problems.error("H104", span, "the text is not JSON", detail=error.msg)
    except JsonValueError as error:
        problems.error(error.code, Span(path, 1, 1), str(error))
    except (RecursionError, ValueError):
        problems.error("H105", Span(path, 1, 1), f"more than {DEEPEST} levels of nesting")
    return node


def _require_shallow(node: Node, depth: int = 1) -> Node:
    if depth > DEEPEST:
        raise ValueError
    for child in (*node.items.values(), *node.elements):
        _require_shallow(child, depth + 1)
    return node
