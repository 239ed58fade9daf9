"""Whatever a prompt holds comes back out of the program that it was written into."""

from __future__ import annotations

import ast
import json
import subprocess

from hypothesis import given
from hypothesis import strategies as st

from harness.codegen.literals import (
    quote_word,
    write_comment,
    write_json,
    write_plain_text,
    write_value,
)

HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.lists(
        st.sampled_from([
            '"""', "'''", "'", '"', "\\", "$(id)", "`id`", "${HOME}", "\n", "\r", "JSON\n", "\0",
            "\u2028", "\u202e", "{x}", "爱达 ", "🙂", "# now: ", "\ud83d", " " * 80, "word " * 30,
        ])
    ).map("".join),
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), HOSTILE)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(HOSTILE, inner),
    max_leaves=20,
)


@given(VALUES, st.integers(0, 20), st.integers(0, 40))
def test_python_gives_a_value_back(value: object, indent: int, taken: int) -> None:
    assert ast.literal_eval(f"({write_value(value, indent, taken)})") == value


@given(HOSTILE)
def test_a_text_on_one_line_is_one_line_that_shows_everything(text: str) -> None:
    source = write_plain_text(text)
    assert source.isprintable()
    assert ast.literal_eval(source) == text


@given(VALUES)
def test_json_gives_a_value_back_and_shows_everything(value: object) -> None:
    written = write_json(value)
    assert json.loads(written) == value
    assert written.replace("\n", "").isprintable()
    assert "JSON" not in written.split("\n")  # the word that ends a here-document


@given(HOSTILE)
def test_a_comment_stays_a_comment(text: str) -> None:
    lines = write_comment(text)
    assert all(line.startswith("#") and line.isprintable() for line in lines)
    assert ast.parse("\n".join(lines)).body == []


def test_a_shell_gives_a_word_back() -> None:
    hostile = 'it\'s "$HOME" `id` $(id) \\ {x}\n!爱达'
    done = subprocess.run(
        ["sh", "-c", f"printf %s {quote_word(hostile)}"], capture_output=True, check=True
    )
    assert done.stdout.decode() == hostile


def test_a_text_of_several_lines_is_read_line_by_line() -> None:
    assert write_value("One.\nTwo.") == '(\n    "One.\\n"\n    "Two."\n)'
    assert write_value("One.\n") == '"One.\\n"'
    assert write_value(0.0) == "0"
    assert write_value([{"a": 1}]) == '[{"a": 1}]'
