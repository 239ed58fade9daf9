"""What came from elsewhere is safe to print."""

from __future__ import annotations

import unicodedata

import pytest

from harness.errors import Diagnostic
from harness.source import Span
from harness.text.safe import printable, visible


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
        ("hid\u200bden\u00ad", "hid\\u200bden\\xad"),
        ("👩\u200d👧 می\u200cخواهم", "👩\u200d👧 می\u200cخواهم"),
        ("pass\u200dword ä\u200d\u200dx", "pass\\u200dword ä\\u200d\\u200dx"),
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


@pytest.mark.parametrize("character", ["\u200b", "\u00ad", "\u2060", "\u202e", "\ufeff", "\u200d"])
def test_what_hides_text_is_shown_on_a_page_as_in_a_terminal(character: str) -> None:
    text = f"hid{character}den"
    assert printable(text) != text
    assert visible(text) == f"hid⟨U+{ord(character):04X}⟩den"


def test_a_page_passes_no_character_that_draws_nothing() -> None:
    passed = {
        ord(character)
        for character in map(chr, range(0x110000))
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and visible(f"a{character}b") == f"a{character}b"
    }
    # Signs that stand before Arabic, Syriac and Kaithi numbers, or join hieroglyphs, are drawn.
    drawn = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
    assert passed <= {*map(ord, "\t\n")} | drawn | {*range(0x13430, 0x13440)}
