"""A whole evaluation: from a spec and options to a run on disk with its verdict."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from harness._version import __version__
from harness.compare.summarize import Tally
from harness.compare.summary import Summary
from harness.errors import Diagnostic, RequestError
from harness.results.model import RunInfo, RunStatus, TargetInfo
from harness.results.totals import Counter
from harness.run.events import Event, Started
from harness.run.judging.judges import Judges
from harness.run.matrix import Matrix, Selection, expand
from harness.run.ports import Clock, RunLog, RunPorts, Trials
from harness.run.targets import Target, every_target, select_targets
from harness.run.trials import Models, RunConfig, TrialsOutcome, Widths, run_trials
from harness.spec.load import SpecFile
from harness.spec.model.spec import Budget, Gate, KnownFailing, Spec

CHANGED = "H606"


@dataclass(frozen=True, slots=True)
class EvalOptions:
    """Options of an evaluation, as its caller gives them.

    Attributes:
        targets: names or globs; () for the spec's own selection.
        conversations: whole ids; () for all. What only a program asks for.
        repeats: instead of the spec's.
        output: the run's directory; None: beneath ``reports/``.
        resume: the run to go on with, which also says what was selected.
        unknown: what to do with requests that were sent and whose answer is not known.
        max_usd: a limit beside the spec's budget; the smaller one holds.
        allow_simulated: let a simulated run stand before the gate.
    """

    targets: tuple[str, ...] = ()
    keyword: str = ""
    tags: tuple[str, ...] = ()
    repeats: int | None = None
    output: Path | None = None
    resume: str | None = None
    unknown: Literal["retry", "skip"] = "retry"
    max_usd: float | None = None
    allow_simulated: bool = False
    conversations: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """True when no trial of the spec is left out, but for repeats."""
        return not (self.targets or self.keyword or self.tags or self.conversations)


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """An evaluation that could begin: everything is known and nothing has been spent."""

    spec_file: SpecFile
    matrix: Matrix
    config: RunConfig
    gate: Gate | None
    options: EvalOptions
    resumed: Path | None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A run and what it comes to; its results are in ``directory``."""

    info: RunInfo
    directory: Path
    summary: Summary
    exit_code: int
    halted: str


def prepare(spec_file: SpecFile, options: EvalOptions, ports: RunPorts) -> PreparedRun:
    """Decide what would be run; reads data sets, spends nothing.

    Raises:
        RequestError: nothing selected, an unknown target, a run that cannot be resumed.
    """
    spec, resumed = spec_file.spec, None
    if options.resume is not None:
        resumed = ports.store.find(options.resume, spec.name)
        options = _restore_options(ports.store.info(resumed), spec_file, options)
    evaluation = spec.evaluation
    selection = Selection(options.keyword, options.tags, options.repeats, options.conversations)
    matrix = expand(spec, select_targets(spec, options.targets), selection, ports.cases)
    config = RunConfig(
        budget=Budget() if ports.replays else _limit_budget(evaluation.budget, options.max_usd),
        widths=Widths.of(evaluation.concurrency, len(matrix.targets)),
        stop_at_failure=evaluation.on_turn_failure == "stop",
        unknown=options.unknown,
    )
    gate = evaluation.gate
    if gate is not None and options.allow_simulated:
        gate = gate.model_copy(update={"allow_simulated": True})
    return PreparedRun(spec_file, matrix, config, gate, options, resumed)


def evaluate(prepared: PreparedRun, ports: RunPorts, show: Callable[[Event], None]) -> Evaluated:
    """Run what was prepared; blocks, with an event loop of its own.

    Raises:
        OutsideError: the run's files cannot be written.
        RequestError: a target cannot be reached as declared; the output directory is not empty, or
            another process writes it.
    """
    matrix, clock = prepared.matrix, ports.clock
    models = Models.of(matrix, ports)
    info, opened = _open_run(prepared, ports)
    before_s, began = info.totals.wall_s, clock.now()
    with opened as log:
        log.describe(info)
        names = tuple(target.name for target in matrix.targets)
        done = (
            sum(log.is_finished(index) for index in range(matrix.count)) if prepared.resumed else 0
        )
        show(Started(matrix.count, done, names, log.directory))
        ended = asyncio.run(run_trials(matrix, models, prepared.config, log, ports, show))
        log.arrange()
        wall_s = before_s + max(0.0, (clock.now() - began).total_seconds())
        if ports.recording is not None:
            whole = prepared.options.everything and not ended.halt.reason
            info = replace(info, stale=ports.recording.end(whole=whole))
        info, summary = _conclude(prepared, info, log, ended, wall_s, clock)
        log.describe(info)
        exit_code = info.exit_code or 0
        return Evaluated(info, log.directory, summary, exit_code, ended.halt.reason)


def _open_run(
    prepared: PreparedRun, ports: RunPorts
) -> tuple[RunInfo, AbstractContextManager[RunLog]]:
    spec_file, matrix = prepared.spec_file, prepared.matrix
    options = prepared.options
    if prepared.resumed is not None:
        info = ports.store.info(prepared.resumed)
        info = replace(info, status="partial", finished_at=None, verdict=None, exit_code=None)
        trials = Trials(matrix.count, matrix.number_of(), matrix.comparisons)
        return info, ports.store.reopen(prepared.resumed, trials)
    targets = tuple(make_target_info(target, ports) for target in matrix.targets)
    judges = Judges.of(matrix.spec)
    info = RunInfo(
        id=make_run_id(ports.clock, ports.chance),
        spec_name=spec_file.spec.name,
        spec_sha256=spec_file.sha256,
        harness_version=__version__,
        started_at=_format_now(ports.clock),
        targets=targets,
        simulated=any(t.simulated for t in targets) or _is_judged_by_simulation(matrix, ports),
        replayed=ports.replays,
        judges=tuple(_make_judge_info(matrix, ports, name) for name in judges.judges),
        embeddings=(
            None
            if judges.embeddings is None
            else _make_judge_info(matrix, ports, judges.embeddings)
        ),
        planned_trials=matrix.count,
        selection={
            "targets": [target.name for target in targets],
            "keyword": options.keyword,
            "tags": list(options.tags),
            "repeats": matrix.repeats,
            **({"conversations": list(named)} if (named := options.conversations) else {}),
            # Which of them were named instead of the spec's own: a part says less than all.
            **({"named_targets": list(options.targets)} if options.targets else {}),
        },
    )
    return info, ports.store.begin(info, spec_file.document, options.output)


def _conclude(
    prepared: PreparedRun,
    info: RunInfo,
    log: RunLog,
    ended: TrialsOutcome,
    wall_s: float,
    clock: Clock,
) -> tuple[RunInfo, Summary]:
    """Return the run's description and numbers, from its results read one by one."""
    status: RunStatus = "complete"
    if ended.halt.reason:
        status = "interrupted" if ended.halt.signal else "partial"

    def note_adapted(targets: tuple[TargetInfo, ...]) -> tuple[TargetInfo, ...]:
        return tuple(
            replace(target, adapted=ended.adapted.get(target.name) or target.adapted)
            for target in targets
        )

    targets, judges = note_adapted(info.targets), note_adapted(info.judges)
    stamp = _format_now(clock)
    info = replace(info, finished_at=stamp, status=status, targets=targets, judges=judges)
    counter, tally = Counter(), Tally(info, list_known_failing(prepared.spec_file.spec))
    for result in log.results():
        counter.add(result)
        tally.add(result)
    summary = tally.summary(
        prepared.gate, list_floors(prepared.spec_file.spec), expected=prepared.matrix.count
    )
    exit_code = summary.verdict.exit_code
    if ended.halt.signal:
        exit_code = 128 + ended.halt.signal
    info = replace(
        info,
        totals=counter.totals(wall_s),
        verdict=summary.verdict.word,
        exit_code=exit_code,
    )
    return info, summary


def _is_judged_by_simulation(matrix: Matrix, ports: RunPorts) -> bool:
    """Return whether a simulated judge, or simulated embeddings, judge real answers."""
    names = Judges.of(matrix.spec).names
    return any(ports.simulated(t) for t in every_target(matrix.spec) if t.name in names)


def _make_judge_info(matrix: Matrix, ports: RunPorts, name: str) -> TargetInfo:
    """Describe a target that judges or embeds, as ``run.json`` has it."""
    target = next(target for target in every_target(matrix.spec) if target.name == name)
    return make_target_info(target, ports)


def make_target_info(target: Target, ports: RunPorts) -> TargetInfo:
    """Describe a target, as ``run.json`` has it."""
    return TargetInfo(
        name=target.name,
        model=target.model,
        version=target.version,
        region=ports.locate(target),
        sku=target.sku,
        capacity=target.capacity,
        simulated=ports.simulated(target),
    )


def list_floors(spec: Spec) -> dict[str, float]:
    """Return the floor of each conversation with one: the share of its repeats that must pass."""
    return {c.id: float(c.must_pass) for c in spec.conversations if c.must_pass is not False}


def list_known_failing(spec: Spec) -> dict[str, KnownFailing]:
    """Return the mark of each conversation that is known to fail."""
    marks = {c.id: c.known_failing for c in spec.conversations}
    return {name: mark for name, mark in marks.items() if mark is not None}


def make_run_id(clock: Clock, chance: Callable[[], float]) -> str:
    """Return ``YYYYMMDD-HHMMSS-xxxxxx`` in UTC: it sorts by time, with chance at its end."""
    return f"{clock.now():%Y%m%d-%H%M%S}-{int(chance() * 16**6):06x}"


def _format_now(clock: Clock) -> str:
    return clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _limit_budget(budget: Budget, max_usd: float | None) -> Budget:
    if max_usd is None:
        return budget
    limit = max_usd if budget.usd is None else min(max_usd, budget.usd)
    return budget.model_copy(update={"usd": limit})


def _restore_options(info: RunInfo, spec_file: SpecFile, options: EvalOptions) -> EvalOptions:
    """Return the options of the run that is resumed; nothing else would be the same run."""
    if info.spec_sha256 != spec_file.sha256:
        raise RequestError(
            Diagnostic(
                CHANGED,
                "the spec has changed since this run",
                f"run {info.id} was made with spec {info.spec_sha256[:12]}, "
                f"this is {spec_file.sha256[:12]}: half of each would be no run at all",
                hint="start a new run, or bring the spec back to what it was",
            )
        )
    if info.replayed:
        raise RequestError(
            Diagnostic(
                CHANGED,
                "a replayed run is not gone on with",
                "half of its answers would be a recording's, half would not",
                hint="replay it anew: it costs nothing",
            )
        )
    if options.targets or options.keyword or options.tags or options.repeats or options.output:
        raise RequestError(
            Diagnostic(
                CHANGED,
                "a resumed run keeps its own selection",
                "-t, -k, --tag, --repeats and --output belong to a new run",
                hint=f"harness eval SPEC --resume {info.id}",
            )
        )
    selection = info.selection
    return replace(
        options,
        targets=tuple(selection.get("targets", ())),
        keyword=selection.get("keyword", ""),
        tags=tuple(selection.get("tags", ())),
        repeats=selection.get("repeats"),
        conversations=tuple(selection.get("conversations", ())),
    )
