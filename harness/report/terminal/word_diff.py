"""The words in which two texts differ, as pieces of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Mark = Literal["", "removed", "added"]

MOST_WORDS = 3_000
"""Longer texts are compared line by line: comparing words takes time by the square."""
MOST_LINES = 5_000
"""Still longer ones are shown as wholly different."""

# A word takes the white space behind it along: a text has far more spaces than any of its words.
# Ideographs and kana stand without spaces: each is a word.
_WORD = re.compile(
    "(?:[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
    "|[^\\w\\s])\\s*|\\s+"
)


class TextPart(NamedTuple):
    """A part of a text, and whether only this side has it."""

    text: str
    mark: Mark = ""


def compare_words(before: str, after: str) -> tuple[tuple[TextPart, ...], tuple[TextPart, ...]]:
    """Return both texts in pieces; together the pieces of a side are the whole of its text."""
    if before == after:
        whole = (TextPart(before),) if before else ()
        return whole, whole
    left, right = _WORD.findall(before), _WORD.findall(after)
    if max(len(left), len(right)) > MOST_WORDS:
        left, right = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if max(len(left), len(right)) > MOST_LINES:
        return (TextPart(before, "removed"),), (TextPart(after, "added"),)
    matcher = SequenceMatcher(
        None, [word.strip() for word in left], [word.strip() for word in right], autojunk=False
    )
    steps = matcher.get_opcodes()
    return (
        _join(left, "removed", [(kind, begin, end) for kind, begin, end, _, _ in steps]),
        _join(right, "added", [(kind, begin, end) for kind, _, _, begin, end in steps]),
    )


def _join(
    words: Sequence[str], mark: Mark, steps: Iterable[tuple[str, int, int]]
) -> tuple[TextPart, ...]:
    return tuple(
        TextPart("".join(words[begin:end]), "" if kind == "equal" else mark)
        for kind, begin, end in steps
        if begin < end
    )
