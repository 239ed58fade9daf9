"""Checks that hold a number of the exchange against a limit."""

from __future__ import annotations

import math

from harness.checks.finding import CannotCheck, Finding, NotApplicable, quote
from harness.checks.subject import Subject
from harness.spec.model.spec import Assertion

NOT_ASKED = "logprobs dropped"
"""The note of a reply whose model refuses to tell them."""


def latency(assertion: Assertion, subject: Subject) -> Finding:
    """Limit the milliseconds from sending to the last byte; unmeasured is an error."""
    _require_timed(subject)
    if subject.latency_s is None:
        raise CannotCheck("Nobody measured how long the reply took: it was not asked for here")
    return _hold_to_limit(assertion, _to_milliseconds(subject.latency_s), "It took", " ms")


def time_to_first_token(assertion: Assertion, subject: Subject) -> Finding:
    """Limit the milliseconds to the first token, which are known only when streaming."""
    _require_timed(subject)
    if subject.ttft_s is None:
        raise CannotCheck("The time to the first token is known only with `stream: true`")
    return _hold_to_limit(
        assertion, _to_milliseconds(subject.ttft_s), "The first token took", " ms"
    )


def _require_timed(subject: Subject) -> None:
    """Refuse to judge a time that says nothing of a reply.

    Raises:
        NotApplicable: it was asked for in a batch.
    """
    if not subject.is_timed:
        raise NotApplicable("Replies that come in batches have no latency")


def cost(assertion: Assertion, subject: Subject) -> Finding:
    """Limit the US dollars; an unknown cost is an error, never a pass."""
    if subject.cost_usd is None:
        raise CannotCheck("The cost is unknown; give the deployment or provider model a `price`")
    return _hold_to_limit(assertion, subject.cost_usd, "It cost", " USD")


def max_output_tokens(assertion: Assertion, subject: Subject) -> Finding:
    """Limit the tokens that were written, hidden reasoning included."""
    if subject.usage is None:
        raise CannotCheck("The service did not count the tokens")
    return _hold_to_limit(assertion, subject.usage.output_tokens, "It wrote", " tokens")


def perplexity(assertion: Assertion, subject: Subject) -> Finding:
    """Limit the model's surprise at its own words: e to minus the mean log-probability.

    Source: promptfoo, perplexity.
    """
    chances = subject.logprobs
    if not chances and NOT_ASKED in subject.notes:
        raise CannotCheck(
            "The model gives no log-probabilities of its tokens (reasoning models refuse them)"
        )
    if not chances:
        raise CannotCheck("The reply carries no log-probabilities of its tokens")
    mean = sum(chances) / len(chances)
    try:
        found = math.exp(-mean)
    except OverflowError:
        found = math.inf
    if math.isnan(found):
        raise CannotCheck("The log-probabilities of the reply are not numbers")
    return _hold_to_limit(assertion, found, "Its perplexity is", "")


def _hold_to_limit(assertion: Assertion, found: float | None, said: str, unit: str) -> Finding:
    limit = assertion.threshold
    if found is None:
        raise CannotCheck(f"There is no reply whose {assertion.type} could be measured")
    if limit is None and assertion.weight == 0:
        return Finding(True, f"{said} {_round(found)}{unit}")
    if limit is None:
        raise CannotCheck(f"{assertion.type} needs a threshold, or `weight: 0` to measure only")
    fact = f"{said} {_round(found)}{unit}; wanted: at most {_round(limit)}{unit}"
    return Finding(found <= limit, fact)


def _to_milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000


def _round(value: float) -> str:
    """Write whole numbers whole, fractions to the digits that a person compares: 1234, 0.00042."""
    if math.isinf(value):
        return "infinite"
    return (
        f"{value:.0f}" if abs(value) >= 100 or value == int(value) else quote(f"{value:.4g}")[1:-1]
    )
