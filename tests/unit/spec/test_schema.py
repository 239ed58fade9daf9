"""Editors are told of every key what it is, with an example that is one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from harness.checks.definitions import DEFINITIONS, FORMS
from harness.checks.explained import EXPLAINED
from harness.spec.schema import build_schema

SCHEMA = build_schema(FORMS)


def list_properties(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property that the schema knows, and the path at which it is declared."""
    if isinstance(node, list):
        for number, below in enumerate(node):
            yield from list_properties(below, f"{path}/{number}")
    if not isinstance(node, dict):
        return
    for key, below in node.items():
        if key in ("examples", "default", "enum", "const"):
            continue
        if key in ("properties", "patternProperties", "$defs"):
            for name, declared in below.items():
                if key != "$defs":
                    yield f"{path}/{name}", declared
                yield from list_properties(declared, f"{path}/{name}")
        else:
            yield from list_properties(below, f"{path}/{key}")


PROPERTIES = dict(list_properties(SCHEMA))


def test_the_schema_is_one_and_its_properties_are_found() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert len(PROPERTIES) > 300


def test_every_key_is_described_in_a_sentence() -> None:
    poor = [
        path
        for path, declared in PROPERTIES.items()
        if not declared.get("description", "")[:1].isupper() or "``" in declared["description"]
    ]
    assert poor == []


def test_every_key_has_an_example() -> None:
    assert [path for path, declared in PROPERTIES.items() if not declared.get("examples")] == []


@pytest.mark.parametrize("path", PROPERTIES)
def test_an_example_is_what_the_key_wants(path: str) -> None:
    declared = PROPERTIES[path]
    validator = jsonschema.Draft202012Validator({**declared, "$defs": SCHEMA["$defs"]})
    for example in declared["examples"]:
        assert [error.message for error in validator.iter_errors(example)] == []


def test_every_check_is_explained() -> None:
    assert EXPLAINED.keys() == DEFINITIONS.keys()


def test_it_is_the_same_every_time() -> None:
    assert json.dumps(build_schema(FORMS)) == json.dumps(SCHEMA)
