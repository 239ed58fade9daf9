"""The smallest JSON that fits a schema: what a simulated model says where a schema binds it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

DEEPEST: Final = 8


def make_instance(schema: object, root: object = None, depth: int = 0) -> Any:
    """Return a value that the schema allows, as far as strict structured output goes.

    Source: azure-ai-docs, foundry/openai/how-to/structured-outputs.md: objects, arrays, enums,
    anyOf and local references; anything else becomes null.
    """
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return None
    top = schema if root is None else root
    if "$ref" in schema:
        return make_instance(_follow_reference(str(schema["$ref"]), top), top, depth + 1)
    for name in ("const", "default"):
        if name in schema:
            return schema[name]
    for name in ("enum", "anyOf", "oneOf", "allOf"):
        some = schema.get(name)
        if isinstance(some, list) and some:
            return some[0] if name == "enum" else make_instance(some[0], top, depth + 1)
    return _of_type(schema, top, depth)


def make_arguments(function: Mapping[str, Any]) -> str:
    """Return the JSON text of arguments that a function's parameters allow."""
    found = make_instance(function.get("parameters") or {})
    return json.dumps(found if isinstance(found, dict) else {}, ensure_ascii=False)


def _of_type(schema: Mapping[str, Any], top: object, depth: int) -> Any:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[0] if kind else None
    if kind == "object":
        properties = schema.get("properties")
        named = properties if isinstance(properties, Mapping) else {}
        return {name: make_instance(part, top, depth + 1) for name, part in named.items()}
    if kind == "array":
        least = schema.get("minItems")
        # Fewer the deeper it is: arrays of arrays must not grow without end.
        number = min(least, max(1, 32 >> 2 * depth)) if isinstance(least, int) else 1
        return [make_instance(schema.get("items"), top, depth + 1) for _ in range(number)]
    if kind in ("integer", "number"):
        return schema.get("minimum", 0)
    return {"string": "simulated", "boolean": True}.get(str(kind))


def _follow_reference(reference: str, top: object) -> object:
    found = top
    for part in reference.removeprefix("#").strip("/").split("/"):
        if part:
            found = found.get(part) if isinstance(found, Mapping) else None
    return found
