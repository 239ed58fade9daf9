"""YAML that the project writes: people's style, and the same to every reader."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.spec.document.located import Node
from harness.spec.formats.writing import WIDTH, format_flow, format_yaml
from harness.spec.formats.yaml import parse

SURPRISES = [
    *["no", "on", "y", "NULL", "~", "12:30", "2024-08-06", "0613", "1e3", "0o17", "0x1f", ".inf"],
    *["1_000", "+1", "-", "- a", "? a", "?", ":", "a:", "a: b", "a #b", "#a", "<<", "=", "---"],
    *["Bread?", "a, b", "[a]", "{{name}}", "${NAME}", "${NAME:-x}", "'", '"', "it's", '"it\'s"'],
    *["\\d+", "", " ", " a", "a ", "a\u00a0", "a\tb", "\ta", "\n", "\n\n", "a\n", "\na", " a\nb"],
    *["a\n b\n", "a\n\n\nb", "a\nb \n", "a\n ", "a\n \n", "a\r\nb", "a\rb", "a\u0085b", "a\u2028b"],
    *["a\u2029\nb", "\ufeffa", "a\ufeff", "a\u202eb", "\x1b[31m", "\x7f", "\x80", "👩\u200d💻"],
    *["%TAG", "@a", "`a`", "!a", "&a", "*a", "|", ">", "a" * 5000, "a " * 3000, "--- a\n...\nb"],
    *["a\n\tb", "a\n# b", "a\n\n# b: c\n", "\U000e0041", "\ufffe", "http://x/y?z=1,2", "Ä", "é: ü"],
]  # fmt: skip
TEXTS = st.sampled_from(SURPRISES) | st.text(
    st.sampled_from("ab01 .:#-?,{}[]'\"\\\n\t\r&*!|>%@`~=<é\u0085\u2028\ufeff\x1b\xa0🙂")
    | st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    max_size=40,
)
SCALARS = (
    TEXTS
    | st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(TEXTS, inner, max_size=6),
    max_leaves=25,
)


def read_with_libyaml(text: str) -> Any:
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def read_with_pyyaml(text: str) -> Any:
    return yaml.load(text, yaml.SafeLoader)


def read_with_ours(text: str) -> Any:
    parsed = parse(text.encode(), "spec.yaml")
    assert parsed.problems == ()
    return None if parsed.root is None else strip(parsed.root)


def strip(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: strip(value) for key, value in node.value.items()}
    return [strip(one) for one in node.value] if isinstance(node.value, list) else node.value


READERS = (read_with_libyaml, read_with_pyyaml, read_with_ours)


def is_same(read: Any, written: Any) -> bool:
    """Equal, and of the same types: 1 is neither True nor 1.0."""
    return repr(read) == repr(written)


@settings(max_examples=400, deadline=None)
@given(DOCUMENTS)
def test_what_is_written_is_read_back_the_same_by_every_reader(document: Any) -> None:
    text = format_yaml(document)
    for read in READERS:
        assert is_same(read(text), document), (read.__name__, text)


@settings(max_examples=200, deadline=None)
@given(DOCUMENTS)
def test_a_value_on_one_line_reads_the_same_wherever_it_stands(value: Any) -> None:
    line = format_flow(value)
    assert "\n" not in line
    for text in (f"[{line}, {line}]", f"- {{a: {line}}}\n", f"a: {line}\n"):
        for read in READERS:
            again = read(text)
            found = again["a"] if isinstance(again, dict) else again[0]
            found = found["a"] if text.startswith("- ") else found
            assert is_same(found, value), (read.__name__, text)


@pytest.mark.parametrize("text", SURPRISES, ids=ascii)
def test_every_surprise_is_the_same_text_as_a_value_a_key_and_an_item(text: str) -> None:
    document = {text: text, "list": [text], "in": {"flow": text, "of": [text]}, "deep": [[[text]]]}
    written = format_yaml(document)
    for read in READERS:
        assert is_same(read(written), document), (read.__name__, written)


def test_a_key_longer_than_parsers_look_ahead_is_marked_as_a_key() -> None:
    document = {"k" * 3000: {"l" * 3000: 1}, "é\n" * 2000: ["m" * 3000]}
    for read in READERS:
        assert read(format_yaml(document)) == document
        assert read(f"[{format_flow(document)}]\n") == [document]


def test_a_spec_is_written_as_people_write_it() -> None:
    document = {
        "version": 1,
        "name": "bakery",
        "cloud": "${HARNESS_CLOUD:-simulator}",
        "resource_group": {"name": "rg-bakery", "region": "swedencentral", "create": True},
        "accounts": {
            "sweden": {
                "region": "swedencentral",
                "deployments": {
                    "mini": {"model": "gpt-4.1-mini", "version": "2025-04-14", "capacity": 50}
                },
            }
        },
        "conversations": [
            {
                "id": "bread",
                "system": "You sell bread.\n\nBe short.\n",
                "turns": [
                    {"user": "Bread?", "assert": [{"icontains": "yes"}, {"max-words": 20}]},
                    {"user": "Which kinds? " * 5, "assert": [{"type": "regex", "value": "\\d+"}]},
                ],
            },
            {"id": "no", "user": "A long question of somebody who has never bought bread here?"},
        ],
    }
    assert (
        format_yaml(document)
        == """\
version: 1
name: bakery
cloud: ${HARNESS_CLOUD:-simulator}
resource_group: {name: rg-bakery, region: swedencentral, create: true}
accounts:
  sweden:
    region: swedencentral
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", capacity: 50}
conversations:
  - id: bread
    system: |
      You sell bread.

      Be short.
    turns:
      - user: Bread?
        assert:
          - icontains: "yes"
          - max-words: 20
      - user: "Which kinds? Which kinds? Which kinds? Which kinds? Which kinds? "
        assert:
          - {type: regex, value: '\\d+'}
  - id: "no"
    user: A long question of somebody who has never bought bread here?
"""
    )


def test_a_text_with_quotes_and_backslashes_is_quoted_so_that_people_can_read_it() -> None:
    assert format_flow(' "\\d" ') == "' \"\\d\" '"
    assert format_flow(" it's \\ ") == '" it\'s \\\\ "'


def test_hidden_characters_are_written_as_escapes() -> None:
    assert format_flow("a\u202eb\x1b") == r'"a\u202eb\x1b"'
    assert format_flow("\U000e0041") == r'"\U000e0041"'


def test_half_a_surrogate_pair_becomes_the_character_for_what_is_no_text() -> None:
    half = json.loads('"a\\ud83d"')
    assert read_with_ours(format_yaml({"a": half})) == {"a": "a\ufffd"}


def test_an_infinite_number_reads_as_one_where_readers_have_one() -> None:
    document = {"a": [float("inf"), float("-inf")], "b": 10**400}
    assert read_with_libyaml(format_yaml(document)) == document
    assert read_with_ours(format_yaml(document))["a"] == [".inf", "-.inf"]


@pytest.mark.parametrize("document", [{"a": object()}, {"a": b"bytes"}, [{1, 2}]])
def test_what_has_no_form_in_yaml_is_refused(document: Any) -> None:
    with pytest.raises(TypeError):
        format_yaml(document)


CORE_SCHEMA = re.compile(
    r"~|null|Null|NULL||true|True|TRUE|false|False|FALSE"
    r"|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?(?:\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN"
)
"""No text in YAML 1.2.2, section 10.3.2."""


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
