"""JSON Schemas that a spec holds: the mistakes people make in them.

Not a validator of schemas: importing one would double the time that validating a spec takes. What
this table does not see, the check that uses the schema says when it runs.

Source: JSON Schema 2020-12, sections 6 and 10.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.words import describe, join_names, quote

TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
NUMBER = (int, float)
KEYWORDS: Mapping[str, tuple[tuple[type, ...], str]] = {
    "properties": ((dict,), "a mapping of names to schemas"),
    "patternProperties": ((dict,), "a mapping of patterns to schemas"),
    "additionalProperties": ((dict, bool), "a schema, true or false"),
    "items": ((dict, bool), "a schema, true or false"),
    "required": ((list,), "a list of names"),
    "enum": ((list,), "a list of values"),
    "anyOf": ((list,), "a list of schemas"),
    "allOf": ((list,), "a list of schemas"),
    "oneOf": ((list,), "a list of schemas"),
    "not": ((dict, bool), "a schema, true or false"),
    "pattern": ((str,), "a regular expression"),
    "format": ((str,), "a string"),
    "minimum": (NUMBER, "a number"),
    "maximum": (NUMBER, "a number"),
    "exclusiveMinimum": (NUMBER, "a number"),
    "exclusiveMaximum": (NUMBER, "a number"),
    "multipleOf": (NUMBER, "a number"),
    "minLength": ((int,), "a whole number"),
    "maxLength": ((int,), "a whole number"),
    "minItems": ((int,), "a whole number"),
    "maxItems": ((int,), "a whole number"),
    "uniqueItems": ((bool,), "true or false"),
}
BY_NAME = ("properties", "patternProperties", "$defs", "definitions")
IN_LISTS = ("anyOf", "allOf", "oneOf", "prefixItems")
DIRECT = ("items", "additionalProperties", "not", "if", "then", "else", "contains")


def check_schema(schema: Node, code: str, problems: Problems) -> None:
    """Note keywords whose value is of the wrong kind, in every schema inside this one too."""
    if isinstance(schema.value, bool):
        return
    if not isinstance(schema.value, dict):
        problems.error(code, schema.span, f"a JSON Schema is a mapping, not {describe(schema)}")
        return
    _check_types(schema.at("type"), code, problems)
    for keyword, (allowed, words) in KEYWORDS.items():
        node = schema.at(keyword)
        if node is not None and not _is_a(node, allowed):
            summary = f"{quote(keyword)} wants {words}, got {describe(node)}"
            problems.error(code, node.span, summary)
    for inner in _list_inner(schema):
        check_schema(inner, code, problems)


def _is_a(node: Node, allowed: tuple[type, ...]) -> bool:
    if isinstance(node.value, bool):
        return bool in allowed
    return isinstance(node.value, allowed)


def _check_types(node: Node | None, code: str, problems: Problems) -> None:
    if node is None:
        return
    for name in node.elements or [node]:
        if name.text not in TYPES:
            hint = problems.suggest(name.text, TYPES) if name.text is not None else ""
            summary = f'"type" is one of {join_names(TYPES)}'
            problems.error(code, name.span, summary, hint=hint)


def _list_inner(schema: Node) -> list[Node]:
    by_name = [schema.at(key) for key in BY_NAME]
    lists = [schema.at(key) for key in IN_LISTS]
    direct = [schema.at(key) for key in DIRECT]
    return [
        *(inner for node in by_name if node is not None for inner in node.items.values()),
        *(inner for node in lists if node is not None for inner in node.elements),
        *(node for node in direct if node is not None and isinstance(node.value, dict)),
    ]
