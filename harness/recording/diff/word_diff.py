"""Show what changed between two texts, word by word, on one line that reads without colour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from harness.text.safe import printable

_TOKENS: Final = re.compile(
    # Chinese, Japanese and Korean write no spaces: there, a character is a word.
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
    r"|\w+|\s+|[^\w\s]"
)
_MOST_TOKENS: Final = 4_000
"""Beyond so many changed words, which of them stayed is of no use to a reader, and costly."""

_CONTEXT: Final = 28
"""Characters of unchanged text that are shown on each side of a change."""

_LONGEST: Final = 48
"""Characters of a change that are shown; its middle is left out."""

_MOST_CHANGES: Final = 3


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of both texts: the same in both where ``old`` is ``new``."""

    old: str
    new: str

    @property
    def changed(self) -> bool:
        return self.old != self.new


def diff_words(old: str, new: str) -> str:
    """Return ``Who were the [-founders-]{+creators+} of Microsoft?``, long stretches elided.

    At most three changes are shown, and how many more there are.
    """
    pieces = list(_join_changes(_split_pieces(old, new)))
    changes = [number for number, piece in enumerate(pieces) if piece.changed]
    if not changes:
        return shorten(old, _LONGEST)
    last = changes[:_MOST_CHANGES][-1]
    end = len(pieces) if len(changes) <= _MOST_CHANGES else last + 2
    shown = [_show(pieces, number) for number in range(min(end, len(pieces)))]
    more = len(changes) - _MOST_CHANGES
    return "".join(shown) + (f" (and {more} more)" if more > 0 else "")


def shorten(text: str, longest: int) -> str:
    """Return the text on one line, its middle left out where it is longer than that."""
    if len(text) > longest:
        half = longest // 2
        text = f"{text[:half]}…{text[-half:]}"
    return printable(text)


def _show(pieces: Sequence[_Piece], number: int) -> str:
    piece = pieces[number]
    if piece.changed:
        old, new = shorten(piece.old, _LONGEST), shorten(piece.new, _LONGEST)
        return (f"[-{old}-]" if old else "") + (f"{{+{new}+}}" if new else "")
    before = _CONTEXT if number + 1 < len(pieces) else 0
    after = _CONTEXT if number else 0
    if len(piece.old) <= before + after + 1:
        return printable(piece.old)
    head = piece.old[:after]
    tail = piece.old[len(piece.old) - before :]
    return f"{printable(head)}…{printable(tail)}"


def _split_pieces(old: str, new: str) -> Iterator[_Piece]:
    """Split into stretches in their order; what is the same at both ends is never compared."""
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    ends = 0
    while ends < min(len(before), len(after)) - start and before[-1 - ends] == after[-1 - ends]:
        ends += 1
    middle, other = before[start : len(before) - ends], after[start : len(after) - ends]
    same = "".join(before[:start])
    yield _Piece(same, same)
    if max(len(middle), len(other)) > _MOST_TOKENS:
        yield _Piece("".join(middle), "".join(other))
    else:
        yield from _align(middle, other)
    same = "".join(before[len(before) - ends :])
    yield _Piece(same, same)


def _align(before: Sequence[str], after: Sequence[str]) -> Iterator[_Piece]:
    from rapidfuzz.distance import Indel

    # Strings are compared by their hashes there: words are numbered, so that equal means equal.
    numbers: dict[str, int] = {}
    left = [numbers.setdefault(word, len(numbers)) for word in before]
    right = [numbers.setdefault(word, len(numbers)) for word in after]
    for step in Indel.opcodes(left, right):
        yield _Piece(
            "".join(before[step.src_start : step.src_end]),
            "".join(after[step.dest_start : step.dest_end]),
        )


def _join_changes(pieces: Iterator[_Piece]) -> Iterator[_Piece]:
    """Join neighbouring changes, also where a single space or sign stands between them."""
    found: list[_Piece] = []
    for piece in pieces:
        if not piece.old and not piece.new:
            continue
        if piece.changed and found and found[-1].changed:
            found[-1] = _Piece(found[-1].old + piece.old, found[-1].new + piece.new)
        elif piece.changed and len(found) > 1 and found[-2].changed and len(found[-1].old) == 1:
            between, first = found.pop(), found.pop()
            found.append(
                _Piece(first.old + between.old + piece.old, first.new + between.new + piece.new)
            )
        else:
            found.append(piece)
    yield from found
