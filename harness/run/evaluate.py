"""A whole evaluation: from a spec and options to a run on disk with its verdict."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness._version import __version__
from harness.compare.comparison.compare import compare_scores
from harness.compare.comparison.model import Comparison
from harness.compare.comparison.scores import Scores
from harness.compare.gate import select_marks
from harness.compare.looks.settling import is_settled
from harness.compare.summarize import Tally, measure_columns
from harness.compare.summary import Summary
from harness.results.model import Result, RunInfo, RunStatus, TargetInfo
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
from harness.run.engines.engine import Engine, Looking, TrialsOutcome
from harness.run.events import Cramped, Doubted, Event, Started
from harness.run.forecast.room import estimate_room
from harness.run.judging.judges import Judges
from harness.run.looks.planning import note_look
from harness.run.looks.portions import Portions
from harness.run.matrix import Matrix
from harness.run.ports import RunLog, RunPorts, Trials
from harness.run.preparation import PreparedRun, divide_questions, list_floors, list_known_failing
from harness.run.requests.budget import note_max_usd
from harness.run.requests.spent import NOTHING_SPENT, EndedBudget, Spent
from harness.spec.model.spec import Budget


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A run and what it comes to; its results are in ``directory``.

    ``spent`` is what all of its processes took of its ``budget``, ``ended`` what ended it.
    """

    info: RunInfo
    directory: Path
    summary: Summary
    exit_code: int
    halted: str
    spent: Spent = NOTHING_SPENT
    ended: EndedBudget | None = None
    budget: Budget = field(default_factory=Budget)


def evaluate(
    prepared: PreparedRun,
    ports: RunPorts,
    show: Callable[[Event], None],
    engine: Engine,
) -> Evaluated:
    """Run what was prepared; blocks, with an event loop of its own.

    ``engine`` plays the trials: the one that the options name.

    Raises:
        OutsideError: the run's files cannot be written; where trials are played is gone.
        RequestError: a target cannot be reached as declared; the output directory is not empty, or
            another process writes it.
    """
    matrix, clock, shard = prepared.matrix, ports.clock, prepared.options.shard
    if shard is not None and ports.divide is not None:
        ports = replace(ports, quota=ports.divide(shard))
    run = engine.make_ready(matrix, prepared.config, ports)
    portions = divide_questions(prepared)
    info, opened = _open_run(prepared, portions, ports)
    before_s, began = info.totals.wall_s, clock.measure_elapsed()
    with opened as log:
        log.describe(info)
        names = tuple(target.name for target in matrix.targets)
        done = (
            sum(log.is_finished(index) for index in range(matrix.size)) if prepared.resumed else 0
        )
        planned = portions.planned if portions else 0
        show(Started(matrix.count, done, names, log.directory, looks=planned))
        room = estimate_room(matrix, done)
        free = log.require_room(room.least)
        if free is not None and free < room.likely:
            show(Cramped(free, room.likely))
        if (doubted := log.gather_open()).requests and not ports.replays:
            show(Doubted(doubted, asked_again=prepared.options.unknown == "retry"))
        looking = _look_out(prepared, portions, info, log)
        ended = asyncio.run(run(log, show, looking))
        log.arrange()
        wall_s = before_s + clock.measure_elapsed() - began
        if ports.recording is not None:
            stopped = bool(ended.halt.reason) or ended.looks < planned
            whole = prepared.options.everything and not stopped
            info = replace(info, stale=ports.recording.end(whole=whole))
        info = replace(info, finished_at=format_now(clock))
        info, summary = _conclude(prepared, portions, info, log, ended, wall_s)
        unknown = None if ports.replays else log.gather_unknown() or None
        info = replace(info, columns=measure_columns(summary.rows), unknown=unknown)
        log.describe(info)
        exit_code = info.exit_code or 0
        halt = ended.halt
        return Evaluated(
            info,
            log.directory,
            summary,
            exit_code,
            halt.reason,
            spent=ended.spent,
            ended=halt.ended,
            budget=prepared.config.budget,
        )


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
            selection=note_max_usd(info.selection, options.max_usd, resumed=True),
            halted="",
            engine=options.engine,
        )
        trials = Trials(matrix.size, matrix.number_of(), matrix.comparisons)
        return info, ports.store.reopen(
            prepared.resumed, trials, take_over=prepared.options.take_over
        )
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
        shard=options.shard,
        engine=options.engine,
        selection={
            "targets": [target.name for target in targets],
            "keyword": options.keyword,
            "tags": list(options.tags),
            "repeats": matrix.repeats,
            **({"conversations": list(named)} if (named := options.conversations) else {}),
            # Which of them were named instead of the spec's own: a part says less than all.
            **({"named_targets": list(options.targets)} if options.targets else {}),
            **({"baseline": options.baseline} if options.baseline is not None else {}),
            **({"map": dict(options.names)} if options.names else {}),
            **_describe_part(prepared),
            **note_max_usd({}, options.max_usd, resumed=False),
        },
    )
    info = _plan_looks(info, matrix, portions)
    return info, ports.store.begin(info, spec_file.document, options.output)


def _describe_part(prepared: PreparedRun) -> dict[str, object]:
    """Describe what a run leaves out, for its ``selection``; a sample of everything is none."""
    part, failed = prepared.matrix.part, prepared.options.failed_trials
    said: dict[str, object] = {}
    if part.last is not None:
        size = part.plan.questions if part.plan else prepared.matrix.questions
        said["sample"] = {"questions": size, "of": part.drawn_from, "seed": part.seed}
    if failed is not None:
        said["failed"] = failed.run
    if part.plan is not None:
        said["shard"] = part.plan.describe()
    return said


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
    info = replace(info, status=status, targets=targets, judges=judges, halted=ended.halt.reason)
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
