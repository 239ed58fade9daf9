"""Checks that are the author's Python: what is called, and what its answer means.

Who runs it, where and for how long is not decided here: see ``harness.sandbox``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.checks.finding import CannotCheck, Finding, quote
from harness.checks.reading.json import NotJson, read_json
from harness.checks.referred.referral import Referral
from harness.checks.subject import Subject
from harness.spec.model.assertion_forms import parse_code_file
from harness.spec.model.spec import Assertion
from harness.text.numbers import is_number

Answer = Any
"""The value that the code returned, as JSON."""


@dataclass(frozen=True, slots=True)
class CodeCall:
    """A function to call with what was said and what is known about it.

    Attributes:
        file: the file that holds the function; None where the source stands in the spec.
        function: its name.
        source: an expression, or the body of a function that returns; "" with a file.
        output: the reply.
        context: ``prompt``, ``vars`` and the rest, as JSON.
    """

    file: str | None
    function: str
    source: str
    output: str
    context: Mapping[str, Any]


def make_code_call(referral: Referral) -> CodeCall:
    """Build the call that a ``python`` assertion makes.

    Raises:
        CannotCheck: its value is no code.
    """
    value = referral.assertion.value
    if not isinstance(value, str) or not value.strip():
        raise CannotCheck("python needs file.py:function, or an expression")
    named = parse_code_file(value)
    if named is not None:
        return CodeCall(named.file, named.function, "", *_collect_arguments(referral))
    return CodeCall(None, "check", value, *_collect_arguments(referral))


def _collect_arguments(referral: Referral) -> tuple[str, Mapping[str, Any]]:
    subject, assertion = referral.subject, referral.assertion
    return subject.text, {
        "prompt": subject.user,
        "vars": _read_variables(subject),
        "value": subject.text if subject.found is None else subject.found.value,
        "assertion": {
            "type": assertion.name,
            "threshold": assertion.threshold,
            "metric": assertion.metric,
        },
        "config": assertion.config or {},
        "logProbs": subject.logprobs,
        "turns": _list_turns(subject),
        "metadata": {
            "latencyMs": None if subject.latency_s is None else subject.latency_s * 1000,
            "cost": subject.cost_usd,
            "finishReason": subject.finish_reason,
            "toolCalls": [
                {"id": call.id, "name": call.name, "arguments": call.arguments}
                for call in subject.tool_calls
            ],
        },
    }


def _read_variables(subject: Subject) -> dict[str, Any]:
    return dict(subject.setting.variables) if subject.setting is not None else {}


def _list_turns(subject: Subject) -> list[dict[str, str]]:
    """List the turns before the reply; of a conversation all of them."""
    exchanges = subject.setting.exchanges if subject.setting is not None else ()
    return [
        {"user": exchange.asked, "assistant": exchange.reply.text}
        for exchange in exchanges
        if exchange.reply is not None
    ]


_YES_OR_NO = re.compile(r"\s*(true|false)\s*", re.IGNORECASE)


def read_finding(answer: Answer, assertion: Assertion) -> Finding:
    """Read an answer of the code: yes or no, a score, or ``{pass, score, reason}``.

    A score passes from the threshold on, without one when it is above 0; what is outside of 0 to 1
    is brought to the nearer end after that. Source: promptfoo, python assertions.

    Raises:
        CannotCheck: it is none of these; a check that returned nothing has checked nothing.
    """
    if isinstance(answer, str):
        answer = _parse_text(answer)
    if isinstance(answer, bool):
        return Finding(answer, f"The code returned {str(answer).lower()}")
    if is_number(answer):
        return _read_score(float(answer), assertion)
    if isinstance(answer, Mapping):
        return _read_grade(answer, assertion)
    raise CannotCheck(f"The code returned {quote(answer)}; wanted: {WANTED}")


WANTED = "true, false, a number or {pass, score, reason}"


def _parse_text(answer: str) -> Any:
    if yes_or_no := _YES_OR_NO.fullmatch(answer):
        return yes_or_no[1].lower() == "true"
    try:
        return read_json(answer)
    except NotJson:
        raise CannotCheck(f"The code returned {quote(answer)}; wanted: {WANTED}") from None


def _read_score(score: float, assertion: Assertion) -> Finding:
    if not math.isfinite(score):
        raise CannotCheck(f"The code returned {score}, which is no score")
    limit = assertion.threshold
    holds = score > 0 if limit is None else score >= limit
    wanted = "above 0" if limit is None else f"at least {limit:g}"
    return Finding(holds, f"The code returned {score:g}; wanted: {wanted}", _clamp(score))


def _read_grade(answer: Mapping[str, Any], assertion: Assertion) -> Finding:
    verdict = answer.get("pass", answer.get("pass_"))
    score = answer.get("score", None if verdict is None else float(verdict is True))
    if not isinstance(verdict, bool | None) or isinstance(score, bool):
        raise CannotCheck(f"The code returned {quote(answer)}; wanted: {WANTED}")
    if not is_number(score) or not math.isfinite(score):
        raise CannotCheck(f"The code returned {quote(answer)}; wanted: {WANTED}")
    enough = assertion.threshold is None or score >= assertion.threshold
    holds = (score > 0 if verdict is None else verdict) and enough
    reason = answer.get("reason")
    said = (
        quote(reason, 400)[1:-1].rstrip(".") if isinstance(reason, str) and reason.strip() else ""
    )
    fact = said or f"The code returned {'pass' if verdict else 'fail'} with a score of {score:g}"
    if not enough:
        fact = f"The code returned {score:g}; wanted: at least {assertion.threshold:g}: {fact}"
    return Finding(holds, fact, _clamp(score))


def _clamp(score: float) -> float:
    return min(1.0, max(0.0, float(score)))
