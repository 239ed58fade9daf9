"""The finding of a check, before ``not-`` and weights are applied."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.checks.subject import Subject
from harness.spec.model.spec import Assertion
from harness.text.safe import printable

EXCERPT = 120
"""Characters of a reply that a reason quotes; the reply itself stands beside it in every report."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The decision on an assertion, and a fact that is true either way.

    ``fact`` is a sentence without its full stop: ``not-`` turns the decision around, and the
    sentence must still be right.
    """

    holds: bool
    fact: str
    score: float | None = None

    @property
    def share(self) -> float:
        """The score in [0, 1]; without one of its own a check is all or nothing."""
        return self.score if self.score is not None else float(self.holds)


class NothingThere(Exception):  # noqa: N818 - as below
    """The value that the check is about is not in the reply: it has failed, ``not-`` or not."""


class CannotCheck(Exception):  # noqa: N818 - it is no error of ours: the check stays undecided
    """A check could not be carried out; the message is a sentence without its full stop."""


class NotApplicable(CannotCheck):
    """There is nothing to check, by the way in which the reply was asked for: it is skipped."""


CheckFunction = Callable[[Assertion, Subject], Finding]


def quote(value: object, limit: int = EXCERPT) -> str:
    """Write a value as a reason quotes it: cut, on one line, nothing in it moves a cursor.

    Replies are anybody's text. Control characters, bidirectional overrides and lone surrogates
    come out as escapes, so that neither a terminal nor a UTF-8 file can be harmed by them.
    """
    text = value if isinstance(value, str) else as_json(value)
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    safe = printable(cut)
    return f'"{safe}"' if isinstance(value, str) else safe


def name_subject(subject: Subject) -> str:
    """Name the thing that was checked: the reply, or the value that ``path`` found in it."""
    return "The reply" if subject.found is None else "The value"


def as_json(value: object) -> str:
    """Write a JSON value as compact text, in its own script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def as_text(value: Any) -> str:
    """Write a JSON value as the text checks see it: a string is itself, anything else its JSON."""
    return value if isinstance(value, str) else as_json(value)
