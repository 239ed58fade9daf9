"""Read the replies of judges strictly: a verdict, or nothing that can be taken for one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.checks.finding import CannotCheck, Finding, as_json, quote
from harness.checks.reading.json import describe_fault, find_json, refuse_constant
from harness.text.numbers import is_number

ROUNDING = 1e-9
"""Scores of judges are short decimals: a mean may miss its threshold by this much."""

LONGEST_REASON = 600
"""Characters of a judge's reason that a verdict shows."""

_WORDS = {"true": True, "yes": True, "pass": True, "false": False, "no": False, "fail": False}
# Words may follow a letter that is marked as one: "A reply cannot be judged" chooses nothing.
_LETTER = re.compile(r"(?:\(([A-E])\)|([A-E])(?=[.:)]\s|[.:)]?\Z|\s*\n)).*", re.DOTALL)
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
    fields = _find_object(text, [*more, "score", "pass"])
    reason = fields.get("reason")
    return Judgement(
        reason=reason.strip().removesuffix(".") if isinstance(reason, str) else "",
        score=_read_score(fields.get("score")),
        passed=_read_pass(fields.get("pass")),
        fields=fields,
    )


def read_choice(text: str) -> Judgement:
    """Read as ``read_judgement`` does, or a letter from A to E, which may also stand alone."""
    if chosen := _LETTER.fullmatch(text.strip()):
        return Judgement("", None, None, {"choice": chosen[1] or chosen[2]})
    return read_judgement(text, "choice", "category")


def read_yes_or_no(text: str) -> Judgement:
    """Read as ``read_judgement`` does, or a Y or an N that is the last line of reasoning."""
    lines = text.strip().splitlines() or [""]
    last = lines[-1].strip()
    if _YES_OR_NO.fullmatch(last):
        return Judgement(" ".join(lines[:-1]).strip(), None, last == "Y", {})
    return read_judgement(text)


def hold_to_threshold(judgement: Judgement, threshold: float | None) -> Finding:
    """Decide by ``pass`` and, where the check has one, by the threshold; one of them decides.

    Raises:
        CannotCheck: there is no ``pass``, nor a threshold that the score could be held to.
    """
    passed, score = judgement.passed, judgement.score
    if passed is None and score is None:
        raise CannotCheck(f"The judge gave neither a score nor pass{judgement.quoted}")
    if passed is None and threshold is None:
        raise CannotCheck(
            f"The judge gave a score of {score:.2f} without pass, and the check has no threshold "
            f"to hold it to{judgement.quoted}"
        )
    score = float(passed is True) if score is None else score
    reached = threshold is None or score >= threshold - ROUNDING
    word = {True: "passed it with", False: "failed it with", None: "scored it"}[passed]
    limit = "" if threshold is None else f"; wanted: at least {threshold:g}"
    fact = f"The judge {word} {score:.2f}{limit}{judgement.quoted}"
    return Finding(passed is not False and reached, fact, score)


def _refuse_doubled(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its fields; one that says two things under one name says nothing."""
    fields = dict(pairs)
    for name, value in pairs:
        if fields[name] != value:
            raise ValueError(f"it has {quote(name)} twice, with different values")
    return fields


# A line feed or a tab inside a string can be read in one way, though JSON wants it escaped.
_DECODER = json.JSONDecoder(
    parse_constant=refuse_constant, object_pairs_hook=_refuse_doubled, strict=False
)


def _find_object(text: str, wanted: Sequence[str]) -> Mapping[str, Any]:
    """Find the one object that has any of these fields; null says nothing."""
    found: list[Any] = []
    try:
        found = [_DECODER.decode(text)]
    except (ValueError, RecursionError):
        found = list(find_json(text, _DECODER))
    objects = [
        one
        for one in found
        if isinstance(one, dict) and any(one.get(name) is not None for name in wanted)
    ]
    if not objects:
        why = _explain_missing(text, found, wanted)
        said = f": {quote(text.strip())}" if text.strip() else ""
        raise CannotCheck(f"The judge gave no verdict: {why}{said}")
    if any(one != objects[0] for one in objects[1:]):
        raise CannotCheck(f"The judge gave {len(objects)} verdicts that differ: {quote(text)}")
    return objects[0]


def _explain_missing(text: str, found: Sequence[Any], wanted: Sequence[str]) -> str:
    """Say what is wrong with the JSON of a reply, and where; or what it lacks."""
    if not text.strip():
        return "its reply is empty"
    start = text.find("{")
    if start >= 0:
        try:
            _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            return f"its JSON cannot be read: {describe_fault(error)}"
    if not found:
        return "its reply holds no JSON"
    last = found[-1]
    if not isinstance(last, dict):
        return f"its JSON is {quote(as_json(last), 40)[1:-1]}, not an object"
    named = [name for name in wanted if name in last]
    if named:
        return f"its JSON has null for {' and '.join(named)}"
    keys = ", ".join(quote(name, 40) for name in [*last][:5]) or "nothing"
    return f"its JSON has {keys}, and none of {', '.join(wanted)}"


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
