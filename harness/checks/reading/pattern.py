"""Regular expressions from a spec, held to a time limit.

A pattern comes from a spec that anybody may have written, and the text from a model that anybody
may have prompted: together they can keep a naive engine busy for years.
"""

from __future__ import annotations

import re

from harness.checks.finding import CannotCheck, quote

TIME_LIMIT_S = 0.25
"""Processor time for one search; an honest pattern needs a hundredth of it on a long reply."""

MOST_COPIES = 50_000
"""The most parts that a pattern may have once its counts are written out.

Compiling writes ``(a{100}){100}`` out as ten thousand parts, which no time limit reaches.
"""


def search(pattern: str, text: str, group: int | str = 0) -> str | None:
    """Return the first match of the pattern, or a group of it; None when there is none.

    Raises:
        CannotCheck: the pattern is not one, or the search took too long.
    """
    import regex

    if _count_written_out(pattern) > MOST_COPIES:
        raise CannotCheck(f"The pattern {quote(pattern)} repeats its parts too often to be tried")
    try:
        match = regex.search(pattern, text, timeout=TIME_LIMIT_S)
    except TimeoutError:
        raise CannotCheck(
            f"The pattern {quote(pattern)} took more than {TIME_LIMIT_S:g} s on this reply; "
            "nested repetition such as (a+)+ is the usual cause"
        ) from None
    except (regex.error, ValueError, OverflowError, MemoryError, RecursionError) as error:
        why = f"The pattern {quote(pattern)} is not a regular expression: {error}"
        raise CannotCheck(why) from None
    try:
        found = None if match is None else match.group(group)
    except IndexError:
        raise CannotCheck(f"The pattern {quote(pattern)} has no group {quote(group)}") from None
    return None if found is None else str(found)


_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<open>\()|(?P<close>\))|\{(?P<least>[0-9]+)[0-9,]*\}",
    re.DOTALL,
)


def _count_written_out(pattern: str) -> int:
    """Count roughly the parts that the pattern has when ``x{3}`` is written ``xxx``."""
    sizes = [0]  # of the pattern, and of each group that is open
    unit, unit_end = 1, -1  # the size of what a count would repeat, and where that ends
    for token in _TOKEN.finditer(pattern):
        if token["open"]:
            sizes.append(0)
        elif token["close"] and len(sizes) > 1:
            unit, unit_end = sizes.pop() + 1, token.end()
            sizes[-1] += unit
        elif token["least"]:
            repeated = unit if token.start() == unit_end else 1
            unit, unit_end = repeated * max(int(token["least"][:9]), 1), token.end()
            sizes[-1] += unit - repeated
    return sum(sizes)
