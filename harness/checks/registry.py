"""From an assertion to the function that decides it, and from that to a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from harness.checks import data, ending, html, likeness, limits, sql, text, tools, xml
from harness.checks.best import SELECT_BEST
from harness.checks.decision import decide
from harness.checks.finding import (
    CannotCheck,
    CheckFunction,
    Finding,
    NothingThere,
    as_text,
    shown,
)
from harness.checks.judge import STEPS
from harness.checks.reading import NotJson, read_json, value_at
from harness.checks.referral import Findings, Place, Referral
from harness.checks.subject import Found, Subject
from harness.checks.verdict import CheckOutcome, Verdict
from harness.spec.model import Assertion

CHECKS: Mapping[str, CheckFunction] = MappingProxyType(
    {
        "equals": text.equals,
        "contains": text.contains,
        "icontains": text.icontains,
        "contains-all": text.contains_all,
        "contains-any": text.contains_any,
        "icontains-all": text.icontains_all,
        "icontains-any": text.icontains_any,
        "starts-with": text.starts_with,
        "ends-with": text.ends_with,
        "regex": text.regex,
        "word-count": text.word_count,
        "levenshtein": likeness.levenshtein,
        "rouge-n": likeness.rouge_n,
        "bleu": likeness.bleu,
        "gleu": likeness.gleu,
        "meteor": likeness.meteor,
        "is-json": data.is_json,
        "contains-json": data.contains_json,
        "json-path": data.json_path,
        "is-html": html.is_html,
        "contains-html": html.contains_html,
        "is-xml": xml.is_xml,
        "contains-xml": xml.contains_xml,
        "is-sql": sql.is_sql,
        "contains-sql": sql.contains_sql,
        "latency": limits.latency,
        "time-to-first-token": limits.time_to_first_token,
        "cost": limits.cost,
        "max-output-tokens": limits.max_output_tokens,
        "perplexity": limits.perplexity,
        "finish-reason": ending.finish_reason,
        "guardrails": ending.guardrails,
        "is-refusal": ending.is_refusal,
        "tool-called": tools.tool_called,
        "is-valid-openai-tools-call": tools.is_valid_tools_call,
        "tool-call-f1": tools.tool_call_f1,
    }
)
"""One function an assertion; ``assert-set`` and ``skip`` are forms around assertions."""

SET = "assert-set"
SKIP = "skip"
ASKING = frozenset({*STEPS, SELECT_BEST})
"""Checks that ask a judge or for embeddings."""
REFERRED = frozenset({"python", *ASKING})
"""Checks whose finding comes from outside: see ``referral``."""

SUPPORTED = frozenset({*CHECKS, *REFERRED, SET, SKIP})

ENDING = frozenset({"finish-reason", "guardrails", "is-refusal"})
"""Checks about the ending itself: they decide even where a reply was blocked or cut short."""


def compared(assertions: Sequence[Assertion]) -> bool:
    """Whether any of these compares replies of several trials, which decides it only together."""
    return any(one.type == SELECT_BEST or compared(one.assertions) for one in assertions)


def needs_likelihoods(assertions: Sequence[Assertion]) -> bool:
    """Whether any of these needs the log-probabilities of a reply's tokens."""
    return any(one.type == "perplexity" or needs_likelihoods(one.assertions) for one in assertions)


def about_ending(assertion: Assertion) -> bool:
    """Whether a blocked or truncated reply can decide this; for a set, whether all parts can."""
    if assertion.type == SET:
        return bool(assertion.assertions) and all(map(about_ending, assertion.assertions))
    return assertion.type in ENDING


def referrals(
    assertions: Sequence[Assertion], subject: Subject, above: Place = ()
) -> tuple[Referral, ...]:
    """What has to be found out outside before these assertions can be decided.

    Where ``path`` leads nowhere the check has failed already, and nobody needs to be asked.
    """
    found: list[Referral] = []
    for number, assertion in enumerate(assertions):
        if assertion.type != SET and assertion.type not in REFERRED:
            continue
        try:
            narrowed = _narrowed(assertion, subject)
        except (CannotCheck, NothingThere):
            continue
        place = (*above, number)
        if assertion.type == SET:
            found.extend(referrals(assertion.assertions, narrowed, place))
        else:
            found.append(Referral(place, assertion, narrowed))
    return tuple(found)


def check_all(
    assertions: Sequence[Assertion],
    subject: Subject,
    findings: Findings = MappingProxyType({}),
    above: Place = (),
) -> tuple[Verdict, ...]:
    """One verdict an assertion, in their order; ``findings`` are those of ``referrals``."""
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
    """What an assertion says about a reply; never raises, whatever the reply holds.

    The assertion's templates have been filled in by the caller.
    """
    if assertion.type == SKIP:
        reason = assertion.value if isinstance(assertion.value, str) else "This check is skipped."
        return _verdict(assertion, "skipped", None, reason)
    try:
        narrowed = _narrowed(assertion, subject)
        if assertion.type == SET:
            return _check_set(assertion, narrowed, findings, place)
        if assertion.type in REFERRED:
            finding = _brought(assertion, findings.get(place))
        else:
            finding = CHECKS.get(assertion.type, _unknown)(assertion, narrowed)
    except NothingThere as why:  # failed, negated or not
        return _verdict(assertion, "failed", 0.0, f"{_capital(str(why))}.")
    except CannotCheck as why:
        return _verdict(assertion, "errored", None, f"{_capital(str(why))}.")
    except Exception as error:  # noqa: BLE001 - a crash is a verdict: the reply was paid for, and
        # the other checks of the run still have something to say about it.
        reason = f"The check broke off: {type(error).__name__}: {shown(str(error))}."
        return _verdict(assertion, "errored", None, reason)
    return _judged(assertion, finding)


def _brought(assertion: Assertion, found: Finding | CannotCheck | None) -> Finding:
    if found is None:
        raise CannotCheck(f"Nobody was there to carry out {shown(assertion.type)}")
    if isinstance(found, CannotCheck):
        raise found
    return found


def _unknown(assertion: Assertion, subject: Subject) -> Finding:
    """Stands in for a name that the spec knows and this table does not."""
    del subject
    raise CannotCheck(f"This version cannot carry out {shown(assertion.type)}")


def _judged(assertion: Assertion, finding: Finding) -> Verdict:
    """The finding as a verdict, turned around by ``not-``."""
    holds = finding.holds != assertion.negated
    share = 1.0 - finding.share if assertion.negated else finding.share
    ruled_out = f", which {assertion.name} rules out" if assertion.negated and not holds else ""
    reason = f"{_capital(finding.fact)}{ruled_out}."
    return _verdict(assertion, "passed" if holds else "failed", share, reason)


def _check_set(assertion: Assertion, subject: Subject, findings: Findings, place: Place) -> Verdict:
    """A set is one weighted check: its parts are decided as those of a turn are."""
    parts = check_all(assertion.assertions, subject, findings, place)
    decision = decide(parts, assertion.threshold)
    if decision.outcome in ("errored", "skipped"):
        first = next((part for part in parts if part.outcome == decision.outcome), None)
        reason = f"{first.type}: {first.reason}" if first else ""
        return replace(_verdict(assertion, decision.outcome, None, reason), parts=parts)
    passed = sum(part.outcome == "passed" for part in parts)
    fact = f"{passed} of {len(parts)} checks passed"
    if assertion.threshold is not None and decision.score is not None:
        fact += f", a score of {decision.score:.2f}; wanted: at least {assertion.threshold:g}"
    elif failed := next((p for p in parts if p.outcome == "failed" and p.weight > 0), None):
        fact += f"; {failed.type}: {failed.reason.rstrip('.')}"
    finding = Finding(decision.outcome == "passed", fact, decision.score)
    return replace(_judged(assertion, finding), parts=parts)


def _narrowed(assertion: Assertion, subject: Subject) -> Subject:
    """What the check looks at once ``path`` has led into the reply.

    Raises:
        NothingThere: the reply is no JSON, or the path leads nowhere in it.
        CannotCheck: the path is none, or cannot be followed.
    """
    if assertion.path is None or data.path_beside(assertion):
        return subject
    try:
        document = read_json(subject.text) if subject.found is None else subject.found.value
    except NotJson as why:
        raise NothingThere(f"The reply is not JSON: {why}: {shown(subject.text)}") from None
    exists, value = value_at(assertion.path, document)
    if not exists:
        raise NothingThere(f"There is no {assertion.path} in the reply: {shown(subject.text)}")
    return replace(subject, text=as_text(value), found=Found(value))


def _verdict(
    assertion: Assertion, outcome: CheckOutcome, score: float | None, reason: str
) -> Verdict:
    return Verdict(
        type=assertion.name,
        value=_demand(assertion),
        outcome=outcome,
        score=score,
        reason=reason,
        weight=assertion.weight,
        metric=assertion.metric,
    )


def _demand(assertion: Assertion) -> object:
    """What was demanded, as the author wrote it: for limits that is the threshold."""
    return assertion.threshold if assertion.value is None else assertion.value


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
