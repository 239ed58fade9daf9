"""A run: all results of one invocation with everything needed to read it again.

Shapes follow the contract, section 5; ``harness.results.codec`` writes and reads them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from harness.checks.verdict import Verdict
from harness.conversation.transcript import Exchange, Failure
from harness.results.measured import MeasuredColumn
from harness.results.unknown import UnknownRequests
from harness.text.safe import printable

Outcome = Literal["passed", "failed", "blocked", "truncated", "errored", "skipped"]
RunStatus = Literal["complete", "partial", "interrupted"]


@dataclass(frozen=True, slots=True)
class TrialId:
    """One conversation × case × target × variant × repeat; ``repeat`` counts from 1."""

    conversation: str
    case: str | None
    target: str
    variant: str
    repeat: int


@dataclass(frozen=True, slots=True)
class JudgedExchange:
    """A turn's exchange with its verdicts and what it cost (US dollars, None when unknown)."""

    exchange: Exchange
    verdicts: tuple[Verdict, ...] = ()
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Judging:
    """The cost of a trial's checks that ask a judge or for embeddings; retries not counted.

    Tokens and money are None where a service did not say: unknown is never zero.
    """

    requests: int = 0
    input_tokens: int | None = 0
    output_tokens: int | None = 0
    cost_usd: float | None = 0.0

    def __add__(self, more: Judging) -> Judging:
        return Judging(
            self.requests + more.requests,
            _sum(self.input_tokens, more.input_tokens),
            _sum(self.output_tokens, more.output_tokens),
            _sum(self.cost_usd, more.cost_usd),
        )


Number = TypeVar("Number", int, float)


def _sum(one: Number | None, other: Number | None) -> Number | None:
    return None if one is None or other is None else one + other


@dataclass(frozen=True, slots=True)
class Result:
    """A trial with its transcript and verdicts.

    ``score`` is the weighted mean over every check of the trial, None when nothing was scored.
    ``tags`` are the conversation's, so that a report needs no spec. ``judging`` is what its checks
    took beside the conversation, which its turns account for.
    """

    trial: TrialId
    question_sha256: str
    outcome: Outcome
    score: float | None
    turns: tuple[JudgedExchange, ...]
    verdicts: tuple[Verdict, ...] = ()
    failure: Failure | None = None
    system: str | None = None
    tags: tuple[str, ...] = ()
    judging: Judging = Judging()

    @property
    def reply(self) -> str | None:
        """The text of the last reply; None where there is no reply."""
        replies = [turn.exchange.reply for turn in self.turns if turn.exchange.reply is not None]
        return replies[-1].text if replies else None

    @property
    def reason(self) -> str:
        """The reason why it did not pass, the decisive one first, a line each; "" where it did.

        An error comes before checks; of checks, those that failed before those that could not be
        carried out, and the heavier before the lighter.
        """
        if self.outcome == "passed":
            return ""
        every = [*(each for turn in self.turns for each in turn.verdicts), *self.verdicts]
        order = {"failed": 0, "errored": 1, "skipped": 2}
        amiss = [one for one in every if one.outcome in order]
        amiss.sort(key=lambda one: (one.weight == 0, order[one.outcome], -one.weight))
        said = [f"{self.failure.kind}: {self.failure.message}"] if self.failure else []
        return "\n".join([*said, *(f"{one.type}: {one.reason}" for one in amiss)])

    def to_dict(self) -> dict[str, Any]:
        """Return the line of ``results.jsonl``."""
        from harness.results.codec import result_as_json  # here: it decodes into this class

        return result_as_json(self)

    def __repr__(self) -> str:
        trial = self.trial
        case = f"[{trial.case}]" if trial.case is not None else ""
        why = f": {printable(self.reason.splitlines()[0])}" if self.reason else ""
        return f"<Result {trial.conversation}{case} on {trial.target} {self.outcome}{why}>"


@dataclass(frozen=True, slots=True)
class TargetInfo:
    """The model behind a target's name during the run; None where it is not known."""

    name: str
    model: str | None = None
    version: str | None = None
    region: str | None = None
    sku: str | None = None
    capacity: int | None = None
    simulated: bool = False
    adapted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a run. Money and tokens are None while any part of them is unknown.

    ``unchecked`` of the passed trials had nothing to check, and are in no rate.
    """

    trials: int = 0
    passed: int = 0
    failed: int = 0
    blocked: int = 0
    truncated: int = 0
    errored: int = 0
    skipped: int = 0
    requests: int = 0
    input_tokens: int | None = 0
    output_tokens: int | None = 0
    cost_usd: float | None = 0.0
    wall_s: float = 0.0
    unchecked: int = 0

    def describe_passed(self) -> str:
        """Return how many passed in words: ``3/5 passed``, ``2/5 passed, 3 unchecked``."""
        unchecked = f", {self.unchecked:,} unchecked" if self.unchecked else ""
        return f"{self.passed - self.unchecked}/{self.trials} passed{unchecked}"


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks at a run that stops when its gate is settled.

    Attributes:
        planned: how many there may be.
        at: the last one that was taken; 0 before the first.
        seed: the seed of the order in which its conversations were asked.
        trials: how many trials there would have been without stopping.
    """

    planned: int
    at: int = 0
    seed: int = 0
    trials: int | None = None


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts into which a run is divided, so that several machines can play it.

    Attributes:
        index: which one it is, from 1.
        of: how many there are.
    """

    index: int
    of: int

    def __str__(self) -> str:
        return f"shard {self.index} of {self.of}"


@dataclass(frozen=True, slots=True)
class RunInfo:
    """Everything about a run but its results: ``run.json``.

    ``planned_trials`` is how many trials were to be run, None in files that do not say; of a run
    that stopped because its gate was settled, those that were to be run until then;
    ``selection`` holds the options that chose them, so that a resumed run chooses the same.
    ``spec_path`` is the spec's file beneath the project root, None where nobody said.
    ``judges`` and ``embeddings`` are whom its checks asked. ``stale`` says what of the recording
    was not as it was replayed, a text each. ``columns`` holds the figures of each target and
    variant; none in files that do not say. ``unknown`` are requests whose answers nobody has, None
    where there are none. ``halted`` says why it is not whole: a limit of the budget, a signal.
    ``shard`` is which part of a whole run this is, None for a whole one; ``engine`` who asked.
    """

    id: str
    spec_name: str
    spec_sha256: str
    harness_version: str
    started_at: str
    targets: tuple[TargetInfo, ...]
    finished_at: str | None = None
    status: RunStatus = "partial"
    verdict: str | None = None
    exit_code: int | None = None
    simulated: bool = False
    replayed: bool = False
    totals: Totals = field(default_factory=Totals)
    planned_trials: int | None = None
    selection: Mapping[str, Any] = field(default_factory=dict)
    stale: tuple[str, ...] = ()
    judges: tuple[TargetInfo, ...] = ()
    embeddings: TargetInfo | None = None
    spec_path: str | None = None
    looks: Looks | None = None
    columns: tuple[MeasuredColumn, ...] = ()
    halted: str = ""
    unknown: UnknownRequests | None = None
    shard: Shard | None = None
    engine: str = "local"

    @property
    def is_timed(self) -> bool:
        """True unless nobody could measure how long replies took: they came in batches."""
        return self.engine != "batch"


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it was read back, results in the order of its trials.

    ``results`` may lie on disk and be decoded each time that they are asked for: whoever needs a
    result twice holds on to it.
    """

    info: RunInfo
    results: Sequence[Result]
