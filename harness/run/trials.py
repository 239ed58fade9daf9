"""Run trials: many at once, none of them kept in memory once its result is on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import Literal

from harness.conversation.ports import ChatModel, Embedder, Place, RequestT
from harness.conversation.transcript import AnswerT, EmbeddingReply, Failure, Reply
from harness.errors import SpecError
from harness.results.model import Result
from harness.run.events import Event, Finished, Looked
from harness.run.judging.check_executor import ChatExecutor, CheckExecutor, EmbeddingExecutor
from harness.run.judging.comparisons import Comparisons, decide
from harness.run.judging.judges import Judges
from harness.run.looks.portions import Portions
from harness.run.matrix import Matrix, Trial
from harness.run.playing import PlayedTrial, Playing, fail_trial, play_trial
from harness.run.ports import RunLog, RunPorts
from harness.run.requests.budget import BudgetTracker, compute_end
from harness.run.requests.interruption import handle_signals, wait_until_done
from harness.run.requests.limiters import Limiters, Widths
from harness.run.requests.request_executor import Halt, RequestExecutor, RunHaltedError
from harness.run.requests.spent import NOTHING_SPENT, Spent
from harness.run.requests.token_estimate import TokenEstimate
from harness.run.targets import Target, every_target
from harness.spec.model.spec import Budget, Spec


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Limits and rules for running trials, read from the spec once.

    ``spent`` is what earlier processes took of the budget; ``by_default`` says that nobody set it.
    """

    budget: Budget
    widths: Widths
    stop_at_failure: bool
    unknown: Literal["retry", "skip"]
    spent: Spent = NOTHING_SPENT
    by_default: bool = False


@dataclass(frozen=True, slots=True)
class Models:
    """The models of a run by their targets' names, and its embeddings if it needs them."""

    chat: Mapping[str, ChatModel]
    embeddings: Embedder | None = None

    @classmethod
    def of(cls, matrix: Matrix, ports: RunPorts) -> Models:
        """Return everybody that a run's conversations and checks may ask.

        Raises:
            RequestError: a target cannot be reached as declared.
        """
        judges = Judges.of(matrix.spec)
        known = {target.name: target for target in every_target(matrix.spec)}
        chat = {target.name: target for target in matrix.targets}
        chat.update((name, known[name]) for name in judges.judges)
        embeds = judges.embeddings
        return cls(
            {name: ports.model(target) for name, target in chat.items()},
            ports.embeddings(known[embeds]) if embeds is not None and ports.embeddings else None,
        )

    def every(self) -> tuple[ChatModel | Embedder, ...]:
        """Return all of them, to be closed."""
        return (*self.chat.values(), *([self.embeddings] if self.embeddings is not None else []))


@dataclass(frozen=True, slots=True)
class Looking:
    """Looks at a run while it goes on.

    Attributes:
        portions: what is asked before each look.
        is_settled: tells of a look, from 1, whether what is known by then settles the gate.
    """

    portions: Portions
    is_settled: Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class TrialsOutcome:
    """The end of running trials.

    Attributes:
        halt: why it sent nothing more, if so.
        adapted: what each model was adapted to, by its target's name.
        looks: how many looks were taken at it.
        spent: what it took of the budget, earlier processes included.
    """

    halt: Halt
    adapted: dict[str, tuple[str, ...]]
    looks: int = 0
    spent: Spent = NOTHING_SPENT


async def run_trials(
    matrix: Matrix,
    models: Models,
    config: RunConfig,
    log: RunLog,
    ports: RunPorts,
    show: Callable[[Event], None],
    *,
    looking: Looking | None = None,
) -> TrialsOutcome:
    """Run every trial that has no result yet; returns when all have one, or when it halts.

    With ``looking`` it stops after the first look that settles the gate: all that is asked before
    a look is finished when it is taken, so that it sees the same however many requests are in
    flight.

    Halting (a signal, the budget) sends nothing more and waits up to ten seconds for what is in
    flight, see ``run/requests/interruption``; a second signal waits no more.

    Raises:
        OutsideError: the disk refused; nothing more is sent.
    """
    halt = Halt()
    tracker = BudgetTracker(config.budget, ports.clock.monotonic(), config.spent)
    limiters = Limiters(ports, config.widths, lambda: bool(halt.reason))
    workers: list[asyncio.Task[None]] = []
    looks = 0

    def make_executor(
        target: Target,
        send: Callable[[RequestT], Awaitable[AnswerT | Failure]],
        kind: type[AnswerT],
    ) -> RequestExecutor[RequestT, AnswerT]:
        limiter = limiters.find(target)
        return RequestExecutor(
            target=target,
            send=send,
            kind=kind,
            limiter=limiter,
            log=log,
            tracker=tracker,
            clock=ports.clock,
            chance=_no_chance if ports.replays else ports.chance,
            halt=halt,
            show=show,
            unknown=config.unknown,
            estimate=None if limiter.quota is None else TokenEstimate.of(target),
        )

    def through(index: int, result: Result) -> None:
        log.append(index, result)
        if ports.recording is not None:
            ports.recording.finish(_make_place(result), answered=result.outcome != "errored")
        show(Finished(result))

    try:
        known = {target.name: target for target in every_target(matrix.spec)}
        executors = {
            name: make_executor(known[name], model.complete, Reply)
            for name, model in models.chat.items()
        }
        embedding, role = None, matrix.spec.evaluation.embeddings
        if models.embeddings is not None and role is not None:
            embedding = make_executor(known[role.target], models.embeddings.embed, EmbeddingReply)
        check_executor = _make_check_executor(matrix.spec, executors, embedding, ports)
        comparisons = Comparisons(matrix)
        playing = {
            target.name: Playing(executors[target.name], check_executor, config.stop_at_failure)
            for target in matrix.targets
        }
        crew = min(limiters.crew, matrix.size // len(matrix.targets))
        ends_at = compute_end(config.budget, asyncio.get_running_loop().time(), config.spent)
        with handle_signals(halt, workers):
            for wanted in _list_portions(looking):
                workers[:] = [
                    asyncio.create_task(
                        _run_worker(trials, playing[target.name], comparisons, log, through)
                    )
                    for target in matrix.targets
                    for trials in repeat(matrix.trials(target, wanted), crew)
                ]
                watch = partial(limiters.tell_held_up, show)
                await wait_until_done(workers, halt, (config.budget, ends_at), show, watch)
                if halt.reason or looking is None:
                    break
                looks += 1
                settled = looking.is_settled(looks)
                show(Looked(looks, looking.portions.planned, settled))
                if settled:
                    break
        limiters.conclude(show)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        chat = models.chat.items()
        adapted = {name: tuple(getattr(model, "adapted", ())) for name, model in chat}
        for model in models.every():
            await model.close()
        await ports.closing()
    return TrialsOutcome(halt, adapted, looks, tracker.spent)


def _list_portions(looking: Looking | None) -> Iterator[Callable[[int], bool]]:
    """List what is asked before each look, as a choice of questions; all at once without any."""
    if looking is None:
        yield lambda _: True
        return
    portions = looking.portions
    for look in range(1, portions.planned + 1):
        yield partial(portions.is_asked_before, look)


def _make_check_executor(
    spec: Spec,
    executors: Mapping[str, ChatExecutor],
    embedding: EmbeddingExecutor | None,
    ports: RunPorts,
) -> CheckExecutor:
    """Make the check executor; a judge that is a target too shares that target's limiter."""
    judge = spec.evaluation.judge
    return CheckExecutor(
        judge=None if judge is None else judge.target,
        judges=executors,
        embeddings=embedding,
        code=ports.code,
        deadline_s=spec.evaluation.timeout_s,
    )


async def _run_worker(
    trials: Iterator[Trial],
    playing: Playing,
    comparisons: Comparisons,
    log: RunLog,
    through: Callable[[int, Result], None],
) -> None:
    """Take the target's next trial until there is none; colleagues share the iterator."""
    executor = playing.executor
    for trial in trials:
        if executor.halt.reason:
            return
        if log.is_finished(trial.index):
            continue
        try:
            results = await _play_and_decide(trial, playing, comparisons)
        except RunHaltedError:
            return
        for index, result in results:
            through(index, result)
        if executor.limiter.stopped is not None:
            await asyncio.sleep(0)  # nothing is awaited any more: let the others have the loop


def _make_place(result: Result) -> Place:
    """Return a trial's place, of no turn in particular."""
    trial = result.trial
    return Place(trial.target, trial.conversation, trial.case, trial.variant, trial.repeat, turn=0)


def _no_chance() -> float:
    """Return 0: a replay has nobody to get out of step with, and is the same every time."""
    return 0.0


async def _play_and_decide(
    trial: Trial, playing: Playing, comparisons: Comparisons
) -> Sequence[tuple[int, Result]]:
    """Play a trial; the results that are known by it: its own, or those of its whole comparison.

    Raises:
        RunHaltedError: the run sends nothing more; the trial has no result.
    """
    if not trial.question.compared:
        return [(trial.index, (await _play_or_fail(trial, playing)).result())]
    await comparisons.admit(trial, playing.executor.halt)
    comparison = comparisons.enter(await _play_or_fail(trial, playing))
    return await decide(comparison, playing.check_executor) if comparison else ()


async def _play_or_fail(trial: Trial, playing: Playing) -> PlayedTrial:
    """Play a trial; one whose texts grow beyond all bounds by what was replied is errored."""
    try:
        return await play_trial(trial, playing)
    except SpecError as why:
        return fail_trial(trial, why)
