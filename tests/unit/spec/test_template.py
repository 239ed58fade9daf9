from __future__ import annotations

from typing import Any

import pytest

from harness.spec.document.template import find_names, find_other_braces, substitute

VARIABLES: dict[str, Any] = {
    "name": "Ada",
    "n": 3,
    "yes": True,
    "none": None,
    "person": {"first": "Ada", "born": [1815, 12]},
    "ort": "Malmö",
    "城市": "斯德哥尔摩",
    "two-words": "x",
    "nested": "{{name}}",
}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Hello {{name}}.", "Hello Ada."),
        ("{{ name }}", "Ada"),
        ("{{name}}{{name}}", "AdaAda"),
        ("{{person.first}}", "Ada"),
        ("{{person.born.0}}", "1815"),
        ("{{n}} {{yes}} {{none}}", "3 true null"),
        ("{{person}}", '{"first": "Ada", "born": [1815, 12]}'),
        ("{{城市}} {{ort}} {{two-words}}", "斯德哥尔摩 Malmö x"),
        ("{{nested}}", "{{name}}"),
        (r"\{{name}}", "{{name}}"),
        (r"\{{{{name}}}}", "{{Ada}}"),
        ("{{unknown}} {{person.last}}", "{{unknown}} {{person.last}}"),
        ("{{person.born.9}} {{name.x}}", "{{person.born.9}} {{name.x}}"),
        ("{name} { {name} }", "{name} { {name} }"),
        ("{greeting, words}", "{greeting, words}"),
    ],
)  # fmt: skip
def test_a_name_in_double_braces_is_replaced_and_nothing_else(text: str, meant: str) -> None:
    assert substitute(text, VARIABLES) == meant


@pytest.mark.parametrize(
    "text",
    [
        "{{7*7}}",
        "{{ ''.__class__.__mro__ }}",
        "{{ name | upper }}",
        "{{ name() }}",
        "{% for x in y %}{% endfor %}",
        "{{ [1]|map('x') }}",
        "${name}",
        "{{'a'*1000000000}}",
        "{{ name.__class__ }}",
        "#{7*7}",
        "<%= 7*7 %>",
    ],
)
def test_expressions_are_text(text: str) -> None:
    assert substitute(text, VARIABLES) == text


def test_names_are_listed_once_in_order() -> None:
    assert find_names(r"{{b}} {{a.x}} {{ b }} \{{c}} {{7*7}}") == ("b", "a.x")


def test_what_looks_like_a_variable_and_is_none_is_found() -> None:
    assert find_other_braces(r"{{a}} {{ a | upper }} \{{b}}") == ("{{ a | upper }}",)
