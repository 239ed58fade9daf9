"""The page of the spec: every key with its type and default, from the JSON Schema of specs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harness.checks.definitions import FORMS
from harness.spec.schema import build_schema

Schema = Mapping[str, Any]

HEAD = """\
# The spec, key by key

*Made from the JSON Schema by `python -m tests.reference.rebuild`;* `harness schema` prints the
schema itself. [The spec, by task](../spec.md) explains. A key in **bold** is required.
"""

VARIABLE = "^\\$\\{"
"""The pattern of `${NAME}`: it may stand wherever the environment may, and says nothing new."""


def write_spec_page() -> str:
    """Return the page: the document, then every object of it, each with a table of its keys."""
    schema = build_schema(FORMS)
    objects: Mapping[str, Schema] = schema["$defs"]
    sections = [_write_section("The document", schema)]
    sections += [
        _write_section(name, objects[name])
        for name in sorted(objects)
        if objects[name].get("properties")
    ]
    return HEAD + "".join(sections)


def _write_section(title: str, schema: Schema) -> str:
    required = set(schema.get("required", ()))
    about = _write_cell(str(schema.get("description", "")).split("\n\n", 1)[0])
    rows = "".join(
        _write_row(name, key, is_required=name in required)
        for name, key in schema["properties"].items()
    )
    intro = f"{about}\n\n" if about else ""
    return (
        f"\n## {title}\n\n{intro}| key | value | default | meaning | example |\n"
        f"|---|---|---|---|---|\n{rows}"
    )


def _write_row(name: str, key: Schema, *, is_required: bool) -> str:
    shown = f"**`{name}`**" if is_required else f"`{name}`"
    examples = key.get("examples", ())
    example = _write_code(examples[0]) if examples else ""
    meaning = _write_cell(str(key.get("description", "")))
    types = " or ".join(dict.fromkeys(_name_types(key)))
    return f"| {shown} | {types} | {_write_default(key)} | {meaning} | {example} |\n"


def _write_default(key: Schema) -> str:
    default = key.get("default")
    return "" if default is None or isinstance(default, (dict, list)) else _write_code(default)


def _name_types(key: Schema) -> Iterator[str]:
    """Name every type that a key may have; ``null`` only says that it may be absent."""
    for part in (*key.get("anyOf", ()), *key.get("oneOf", ())):
        if part.get("type") != "null" and not str(part.get("pattern", "")).startswith(VARIABLE):
            yield from _name_types(part)
    if "$ref" in key:
        name = str(key["$ref"]).rpartition("/")[2]
        yield "an [assertion](assertions.md)" if name == "AnyAssertion" else _link(name)
    elif "const" in key:
        yield _write_code(key["const"])
    elif "enum" in key:
        yield _write_choices(key["enum"])
    elif "items" in key:
        yield f"list of {' or '.join(dict.fromkeys(_name_types(key['items']))) or 'anything'}"
    elif key.get("type") == "object":
        held = key.get("additionalProperties")
        names = list(_name_types(held)) if isinstance(held, dict) else []
        yield f"map of {' or '.join(dict.fromkeys(names))}" if names else "map"
    elif isinstance(key.get("type"), str) and key["type"] != "null":
        yield f"{key['type']}{_write_bounds(key)}"
    elif not key.keys() & {"anyOf", "oneOf", "$ref"}:
        yield "anything"


def _write_choices(choices: Iterable[Any]) -> str:
    return ", ".join(map(_write_code, choices))


def _write_bounds(key: Schema) -> str:
    low, above = key.get("minimum"), key.get("exclusiveMinimum")
    high, below = key.get("maximum"), key.get("exclusiveMaximum")
    bounds = [
        f"≥ {low:g}" if low is not None else "",
        f"> {above:g}" if above is not None else "",
        f"≤ {high:g}" if high is not None else "",
        f"< {below:g}" if below is not None else "",
    ]
    said = ", ".join(filter(None, bounds))
    return f" {said}" if said else ""


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _write_code(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{_write_cell(text)}`" if text else '`""`'


def _write_cell(text: str) -> str:
    """Return a text that stays in its cell: one line, no bar."""
    return " ".join(text.split()).replace("|", "\\|")
