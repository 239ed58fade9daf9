"""Names as messages show them: quoted, shortened, harmless on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from harness.text.safe import printable

LONGEST = 60


def quote(name: object) -> str:
    """A name from the author's file in double quotes; control characters are made visible."""
    text = printable(str(name))
    return f'"{text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"}"'


def suggest(word: str, choices: Iterable[str]) -> str:
    """A hint that names the nearest right word, "" when nothing is near."""
    import difflib

    candidates = list(choices)
    lowered = {choice.casefold(): choice for choice in reversed(candidates)}
    near = difflib.get_close_matches(word.casefold()[:200], lowered, n=1, cutoff=0.6)
    return f"did you mean {quote(lowered[near[0]])}?" if near else ""


def join_names(choices: Iterable[str], *, most: int = 12) -> str:
    """Choices as prose: ``a, b, c``, cut when there are many."""
    names = [printable(name) for name in choices]
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
