"""A reply as Markdown, block by block; and what is typed over several lines."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from harness.cli.playground.markdown import ReplyScreen, render_markdown, split_blocks
from harness.cli.playground.prompt import is_open, read_typed


def draw(text: str) -> str:
    console = Console(file=io.StringIO(), width=60)
    console.print(render_markdown(text))
    drawn = console.file
    assert isinstance(drawn, io.StringIO)
    return drawn.getvalue()


def test_a_block_ends_at_an_empty_line_and_a_fence_of_code_is_one() -> None:
    text = "One\ntwo.\n\n```py\nx = 1\n\ny = 2\n```\n\nThe e"
    assert split_blocks(text) == (["One\ntwo.", "```py\nx = 1\n\ny = 2\n```"], "The e")
    assert split_blocks("```\na\n\n") == ([], "```\na\n\n"), "a fence that is open grows"
    assert split_blocks("````\n```\n\nx\n") == ([], "````\n```\n\nx\n")


def test_nothing_of_a_reply_is_left_out_or_hidden() -> None:
    drawn = draw("See <script>x</script> and [the bank](http://evil.example/).\n\n<div>kept</div>")
    assert "<script>x</script>" in drawn
    assert "<div>kept</div>" in drawn
    assert "http://evil.example/" in drawn, "a link shows where it leads"


def test_a_line_end_of_the_model_is_one() -> None:
    assert [line.strip() for line in draw("roses\nviolets").splitlines()][:2] == [
        "roses",
        "violets",
    ]


def test_escapes_are_shown_and_do_nothing() -> None:
    drawn = draw("a\x1b[2J `b\x1b]0;x\x07` \u202ec")
    assert "\x1b[2J" not in drawn
    assert "␛[2J" in drawn
    assert "⟨U+202E⟩" in drawn


def test_a_reply_that_comes_in_pieces_is_drawn_once() -> None:
    file = io.StringIO()
    screen = ReplyScreen(Console(file=file, width=60))
    screen.add_thought("hm")
    for piece in ("On", "e\n\nT", "wo\n", "\nThree"):
        screen.add(piece)
    screen.end()
    drawn = [line.strip() for line in file.getvalue().split("\n")]
    assert drawn == ["hm", "", "One", "", "Two", "", "Three", ""]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("one", False),
        ("one \\", True),
        ('"""', True),
        ('"""one', True),
        ('"""\none\n"""', False),
        ('"""one"""', False),
    ],
)
def test_more_lines_are_awaited_where_a_message_is_open(text: str, more: bool) -> None:
    assert is_open(text) is more


def test_marks_of_several_lines_are_no_part_of_the_message() -> None:
    assert read_typed("one \\\ntwo") == "one \ntwo"
    assert read_typed('"""\none\n\ntwo\n"""') == "one\n\ntwo"
    assert read_typed("  one  ") == "one"
    assert read_typed("a\udcffb") == "a?b", "no request could hold it"
