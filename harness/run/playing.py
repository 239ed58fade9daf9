"""Play one trial, and judge it turn by turn."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from harness.checks.finding import CannotCheck, Finding
from harness.checks.referred.best import SELECT_BEST
from harness.checks.referred.referral import Findings, Referral
from harness.checks.referred.referral import Place as CheckPlace
from harness.checks.subject import ReplyContext
from harness.conversation.play import make_scripted_exchange, play
from harness.conversation.ports import Place
from harness.conversation.transcript import Exchange, Failure, Transcript
from harness.errors import SpecError
from harness.results.model import JudgedExchange, Result
from harness.run.judging.check_executor import ChatExecutor, CheckExecutor, JudgeAccount
from harness.run.matrix import Trial
from harness.run.outcome import (
    NOTHING_FOUND,
    CheckDemand,
    attach_verdicts,
    conclude,
    has_turn_failed,
    judge_turn,
    make_conversation_demand,
    make_turn_demand,
)

WHOLE = 0
"""Stands for the turn where a check is the conversation's own."""
Where = tuple[int, CheckPlace]
"""A check of a trial: its turn, or ``WHOLE``, and its place among that turn's."""


@dataclass(frozen=True, slots=True)
class Playing:
    """Everything that plays one target's trials: its executor, its checks, when to stop."""

    executor: ChatExecutor
    check_executor: CheckExecutor = field(default_factory=CheckExecutor)
    stop_at_failure: bool = False


@dataclass(frozen=True, slots=True)
class PlayedTrial:
    """A trial that was played, and all that was found out about it alone.

    Attributes:
        findings: by turn; what a comparison will decide stands there as if it were in favour.
        rivalries: what is decided only together with other trials.
    """

    trial: Trial
    transcript: Transcript
    turns: tuple[JudgedExchange, ...]
    account: JudgeAccount
    findings: dict[int, Findings] = field(default_factory=dict)
    rivalries: dict[Where, Referral] = field(default_factory=dict)

    def result(self, decided: Mapping[Where, Finding | CannotCheck] | None = None) -> Result:
        """Return the result, once it is known what the comparisons decided."""
        if not decided:
            whole = self.findings.get(WHOLE, NOTHING_FOUND)
            return conclude(self.trial, self.transcript, self.turns, whole, self.account.spent)
        findings = {number: dict(found) for number, found in self.findings.items()}
        for (number, place), finding in decided.items():
            findings[number][place] = finding
        compared = {number for number, _ in decided}
        turns = [
            judge_turn(
                turn.exchange,
                self.trial.question.turns[turn.exchange.number - 1],
                self.trial.target,
                findings[turn.exchange.number],
            )
            if turn.exchange.number in compared
            else turn
            for turn in self.turns
        ]
        whole = findings.get(WHOLE, NOTHING_FOUND)
        return conclude(self.trial, self.transcript, turns, whole, self.account.spent)


async def play_trial(trial: Trial, playing: Playing) -> PlayedTrial:
    """Play one trial; what can be found out without others is found out turn by turn.

    Raises:
        RunHaltedError: the run sends nothing more; the trial has no result.
    """
    account = JudgeAccount()
    said: dict[int, Exchange] = {}
    judged: dict[int, JudgedExchange] = {}
    late: list[Callable[[], Awaitable[None]]] = []
    findings: dict[int, Findings] = {}
    rivalries: dict[Where, Referral] = {}

    async def find_out(
        demand: CheckDemand | None,
        turn: int,
        exchanges: Callable[[], tuple[Exchange, ...]],
        checked: Sequence[Exchange],
    ) -> Findings:
        if demand is None or not demand.refers:
            return NOTHING_FOUND
        place = replace(trial.script.place, turn=turn)
        told = exchanges()
        variables = add_context(trial.question.find_variables(told), checked)
        setting = ReplyContext(told, variables, seed=make_seed(place))
        referrals = demand.list_referrals(setting)
        rivals = [one for one in referrals if one.assertion.type == SELECT_BEST]
        if not rivals:
            return await playing.check_executor.findings(referrals, place, account)
        alone = [one for one in referrals if one.assertion.type != SELECT_BEST]
        found = await playing.check_executor.findings(alone, place, account)
        rivalries.update(((turn, one.place), one) for one in rivals)
        findings[turn] = {**found, **{one.place: _assume_passed(one) for one in rivals}}
        return findings[turn]

    async def keep_going(exchange: Exchange) -> bool:
        number = exchange.number
        turn = trial.question.turns[number - 1]
        said[number] = exchange
        if turn.written is not None:
            turn = trial.question.turn(number, _list_before(number, trial, said))
        demand = make_turn_demand(exchange, turn, trial.target)
        before = partial(_list_before, number, trial, said)

        async def judge() -> None:
            found = await find_out(demand, number, before, (exchange,))
            judged[number] = attach_verdicts(demand, exchange, trial.target, found)

        if playing.check_executor.is_late and not playing.stop_at_failure:
            late.append(judge)
            return True
        await judge()
        return not (playing.stop_at_failure and has_turn_failed(judged[number], turn))

    transcript = await play(trial.script, playing.executor, keep_going=keep_going)
    await playing.check_executor.carry_out(late)
    if trial.question.stores:
        trial = replace(trial, question=trial.question.settle(transcript.exchanges))
    turns = tuple(
        judged.get(exchange.number)
        or judge_turn(exchange, trial.question.turns[exchange.number - 1], trial.target)
        for exchange in transcript.exchanges
    )
    whole = make_conversation_demand(trial, transcript, turns)
    exchanges = transcript.exchanges
    findings[WHOLE] = await find_out(whole, WHOLE, lambda: exchanges, exchanges)
    return PlayedTrial(trial, transcript, turns, account, findings, rivalries)


def fail_trial(trial: Trial, why: SpecError) -> PlayedTrial:
    """Return a trial that could not be worded with the replies that it names."""
    failure = Failure("bad_request", why.diagnostics[0].summary, code=why.diagnostics[0].code)
    transcript = Transcript(trial.script.system, (), failure, complete=False)
    return PlayedTrial(trial, transcript, (), JudgeAccount())


def add_context(variables: Mapping[str, Any], exchanges: Iterable[Exchange]) -> Mapping[str, Any]:
    """Return the variables with what the application told that these replies were made from."""
    told = [one.reply.context for one in exchanges if one.reply is not None]
    passages = [passage for context in told for passage in context or ()]
    if all(context is None for context in told):
        return variables
    return {**variables, "context": list(dict.fromkeys(passages))}


def _assume_passed(referral: Referral) -> Finding:
    """Return what stands for a finding that is not known yet: no conversation stops at it."""
    return Finding(not referral.assertion.negated, "It is not compared yet")


def make_seed(place: Place) -> str:
    """Return a turn's place as JSON; recordings depend on these words, so they never change."""
    return json.dumps(
        [place.conversation, place.case, place.target, place.variant, place.repeat, place.turn]
    )


def _list_before(number: int, trial: Trial, said: Mapping[int, Exchange]) -> tuple[Exchange, ...]:
    """List what was said before a turn, scripted turns included."""
    told: list[Exchange] = []
    for earlier, written in enumerate(trial.script.lines[: number - 1], start=1):
        if earlier in said:
            told.append(said[earlier])
        else:
            line = written.resolve(told)
            told.append(make_scripted_exchange(earlier, line))
    return tuple(told)
