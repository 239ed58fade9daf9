"""Names as messages show them: quoted, shortened, harmless on a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable

from harness.spec.document.located import Node
from harness.text.safe import printable

LONGEST = 60


def quote(name: object) -> str:
    """Put a name from the author's file in double quotes; control characters are made visible."""
    text = printable(str(name))
    return f'"{text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"}"'


def suggest(word: str, choices: Iterable[str]) -> str:
    """Return a hint that names the nearest right word, "" when nothing is near."""
    import difflib

    candidates = list(choices)
    lowered = {choice.casefold(): choice for choice in reversed(candidates)}
    near = difflib.get_close_matches(word.casefold()[:200], lowered, n=1, cutoff=0.6)
    return f"did you mean {quote(lowered[near[0]])}?" if near else ""


def join_names(choices: Iterable[str], *, most: int = 12) -> str:
    """Join choices as prose: ``a, b, c``, cut when there are many."""
    names = [printable(name) for name in choices]
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def describe(node: Node) -> str:
    """Describe a node in words that reveal no value."""
    value = node.value
    if node.raw is not None:
        return node.raw or "nothing"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else json.dumps(value)
