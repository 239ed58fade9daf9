"""Data in the value of an assertion: it keeps its type, and its commas separate nothing."""

from __future__ import annotations

from typing import Any

import pytest

from harness.checks.definitions import FORMS
from harness.spec.document.template import fill
from harness.spec.values.filling import fill_value

DATA = {
    "banned": ["secret", "password"],
    "amount": "1,000",
    "year": 1975,
    "share": 0.5,
    "yes": True,
    "want": {"a": 1, "b": [True]},
    "nothing": None,
    "person": {"names": ["Ada", "Lovelace"]},
}


@pytest.mark.parametrize(
    ("written", "filled"),
    [
        ("{{banned}}", ["secret", "password"]),
        (" {{ banned }}\n", ["secret", "password"]),
        ("{{person.names}}", ["Ada", "Lovelace"]),
        ("{{person.names.1}}", "Lovelace"),
        ("{{year}} AD", "1975 AD"),
        (" {{amount}} ", " 1,000 "),
        ("not {{banned}}", 'not ["secret", "password"]'),
        ("{{year}}", 1975),
        ("{{nothing}}", None),
        (r"\{{year}}", "{{year}}"),
        ("{{unknown}}", "{{unknown}}"),
        ({"a": ["{{want}}", 2]}, {"a": [{"a": 1, "b": [True]}, 2]}),
    ],
)
def test_a_text_that_is_nothing_but_a_name_is_the_value_itself(written: Any, filled: Any) -> None:
    assert fill(written, DATA) == filled


@pytest.mark.parametrize(
    ("assertion", "written", "filled"),
    [
        ("contains-any", "{{banned}}", ["secret", "password"]),
        ("contains-any", "x, {{banned}}", ["x", "secret", "password"]),
        ("contains-any", ["x", "{{banned}}"], ["x", "secret", "password"]),
        ("contains-any", "{{amount}}", ["1,000"]),
        ("contains-any", 'a, {{amount}}, "b, c"', ["a", "1,000", "b, c"]),
        ("contains-any", "a, b", "a, b"),
        ("contains-all", "{{year}}, {{share}}", ["1975", "0.5"]),
        ("contains-all", "in {{year}}, or {{year}} AD", ["in 1975", "or 1975 AD"]),
        ("tool-call-f1", "{{banned}}", ["secret", "password"]),
        ("tool-call-f1", "{{amount}}", ["1,000"]),
        ("is-xml", "{{amount}}", ["1,000"]),
        ("is-xml", {"requiredElements": "{{year}}"}, {"requiredElements": ["1975"]}),
        ("bleu", "{{banned}}", ["secret", "password"]),
        ("bleu", "{{amount}}", "1,000"),
        ("bleu", "{{year}}", "1975"),
        ("similar", "{{banned}}", ["secret", "password"]),
        ("equals", "{{want}}", {"a": 1, "b": [True]}),
        ("equals", "{{year}}", 1975),
        ("equals", "{{nothing}}", None),
        ("contains", "{{year}}", "1975"),
        ("contains", "{{yes}}", "true"),
        ("contains", "{{banned}}", ["secret", "password"]),
        ("contains", 42, 42),
        ("regex", "{{year}}", "1975"),
        ("word-count", "{{year}}", 1975),
        ("word-count", {"max": "{{year}}"}, {"max": 1975}),
        ("json-path", {"path": "$", "equals": "{{want}}"}, {"path": "$", "equals": DATA["want"]}),
        ("json-path", {"path": "$", "at_least": "{{share}}"}, {"path": "$", "at_least": 0.5}),
        ("is-json", "{{want}}", {"a": 1, "b": [True]}),
        ("tool-called", {"name": "f", "arguments": {"n": "{{year}}"}},
         {"name": "f", "arguments": {"n": 1975}}),
        ("llm-rubric", "{{banned}}", '["secret", "password"]'),
        ("context-relevance", "{{banned}}", "secret\n\npassword"),
        ("g-eval", "{{banned}}", ["secret", "password"]),
    ],
)  # fmt: skip
def test_data_keeps_its_type_and_its_commas(assertion: str, written: Any, filled: Any) -> None:
    assert fill_value(FORMS[assertion], written, DATA) == filled
