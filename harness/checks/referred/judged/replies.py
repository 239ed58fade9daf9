"""Read the replies of judges strictly: a verdict, or nothing that can be taken for one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.checks.finding import CannotCheck, Finding, quote
from harness.checks.reading.json import NotJson, find_json, read_json
from harness.text.numbers import is_number

ROUNDING = 1e-9
"""Scores of judges are short decimals: a mean may miss its threshold by this much."""

LONGEST_REASON = 600
"""Characters of a judge's reason that a verdict shows."""

_WORDS = {"true": True, "yes": True, "pass": True, "false": False, "no": False, "fail": False}
_LETTER = re.compile(r"\(?([A-E])\)?(?:[.:)\s].*)?", re.DOTALL)
_YES_OR_NO = re.compile(r"[YN]")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The fields of a judge's answer; None where it has none."""

    reason: str
    score: float | None
    passed: bool | None
    fields: Mapping[str, Any]

    @property
    def quoted(self) -> str:
        """The reason as a verdict shows it: anybody's text, on one line; "" where there is none."""
        return f": {quote(self.reason, LONGEST_REASON)}" if self.reason else ""


def read_judgement(text: str, *more: str) -> Judgement:
    """Read the judge's answer: JSON, alone or with words around it.

    Args:
        text: all that the judge said.
        more: fields that make an object a verdict, beside ``score`` and ``pass``.

    Raises:
        CannotCheck: there is no verdict in it, there are two that differ, or its fields are of
            the wrong kind.
    """
    fields = _find_object(text, {"score", "pass", *more})
    reason = fields.get("reason")
    return Judgement(
        reason=reason.strip().removesuffix(".") if isinstance(reason, str) else "",
        score=_read_score(fields.get("score")),
        passed=_read_pass(fields.get("pass")),
        fields=fields,
    )


def read_choice(text: str) -> Judgement:
    """Read as ``read_judgement`` does, or a letter from A to E, which may also stand alone."""
    said = text.strip()
    if _LETTER.fullmatch(said):
        return Judgement("", None, None, {"choice": said.lstrip("(")[0]})
    return read_judgement(text, "choice", "category")


def read_yes_or_no(text: str) -> Judgement:
    """Read as ``read_judgement`` does, or a Y or an N that is the last line of reasoning."""
    lines = text.strip().splitlines() or [""]
    last = lines[-1].strip()
    if _YES_OR_NO.fullmatch(last):
        return Judgement(" ".join(lines[:-1]).strip(), None, last == "Y", {})
    return read_judgement(text)


def hold_to_threshold(judgement: Judgement, threshold: float | None) -> Finding:
    """Decide by ``pass`` (true where it is missing) and, where there is one, by the threshold."""
    passed = True if judgement.passed is None else judgement.passed
    score = float(passed) if judgement.score is None else judgement.score
    reached = threshold is None or score >= threshold - ROUNDING
    word = "passed" if passed else "failed"
    limit = "" if threshold is None else f"; wanted: at least {threshold:g}"
    fact = f"The judge {word} it with {score:.2f}{limit}{judgement.quoted}"
    return Finding(passed and reached, fact, score)


def _find_object(text: str, wanted: set[str]) -> Mapping[str, Any]:
    """Find the one object that has any of these fields; null says nothing."""
    try:
        whole = read_json(text)
    except NotJson:
        whole = None
    found = [whole] if whole is not None else list(find_json(text))
    objects = [
        one
        for one in found
        if isinstance(one, dict) and any(one.get(name) is not None for name in wanted)
    ]
    if not objects:
        what = quote(text.strip()) if text.strip() else "its reply is empty"
        raise CannotCheck(f"The judge gave no verdict: {what}")
    if any(one != objects[0] for one in objects[1:]):
        raise CannotCheck(f"The judge gave {len(objects)} verdicts that differ: {quote(text)}")
    return objects[0]


def _read_score(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise CannotCheck(f"The judge gave {quote(value)} as a score") from None
    if isinstance(value, bool):
        return float(value)
    if not is_number(value) or not 0 <= value <= 1:
        raise CannotCheck(f"The judge gave a score of {quote(value)}, which is not from 0 to 1")
    return float(value)


def _read_pass(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word not in _WORDS:
        raise CannotCheck(
            f"The judge gave {quote(value)} for pass, which is neither true nor false"
        )
    return _WORDS[word]
