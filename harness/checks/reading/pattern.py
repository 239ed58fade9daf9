"""Regular expressions from a spec, held to a time limit.

A pattern comes from a spec that anybody may have written, and the text from a model that anybody
may have prompted: together they can keep a naive engine busy for years.
"""

from __future__ import annotations

from harness.checks.finding import CannotCheck, quote
from harness.spec.values.patterns import has_too_many_parts

TIME_LIMIT_S = 0.25
"""Processor time for one search; an honest pattern needs a hundredth of it on a long reply."""


def search(pattern: str, text: str, group: int | str = 0) -> str | None:
    """Return the first match of the pattern, or a group of it; None when there is none.

    Raises:
        CannotCheck: the pattern is not one, or the search took too long.
    """
    import regex

    if has_too_many_parts(pattern):
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
