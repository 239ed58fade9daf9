"""Templates: names stay, the rest is worked out, and nothing in them can call or grow for ever."""

from __future__ import annotations

from typing import Any

import pytest

from harness.importers.promptfoo.saying.templates import (
    TemplateError,
    read_template,
    resolve_nested,
    work_out,
)

DATA: dict[str, Any] = {
    "x": "Ab",
    "list": ["a", "b"],
    "pairs_": [{"user": "q"}],
    "json": '{"t": 1}',
}


@pytest.mark.parametrize(
    ("written", "text", "computed"),
    [
        ("Say {{x}} {{ y.z }}", "Say {{x}} {{y.z}}", {}),
        ("Say {{ x | safe }}", "Say {{x}}", {}),
        ("{# no #}Say", "Say", {}),
        ("A {{ x | upper }}", "A {{x_upper}}", {"x_upper": "{{ x | upper }}"}),
        ("{{ x|upper }}{{ x|upper }}", "{{x_upper}}{{x_upper}}", {"x_upper": "{{ x|upper }}"}),
        (
            "{% for a in list %}{{a}}{% endfor %}!",
            "{{a_list_text}}!",
            {"a_list_text": "{% for a in list %}{{a}}{% endfor %}"},
        ),
    ],
)
def test_names_stay_and_the_rest_gets_one(
    written: str, text: str, computed: dict[str, str]
) -> None:
    found = read_template(written)
    assert (found.text, found.computed) == (text, computed)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ x | upper }}", "AB"),
        ("{{ (json | load).t }}", "1"),
        ("{{ list | dump }}", '["a", "b"]'),
        ("{% for a in list %}{{ a }}{% if not loop.last %}, {% endif %}{% endfor %}", "a, b"),
        ("{% for m in pairs_ %}{% for k, v in m %}{{ k }}={{ v }}{% endfor %}{% endfor %}",
         "user=q"),
        ("{% if x == 'Ab' %}yes{% else %}no{% endif %}", "yes"),
        ("{{ missing }}", ""),
        ("{{ 3 * 4 }}", "12"),
    ],
)  # fmt: skip
def test_a_template_is_worked_out_with_the_data_of_a_test(source: str, text: str) -> None:
    assert work_out(source, DATA) == text


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ x.__init__.__globals__ }}",
        "{{ 'a' * 999999999 }}",
        "{{ list * 999999999 }}",
        "{{ 10 ** 10000000 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ x.upper() }}",
        "{{ x | center(999999999) }}",
        "{{ x" + " | replace('A', 'AAAAAAAAAAAAAAAAAAAAAAAAA')" * 6 + " }}",
        "{% for a in range(999999999) %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include 'secret.txt' %}",
        "{% for a in list recursive %}{{ loop(list) }}{% endfor %}",
        "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
        "{%- for a in range(100) %}" * 5 + "{%- endfor %}" * 5,
        "{% if 1 %}{% set a = x %}" + "{% set a = a ~ a %}" * 60 + "{{ a }}{% endif %}",
        "{{ x" + " | dump" * 60 + " }}",
        "{{ " + " ~ ".join(["(x | dump)"] * 20_000) + " }}",
        "{{ range(100) | join(range(100) | join(range(100) | join)) | join(range(100) | join) }}",
        "{{ x | unknown }}",
        "{% if",
        "{% if " + "-" * 300 + " %}{% endif %}",
    ],
)  # fmt: skip
def test_a_strangers_template_calls_nothing_and_ends(source: str) -> None:
    with pytest.raises(TemplateError, match=r"cannot|too long|block|counts too far"):
        work_out(source, DATA)


def test_what_a_stranger_reaches_for_is_not_there() -> None:
    assert "class" not in work_out("{{ missing.__class__ }}", DATA)
    with pytest.raises(TemplateError, match="cannot be worked out"):
        work_out("{{ ''.__class__.__mro__ }}", DATA)


def test_variables_are_put_into_variables_and_a_circle_ends() -> None:
    found, taken = resolve_nested({"a": "x {{b}}", "b": "y {{c}}", "c": "z"})
    assert found["a"] == "x y z"
    assert taken == {"b", "c"}
    circle, _ = resolve_nested({"a": "1 {{b}}", "b": "2 {{a}}"})
    assert len(circle["a"]) < 1_000
