"""Text that came from elsewhere, made safe to print: the one place that decides what is."""

from __future__ import annotations

WIDE_SPACE = "\u3000"
"""Chinese and Japanese text is full of it, and it hides nothing."""


def printable(text: str) -> str:
    r"""The text with everything that a terminal would obey or hide written as an escape.

    Control characters, newlines among them, come out as ``\x1b``; so do bidirectional overrides,
    which can make a line read as something else, and lone surrogates, which no file can hold.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == WIDE_SPACE else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
