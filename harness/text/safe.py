"""Text that came from elsewhere, made safe to show: the one place that decides what is.

Two forms, one decision. ``printable`` is for a line of a terminal or a log, which has no line ends
and no characters that fonts lack; ``visible`` is for a page, where text keeps its lines. Whatever
one of them shows because it hides text or reorders it, the other shows too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_SPACES = str.maketrans("\n\t\r", "   ")

WIDE_SPACE = "\u3000"
"""Chinese and Japanese text is full of it, and it hides nothing."""

# The flags of England, Scotland and Wales are spelt with tag characters, and many scripts and emoji
# join their letters; anywhere else these hide text from people while models read it.
_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f"
_LETTER = "[^\x00-\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f]"
_MEANT = re.compile(f"{_FLAG}|(?<={_LETTER})[\u200c\u200d](?={_LETTER})")
_HIDING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    "\xad\u180e\u200b-\u200d\u2060-\u2065\ufeff"  # of no width
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # bidirectional controls: Trojan Source
    "\u2028\u2029\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)


def printable(text: str) -> str:
    r"""Return the text with everything that a terminal would obey or hide written as an escape.

    Control characters, newlines among them, come out as ``\x1b``; so do bidirectional overrides,
    which can make a line read as something else, characters of no width, and lone surrogates,
    which no file can hold.
    """
    if text.isprintable():
        return text
    return "".join(_show_pieces(text, _escape))


def flatten(text: str) -> str:
    """Return the text on one line, with escapes for what a terminal would obey or hide."""
    return printable(text.translate(_SPACES))


def visible(text: str) -> str:
    r"""Return the text with every control, bidirectional and hidden character replaced by a sign.

    Tab and newline stay; ``\r\n`` is one newline. What comes out can be written as UTF-8 and
    stand in HTML, XML and a terminal, and reads in the order in which it is stored.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_show_pieces(text.replace("\r\n", "\n"), _replace_hidden))


def clip_line(text: str, limit: int = 160) -> str:
    """Return the text on one line, cut at ``limit`` characters with an ellipsis."""
    flat = " ".join(visible(text[: 4 * limit]).split())
    if len(flat) <= limit and len(text) <= 4 * limit:
        return flat
    return flat[: limit - 1].rstrip() + "…"


def clip(text: str, limit: int) -> tuple[str, int]:
    """Return the text's first ``limit`` characters, made visible, and how many are left out."""
    return visible(text[:limit]), max(0, len(text) - limit)


def _show_pieces(text: str, show: Callable[[str], str]) -> Iterator[str]:
    """Yield the text in pieces: what is meant to be unseen as it is, the rest shown."""
    end = 0
    for meant in _MEANT.finditer(text):
        yield show(text[end : meant.start()])
        yield meant[0]
        end = meant.end()
    yield show(text[end:])


def _escape(text: str) -> str:
    return "".join(
        c if c.isprintable() or c == WIDE_SPACE else c.encode("unicode_escape").decode("ascii")
        for c in text
    )


def _replace_hidden(text: str) -> str:
    return _HIDING.sub(_choose_sign, text)


def _choose_sign(match: re.Match[str]) -> str:
    point = ord(match[0])
    if point < 0x20:
        return chr(0x2400 + point)  # Unicode's own pictures of control characters
    return "␡" if point == 0x7F else f"⟨U+{point:04X}⟩"
