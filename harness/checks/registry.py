"""Decide assertions: find the check of each, carry it out, turn its finding into a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from harness.checks.decision import decide
from harness.checks.definitions import DEFINITIONS, list_decided_by
from harness.checks.deterministic.data import has_path_beside
from harness.checks.finding import (
    CannotCheck,
    CheckFunction,
    Finding,
    NotApplicable,
    NothingThere,
    as_text,
    quote,
)
from harness.checks.reading.json import NotJson, find_value, read_json
from harness.checks.referred.referral import Findings, Place, Referral
from harness.checks.subject import Found, Subject
from harness.checks.verdict import CheckOutcome, Verdict
from harness.spec.model.spec import Assertion

SET = "assert-set"
SKIP = "skip"
COMPARED = list_decided_by("comparison")
"""Checks that compare the replies of several trials."""
COMPUTED = list_decided_by("function")
"""Checks that a function of this package decides at once."""
ASKING = list_decided_by("models", "comparison")
"""Checks that ask a judge or for embeddings."""
REFERRED = ASKING | list_decided_by("code")
"""Checks whose finding comes from outside: see ``referral``."""
_ABOUT_ENDING = frozenset(name for name, row in DEFINITIONS.items() if row.about_ending)
_NEED_LIKELIHOODS = frozenset(name for name, row in DEFINITIONS.items() if row.needs_likelihoods)


def has_comparison(assertions: Sequence[Assertion]) -> bool:
    """Return True where one of these compares the replies of several trials."""
    return any(one.type in COMPARED or has_comparison(one.assertions) for one in assertions)


def needs_likelihoods(assertions: Sequence[Assertion]) -> bool:
    """Return True where one of these needs the log-probabilities of a reply's tokens."""
    return any(
        one.type in _NEED_LIKELIHOODS or needs_likelihoods(one.assertions) for one in assertions
    )


def is_ruled_out(assertion: Assertion) -> bool:
    """Return True where ``when`` came to nothing, false, 0 or no, so that nothing is checked."""
    if assertion.when is None:
        return False
    written = "" if assertion.when in ([], {}, ()) else as_text(assertion.when)
    return written.strip().lower() in ("", "null", "none", "false", "no", "0", "0.0")


def _explain_skipping(assertion: Assertion) -> str | None:
    """Return why nothing is checked, None where something is."""
    if assertion.type == SKIP:
        return assertion.value if isinstance(assertion.value, str) else "This check is skipped."
    return f"Its `when` comes to {quote(assertion.when)}." if is_ruled_out(assertion) else None


def is_about_ending(assertion: Assertion) -> bool:
    """Return True where a blocked or truncated reply can decide this; in a set all parts must."""
    if assertion.type == SET:
        return bool(assertion.assertions) and all(map(is_about_ending, assertion.assertions))
    return assertion.type in _ABOUT_ENDING


def list_referrals(
    assertions: Sequence[Assertion], subject: Subject, above: Place = ()
) -> tuple[Referral, ...]:
    """List the findings that have to come from outside before these assertions are decided.

    Where ``path`` leads nowhere the check has failed already, and nobody needs to be asked.
    """
    found: list[Referral] = []
    for number, assertion in enumerate(assertions):
        if assertion.type != SET and assertion.type not in REFERRED:
            continue
        if is_ruled_out(assertion):
            continue
        try:
            narrowed = _narrow(assertion, subject)
        except (CannotCheck, NothingThere):
            continue
        place = (*above, number)
        if assertion.type == SET:
            found.extend(list_referrals(assertion.assertions, narrowed, place))
        else:
            found.append(Referral(place, assertion, narrowed))
    return tuple(found)


def check_all(
    assertions: Sequence[Assertion],
    subject: Subject,
    findings: Findings = MappingProxyType({}),
    above: Place = (),
) -> tuple[Verdict, ...]:
    """Decide each assertion, in their order; ``findings`` are those of ``list_referrals``."""
    return tuple(
        check(assertion, subject, findings, (*above, number))
        for number, assertion in enumerate(assertions)
    )


def check(
    assertion: Assertion,
    subject: Subject,
    findings: Findings = MappingProxyType({}),
    place: Place = (0,),
) -> Verdict:
    """Decide one assertion about a reply; never raises, whatever the reply holds.

    The assertion's templates have been filled in by the caller.
    """
    if (why := _explain_skipping(assertion)) is not None:
        return _make_verdict(assertion, "skipped", None, why)
    try:
        narrowed = _narrow(assertion, subject)
        if assertion.type == SET:
            return _check_set(assertion, narrowed, findings, place)
        if assertion.type in REFERRED:
            finding = _take_finding(assertion, findings.get(place))
        else:
            finding = _load_check(assertion)(assertion, narrowed)
    except NothingThere as why:  # failed, negated or not
        return _make_verdict(assertion, "failed", 0.0, f"{_capitalize(str(why))}.")
    except CannotCheck as why:
        outcome: CheckOutcome = "skipped" if isinstance(why, NotApplicable) else "errored"
        return _make_verdict(assertion, outcome, None, f"{_capitalize(str(why))}.")
    except Exception as error:  # noqa: BLE001 - a crash is a verdict: the reply was paid for, and
        # the other checks of the run still have something to say about it.
        reason = f"The check broke off: {type(error).__name__}: {quote(str(error))}."
        return _make_verdict(assertion, "errored", None, reason)
    return _turn_into_verdict(assertion, finding)


def _take_finding(assertion: Assertion, found: Finding | CannotCheck | None) -> Finding:
    if found is None:
        raise CannotCheck(f"Nobody was there to carry out {quote(assertion.type)}")
    if isinstance(found, CannotCheck):
        raise found
    return found


def _load_check(assertion: Assertion) -> CheckFunction:
    """Load the function that decides an assertion at once.

    Raises:
        CannotCheck: no check has this name: the assertion was not read from a spec.
    """
    definition = DEFINITIONS.get(assertion.type)
    if definition is None or definition.decided_by != "function":
        raise CannotCheck(f"This version cannot carry out {quote(assertion.type)}")
    function: CheckFunction = definition.load_function()
    return function


def _turn_into_verdict(assertion: Assertion, finding: Finding) -> Verdict:
    """Make a verdict of a finding, turned around by ``not-``."""
    holds = finding.holds != assertion.negated
    share = 1.0 - finding.share if assertion.negated else finding.share
    ruled_out = f", which {assertion.name} rules out" if assertion.negated and not holds else ""
    reason = f"{_capitalize(finding.fact)}{ruled_out}."
    return _make_verdict(assertion, "passed" if holds else "failed", share, reason)


def _check_set(assertion: Assertion, subject: Subject, findings: Findings, place: Place) -> Verdict:
    """Decide a set, which is one weighted check, by its parts as a turn is by its checks."""
    parts = check_all(assertion.assertions, subject, findings, place)
    decision = decide(parts, assertion.threshold)
    if decision.outcome in ("errored", "skipped"):
        first = next((part for part in parts if part.outcome == decision.outcome), None)
        reason = f"{first.type}: {first.reason}" if first else ""
        return replace(_make_verdict(assertion, decision.outcome, None, reason), parts=parts)
    passed = sum(part.outcome == "passed" for part in parts)
    fact = f"{passed} of {len(parts)} checks passed"
    if assertion.threshold is not None and decision.score is not None:
        fact += f", a score of {decision.score:.2f}; wanted: at least {assertion.threshold:g}"
    elif failed := next((p for p in parts if p.outcome == "failed" and p.weight > 0), None):
        fact += f"; {failed.type}: {failed.reason.rstrip('.')}"
    finding = Finding(decision.outcome == "passed", fact, decision.score)
    return replace(_turn_into_verdict(assertion, finding), parts=parts)


def _narrow(assertion: Assertion, subject: Subject) -> Subject:
    """Narrow the subject to the value that ``path`` finds in the reply.

    Raises:
        NothingThere: the reply is no JSON, or the path leads nowhere in it.
        CannotCheck: the path is none, or cannot be followed.
    """
    if assertion.path is None or has_path_beside(assertion):
        return subject
    try:
        document = read_json(subject.text) if subject.found is None else subject.found.value
    except NotJson as why:
        raise NothingThere(f"The reply is not JSON: {why}: {quote(subject.text)}") from None
    exists, value = find_value(assertion.path, document)
    if not exists:
        raise NothingThere(f"There is no {assertion.path} in the reply: {quote(subject.text)}")
    return replace(subject, text=as_text(value), found=Found(value))


def _make_verdict(
    assertion: Assertion, outcome: CheckOutcome, score: float | None, reason: str
) -> Verdict:
    return Verdict(
        type=assertion.name,
        value=_read_demand(assertion),
        outcome=outcome,
        score=score,
        reason=reason,
        weight=assertion.weight,
        metric=assertion.metric,
    )


def _read_demand(assertion: Assertion) -> object:
    """Return the demand as the author wrote it: for limits that is the threshold."""
    return assertion.threshold if assertion.value is None else assertion.value


def _capitalize(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
