"""A whole evaluation: from a spec and options to a run on disk with its verdict."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from harness._version import __version__
from harness.compare.comparison.compare import compare_scores
from harness.compare.comparison.scores import Scores
from harness.compare.gate import read_day
from harness.compare.settling import is_settled
from harness.compare.summarize import Tally, measure_columns
from harness.compare.summary import Summary
from harness.errors import Diagnostic, RequestError
from harness.results.model import Result, RunInfo, RunStatus, TargetInfo
from harness.results.scored import score_result
from harness.results.totals import Counter
from harness.run.describing import (
    format_now,
    is_judged_by_simulation,
    make_judge_info,
    make_run_id,
    make_target_info,
)
from harness.run.events import Event, Started
from harness.run.judging.judges import Judges
from harness.run.looks.planning import choose_gate, note_look, plan_portions
from harness.run.looks.portions import Portions, divide
from harness.run.matrix import Matrix, Selection, expand
from harness.run.ports import Clock, RunLog, RunPorts, Trials
from harness.run.targets import select_targets
from harness.run.trials import Looking, Models, RunConfig, TrialsOutcome, Widths, run_trials
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
        until_settled: stop as ``gate: {stop: settled}`` does, whatever the spec says.
        seed: of the order in which a run that stops so asks; None: the spec's and baseline's own.
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
    until_settled: bool = False
    seed: int | None = None

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
    base: Scores | None = None
    portions: Portions | None = None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A run and what it comes to; its results are in ``directory``."""

    info: RunInfo
    directory: Path
    summary: Summary
    exit_code: int
    halted: str


def prepare(
    spec_file: SpecFile, options: EvalOptions, ports: RunPorts, base: Scores | None = None
) -> PreparedRun:
    """Decide what would be run; reads data sets, spends nothing.

    ``base`` is the baseline that the gate compares with, None without one.

    Raises:
        RequestError: nothing selected, an unknown target, a run that cannot be resumed.
    """
    spec, resumed, looks = spec_file.spec, None, None
    if options.resume is not None:
        resumed = ports.store.find(options.resume, spec.name)
        before = ports.store.info(resumed)
        options, looks = _restore_options(before, spec_file, options), before.looks
    evaluation = spec.evaluation
    selection = Selection(options.keyword, options.tags, options.repeats, options.conversations)
    matrix = expand(spec, select_targets(spec, options.targets), selection, ports.cases)
    config = RunConfig(
        budget=Budget() if ports.replays else _limit_budget(evaluation.budget, options.max_usd),
        widths=Widths.of(evaluation.concurrency, len(matrix.targets)),
        stop_at_failure=evaluation.on_turn_failure == "stop",
        unknown=options.unknown,
    )
    gate = choose_gate(evaluation.gate, until_settled=options.until_settled, seed=options.seed)
    if gate is not None and options.allow_simulated:
        gate = gate.model_copy(update={"allow_simulated": True})
    floors = list_floors(spec)
    if resumed is not None:
        portions = None if looks is None else divide(matrix, looks.planned, looks.seed, floors)
    else:
        identity = None if base is None else (spec_file.sha256, base.info.id)
        portions = plan_portions(matrix, gate, floors, identity=identity, seed=options.seed)
    return PreparedRun(spec_file, matrix, config, gate, options, resumed, base, portions)


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
        planned = prepared.portions.planned if prepared.portions else 0
        show(Started(matrix.count, done, names, log.directory, looks=planned))
        looking = _look_out(prepared, info, log)
        ended = asyncio.run(
            run_trials(matrix, models, prepared.config, log, ports, show, looking=looking)
        )
        log.arrange()
        wall_s = before_s + max(0.0, (clock.now() - began).total_seconds())
        if ports.recording is not None:
            stopped = bool(ended.halt.reason) or ended.looks < planned
            whole = prepared.options.everything and not stopped
            info = replace(info, stale=ports.recording.end(whole=whole))
        info, summary = _conclude(prepared, info, log, ended, wall_s, clock)
        info = replace(info, columns=measure_columns(summary.rows))
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
        info = replace(
            _plan_looks(info, prepared),
            status="partial",
            finished_at=None,
            verdict=None,
            exit_code=None,
        )
        trials = Trials(matrix.count, matrix.number_of(), matrix.comparisons)
        return info, ports.store.reopen(prepared.resumed, trials)
    targets = tuple(make_target_info(target, ports) for target in matrix.targets)
    judges = Judges.of(matrix.spec)
    info = RunInfo(
        id=make_run_id(ports.clock, ports.chance),
        spec_name=spec_file.spec.name,
        spec_sha256=spec_file.sha256,
        harness_version=__version__,
        started_at=format_now(ports.clock),
        targets=targets,
        simulated=any(t.simulated for t in targets) or is_judged_by_simulation(matrix, ports),
        replayed=ports.replays,
        judges=tuple(make_judge_info(matrix, ports, name) for name in judges.judges),
        embeddings=(
            None if judges.embeddings is None else make_judge_info(matrix, ports, judges.embeddings)
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
    info = _plan_looks(info, prepared)
    return info, ports.store.begin(info, spec_file.document, options.output)


def _plan_looks(info: RunInfo, prepared: PreparedRun) -> RunInfo:
    """Note the looks that a run may have; until one settles it, all trials are to be run."""
    if prepared.portions is None:
        return info
    noted = note_look(info, prepared.matrix, prepared.portions, 0)
    return replace(noted, planned_trials=prepared.matrix.count)


def _look_out(prepared: PreparedRun, info: RunInfo, log: RunLog) -> Looking | None:
    """Return the looks at a run, and who decides at them; None where it asks everything."""
    gate, portions, matrix = prepared.gate, prepared.portions, prepared.matrix
    if portions is None or gate is None:
        return None
    floors = list_floors(matrix.spec)

    def judge(look: int) -> bool:
        seen = replace(note_look(info, matrix, portions, look), status="complete")
        results = log.results_of(lambda index: portions.by_row[index // matrix.plays] <= look)
        _, summary = _count(prepared, seen, results)
        return is_settled(summary, gate, floors, all_asked=look >= portions.first)

    return Looking(portions, judge)


def _count(
    prepared: PreparedRun, info: RunInfo, results: Iterable[Result]
) -> tuple[Counter, Summary]:
    """Return the sums and the numbers of a run, from its results read one by one."""
    spec, base, gate = prepared.spec_file.spec, prepared.base, prepared.gate
    marks = list_known_failing(spec)
    counter, tally = Counter(), Tally(info, marks)
    head = None if base is None else Scores(info, prepared.spec_file.document)
    for result in results:
        counter.add(result)
        tally.add(result)
        if head is not None:
            head.add(score_result(result))
    comparison = None
    if base is not None and head is not None and gate is not None:
        known = [name for name, mark in marks.items() if not mark.is_over(read_day(info))]
        comparison = compare_scores(
            base, head, gate, names=gate.map, known_failing=known, baseline=gate.baseline
        )
    expected = info.planned_trials or prepared.matrix.count
    summary = tally.summary(gate, list_floors(spec), expected=expected, comparison=comparison)
    return counter, summary


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
    stamp = format_now(clock)
    info = replace(info, finished_at=stamp, status=status, targets=targets, judges=judges)
    if prepared.portions is not None:
        noted = note_look(info, prepared.matrix, prepared.portions, ended.looks)
        planned = noted.planned_trials if status == "complete" else prepared.matrix.count
        info = replace(noted, planned_trials=planned)
    counter, summary = _count(prepared, info, log.results())
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


def list_floors(spec: Spec) -> dict[str, float]:
    """Return the floor of each conversation with one: the share of its repeats that must pass."""
    return {c.id: float(c.must_pass) for c in spec.conversations if c.must_pass is not False}


def list_known_failing(spec: Spec) -> dict[str, KnownFailing]:
    """Return the mark of each conversation that is known to fail."""
    marks = {c.id: c.known_failing for c in spec.conversations}
    return {name: mark for name, mark in marks.items() if mark is not None}


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
    chosen = (options.targets, options.keyword, options.tags, options.repeats, options.output)
    if any(chosen) or options.until_settled or options.seed is not None:
        raise RequestError(
            Diagnostic(
                CHANGED,
                "a resumed run keeps its own selection",
                "-t, -k, --tag, --repeats, --output, --until-settled and --seed "
                "belong to a new run",
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
