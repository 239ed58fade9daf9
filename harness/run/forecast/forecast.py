"""The forecast of an evaluation: requests, tokens, money and time, by target and together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Literal

from harness.azure.offers_data import RateLimit
from harness.azure.quota.limits import DeployedLimits
from harness.conversation.history import PER_MESSAGE
from harness.conversation.play import make_first_request
from harness.run.forecast.interval import NOTHING, Interval, make_exact
from harness.run.forecast.limits import WAVE_S, compute_duration, divide_limits, find_limits
from harness.run.forecast.money import find_token_prices
from harness.run.forecast.past import PastReplies
from harness.run.forecast.replies import ReplyLengths
from harness.run.forecast.tokens import PER_REQUEST
from harness.run.forecast.volumes import (
    EMPTY,
    Volume,
    average_reply,
    foretell_held,
    measure_script,
)
from harness.run.judging.judges import Judges
from harness.run.matrix import Matrix
from harness.run.requests.budget import estimate_most
from harness.run.requests.limiters import Widths
from harness.run.requests.spent import Amount
from harness.run.targets import FREE, Target, every_target
from harness.spec.model.spec import Budget

MOST_SCRIPTS: Final = 600
"""Conversations that are looked at; of more, every so manieth stands for those between."""
MOST_QUESTIONS: Final = 20_000
"""Questions among which they are: a forecast does not read a million rows for each target."""
MOST_TEXT: Final = 3_000_000
"""Characters after which no other conversation is looked at: of long ones, a few say enough."""
_ASKED_OF_JUDGES: Final = Interval(150, 320, 900)
"""Tokens of a judge's instructions and of what the author demands, beside the reply."""
_SAID_BY_JUDGES: Final = Interval(15, 60, 300)
"""Tokens of a verdict: a sentence or two, a score and a word."""

_ADVICE: Final = {
    "judge": "the length of verdicts is assumed",
    "embeddings": "each reply, and what it is held against",
}

Billing = Literal["tokens", "hours", "nothing", "unknown"]
Past = Callable[[Target], PastReplies | None]


@dataclass(frozen=True, slots=True)
class TargetForecast:
    """The share of a forecast that falls to one deployment or model.

    Attributes:
        roles: ``target``, ``judge`` and ``embeddings``, those that it has.
        billing: how it is paid: by ``tokens``, by ``hours``, with ``nothing``, or in a way that is
            ``unknown``.
        usd: US dollars for its tokens; None where it is not paid by tokens that have a price.
        basis: how the length of its replies was foretold.
        simulated: whether the simulator will answer.
        waves: how many waves of batches it is asked in; 0 where it is asked directly.
    """

    target: Target
    roles: tuple[str, ...]
    volume: Volume
    billing: Billing
    usd: Interval | None
    seconds: Interval
    limits: DeployedLimits
    basis: str
    simulated: bool
    waves: int = 0

    @property
    def name(self) -> str:
        """The target's name."""
        return self.target.name


@dataclass(frozen=True, slots=True)
class Forecast:
    """Foretold figures of an evaluation. Requests that are tried again are not counted.

    Attributes:
        trials: how many conversations would be played.
        requests_per_target: the least that each is sent, judges among them.
        in_flight: the most requests that are under way at once.
        looks: how many looks may end it earlier; 0 where everything is asked.
        budget: what the spec and the command line allow, and earlier processes have not spent.
        first: the most that the first request to each target may take.
        left: the share of the trials that is still to be played, of a run that is gone on with;
            figures of targets are those of this share.
    """

    trials: int
    requests_per_target: Mapping[str, int]
    in_flight: int
    targets: tuple[TargetForecast, ...]
    budget: Budget
    looks: int = 0
    left: float = 1.0
    first: tuple[Amount, ...] = ()

    @property
    def requests(self) -> int:
        """The least over all targets."""
        return sum(self.requests_per_target.values())

    @property
    def volume(self) -> Volume:
        """The requests and tokens of all."""
        return sum((one.volume for one in self.targets), EMPTY)

    @property
    def usd(self) -> Interval | None:
        """US dollars, of what is paid by the token at a known price; None where nothing is.

        What the simulator answers costs nothing; where nobody else is asked, this is what it would
        cost on Azure.
        """
        known = [one.usd for one in self.counted if one.usd is not None]
        return sum(known, NOTHING) if known else None

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Names of those whose price nobody knows."""
        return tuple(one.name for one in self.counted if one.billing == "unknown")

    @property
    def paid_by_hour(self) -> tuple[str, ...]:
        """Names of those that cost by the hour, whatever they are asked."""
        return tuple(one.name for one in self.counted if one.billing == "hours")

    @property
    def counted(self) -> tuple[TargetForecast, ...]:
        """Those whose money is counted: the simulator's only where nobody else is asked."""
        paid = tuple(one for one in self.targets if not one.simulated)
        return paid or self.targets

    @property
    def seconds(self) -> Interval:
        """Seconds until everybody is through: targets do not wait for each other."""
        total = NOTHING
        for one in self.targets:
            total = total.cover(one.seconds)
        return total

    @property
    def simulated(self) -> bool:
        """True where nobody but the simulator is asked."""
        return bool(self.targets) and all(one.simulated for one in self.targets)


def make_forecast(
    matrix: Matrix,
    widths: Widths,
    budget: Budget,
    *,
    simulated: Callable[[Target], bool],
    past: Past = lambda _: None,
    limits: Mapping[str, Sequence[RateLimit]] | None = None,
    looks: int = 0,
    left: float = 1.0,
) -> Forecast:
    """Foretell a run; reads data sets, asks nobody.

    Args:
        matrix: the trials.
        widths: limits of requests in flight.
        budget: what may be spent.
        simulated: whether a target's answers come from the simulator.
        past: a target's replies in a past run.
        limits: those that Azure says of deployments, by the target's name.
        looks: how many looks may end the run earlier.
        left: the share of the trials that is still to be played.
    """
    known = {target.name: target for target in every_target(matrix.spec)}
    known.update((target.name, target) for target in matrix.targets)
    volumes: dict[str, Volume] = {}
    roles: dict[str, tuple[str, ...]] = {}
    bases: dict[str, str] = {}
    pasts = {target.name: past(target) for target in matrix.targets}
    for target in matrix.targets:
        lengths = ReplyLengths(target, _count_replies(matrix, target), pasts[target.name])
        volumes[target.name] = _measure_target(matrix, lengths)
        roles[target.name] = ("target",)
        bases[target.name] = _name_basis(lengths)
    reply = average_reply(list(volumes.values()))
    whole = sum(volumes.values(), EMPTY).longest_output.high
    for name, count, role in _list_advisers(matrix):
        asked = _measure_adviser(known[name], count, role, reply, whole)
        volumes[name] = volumes.get(name, EMPTY) + asked
        roles[name] = (*roles.get(name, ()), role)
        bases.setdefault(name, _ADVICE[role])
    requests = {target.name: matrix.requests[target.name] for target in matrix.targets}
    for name, count in matrix.advice.items():
        requests[name] = requests.get(name, 0) + count
    given, plan = limits or {}, matrix.part.plan
    parts = plan.shard.of if plan else 1
    forecasts = tuple(
        _forecast_target(
            known[name],
            roles[name],
            volume * left,
            basis=bases[name],
            limits=divide_limits(find_limits(known[name], given.get(name, ())), parts),
            width=widths.per_target,
            past=pasts.get(name),
            simulated=simulated(known[name]),
            matrix=matrix,
        )
        for name, volume in volumes.items()
    )
    in_flight = widths.total or widths.per_target * len(matrix.targets)
    first = tuple(filter(None, (_estimate_first(matrix, target) for target in matrix.targets)))
    return Forecast(matrix.count, requests, in_flight, forecasts, budget, looks, left, first)


def _estimate_first(matrix: Matrix, target: Target) -> Amount | None:
    """Estimate the most that the first request to a target may take; None where it gets none."""
    trial = next(matrix.trials(target), None)
    request = None if trial is None else make_first_request(trial.script)
    return None if request is None else estimate_most(request, target)


def _count_replies(matrix: Matrix, target: Target) -> int:
    return max(1, matrix.requests[target.name] // max(1, matrix.repeats))


def _measure_target(matrix: Matrix, lengths: ReplyLengths) -> Volume:
    """Add up one target's scripts; of very many, every so manieth."""
    rows = min(matrix.questions, MOST_QUESTIONS)
    stride = max(1, math.ceil(rows * len(matrix.variants) / MOST_SCRIPTS))
    most = math.ceil(rows / stride) * len(matrix.variants)
    trials = matrix.trials(lengths.target, lambda row: row % stride == 0)
    first = (trial for trial in trials if trial.id.repeat == 1)
    total, asked, read = EMPTY, 0, 0
    for trial in islice(first, most):
        if read > MOST_TEXT:
            break
        read += sum(len(one.content or "") for line in trial.script.lines for one in line.said)
        asked += sum(line.assistant is None for line in trial.script.lines)
        total += measure_script(trial.script, lengths, trial.question.sha256)
    return total * (matrix.requests[lengths.target.name] / max(1, asked))


def _name_basis(lengths: ReplyLengths) -> str:
    if lengths.past is None:
        return "no past run or recording: the length of replies is assumed"
    kind = " (simulated)" if lengths.past.simulated else ""
    return f"replies as long as in {lengths.past.source}{kind}"


def _list_advisers(matrix: Matrix) -> Iterator[tuple[str, int, str]]:
    embeddings = Judges.of(matrix.spec).embeddings
    for name, count in matrix.advice.items():
        yield name, count, "embeddings" if name == embeddings else "judge"


def _measure_adviser(
    target: Target, count: int, role: str, reply: Interval, whole: float
) -> Volume:
    """Return what is asked of a judge, or of who embeds: the reply, and what is demanded of it."""
    longest = max(reply.high, whole)
    if role == "embeddings":
        texts = Interval(2 * PER_MESSAGE, 2 * reply.typical, 2 * longest)
        sent = Interval(texts.low, max(texts.low, texts.typical), texts.high)
        said = thought = held = NOTHING
    else:
        sent = (
            _ASKED_OF_JUDGES
            + Interval(reply.low, reply.typical, longest)
            + make_exact(2 * PER_MESSAGE + PER_REQUEST)
        )
        thought = ReplyLengths(target, count).foretell_thought(target.parameters)
        said = _SAID_BY_JUDGES + thought
        most = target.parameters.get("max_output_tokens")
        held = foretell_held(said, most if isinstance(most, int) else None, target)
    one = Volume(make_exact(1), sent, NOTHING, said, thought, sent + held)
    return one * count


def _forecast_target(
    target: Target,
    roles: tuple[str, ...],
    volume: Volume,
    *,
    basis: str,
    limits: DeployedLimits,
    width: int,
    past: PastReplies | None,
    simulated: bool,
    matrix: Matrix,
) -> TargetForecast:
    billing, usd = _bill(matrix, target, volume)
    waves = _count_waves(matrix, target, roles)
    # The simulator answers at once: that says nothing of how long Azure takes.
    measured = None if past is None or past.simulated else past.latency_s
    return TargetForecast(
        target=target,
        roles=roles,
        volume=volume,
        billing=billing,
        usd=usd,
        seconds=WAVE_S * waves if waves else compute_duration(volume, limits, width, measured),
        limits=limits,
        basis=basis,
        simulated=simulated,
        waves=waves,
    )


def _count_waves(matrix: Matrix, target: Target, roles: Sequence[str]) -> int:
    """Count the waves until a target is through; 0 where it is asked directly.

    One for each turn of the longest conversation; a judge comes after them.
    """
    in_batches = any(one.by_batch for one in matrix.targets)
    if not (target.by_batch or (in_batches and target.is_batch_deployment)):
        return 0
    turns = max((len(one.turns) for one in matrix.spec.conversations), default=1)
    return turns + ("judge" in roles)


def _bill(matrix: Matrix, target: Target, volume: Volume) -> tuple[Billing, Interval | None]:
    """Return how a target is paid, and for how much."""
    if target.price == FREE or _is_never_called(matrix, target):
        return "nothing", make_exact(0)
    if target.kind == "deployment" and target.price_table is None and target.price is None:
        return "hours", None
    common: dict[str, Any] = {**matrix.spec.evaluation.parameters.to_dict(), **target.parameters}
    prices = find_token_prices(target, common)
    return ("unknown", None) if prices is None else ("tokens", prices.price(volume))


def _is_never_called(matrix: Matrix, target: Target) -> bool:
    provider = matrix.spec.providers.get(target.owner) if target.kind == "provider" else None
    return provider is not None and not provider.is_called
