"""What came from elsewhere is safe to print."""

from __future__ import annotations

import pytest

from harness.errors import Diagnostic
from harness.printable import printable
from harness.source import Span


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Who founded Microsoft?", "Who founded Microsoft?"),
        ("微软　创始人", "微软　创始人"),
        ("Grüße 👋", "Grüße 👋"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("one\ntwo", "one\\ntwo"),
        ("abc\u202edcba", "abc\\u202edcba"),
        ("\u009b2J", "\\x9b2J"),
        ("\udc80", "\\udc80"),
        ("a\u00a0b", "a\\xa0b"),
    ],
)
def test_what_a_terminal_would_obey_is_written_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable(shown) == shown


def test_no_part_of_a_diagnostic_reaches_the_terminal_raw() -> None:
    evil = "\x1b]0;owned\x07"
    said = str(Diagnostic("H101", evil, f"one {evil}\ntwo", Span(f"{evil}.yaml", 1, 2), evil))
    assert said.isascii()
    assert "\x1b" not in said
    assert said.splitlines()[1:3] == ["  one \\x1b]0;owned\\x07", "  two"]
