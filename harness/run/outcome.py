"""From what was said to a result: outcomes, costs, scores. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from harness.checks.decision import average_score, decide
from harness.checks.referred.referral import Findings, Referral
from harness.checks.registry import (
    ASKING,
    REFERRED,
    SET,
    SKIP,
    check_all,
    is_about_ending,
    list_referrals,
)
from harness.checks.subject import ReplyContext, Subject
from harness.checks.verdict import CheckOutcome, Verdict
from harness.conversation.transcript import Exchange, Failure, Transcript
from harness.results.model import JudgedExchange, Judging, Outcome, Result
from harness.run.asking.question import AskedTurn
from harness.run.matrix import Trial
from harness.run.requests.charge import compute_reply_cost
from harness.run.targets import Target
from harness.spec.model.assertion_forms import NEGATION
from harness.spec.model.spec import Assertion

BLOCKED = "content_filter"
TRUNCATED = "length"
NOTHING_FOUND: Findings = MappingProxyType({})
NOBODY_ASKED = Judging()


@dataclass(frozen=True, slots=True)
class CheckDemand:
    """Checks to carry out, and their subject."""

    assertions: tuple[Assertion, ...]
    subject: Subject

    @property
    def refers(self) -> bool:
        """True when some check may need a judge, embeddings or code."""
        return any(one.type in REFERRED or one.type == SET for one in self.assertions)

    def list_referrals(self, setting: ReplyContext) -> tuple[Referral, ...]:
        """List what a judge, embeddings or code have to find out, given the setting."""
        return list_referrals(self.assertions, replace(self.subject, setting=setting))

    def verdicts(self, findings: Findings) -> tuple[Verdict, ...]:
        """Return one verdict an assertion."""
        return check_all(self.assertions, self.subject, findings)


def make_turn_demand(exchange: Exchange, turn: AskedTurn, target: Target) -> CheckDemand | None:
    """Collect the checks of a turn; None where there are none.

    Where a filter or a limit ended the reply, only checks about the ending are carried out.
    """
    if exchange.scripted or _is_unanswered(exchange):
        return None
    wanted = turn.assertions
    if _find_early_end(exchange) is not None:
        wanted = tuple(assertion for assertion in wanted if is_about_ending(assertion))
    if not wanted:
        return None
    cost = _compute_cost(exchange, target)
    subject = Subject.of_turn(exchange, cost, turn.tools)
    return CheckDemand(wanted, replace(subject, is_timed=not target.by_batch))


def judge_turn(
    exchange: Exchange, turn: AskedTurn, target: Target, findings: Findings = NOTHING_FOUND
) -> JudgedExchange:
    """Return a turn with its verdicts and its cost; ``findings`` answer its demand's referrals."""
    return attach_verdicts(make_turn_demand(exchange, turn, target), exchange, target, findings)


def attach_verdicts(
    demand: CheckDemand | None, exchange: Exchange, target: Target, findings: Findings
) -> JudgedExchange:
    """Do as ``judge_turn``, for a turn whose demand is known."""
    if exchange.scripted:
        return JudgedExchange(exchange)
    verdicts = () if demand is None else demand.verdicts(findings)
    return JudgedExchange(exchange, verdicts, _compute_cost(exchange, target))


def _compute_cost(exchange: Exchange, target: Target) -> float | None:
    if exchange.paid is None:
        return None
    costs = [compute_reply_cost(reply, target) for reply in exchange.rounds or (exchange.paid,)]
    known = [dollars for dollars in costs if dollars is not None]
    return round(sum(known), 12) if len(known) == len(costs) else None


def has_turn_failed(judged: JudgedExchange, turn: AskedTurn) -> bool:
    """Return whether the turn's checks failed; ``on_turn_failure: stop`` stops there."""
    return decide(judged.verdicts, turn.threshold).outcome in {"failed", "errored"}


def make_conversation_demand(
    trial: Trial, transcript: Transcript, turns: Sequence[JudgedExchange]
) -> CheckDemand | None:
    """Collect the checks of a conversation as a whole; None where there are none."""
    question, failure = trial.question, transcript.failure
    assertions = question.assertions
    if failure is not None and failure.kind != BLOCKED:
        return None
    if any(_find_early_end(turn.exchange) is not None for turn in turns):
        assertions = tuple(assertion for assertion in assertions if is_about_ending(assertion))
    if not assertions:
        return None
    costs = [turn.cost_usd for turn in turns if not turn.exchange.scripted]
    known = [dollars for dollars in costs if dollars is not None]
    total = sum(known) if len(known) == len(costs) else None
    subject = Subject.of_conversation([turn.exchange for turn in turns], total)
    timed = not trial.target.by_batch
    subject = replace(subject, tools=question.conversation.tools, is_timed=timed)
    return CheckDemand(assertions, subject)


def conclude(
    trial: Trial,
    transcript: Transcript,
    turns: Sequence[JudgedExchange],
    findings: Findings = NOTHING_FOUND,
    judging: Judging = NOBODY_ASKED,
) -> Result:
    """Return the result of a played trial; ``findings`` answer the conversation's referrals.

    Outcomes, the first that applies: errored, blocked, truncated, failed, passed, skipped. A check
    that could not be carried out makes errored only what no check has failed. Checks about the
    ending decide in place of blocked and truncated wherever there are any.
    """
    question = trial.question
    demand = make_conversation_demand(trial, transcript, turns)
    verdicts = () if demand is None else demand.verdicts(findings)
    everything = [verdict for turn in turns for verdict in turn.verdicts] + list(verdicts)
    outcome = _outcome(trial, transcript, turns, verdicts)
    failure = transcript.failure
    if failure is None and outcome == "errored":
        failure = _judge_failure(everything)
    return Result(
        trial=trial.id,
        question_sha256=question.sha256,
        outcome=outcome,
        score=average_score(everything),
        turns=tuple(turns),
        verdicts=verdicts,
        failure=failure,
        system=trial.script.system,
        tags=question.conversation.tags,
        judging=judging,
    )


def _judge_failure(verdicts: Sequence[Verdict]) -> Failure | None:
    """Return the error of a trial whose judge, or embeddings, gave no answer; else None."""
    for verdict in _list_every(verdicts):
        if verdict.outcome == "errored" and verdict.type.removeprefix(NEGATION) in ASKING:
            return Failure("judge", f"{verdict.type}: {verdict.reason}")
    return None


def _list_every(verdicts: Sequence[Verdict]) -> Iterator[Verdict]:
    for verdict in verdicts:
        yield verdict
        yield from _list_every(verdict.parts)


def _outcome(
    trial: Trial,
    transcript: Transcript,
    turns: Sequence[JudgedExchange],
    verdicts: tuple[Verdict, ...],
) -> Outcome:
    question = trial.question
    if transcript.failure is not None and transcript.failure.kind != BLOCKED:
        return "errored"
    outcomes: list[CheckOutcome] = []
    endings: set[str] = set()
    for judged in turns:
        if judged.verdicts:
            turn = question.turns[judged.exchange.number - 1]
            outcomes.append(decide(judged.verdicts, turn.threshold).outcome)
        ending = _find_early_end(judged.exchange)
        if ending is not None and not _is_decided(ending, judged, trial, verdicts):
            endings.add(ending)
    if verdicts:
        outcomes.append(decide(verdicts, question.conversation.threshold).outcome)
    if "errored" in outcomes and "failed" not in outcomes:
        return "errored"
    if BLOCKED in endings:
        return "blocked"
    if TRUNCATED in endings:
        return "truncated"
    if "failed" in outcomes:
        return "failed"
    return "skipped" if outcomes and set(outcomes) == {"skipped"} else "passed"


def _is_decided(
    ending: str, judged: JudgedExchange, trial: Trial, verdicts: tuple[Verdict, ...]
) -> bool:
    """Return whether checks of the ending decide in place of ``blocked`` or ``truncated``.

    That no filter stepped in and nobody refused says nothing about a reply that ran out of tokens:
    where other checks were left out because of it, only ``finish-reason`` can speak for it, or a
    check that fails. Else each ``not-is-refusal`` would make a cut reply pass unread.
    """
    number = judged.exchange.number
    about = (*judged.verdicts, *verdicts)
    if not about:
        return False
    asked = (*trial.question.turns[number - 1].assertions, *trial.question.assertions)
    deciding = [one for one in asked if one.weight > 0 and one.type != SKIP]
    if ending == BLOCKED or all(map(is_about_ending, deciding)):
        return True
    last = number == len(trial.question.turns)
    speaking = _list_every(about if last else judged.verdicts)
    named = any(one.type.removeprefix(NEGATION) == "finish-reason" for one in speaking)
    return named or any(one.outcome == "failed" and one.weight > 0 for one in about)


def _is_unanswered(exchange: Exchange) -> bool:
    return exchange.failure is not None and exchange.failure.kind != BLOCKED


def _find_early_end(exchange: Exchange) -> str | None:
    """Return ``content_filter`` or ``length`` when that is how it ended, else None."""
    if exchange.scripted:
        return None
    if exchange.failure is not None:
        return BLOCKED if exchange.failure.kind == BLOCKED else None
    if exchange.reply is None:
        return None
    reason = exchange.reply.finish_reason
    return reason if reason in {BLOCKED, TRUNCATED} else None
