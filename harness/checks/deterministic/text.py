"""Checks that read the reply as text.

Names and meanings are promptfoo's. Source: promptfoo ``src/assertions``, read 2026.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from harness.checks.finding import (
    CannotCheck,
    CheckFunction,
    Finding,
    as_text,
    name_subject,
    quote,
)
from harness.checks.reading.json import NotJson, read_json
from harness.checks.reading.pattern import search
from harness.checks.subject import Subject
from harness.spec.model.spec import Assertion
from harness.spec.values.filling import split_texts
from harness.text.numbers import is_number


def equals(assertion: Assertion, subject: Subject) -> Finding:
    """Compare text with text, or JSON deeply with JSON; 1 equals 1.0, and 1 is not true."""
    wanted = assertion.value
    if wanted is None and "value" not in assertion.model_fields_set:
        raise CannotCheck("equals needs a value to compare with")
    if subject.found is not None:
        holds = is_same(subject.found.value, wanted) or subject.text == wanted
    elif isinstance(wanted, str):
        holds = subject.text == wanted
    elif isinstance(wanted, list | tuple | dict):
        try:
            holds = is_same(read_json(subject.text), wanted)
        except NotJson as why:
            return Finding(False, f"The reply is not the JSON that is wanted: {why}")
    else:
        holds = subject.text == _write_scalar(wanted) or _is_that_number(subject.text, wanted)
    relation = "is" if holds else "is not"
    fact = f"{name_subject(subject)} {relation} {quote(wanted)}"
    return Finding(holds, fact if holds else f"{fact} but {quote(subject.text)}")


def _is_that_number(text: str, wanted: object) -> bool:
    """Return True where the reply is this number in another spelling: 42.0 for 42."""
    try:
        return is_number(wanted) and is_same(read_json(text), wanted)
    except NotJson:
        return False


def is_same(left: Any, right: Any) -> bool:
    """Compare JSON values deeply, where Python would take true for 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(is_same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(is_same, left, right))
    return bool(left == right)


def _write_scalar(value: object) -> str:
    """Write a scalar as a person would have typed it into the reply: 3, not 3.0."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return as_text(value)


def _make_contains(*, ignoring_case: bool) -> CheckFunction:
    def check(assertion: Assertion, subject: Subject) -> Finding:
        wanted = read_wanted_text(assertion)
        text = subject.text.lower() if ignoring_case else subject.text
        holds = (wanted.lower() if ignoring_case else wanted) in text
        return Finding(holds, _describe_containing(subject, holds, quote(wanted)))

    return check


def _make_contains_several(*, every: bool, ignoring_case: bool) -> CheckFunction:
    def check(assertion: Assertion, subject: Subject) -> Finding:
        wanted = _read_wanted_texts(assertion)
        text = subject.text.lower() if ignoring_case else subject.text
        missing = [one for one in wanted if (one.lower() if ignoring_case else one) not in text]
        present = [one for one in wanted if one not in missing]
        if every:
            named = _list_texts(missing or wanted, "or" if missing else "and")
            return Finding(not missing, _describe_containing(subject, not missing, named))
        named = _list_texts(present or wanted, "and" if present else "or")
        return Finding(bool(present), _describe_containing(subject, bool(present), named))

    return check


contains = _make_contains(ignoring_case=False)
icontains = _make_contains(ignoring_case=True)
contains_all = _make_contains_several(every=True, ignoring_case=False)
contains_any = _make_contains_several(every=False, ignoring_case=False)
icontains_all = _make_contains_several(every=True, ignoring_case=True)
icontains_any = _make_contains_several(every=False, ignoring_case=True)


def _make_edge(word: str, holds_for: Callable[[str, str], bool]) -> CheckFunction:
    def check(assertion: Assertion, subject: Subject) -> Finding:
        wanted = read_wanted_text(assertion)
        if holds_for(subject.text, wanted):
            return Finding(True, f"{name_subject(subject)} {word}s with {quote(wanted)}")
        edge = subject.text[:60] if word == "start" else subject.text[-60:]
        fact = f"{name_subject(subject)} {word}s with {quote(edge)}, not with {quote(wanted)}"
        return Finding(False, fact)

    return check


starts_with = _make_edge("start", str.startswith)
ends_with = _make_edge("end", str.endswith)


def regex(assertion: Assertion, subject: Subject) -> Finding:
    """Search the pattern anywhere in the reply, within a time limit."""
    wanted = assertion.value
    if not isinstance(wanted, str) or not wanted:
        raise CannotCheck("regex needs a pattern as its value")
    found = search(wanted, subject.text)
    if found is not None:
        return Finding(True, f"{name_subject(subject)} matches {quote(wanted)} at {quote(found)}")
    fact = f"{name_subject(subject)} does not match {quote(wanted)}: {quote(subject.text)}"
    return Finding(False, fact)


def word_count(assertion: Assertion, subject: Subject) -> Finding:
    """Count the words between white space.

    Scripts that put no space between words count as one word; use ``regex`` for those.
    """
    return compare_count(assertion, subject, len(subject.text.split()), "word")


def char_count(assertion: Assertion, subject: Subject) -> Finding:
    """Count the characters as people see code points: white space too, line ends as one each."""
    return compare_count(assertion, subject, len(subject.text), "character")


def compare_count(assertion: Assertion, subject: Subject, count: int, noun: str) -> Finding:
    """Compare a count with the value: an exact number, or ``{min, max}``, both ends included.

    Args:
        assertion: its value has the form ``words``.
        subject: the reply that was counted in.
        count: of what is called ``noun``, a word whose plural ends with "s".
        noun: in the singular.

    Raises:
        CannotCheck: the value holds no limits, or contradicts itself.
    """
    low, high = _read_limits(assertion.type, assertion.value)
    holds = (low is None or count >= low) and (high is None or count <= high)
    if low == high:
        wanted = f"exactly {low:g}"
    elif low is None or high is None:
        wanted = f"at most {high:g}" if low is None else f"at least {low:g}"
    else:
        wanted = f"{low:g} to {high:g}"
    counted = f"{count} {noun}" if count == 1 else f"{count} {noun}s"
    return Finding(holds, f"{name_subject(subject)} has {counted}; wanted: {wanted}")


def _read_limits(name: str, value: Any) -> tuple[float | None, float | None]:
    if isinstance(value, Mapping):
        low, high = _read_number(name, value.get("min")), _read_number(name, value.get("max"))
        if low is None and high is None:
            raise CannotCheck(f"{name} needs min, max or both")
        if low is not None and high is not None and low > high:
            raise CannotCheck(f"{name} has a min of {low:g} above its max of {high:g}")
        return low, high
    exact = _read_number(name, value)
    if exact is None:
        raise CannotCheck(f"{name} needs a number or {{min, max}}, not {quote(value)}")
    return exact, exact


def _read_number(name: str, value: Any) -> float | None:
    """Read a number, also one that came as text from a data set; None where there is none."""
    if is_number(value):
        return float(value)
    if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,9}\s*", value, re.ASCII):
        return float(value)
    if value is None:
        return None
    raise CannotCheck(f"{name} needs numbers, not {quote(value)}")


def read_wanted_text(assertion: Assertion) -> str:
    """Read the text to look for; an empty one would pass on every reply and is no demand."""
    value = assertion.value
    if is_number(value):
        return _write_scalar(value)
    if isinstance(value, str) and value:
        return value
    what = "an empty text" if value == "" else quote(value)
    raise CannotCheck(f"{assertion.type} needs a text or a number to look for, not {what}")


def _read_wanted_texts(assertion: Assertion) -> list[str]:
    """Read the texts to look for: a list, or one text with commas (quotes keep a comma)."""
    value = assertion.value
    texts: list[Any]
    if isinstance(value, str):
        texts = split_texts(value)
    elif isinstance(value, list | tuple):
        texts = [_write_scalar(one) if is_number(one) else one for one in value]
    else:
        texts = []
    if not texts or not all(isinstance(text, str) and text for text in texts):
        raise CannotCheck(f"{assertion.type} needs a list of texts, not {quote(value)}")
    return texts


def _describe_containing(subject: Subject, holds: bool, what: str) -> str:
    if holds:
        return f"{name_subject(subject)} contains {what}"
    return f"{name_subject(subject)} does not contain {what}: {quote(subject.text)}"


def _list_texts(texts: list[str], conjunction: str) -> str:
    named = [quote(text, 40) for text in texts[:5]]
    if len(texts) > len(named):
        return f"{', '.join(named)} {conjunction} {len(texts) - len(named)} more"
    if len(named) == 1:
        return named[0]
    return f"{', '.join(named[:-1])} {conjunction} {named[-1]}"
