"""The values of promptfoo's assertions, as a spec writes them: a row for each form that differs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from harness.checks.definitions import FORMS
from harness.importers.promptfoo.workbench import Workbench, to_number
from harness.spec.document.located import Node, to_plain
from harness.spec.formats.yaml import parse

Assertion = dict[str, Any] | str
Write = Callable[[str, Any, Node, Workbench], list[Assertion]]
"""Takes the assertion's name with its `not-`, its value, where it stands, and the workbench."""


def write_demand(full: str, name: str, value: Any, node: Node, bench: Workbench) -> list[Assertion]:
    """Return an assertion with its value; what checks nothing is noted and gone."""
    write = _WRITERS.get(name)
    if write is None and value in (None, ""):
        if FORMS[name].kind.is_required:
            bench.call_broken(node, f"assert {full}", "it has no value, and checks nothing")
            return []
        return [full]
    return (write or _write_any)(full, value, node, bench)


def skip(node: Node, what: str, reason: str, bench: Workbench) -> list[Assertion]:
    """Note an assertion that is left out, and keep its place in the spec."""
    bench.leave_out(node, what, reason)
    return [{"skip": f"{what}: {reason}"}]


def read_number(node: Node | None) -> float | int | None:
    """Return the number that a node holds, as one or as a text; None where it holds none."""
    return None if node is None else to_number(node.value)


def _write_any(full: str, value: Any, node: Node, bench: Workbench) -> list[Assertion]:
    del node, bench
    if isinstance(value, dict):
        return [{full: value}]
    if isinstance(value, list):
        return [{full: [_write_one(one) for one in value]}]
    return [{full: _write_one(value)}]


def _write_one(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _write_limit(full: str, value: Any, node: Node, bench: Workbench) -> list[Assertion]:
    del value
    threshold = read_number(node.at("threshold"))
    if threshold is None:
        threshold = read_number(node.at("value"))
        if threshold is not None:
            bench.call_broken(node, f"assert {full} value", "there the limit is `threshold`")
    return [{full: threshold}] if threshold is not None else [full]


def _write_name(full: str, value: Any, node: Node, bench: Workbench) -> list[Assertion]:
    del value
    if full.endswith("conversation-relevance") and node.at("config") is not None:
        bench.change(node, "config.windowSize", "the whole conversation is looked at here")
    return [full]


def _write_equals(full: str, value: Any, node: Node, bench: Workbench) -> list[Assertion]:
    del node, bench
    return [{full: value}] if value is not None else [{"type": full, "value": None}]


def _write_list(full: str, value: Any, node: Node, bench: Workbench) -> list[Assertion]:
    if value in (None, "", []):
        bench.call_broken(node, f"assert {full}", "it has no value, and checks nothing")
        return []
    if isinstance(value, str):
        value = [one.strip() for one in value.split(",") if one.strip()]
    texts = value if isinstance(value, list) else [value]
    return [{full: [_write_one(one) for one in texts]}]


def _write_text(full: str, value: Any, node: Node, bench: Workbench) -> list[Assertion]:
    if value in (None, "", []):
        bench.call_broken(node, f"assert {full}", "it has no value, and checks nothing")
        return []
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, list) and full.endswith("contains"):
        reason = "a list is wanted by contains-any and contains-all"
        bench.call_broken(node, f"assert {full}", reason)
        return [{f"{full}-all": [_write_one(one) for one in value]}]
    return [{full: _write_one(value)}]


def _write_count(full: str, value: Any, node: Node, bench: Workbench) -> list[Assertion]:
    if isinstance(value, dict):
        bounds = {
            key: int(value[key])
            for key in ("min", "max")
            if isinstance(value.get(key), (int, float))
        }
        if bounds:
            return [{full: bounds}]
        return skip(node, f"assert {full}", "it has no bounds", bench)
    number = read_number(node.at("value"))
    if number is None:
        return skip(node, f"assert {full}", "it has no count", bench)
    return [{full: int(number)}]


def _write_schema(full: str, value: Any, node: Node, bench: Workbench) -> list[Assertion]:
    if value in (None, ""):
        return [full]
    if isinstance(value, str):
        root = parse(value.encode("utf-8", "replace"), "schema").root
        value = to_plain(root) if root is not None else None
    if not isinstance(value, dict):
        return skip(node, f"assert {full}", "its schema is no JSON and no YAML", bench)
    return [{full: value}]


def _write_sql(full: str, value: Any, node: Node, bench: Workbench) -> list[Assertion]:
    del node, bench
    if value in (None, ""):
        return [full]
    if isinstance(value, dict):
        known = ("databaseType", "allowedTables", "allowedColumns")
        return [{full: {key: value[key] for key in known if key in value}}]
    return [{full: _write_one(value)}]


_WRITERS: Mapping[str, Write] = MappingProxyType(
    {
        **dict.fromkeys(("latency", "cost", "perplexity"), _write_limit),
        **dict.fromkeys(
            ("is-refusal", "guardrails", "answer-relevance", "conversation-relevance"), _write_name
        ),
        **dict.fromkeys(("is-valid-openai-tools-call", "is-html", "contains-html"), _write_name),
        "equals": _write_equals,
        **dict.fromkeys(("contains-all", "contains-any", "tool-call-f1"), _write_list),
        **dict.fromkeys(("icontains-all", "icontains-any"), _write_list),
        **dict.fromkeys(("contains", "icontains", "starts-with", "regex"), _write_text),
        **dict.fromkeys(("levenshtein", "llm-rubric", "factuality", "select-best"), _write_text),
        "model-graded-closedqa": _write_text,
        "word-count": _write_count,
        **dict.fromkeys(("is-json", "contains-json"), _write_schema),
        **dict.fromkeys(("is-sql", "contains-sql"), _write_sql),
    }
)
