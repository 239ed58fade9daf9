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
from harness.compare.comparison.model import Comparison
from harness.compare.comparison.scores import Baseline, Scores
from harness.compare.gate import select_marks
from harness.compare.looks.settling import is_settled
from harness.compare.summarize import Tally, measure_columns
from harness.compare.summary import Summary
from harness.errors import Diagnostic, RequestError
from harness.results.model import Looks, Result, RunInfo, RunStatus, TargetInfo
from harness.results.scored import score_result
from harness.results.totals import Counter
from harness.run.describing import (
    format_now,
    is_simulated,
    make_judge_info,
    make_run_id,
    make_target_info,
    place_in_project,
)
from harness.run.events import Event, Started
from harness.run.judging.judges import Judges
from harness.run.looks.planning import choose_gate, note_look, settle_early
from harness.run.looks.portions import Portions, divide, make_seed
from harness.run.matrix import Matrix, Selection, expand
from harness.run.ports import RunLog, RunPorts, Trials
from harness.run.requests.budget import limit_budget
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
        baseline: the name of the baseline, instead of the gate's.
        names: pairs of a target's name and the one that it had in the baseline.
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
    baseline: str | None = None
    names: tuple[tuple[str, str], ...] = ()

    @property
    def everything(self) -> bool:
        """True when no trial of the spec is left out, but for repeats."""
        return not (self.targets or self.keyword or self.tags or self.conversations)


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """An evaluation that could begin: everything is known and nothing has been spent.

    ``baseline`` is None where the run is compared with none; ``not_compared`` says why, where its
    gate names one. ``looks`` are those of a run that is resumed.
    """

    spec_file: SpecFile
    matrix: Matrix
    config: RunConfig
    gate: Gate | None
    options: EvalOptions
    resumed: Path | None
    baseline: Baseline | None = None
    not_compared: str = ""
    looks: Looks | None = None


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
    spec, resumed, looks = spec_file.spec, None, None
    if options.resume is not None:
        resumed = ports.store.find(options.resume, spec.name)
        before = ports.store.info(resumed)
        options, looks = _restore_options(before, spec_file, options), before.looks
    evaluation = spec.evaluation
    selection = Selection(options.keyword, options.tags, options.repeats, options.conversations)
    matrix = expand(spec, select_targets(spec, options.targets), selection, ports.cases)
    config = RunConfig(
        budget=Budget() if ports.replays else limit_budget(evaluation.budget, options.max_usd),
        widths=Widths.of(evaluation.concurrency, len(matrix.targets)),
        stop_at_failure=evaluation.on_turn_failure == "stop",
        unknown=options.unknown,
    )
    gate = choose_gate(
        evaluation.gate,
        baseline=options.baseline,
        names=options.names,
        allow_simulated=options.allow_simulated,
    )
    gate = settle_early(gate, until_settled=options.until_settled, seed=options.seed)
    return PreparedRun(spec_file, matrix, config, gate, options, resumed, looks=looks)


def divide_questions(prepared: PreparedRun) -> Portions | None:
    """Divide what is prepared among the looks of its gate; None where all is asked at once.

    A run that is resumed keeps its order, and has looks if it had them. Without a baseline nothing
    would ever be settled.
    """
    spec_file, gate, baseline = prepared.spec_file, prepared.gate, prepared.baseline
    floors, matrix, looks = list_floors(spec_file.spec), prepared.matrix, prepared.looks
    if prepared.resumed is not None:
        return None if looks is None else divide(matrix, looks.planned, looks.seed, floors)
    if gate is None or gate.stop == "never" or baseline is None:
        return None
    seed = prepared.options.seed
    if seed is None:
        seed = make_seed(spec_file.sha256, baseline.scores.info.id)
    return divide(matrix, gate.looks, seed, floors)


def evaluate(prepared: PreparedRun, ports: RunPorts, show: Callable[[Event], None]) -> Evaluated:
    """Run what was prepared; blocks, with an event loop of its own.

    Raises:
        OutsideError: the run's files cannot be written.
        RequestError: a target cannot be reached as declared; the output directory is not empty, or
            another process writes it.
    """
    matrix, clock = prepared.matrix, ports.clock
    models = Models.of(matrix, ports)
    portions = divide_questions(prepared)
    info, opened = _open_run(prepared, portions, ports)
    before_s, began = info.totals.wall_s, clock.now()
    with opened as log:
        log.describe(info)
        names = tuple(target.name for target in matrix.targets)
        done = (
            sum(log.is_finished(index) for index in range(matrix.count)) if prepared.resumed else 0
        )
        planned = portions.planned if portions else 0
        show(Started(matrix.count, done, names, log.directory, looks=planned))
        looking = _look_out(prepared, portions, info, log)
        ended = asyncio.run(
            run_trials(matrix, models, prepared.config, log, ports, show, looking=looking)
        )
        log.arrange()
        wall_s = before_s + max(0.0, (clock.now() - began).total_seconds())
        if ports.recording is not None:
            stopped = bool(ended.halt.reason) or ended.looks < planned
            whole = prepared.options.everything and not stopped
            info = replace(info, stale=ports.recording.end(whole=whole))
        info = replace(info, finished_at=format_now(clock))
        info, summary = _conclude(prepared, portions, info, log, ended, wall_s)
        info = replace(info, columns=measure_columns(summary.rows))
        log.describe(info)
        exit_code = info.exit_code or 0
        return Evaluated(info, log.directory, summary, exit_code, ended.halt.reason)


def _open_run(
    prepared: PreparedRun, portions: Portions | None, ports: RunPorts
) -> tuple[RunInfo, AbstractContextManager[RunLog]]:
    spec_file, matrix = prepared.spec_file, prepared.matrix
    options = prepared.options
    if prepared.resumed is not None:
        info = ports.store.info(prepared.resumed)
        info = replace(
            _plan_looks(info, matrix, portions),
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
        spec_path=place_in_project(spec_file),
        harness_version=__version__,
        started_at=format_now(ports.clock),
        targets=targets,
        simulated=is_simulated(matrix, ports),
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
    info = _plan_looks(info, matrix, portions)
    return info, ports.store.begin(info, spec_file.document, options.output)


def _plan_looks(info: RunInfo, matrix: Matrix, portions: Portions | None) -> RunInfo:
    """Note the looks that a run may have; until one settles it, all trials are to be run."""
    if portions is None:
        return info
    return replace(note_look(info, matrix, portions, 0), planned_trials=matrix.count)


def _look_out(
    prepared: PreparedRun, portions: Portions | None, info: RunInfo, log: RunLog
) -> Looking | None:
    """Return the looks at a run, and who decides at them; None where it asks everything."""
    gate, matrix = prepared.gate, prepared.matrix
    if portions is None or gate is None:
        return None
    floors = list_floors(matrix.spec)

    def judge(look: int) -> bool:
        seen = replace(note_look(info, matrix, portions, look), status="complete")
        results = log.results_of(lambda index: portions.by_row[index // matrix.plays] <= look)
        _, summary = _count(prepared, seen, results, wall_s=0.0)
        return is_settled(summary, gate, floors, all_asked=look >= portions.first)

    return Looking(portions, judge)


def _conclude(
    prepared: PreparedRun,
    portions: Portions | None,
    info: RunInfo,
    log: RunLog,
    ended: TrialsOutcome,
    wall_s: float,
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
    info = replace(info, status=status, targets=targets, judges=judges)
    if portions is not None:
        noted = note_look(info, prepared.matrix, portions, ended.looks)
        planned = noted.planned_trials if status == "complete" else prepared.matrix.count
        info = replace(noted, planned_trials=planned)
    info, summary = _count(prepared, info, log.results(), wall_s=wall_s)
    exit_code = summary.verdict.exit_code
    if ended.halt.signal:
        exit_code = 128 + ended.halt.signal
    return replace(info, verdict=summary.verdict.word, exit_code=exit_code), summary


def _count(
    prepared: PreparedRun, info: RunInfo, results: Iterable[Result], *, wall_s: float
) -> tuple[RunInfo, Summary]:
    """Return the run's description with its totals, and its numbers; results are read singly."""
    spec = prepared.spec_file.spec
    counter, tally = Counter(), Tally(info, list_known_failing(spec))
    scores = None if prepared.baseline is None else Scores(info, prepared.spec_file.document)
    for result in results:
        counter.add(result)
        tally.add(result)
        if scores is not None:
            scores.add(score_result(result))
    info = replace(info, totals=counter.totals(wall_s))
    summary = tally.summary(
        prepared.gate,
        list_floors(spec),
        expected=info.planned_trials or prepared.matrix.count,
        comparison=None if scores is None else _compare(prepared, info, scores),
        not_compared=prepared.not_compared,
    )
    return info, summary


def _compare(prepared: PreparedRun, info: RunInfo, scores: Scores) -> Comparison | None:
    """Hold the run against its baseline; None where it has none."""
    baseline, gate = prepared.baseline, prepared.gate
    if baseline is None or gate is None:
        return None
    scores.info = info  # with its totals, which say how long more of it would take
    return compare_scores(
        baseline.scores,
        scores,
        gate,
        names=gate.map,
        known_failing=select_marks(info, list_known_failing(prepared.spec_file.spec)),
        baseline=baseline.name,
    )


def list_floors(spec: Spec) -> dict[str, float]:
    """Return the floor of each conversation with one: the share of its repeats that must pass."""
    return {c.id: float(c.must_pass) for c in spec.conversations if c.must_pass is not False}


def list_known_failing(spec: Spec) -> dict[str, KnownFailing]:
    """Return the mark of each conversation that is known to fail."""
    marks = {c.id: c.known_failing for c in spec.conversations}
    return {name: mark for name, mark in marks.items() if mark is not None}


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
