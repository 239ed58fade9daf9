"""From what was said to a result: outcomes, costs, scores. Values in, values out."""

from __future__ import annotations

from collections.abc import Sequence

from harness.checks.decision import decide, score_of
from harness.checks.registry import about_ending, check_all
from harness.checks.subject import Subject
from harness.checks.verdict import CheckOutcome, Verdict
from harness.conversation.transcript import Exchange, Transcript
from harness.results.model import JudgedExchange, Outcome, Result
from harness.run.charge import reply_cost
from harness.run.matrix import Trial
from harness.run.question import AskedTurn
from harness.run.targets import Target
from harness.spec.model import Assertion

BLOCKED = "content_filter"
TRUNCATED = "length"


def judge_turn(exchange: Exchange, turn: AskedTurn, target: Target) -> JudgedExchange:
    """A turn with its verdicts and its cost.

    Where a filter or a limit ended the reply, only checks about the ending are carried out.
    """
    if exchange.scripted:
        return JudgedExchange(exchange)
    reply = exchange.reply
    dollars = None if reply is None else reply_cost(reply, target)
    if _unanswered(exchange):
        return JudgedExchange(exchange, (), dollars)
    wanted = turn.assertions
    if _ended_early(exchange) is not None:
        wanted = tuple(assertion for assertion in wanted if about_ending(assertion))
    if not wanted:
        return JudgedExchange(exchange, (), dollars)
    return JudgedExchange(exchange, check_all(wanted, Subject.of_turn(exchange, dollars)), dollars)


def turn_failed(judged: JudgedExchange, turn: AskedTurn) -> bool:
    """Whether the turn's checks say no; what ``on_turn_failure: stop`` stops at."""
    return decide(judged.verdicts, turn.threshold).outcome in {"failed", "errored"}


def conclude(trial: Trial, transcript: Transcript, turns: Sequence[JudgedExchange]) -> Result:
    """The result of a trial that was played.

    Outcomes, the first that applies: errored, blocked, truncated, failed, passed, skipped. Checks
    about the ending decide in place of blocked and truncated wherever there are any.
    """
    question = trial.question
    failure = transcript.failure
    verdicts: tuple[Verdict, ...] = ()
    if failure is None or failure.kind == BLOCKED:
        verdicts = _conversation_verdicts(question.assertions, turns)
    everything = [verdict for turn in turns for verdict in turn.verdicts] + list(verdicts)
    return Result(
        trial=trial.id,
        question_sha256=question.sha256,
        outcome=_outcome(trial, transcript, turns, verdicts),
        score=score_of(everything),
        turns=tuple(turns),
        verdicts=verdicts,
        failure=failure,
        system=trial.script.system,
        tags=question.conversation.tags,
    )


def _conversation_verdicts(
    assertions: tuple[Assertion, ...], turns: Sequence[JudgedExchange]
) -> tuple[Verdict, ...]:
    if any(_ended_early(turn.exchange) is not None for turn in turns):
        assertions = tuple(assertion for assertion in assertions if about_ending(assertion))
    if not assertions:
        return ()
    costs = [turn.cost_usd for turn in turns if not turn.exchange.scripted]
    known = [dollars for dollars in costs if dollars is not None]
    total = sum(known) if len(known) == len(costs) else None
    return check_all(assertions, Subject.of_conversation([t.exchange for t in turns], total))


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
        ending = _ended_early(judged.exchange)
        if ending is not None and not judged.verdicts and not verdicts:
            endings.add(ending)
    if verdicts:
        outcomes.append(decide(verdicts, question.conversation.threshold).outcome)
    if "errored" in outcomes:
        return "errored"
    if BLOCKED in endings:
        return "blocked"
    if TRUNCATED in endings:
        return "truncated"
    if "failed" in outcomes:
        return "failed"
    return "skipped" if outcomes and set(outcomes) == {"skipped"} else "passed"


def _unanswered(exchange: Exchange) -> bool:
    return exchange.failure is not None and exchange.failure.kind != BLOCKED


def _ended_early(exchange: Exchange) -> str | None:
    """``content_filter`` or ``length`` when that is how it ended, else None."""
    if exchange.scripted:
        return None
    if exchange.failure is not None:
        return BLOCKED if exchange.failure.kind == BLOCKED else None
    if exchange.reply is None:
        return None
    reason = exchange.reply.finish_reason
    return reason if reason in {BLOCKED, TRUNCATED} else None
