"""The JSON Schema of specs, for editors: it completes and warns; ``harness validate`` decides.

Derived from the spec's classes, and widened to everything that may be written before they see it:
short assertions, ``extends``, ``include``, ``x-…``, ``file://`` and ``${…}``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.spec.field_texts import read_example, read_field_texts
from harness.spec.model.assertion_forms import NEGATION, SKIP, AssertionForms, list_names
from harness.spec.model.base import Declared
from harness.spec.model.spec import Spec

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FROM_ENVIRONMENT = {"type": "string", "pattern": r"^\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}$"}
FROM_FILE = {"type": "string", "pattern": "^file://"}
EXPANDED = ("ResourceGroup", "Account", "Deployment", "Price", "ContentFilter", "ContentFilterRule")
"""Classes that stand under ``accounts``, where the environment may give any value."""
ASSERTION = "AnyAssertion"
BESIDE = ("default", "description", "examples")
"""Keys of a property that hold whatever forms its value may have."""
ADDRESS = "urn:azure-openai-harness:spec:1"
"""The name of the schema, wherever its file lies: nothing is fetched from it."""

Schema = dict[str, Any]


def build_schema(forms: AssertionForms) -> Schema:
    """Build the schema of version 1, a new value every time."""
    written: Schema = Spec.model_json_schema(by_alias=True)
    definitions: dict[str, Schema] = written["$defs"]
    for definition in definitions.values():
        _describe(definition)
        _allow_any_form(definition)
    for name in EXPANDED:
        _accept_environment(definitions[name])
    _widen_conversation(definitions["Conversation"])
    for kind in _list_kinds(Declared):
        if kind.__name__ in definitions:
            _explain(definitions[kind.__name__]["properties"], kind)
    long_form = definitions.pop("Assertion")
    definitions[ASSERTION] = _describe_any_assertion(long_form, forms)
    return _finish_root(written)


def _list_kinds(kind: type[Declared]) -> Iterator[type[Declared]]:
    for below in kind.__subclasses__():
        yield below
        yield from _list_kinds(below)


def _explain(properties: dict[str, Schema], kind: type[Declared]) -> None:
    """Give each property the text that stands below the field of its class."""
    for name, text in read_field_texts(kind).items():
        properties[name] |= {"description": text.description, "examples": [text.example]}


def _finish_root(written: Schema) -> Schema:
    _describe(written)
    properties: dict[str, Schema] = written["properties"]
    _explain(properties, Spec)
    _accept(properties["cloud"], FROM_ENVIRONMENT)
    _accept(properties["resource_group"], {"type": "string"})
    conversation = {"$ref": "#/$defs/Conversation"}
    properties["conversations"]["items"] = {"anyOf": [conversation, _describe_include()]}
    names = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    properties["extends"] = {
        "description": "Specs that this one is laid over: mappings merge, null removes, "
        "conversations append.",
        "examples": ["base.yaml"],
        **names,
    }
    # What a spec extends may bring what every spec needs.
    required = written.pop("required")
    return {
        "$schema": DIALECT,
        "$id": ADDRESS,
        "title": "harness spec, version 1",
        **written,
        "patternProperties": {
            "^x-": {
                "description": "Yours: harness does not look into it; a place for anchors.",
                "examples": [{"anything": 1}],
            }
        },
        "anyOf": [{"required": ["extends"]}, {"required": required}],
    }


def _describe_include() -> Schema:
    return {
        "type": "object",
        "description": "A file that holds a list of conversations; globs are allowed.",
        "properties": {
            "include": {
                "type": "string",
                "description": "The file, or a glob.",
                "examples": ["conversations/*.yaml"],
            }
        },
        "required": ["include"],
        "additionalProperties": False,
    }


def _describe(definition: Schema) -> None:
    """Keep a class's first sentence; drop the titles that only repeat the keys."""
    definition.pop("title", None)
    text = str(definition.pop("description", ""))
    if text:
        definition["description"] = " ".join(
            text.split("\n\n", maxsplit=1)[0].replace("``", "`").split()
        )
    for declared in definition.get("properties", {}).values():
        declared.pop("title", None)


def _accept(declared: Schema, more: Schema) -> None:
    """Let a property be something else too."""
    choices = declared.pop("anyOf", None)
    if choices is None:
        kept = {key: declared.pop(key) for key in list(declared) if key not in BESIDE}
        choices = [kept]
    declared["anyOf"] = [*choices, more]


def _accept_environment(definition: Schema) -> None:
    for declared in definition["properties"].values():
        if declared.get("type") != "string" or "enum" in declared:
            _accept(declared, FROM_ENVIRONMENT)


def _widen_conversation(definition: Schema) -> None:
    tools = definition["properties"]["tools"]
    _accept(tools, FROM_FILE)


def _allow_any_form(definition: Schema) -> None:
    declared = definition.get("properties", {}).get("assert")
    if declared is not None:
        declared["items"] = {"$ref": f"#/$defs/{ASSERTION}"}


def _describe_any_assertion(long_form: Schema, forms: AssertionForms) -> Schema:
    """Describe a name, or one mapping with the keys of the long form and of every short one."""
    properties = {key: value for key, value in long_form["properties"].items() if key != "negated"}
    del properties["type"]["type"]
    properties["type"] |= {"enum": [*list_names(forms), SKIP]}
    for name, form in forms.items():
        short: Schema = {
            "description": form.summary or f"Short for {{type: {name}, value: …}}",
            "examples": [read_example(form.example or "null")],
        }
        if form.short_threshold:
            short["type"] = "number"
        properties[name] = short
        contrary = f"The contrary of `{name}`: {short['description']}"
        properties[f"{NEGATION}{name}"] = {**short, "description": contrary}
    properties[SKIP] = {
        "type": "string",
        "description": "The reason why this check is not carried out.",
        "examples": ["no such tool here"],
    }
    optional = {name: form for name, form in forms.items() if not form.kind.is_required}
    return {
        "description": "What is demanded of a reply: a name, {name: value}, {type, value, …}, or a "
        "sentence for a judge.",
        "anyOf": [
            {"enum": [*list_names(optional)]},
            {"type": "string", "pattern": r"\s", "description": "A sentence is an `llm-rubric`."},
            {
                "type": "object",
                "properties": properties,
                "minProperties": 1,
                "additionalProperties": False,
            },
        ],
    }
