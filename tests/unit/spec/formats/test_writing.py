"""YAML that is written reads the same for every reader."""

from __future__ import annotations

import re
from typing import Any

import hypothesis.strategies as st
import pytest
import yaml
from hypothesis import example, given

from harness.spec.formats.writing import WIDTH, format_yaml

TEXTS = st.one_of(
    st.text(max_size=40),
    st.text("ab :#-?,[]{}&*!|>'\"%@`\\\n\t.0123456789eox_~=<", max_size=30),
    st.sampled_from(
        ["no", "On", "y", "12:30", "0613", "1e3", "0o17", "1_000", "2024-08-06", "~", ".inf", "<<"]
    ),
)
VALUES = st.recursive(
    st.one_of(TEXTS, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4)

CORE_SCHEMA = re.compile(
    r"~|null|Null|NULL||true|True|TRUE|false|False|FALSE"
    r"|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?(?:\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN"
)
"""What is no text in YAML 1.2.2, section 10.3.2."""


@given(DOCUMENTS)
@example({"a": {"b": "Bread?"}})
@example({"a": ["x", {"b": "https://contoso.example:443/a?b=c"}]})
@example({"a": "one\n  two\n\nthree"})
@example({"a": {"b": "one\n\n"}})
@example({"a": "\u2028"})
def test_what_is_written_is_read_back_with_libyaml_and_without(document: dict[str, Any]) -> None:
    text = format_yaml(document)
    assert yaml.load(text, Loader=yaml.CSafeLoader) == document
    assert yaml.load(text, Loader=yaml.SafeLoader) == document


@given(st.lists(TEXTS, min_size=1))
@example(["1e3", "0o17", ".5", "+1", "0x1F", "null", "True", "-.inf"])
def test_text_that_needs_quotes_for_a_reader_of_yaml_1_2_has_them(texts: list[str]) -> None:
    plain = [
        event.value
        for event in yaml.parse(format_yaml({"texts": texts}))
        if isinstance(event, yaml.ScalarEvent) and event.style is None
    ]
    assert [one for one in plain if CORE_SCHEMA.fullmatch(one)] == []


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"region": "swedencentral"}, "region: swedencentral\n"),
        ({"version": "0613"}, 'version: "0613"\n'),
        ({"regex": r"\b1975\b"}, "regex: '\\b1975\\b'\n"),
        ({"path": "$.items.name"}, "path: $.items.name\n"),
        ({"turns": [{"user": "Hello"}]}, "turns:\n  - user: Hello\n"),
        ({"gate": {"alpha": 0.05}}, "gate: {alpha: 0.05}\n"),
        ({"system": "One.\nTwo."}, "system: |-\n  One.\n  Two.\n"),
        ({"system": "One.\n"}, 'system: "One.\\n"\n'),
        ({"cases": []}, "cases: []\n"),
    ],
)
def test_a_document_is_written_as_people_write_it(document: dict[str, Any], text: str) -> None:
    assert format_yaml(document) == text


def test_a_deployment_stands_on_one_line_and_a_long_one_does_not() -> None:
    deployment = {"model": "gpt-4.1-mini", "sku": "GlobalStandard", "capacity": 50}
    lines = format_yaml({"accounts": {"a": {"deployments": {"mini": deployment}}}}).splitlines()
    assert lines[-1] == "      mini: {model: gpt-4.1-mini, sku: GlobalStandard, capacity: 50}"
    longer = {**deployment, "properties": {"spilloverDeploymentName": "another-deployment"}}
    text = format_yaml({"accounts": {"a": {"deployments": {"mini": longer}}}})
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "      mini:\n        model: gpt-4.1-mini\n" in text
