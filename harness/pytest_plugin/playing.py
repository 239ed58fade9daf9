"""Playing one conversation on one target, and what that comes to as a test."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest

from harness.app.evaluation import evaluate_spec
from harness.app.recording import Recording, name_default_folder
from harness.compare.floors import REPEATS_ROUNDING
from harness.compare.gate import read_day
from harness.compare.summarize import is_stale
from harness.compare.wording import describe_mark
from harness.errors import Exit, HarnessError
from harness.pytest_plugin.spending import SharedBudget
from harness.report.terminal.telling import Loudness, tell
from harness.results.model import Result
from harness.run.asking.bounds import choose_default, fill_budget
from harness.run.asking.question import is_compared
from harness.run.evaluate import Evaluated
from harness.run.judging.judges import count_requests
from harness.run.narrowing import CellName
from harness.run.preparation import EvalOptions
from harness.run.targets import select_targets
from harness.source import Span
from harness.spec.load import SpecFile
from harness.spec.model.spec import Conversation, KnownFailing, Spec
from harness.spec.model.targets import list_embedders
from harness.text.safe import printable, visible
from harness.wiring import (
    Permissions,
    list_case_names,
    open_world,
    read_spec,
    read_spec_for_replay,
)

Mode = Literal["replay", "live", "record"]


@dataclass(frozen=True, slots=True)
class Played:
    """The outcome of a test; without ``failure`` and ``skipped`` it passed.

    Attributes:
        failure: what is shown of a test that failed; its first line is the story in short.
        judged: whether it failed for what was replied, and for nothing else.
        skipped: why there is nothing to say.
        known: why the failure was expected, "" where it was not.
        properties: of the test case in JUnit's file.
    """

    failure: str = ""
    judged: bool = False
    skipped: str = ""
    known: str = ""
    properties: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Stage:
    """A spec, and how its conversations are played in this process.

    Attributes:
        shared: its budget, and what its conversations took of it so far.
        workers: processes that share the budget.
    """

    spec_file: SpecFile
    permissions: Permissions
    mode: Mode
    workers: int = 1
    shared: SharedBudget = field(default_factory=SharedBudget)

    @classmethod
    def open(cls, path: Path, config: pytest.Config) -> Stage:
        """Read the spec.

        Raises:
            SpecError: it is wrong; names every problem.
        """
        mode: Mode = "live" if config.getoption("harness_live") else "replay"
        if config.getoption("harness_record"):
            mode = "record"
        permissions = Permissions(
            environment_names=tuple(config.getini("harness_allow_env")),
            hosts=(
                *config.getini("harness_trust_hosts"),
                *os.environ.get("HARNESS_TRUST_HOSTS", "").split(),
            ),
            code=config.getini("harness_allow_code"),
        )
        read = read_spec_for_replay if mode == "replay" else read_spec
        workers = getattr(config, "workerinput", {}).get("workercount", 1)  # pytest-xdist says so
        return cls(read(path, permissions), permissions, mode, workers)

    @property
    def spec(self) -> Spec:
        """The declared spec."""
        return self.spec_file.spec

    def list_targets(self) -> tuple[str, ...]:
        """List the targets that the spec is evaluated on.

        Raises:
            RequestError: there is none.
        """
        return tuple(target.name for target in select_targets(self.spec))

    def find_place(self, conversation: Conversation) -> Span:
        """Return the place where it is written."""
        ids = [one.id for one in self.spec.conversations]
        return self.spec_file.spans.at("conversations", ids.index(conversation.id))

    def list_cases(self, conversation: Conversation) -> tuple[str, ...]:
        """List the names of its cases; none where it is one by itself."""
        return tuple(name for name in list_case_names(self.spec_file, conversation) if name)

    def play(
        self,
        conversation: Conversation,
        target: str,
        test: str,
        loudness: Loudness,
        cases: Collection[str] | None = None,
    ) -> Played:
        """Play cases, variants and repeats; nothing is kept but what is said about them.

        Args:
            conversation: one of the spec's.
            target: one of its targets.
            cases: the cases that are played; None for all.
            test: pytest's name of the test, from where pytest was started, for its command.
            loudness: how often ``-v`` was given.
        """
        if self._is_a_contest(conversation):
            return Played(
                skipped="select-best compares all targets with each other, and a test has one: "
                f"harness eval {self.spec_file.path}"
            )
        recording = self._choose_recording(conversation, target)
        if recording is not None and recording.replays and not recording.folder.exists():
            advice = _advise_again(test)
            return Played(failure=f"not recorded: there is no {recording.folder}{advice}")
        budget = self.spec.evaluation.budget
        if self.mode != "replay":
            budget = fill_budget(budget, choose_default(os.environ))
            budget, ended = self.shared.limit(budget, self.workers)
            if ended:
                return Played(failure=f"not played: {ended}")
        spec_file = replace(self.spec_file, spec=_isolate(self.spec, conversation, budget))
        with TemporaryDirectory(prefix="harness-") as folder:
            cells = None if cases is None else self._list_cells(conversation, target, cases)
            options = EvalOptions(targets=(target,), output=Path(folder), cells=cells)
            try:
                with open_world(
                    spec_file, self.permissions, say=lambda _: None, recording=recording
                ) as world:
                    finished = evaluate_spec(world, options, lambda _: None)
            except HarnessError as error:
                again = _advise_again(test) if self.mode == "replay" else ""
                return Played(failure=f"{error}{again}")
            done, results = finished.evaluated, finished.results
            if done.exit_code == Exit.TERMINATED:
                pytest.exit("terminated", returncode=done.exit_code)
            if done.exit_code == Exit.INTERRUPTED:
                raise KeyboardInterrupt
            self.shared.add(done.spent, done.info.totals.wall_s)
            self.shared.ended = printable(done.halted)
            played = _judge(conversation, results, done, loudness)
            if conversation.known_failing is not None:
                several = len(self.list_targets()) > 1 or cases is not None
                stale = any(map(is_stale, results))
                if not (stale or done.info.stale or done.halted or played.skipped):
                    played = _expect(played, conversation.known_failing, done, several=several)
            if played.known:
                return played
            return self._with_advice(played, results, done, test) if played.failure else played

    def _list_cells(
        self, conversation: Conversation, target: str, cases: Collection[str]
    ) -> frozenset[CellName]:
        variants = self.spec.variants or ("default",)
        return frozenset(
            (conversation.id, case, target, variant) for case in cases for variant in variants
        )

    def _with_advice(
        self, played: Played, results: Sequence[Result], done: Evaluated, test: str
    ) -> Played:
        """Add what to do where the reason is not in the reply."""
        kinds = {one.failure.kind for one in results if one.failure is not None}
        if done.info.stale or "stale_recording" in kinds:
            return replace(played, failure=played.failure + _advise_again(test))
        if done.info.replayed and kinds - {"content_filter"}:
            advice = f"\n\nthe recording holds an error in place of an answer{_advise_again(test)}"
            return replace(played, failure=played.failure + advice)
        deployed = done.info.targets[0].name.partition("/")[0] in self.spec.accounts
        if "not_found" in kinds and deployed:
            path = shlex.quote(self.spec_file.path)
            advice = f"\n\nis it deployed? harness apply {path}"
            return replace(played, failure=played.failure + advice)
        return played

    def _is_a_contest(self, conversation: Conversation) -> bool:
        several = len(self.list_targets()) > 1
        return several and is_compared(conversation, self.spec.defaults.assertions)

    def _choose_recording(self, conversation: Conversation, target: str) -> Recording | None:
        """Choose the recording; None where everybody is called, or nobody, as in a transcript."""
        if self.mode == "live":
            return None
        provider = self.spec.providers.get(target.partition("/")[0])
        asked = count_requests(self.spec, conversation).keys() - list_embedders(self.spec)
        if provider is not None and not provider.is_called and not asked:
            return None
        folder = name_default_folder(Path(self.spec_file.path))
        return Recording("replay" if self.mode == "replay" else "all", folder)


def _isolate(spec: Spec, conversation: Conversation, budget: object) -> Spec:
    """Return the spec with one conversation and no gate: one test cannot speak for all."""
    evaluation = spec.evaluation.model_copy(update={"gate": None, "budget": budget})
    return spec.model_copy(update={"conversations": (conversation,), "evaluation": evaluation})


def _judge(
    conversation: Conversation, results: Sequence[Result], done: Evaluated, loudness: Loudness
) -> Played:
    properties = tuple(_list_properties(results, done))
    floor = 1.0 if conversation.must_pass is False else float(conversation.must_pass)
    missed, skipped, cells = [], [], 0
    for _, group in groupby(results, key=lambda one: (one.trial.case, one.trial.variant)):
        repeats = list(group)
        cells += 1
        if all(one.outcome == "skipped" for one in repeats):
            skipped.append(repeats[0])
        elif not _holds(repeats, floor):
            missed.append(tuple(repeats))
    errored = any(one.outcome == "errored" for cell in missed for one in cell)
    if missed:
        said = tell(conversation, missed, cells, floor, loudness)
        judged = not (errored or done.info.stale or done.halted)
        return Played(said, judged, properties=properties)
    if done.info.stale:
        stale = "\n".join(map(visible, done.info.stale))
        return Played(f"stale recording: {stale}", properties=properties)
    if done.halted:
        return Played(f"not played to the end: {printable(done.halted)}", properties=properties)
    if cells and len(skipped) == cells:
        return Played(skipped="every check was skipped", properties=properties)
    return Played(properties=properties)


def _expect(played: Played, mark: KnownFailing, done: Evaluated, *, several: bool) -> Played:
    """Hold a test against the mark of its conversation, which is known to fail until some day."""
    if mark.is_over(read_day(done.info)):
        said = f"known to fail until {mark.until}, and that day is over: {mark.issue}"
        return replace(played, failure="\n".join(filter(None, (said, played.failure))))
    if played.failure:
        first = played.failure.splitlines()[0]
        return replace(played, known=f"{describe_mark(mark)}: {first}")
    if several:  # on another target, or in another case, it may fail
        return played
    said = f"known to fail until {mark.until}, and it passed every time"
    return replace(played, failure=f"{said}: take `known_failing` out: {mark.issue}", judged=True)


def _holds(repeats: list[Result], floor: float) -> bool:
    """Return whether enough repeats passed; one without an answer is never enough."""
    if any(one.outcome == "errored" for one in repeats):
        return False
    played = [one for one in repeats if one.outcome != "skipped"]
    passed = sum(one.outcome == "passed" for one in played)
    return passed / len(played) >= floor - REPEATS_ROUNDING


def _list_properties(results: Sequence[Result], done: Evaluated) -> Iterator[tuple[str, str]]:
    """List properties as texts, for they travel between processes; what is unknown is left out."""
    info = done.info
    target = info.targets[0]
    yield "target", target.name
    if target.model:
        yield "model", "-".join(filter(None, (target.model, target.version)))
    yield "trials", str(info.totals.trials)
    if info.totals.cost_usd is not None:
        yield "cost_usd", f"{info.totals.cost_usd:.9f}".rstrip("0").rstrip(".")
    replies = (turn.exchange.reply for result in results for turn in result.turns)
    yield "latency_s", f"{sum(reply.latency_s for reply in replies if reply):.3f}"
    yield "simulated", str(info.simulated).lower()
    yield "replayed", str(info.replayed).lower()


def _advise_again(test: str) -> str:
    return f"\n\nrecord it: pytest --harness-record {shlex.quote(test)}"
