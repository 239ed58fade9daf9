"""The pool of workers that play trials in one process: their queues, models and checks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

from harness.conversation.ports import ChatModel, Embedder, RequestT
from harness.conversation.transcript import AnswerT, EmbeddingReply, Failure, Reply
from harness.errors import SpecError
from harness.results.model import Result
from harness.run.asking.accounting import Accounting
from harness.run.engines.asking_mode import AskingMode, DirectAsking
from harness.run.engines.engine import RunConfig
from harness.run.events import Event
from harness.run.judging.check_executor import ChatExecutor, CheckExecutor
from harness.run.judging.comparisons import AHEAD, Comparisons, decide
from harness.run.judging.judges import Judges
from harness.run.matrix import Matrix, Trial
from harness.run.playing import PlayedTrial, Playing, fail_trial, play_trial
from harness.run.ports import RunPorts
from harness.run.requests.limiters import Limiters
from harness.run.requests.request_executor import Halt, RequestExecutor, RunHaltedError
from harness.run.requests.token_estimate import TokenEstimate
from harness.run.targets import Target, every_target


@dataclass(frozen=True, slots=True)
class Models:
    """The models of a run by their targets' names, and its embeddings if it needs them."""

    chat: Mapping[str, ChatModel]
    embeddings: Embedder | None = None

    @classmethod
    def of(cls, matrix: Matrix, ports: RunPorts, *, but: Container[str] = frozenset()) -> Models:
        """Return everybody that a run's conversations and checks may ask; ``but`` none of these.

        Raises:
            RequestError: a target cannot be reached as declared.
        """
        judges = Judges.of(matrix.spec)
        known = {target.name: target for target in every_target(matrix.spec)}
        chat = {target.name: target for target in matrix.targets}
        chat.update((name, known[name]) for name in judges.judges)
        embeds = judges.embeddings
        return cls(
            {name: ports.model(target) for name, target in chat.items() if name not in but},
            ports.embeddings(known[embeds]) if embeds is not None and ports.embeddings else None,
        )

    @property
    def adapted(self) -> dict[str, tuple[str, ...]]:
        """Each model's adaptations so far, by its target's name."""
        return {name: tuple(getattr(one, "adapted", ())) for name, one in self.chat.items()}

    async def close(self) -> None:
        """Close all of them."""
        for model in self.chat.values():
            await model.close()
        if self.embeddings is not None:
            await self.embeddings.close()


@dataclass(frozen=True, slots=True)
class TrialSink:
    """The place where what comes of trials goes.

    Attributes:
        is_finished: tells of a trial, by its number, whether it has its result already.
        keep: gets a trial's number and its result.
        show: gets what happens meanwhile.
    """

    is_finished: Callable[[int], bool]
    keep: Callable[[int, Result], None]
    show: Callable[[Event], None]


class TrialPool:
    """Plays trials of one matrix, many beside each other. Not for use from several threads.

    Attributes:
        matrix: the trials; those who are compared with each other are played by the same pool.
        models: who answers.
        config: limits of requests in flight, and rules.
        ports: quotas, the clock, chance; models and the store are not taken from them.
        accounting: what each request is entered in.
        halt: what stops it.
        sink: where results and events go.
        mode: how those are asked who are not asked directly.
    """

    def __init__(
        self,
        matrix: Matrix,
        models: Models,
        config: RunConfig,
        *,
        ports: RunPorts,
        accounting: Accounting,
        halt: Halt,
        sink: TrialSink,
        mode: AskingMode | None = None,
    ) -> None:
        self.matrix, self.models, self.config = matrix, models, config
        self.ports, self.accounting, self.halt, self.sink = ports, accounting, halt, sink
        self.limiters = Limiters(ports, config.widths, lambda: bool(halt.reason))
        self._mode = mode or DirectAsking()
        self._comparisons = Comparisons(matrix, self._mode.choose_ahead(AHEAD))
        known = {target.name: target for target in (*every_target(matrix.spec), *matrix.targets)}
        executors: dict[str, ChatExecutor] = {
            name: self._make_executor(known[name], model.complete, Reply)
            for name, model in models.chat.items()
        }
        executors |= self._mode.executors
        embedding, role = None, matrix.spec.evaluation.embeddings
        if models.embeddings is not None and role is not None:
            target = known[role.target]
            embedding = self._make_executor(target, models.embeddings.embed, EmbeddingReply)
        judge = matrix.spec.evaluation.judge
        # A judge that is a target too shares that target's limiter.
        check_executor = self._mode.prepare_checks(
            CheckExecutor(
                judge=None if judge is None else judge.target,
                judges=executors,
                embeddings=embedding,
                code=ports.code,
                deadline_s=matrix.spec.evaluation.timeout_s,
            )
        )
        self._playing = {
            target.name: Playing(executors[target.name], check_executor, config.stop_at_failure)
            for target in matrix.targets
        }

    def stop(self, ended: Mapping[str, Failure]) -> None:
        """Ask certain targets nothing: each of their requests fails as it is said here."""
        for target in self.matrix.targets:
            if target.name in ended:
                self.limiters.find(target).stop(ended[target.name])

    def begin(self, wanted: Callable[[int], bool], most: int) -> list[asyncio.Task[None]]:
        """Begin to play the questions that are ``wanted``, by their numbers; return the tasks.

        ``most`` is how many trials there are of one target at most: no more are played at a time.
        """
        pool = min(self._mode.choose_pool_size(self.limiters.pool_size), most)
        return [
            asyncio.create_task(self._work(trials, self._playing[target.name]))
            for target in self.matrix.targets
            for trials in repeat(self.matrix.trials(target, wanted), pool)
        ]

    def _make_executor(
        self,
        target: Target,
        send: Callable[[RequestT], Awaitable[AnswerT | Failure]],
        kind: type[AnswerT],
    ) -> RequestExecutor[RequestT, AnswerT]:
        limiter = self.limiters.find(target)
        return RequestExecutor(
            target=target,
            send=send,
            kind=kind,
            limiter=limiter,
            accounting=self.accounting,
            clock=self.ports.clock,
            chance=_no_chance if self.ports.replays else self.ports.chance,
            halt=self.halt,
            show=self.sink.show,
            unknown=self.config.unknown,
            estimate=None if limiter.quota is None else TokenEstimate.of(target),
        )

    async def _work(self, trials: Iterator[Trial], playing: Playing) -> None:
        """Take the target's next trial until there is none; colleagues share the iterator."""
        with self._mode.activity():
            for trial in trials:
                if self.halt.reason:
                    return
                if self.sink.is_finished(trial.index):
                    continue
                try:
                    results = await self._play_and_decide(trial, playing)
                except RunHaltedError:
                    return
                for index, result in results:
                    self.sink.keep(index, result)
                if playing.executor.stopped is not None:
                    await asyncio.sleep(0)  # nothing is awaited any more: others have the loop

    async def _play_and_decide(
        self, trial: Trial, playing: Playing
    ) -> Sequence[tuple[int, Result]]:
        """Play a trial; the results that are known by it: its own, or its whole comparison's.

        Raises:
            RunHaltedError: the run sends nothing more; the trial has no result.
        """
        if not trial.question.compared:
            return [(trial.index, (await _play_or_fail(trial, playing)).result())]
        await self._comparisons.admit(trial, self.halt)
        comparison = self._comparisons.enter(await _play_or_fail(trial, playing))
        return await decide(comparison, playing.check_executor) if comparison else ()


def _no_chance() -> float:
    """Return 0: a replay has nobody to get out of step with, and is the same every time."""
    return 0.0


async def _play_or_fail(trial: Trial, playing: Playing) -> PlayedTrial:
    """Play a trial; one whose texts grow beyond all bounds by what was replied is errored."""
    try:
        return await play_trial(trial, playing)
    except SpecError as why:
        return fail_trial(trial, why)
