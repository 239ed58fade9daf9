"""The words in which two texts differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.terminal.word_diff import MOST_LINES, MOST_WORDS, TextPart, compare_words


def marked(pieces: tuple[TextPart, ...]) -> list[str]:
    return [piece.text.strip() for piece in pieces if piece.mark]


@pytest.mark.parametrize(
    ("before", "after", "removed", "added"),
    [
        ("It was Bill Gates.", "It was Paul Allen.", ["Bill Gates"], ["Paul Allen"]),
        ("one two", "one  two", [], []),
        ("one two", "one two three", [], ["three"]),
        ("Yes.", "No!", ["Yes."], ["No!"]),
        ("中国的首都是北京。", "中国的首都", ["是北京。"], []),
        ("ÖÄ å", "ÖÄ ä", ["å"], ["ä"]),
    ],
)
def test_words_that_only_one_side_has_are_marked(
    before: str, after: str, removed: list[str], added: list[str]
) -> None:
    left, right = compare_words(before, after)
    assert (marked(left), marked(right)) == (removed, added)
    assert {piece.mark for piece in left} <= {"", "removed"}
    assert {piece.mark for piece in right} <= {"", "added"}


@given(st.text("ab \n中.[-]", max_size=40), st.text("ab \n中.[-]", max_size=40))
def test_the_pieces_of_a_side_are_the_whole_of_it_and_what_is_unmarked_is_on_both(
    before: str, after: str
) -> None:
    left, right = compare_words(before, after)
    assert "".join(piece.text for piece in left) == before
    assert "".join(piece.text for piece in right) == after
    same = ["".join(p.text for p in side if not p.mark).split() for side in (left, right)]
    assert "".join(same[0]) == "".join(same[1])


def test_equal_texts_have_no_marks() -> None:
    assert compare_words("a b", "a b") == ((TextPart("a b"),), (TextPart("a b"),))
    assert compare_words("", "") == ((), ())


def test_long_texts_are_compared_by_lines_and_endless_ones_not_at_all() -> None:
    lines = [f"{n} and more\n" for n in range(MOST_WORDS)]
    left, right = compare_words("".join(lines), "".join(["0 but less\n", *lines[1:]]))
    assert (marked(left), marked(right)) == (["0 and more"], ["0 but less"])
    endless = "".join(f"{n}\n" for n in range(MOST_LINES + 1))
    left, right = compare_words(endless, endless + "x")
    assert (left, right) == ((TextPart(endless, "removed"),), (TextPart(endless + "x", "added"),))
