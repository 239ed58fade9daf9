from __future__ import annotations

import pytest

from harness.errors import RequestError
from harness.run.keyword import compile_keyword


@pytest.mark.parametrize(
    ("expression", "names", "matches"),
    [
        ("", ["anything"], True),
        ("found", ["founders"], True),
        ("FOUND", ["founders"], True),
        ("smoke", ["founders", "", "smoke"], True),
        ("not smoke", ["founders", "", "smoke"], False),
        ("founders and smoke", ["founders", "smoke"], True),
        ("founders and not smoke", ["founders", "smoke"], False),
        ("capitals or founders", ["founders"], True),
        ("a or b and c", ["a"], True),
        ("(a or b) and c", ["a"], False),
        ("not (a or b)", ["c"], True),
        ("not not a", ["a"], True),
        ('"formal, tone"', ["x", "formal, tone=1"], True),
        ("language=English", ["greeting", "language=English, tone=formal"], True),
        ("#2", ["capitals", "#2"], True),
        ("中文", ["greeting", "language=中文"], True),
        ("a NOT b", ["a"], None),
    ],
)
def test_a_word_matches_part_of_an_id_a_case_or_a_tag(
    expression: str, names: list[str], matches: bool | None
) -> None:
    if matches is None:
        with pytest.raises(RequestError):
            compile_keyword(expression)
    else:
        assert compile_keyword(expression)(names) is matches


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("a and", "a word is missing at the end"),
        ("(a or b", "a closing parenthesis is missing"),
        ("a b", "did not expect 'b'"),
        ("and a", "expected a word, got 'and'"),
        ('"a', "a closing quote is missing"),
        ("()", "expected a word, got ')'"),
    ],
)
def test_an_expression_that_cannot_be_read_says_where(expression: str, why: str) -> None:
    with pytest.raises(RequestError) as refused:
        compile_keyword(expression)
    assert why in str(refused.value)


def test_no_expression_is_ever_run_as_code() -> None:
    compile_keyword("__import__")(["x"])
    with pytest.raises(RequestError):
        compile_keyword("__import__('os')")
