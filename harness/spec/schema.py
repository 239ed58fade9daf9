"""The JSON Schema of specs, for editors: it completes and warns; ``harness validate`` decides.

Derived from the spec's classes, and widened to everything that may be written before they see it:
short assertions, ``extends``, ``include``, ``x-…``, ``file://`` and ``${…}``.
"""

from __future__ import annotations

from typing import Any

from harness.spec.model.assertion_forms import NEGATION, SKIP, AssertionForms, list_names
from harness.spec.model.spec import Spec

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FROM_ENVIRONMENT = {"type": "string", "pattern": r"^\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}$"}
FROM_FILE = {"type": "string", "pattern": "^file://"}
EXPANDED = ("ResourceGroup", "Account", "Deployment", "Price", "ContentFilter", "ContentFilterRule")
"""Classes that stand under ``accounts``, where the environment may give any value."""
ASSERTION = "AnyAssertion"

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
    long_form = definitions.pop("Assertion")
    definitions[ASSERTION] = _describe_any_assertion(long_form, forms)
    return _finish_root(written)


def _finish_root(written: Schema) -> Schema:
    _describe(written)
    properties: dict[str, Schema] = written["properties"]
    _accept(properties["cloud"], FROM_ENVIRONMENT)
    _accept(properties["resource_group"], {"type": "string"})
    conversation = {"$ref": "#/$defs/Conversation"}
    properties["conversations"]["items"] = {"anyOf": [conversation, _describe_include()]}
    names = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    properties["extends"] = {
        "description": "Specs that this one is laid over: mappings merge, null removes, "
        "conversations append.",
        **names,
    }
    # What a spec extends may bring what every spec needs.
    required = written.pop("required")
    return {
        "$schema": DIALECT,
        "title": "harness spec, version 1",
        **written,
        "patternProperties": {"^x-": {}},
        "anyOf": [{"required": ["extends"]}, {"required": required}],
    }


def _describe_include() -> Schema:
    return {
        "type": "object",
        "description": "A file that holds a list of conversations; globs are allowed.",
        "properties": {"include": {"type": "string"}},
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
        kept = {key: declared.pop(key) for key in list(declared) if key != "default"}
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
    properties["type"] = {"enum": [*list_names(forms), SKIP]}
    for name, form in forms.items():
        short: Schema = {"description": f"Short for {{type: {name}, value: …}}"}
        if form.short_threshold:
            short = {"description": f"Short for {{type: {name}, threshold: …}}", "type": "number"}
        properties[name] = short
        properties[f"{NEGATION}{name}"] = short
    properties[SKIP] = {"type": "string", "description": "Why this check is not carried out."}
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
