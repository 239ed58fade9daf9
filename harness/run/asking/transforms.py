"""The part of a reply that later turns may name: what ``transform`` takes out of it."""

from __future__ import annotations

from typing import Any

from harness.checks.finding import CannotCheck
from harness.checks.reading.json import NotJson, find_value, read_json
from harness.checks.reading.pattern import search
from harness.spec.model.spec import Assertion, RegexTransform

Transform = str | RegexTransform
"""A JSONPath, or a pattern and one of its groups."""


def take_part(text: str, transform: Transform | None) -> Any:
    """Take the part of a reply that is stored: all of it without a transform.

    Returns "" where the reply holds no such part: the assertion of ``demand_part`` has failed then.
    """
    try:
        if transform is None:
            return text
        if isinstance(transform, str):
            found, value = find_value(transform, read_json(text))
            return value if found else ""
        return search(transform.regex, text, transform.group) or ""
    except (NotJson, CannotCheck):
        return ""


def demand_part(transform: Transform | None) -> tuple[Assertion, ...]:
    """Return what a transform demands of the reply: that there is something to take out of it."""
    if transform is None:
        return ()
    if isinstance(transform, str):
        return (Assertion(type="json-path", value={"path": transform}),)
    return (Assertion(type="regex", value=transform.regex),)
