"""The spans of a trial as values: one for the conversation, one for each turn that was asked.

Names are those of OpenTelemetry's conventions for generative AI, of 2026 (``gen_ai.*``), and
``harness.*`` for what those do not know. Figures are taken from the result itself, so that they
are those of ``results.jsonl``; what is not known has no attribute.

Source: the repository open-telemetry/semantic-conventions-genai, docs/gen-ai (status: development).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.checks.verdict import Verdict
from harness.conversation.transcript import Exchange, Failure
from harness.results.model import JudgedExchange, Result, RunInfo, TargetInfo
from harness.results.parts import round_score, round_seconds
from harness.telemetry.spoken import Speech

Attribute = str | bool | int | float | Sequence[str]
Attributes = dict[str, Attribute]

LABELS = {"passed": "pass", "failed": "fail", "skipped": "skipped"}
"""Labels of scores, by a check's outcome; a check that could not be carried out has an error."""


@dataclass(frozen=True, slots=True)
class Answerer:
    """An answerer for a target, as telemetry names it.

    Attributes:
        provider: ``gen_ai.provider.name``: ``azure.ai.openai``, ``openai``, or the kind's own word.
        operation: ``gen_ai.operation.name``: ``chat``, or ``invoke_agent`` of an application.
        address: the host that requests go to, None where nothing is sent or nobody knows.
        port: its port, where there is an address.
    """

    provider: str
    operation: str = "chat"
    address: str | None = None
    port: int | None = None


@dataclass(frozen=True, slots=True)
class EvaluationEvent:
    """A ``gen_ai.evaluation.result``: what a check found."""

    attributes: Attributes


@dataclass(frozen=True, slots=True)
class TurnSpan:
    """A span of one turn; ``seconds`` from its first request to its reply, waiting included."""

    name: str
    attributes: Attributes
    seconds: float
    error: str | None
    evaluations: tuple[EvaluationEvent, ...]


@dataclass(frozen=True, slots=True)
class TrialSpan:
    """A span of one conversation on one target, with those of its turns, one after the other."""

    name: str
    attributes: Attributes
    error: str | None
    turns: tuple[TurnSpan, ...]
    evaluations: tuple[EvaluationEvent, ...]

    @property
    def seconds(self) -> float:
        """The time that its turns took, in seconds; judging is not measured."""
        return sum(turn.seconds for turn in self.turns)

    @property
    def span_count(self) -> int:
        """The number of spans that it is sent as."""
        return 1 + len(self.turns)

    @property
    def event_count(self) -> int:
        """The number of evaluation results that go with it."""
        return len(self.evaluations) + sum(len(turn.evaluations) for turn in self.turns)


def make_trial_span(
    result: Result,
    info: RunInfo,
    answerer: Answerer,
    hide: Callable[[str], str] | None,
) -> TrialSpan:
    """Make the spans of a result.

    Args:
        result: the trial.
        info: its run.
        answerer: who answered.
        hide: what is said goes through it; None: nothing that was said is told, nor any reason.
    """
    trial = result.trial
    target = next((one for one in info.targets if one.name == trial.target), None)
    target = target or TargetInfo(trial.target)
    name = trial.conversation if trial.case is None else f"{trial.conversation}[{trial.case}]"
    places = (info.id, name, trial.target, trial.variant, str(trial.repeat))
    shared: Attributes = {"gen_ai.conversation.id": "/".join(places)}
    if target.simulated:
        shared["harness.simulated"] = True
    attributes: Attributes = {
        **shared,
        "harness.run.id": info.id,
        "harness.spec.name": info.spec_name,
        "harness.conversation": trial.conversation,
        "harness.target": trial.target,
        "harness.variant": trial.variant,
        "harness.repeat": trial.repeat,
        "harness.outcome": result.outcome,
        "harness.question_sha256": result.question_sha256,
    }
    if info.replayed:
        attributes["harness.replayed"] = True
    if result.tags:
        attributes["harness.tags"] = list(result.tags)
    _add(attributes, "harness.case", trial.case)
    _add(attributes, "harness.score", round_score(result.score))
    costs = [
        one.cost_usd for one in result.turns if one.exchange.paid and not one.exchange.scripted
    ]
    known = [cost for cost in costs if cost is not None]
    if known and len(known) == len(costs):
        attributes["harness.cost_usd"] = round(sum(known), 12)
    error = _name_error(result.failure)
    if error is not None:
        attributes["error.type"] = error
        if hide is not None and result.failure is not None:
            attributes["harness.error.message"] = hide(result.failure.message)
    speech = None if hide is None else Speech(result.system, hide)
    turns: list[TurnSpan] = []
    for turn in result.turns:
        if not turn.exchange.scripted:
            turns.append(_make_turn_span(turn, target, answerer, shared, speech, hide))
        if speech is not None:
            speech.hear(turn.exchange)
    events = tuple(make_event(verdict, hide) for verdict in result.verdicts)
    return TrialSpan(f"harness.trial {name}", attributes, error, tuple(turns), events)


def _make_turn_span(
    turn: JudgedExchange,
    target: TargetInfo,
    answerer: Answerer,
    shared: Attributes,
    speech: Speech | None,
    hide: Callable[[str], str] | None,
) -> TurnSpan:
    exchange = turn.exchange
    attributes: Attributes = {
        "gen_ai.operation.name": answerer.operation,
        "gen_ai.provider.name": answerer.provider,
        **shared,
        "harness.turn": exchange.number,
        "harness.requests": exchange.effort.requests,
        "harness.attempts": exchange.effort.attempts,
    }
    _add(attributes, "gen_ai.request.model", target.model)
    _add(attributes, "server.address", answerer.address)
    _add(attributes, "server.port", answerer.port if answerer.address else None)
    _add(attributes, "harness.cost_usd", turn.cost_usd)
    if exchange.effort.queued_s:
        _add(attributes, "harness.queued_s", round_seconds(exchange.effort.queued_s))
    _add_reply(attributes, exchange, answerer)
    if speech is not None:
        attributes |= speech.describe(exchange)
    error = _name_error(exchange.failure)
    _add(attributes, "error.type", error)
    latency = exchange.reply.latency_s if exchange.reply is not None else 0.0
    name = " ".join(filter(None, (answerer.operation, target.model or target.name)))
    events = tuple(make_event(verdict, hide) for verdict in turn.verdicts)
    return TurnSpan(name, attributes, latency + exchange.effort.queued_s, error, events)


def _add_reply(attributes: Attributes, exchange: Exchange, answerer: Answerer) -> None:
    """Add what the service said of its answer, and what it took."""
    paid, reply = exchange.paid, exchange.reply
    if paid is not None and paid.usage is not None:
        usage = paid.usage
        attributes["gen_ai.usage.input_tokens"] = usage.input_tokens
        attributes["gen_ai.usage.output_tokens"] = usage.output_tokens
        attributes["gen_ai.usage.cache_read.input_tokens"] = usage.cached_tokens
        attributes["gen_ai.usage.reasoning.output_tokens"] = usage.reasoning_tokens
    if reply is None:
        return
    attributes["gen_ai.response.finish_reasons"] = [reply.finish_reason]
    _add(attributes, "gen_ai.response.model", reply.model)
    if reply.ttft_s is not None:
        attributes["gen_ai.request.stream"] = True
        _add(attributes, "gen_ai.response.time_to_first_chunk", round_seconds(reply.ttft_s))
    _add(attributes, "harness.latency_s", round_seconds(reply.took_s))
    _add(attributes, "openai.response.system_fingerprint", reply.system_fingerprint)
    if reply.served is not None:
        _add(attributes, "openai.response.service_tier", reply.served.tier)
    if answerer.provider == "azure.ai.openai":
        _add(attributes, "azure.service.request.id", reply.request_id)


def make_event(verdict: Verdict, hide: Callable[[str], str] | None) -> EvaluationEvent:
    """Make the event of a check: it is called by its metric, else by its type.

    A reason quotes what the model said, so that it is told only where that is.
    """
    attributes: Attributes = {
        "gen_ai.evaluation.name": verdict.metric or verdict.type,
        "harness.check.type": verdict.type,
        "harness.check.outcome": verdict.outcome,
        "harness.check.weight": verdict.weight,
    }
    _add(attributes, "gen_ai.evaluation.score.value", round_score(verdict.score))
    if verdict.outcome == "errored":
        attributes["error.type"] = "check_errored"
    else:
        attributes["gen_ai.evaluation.score.label"] = LABELS[verdict.outcome]
    if hide is not None and verdict.reason:
        attributes["gen_ai.evaluation.explanation"] = hide(verdict.reason)
    return EvaluationEvent(attributes)


def _name_error(failure: Failure | None) -> str | None:
    """Name a failure as telemetry does: by the service's code, else its status, else our word."""
    if failure is None:
        return None
    return failure.code or (str(failure.status) if failure.status else failure.kind)


def _add(attributes: Attributes, name: str, value: Attribute | None) -> None:
    if value is not None:
        attributes[name] = value
