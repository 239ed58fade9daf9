"""Decide what an evaluation would run, before anything is spent."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from harness.compare.comparison.scores import Baseline
from harness.errors import Diagnostic, RequestError
from harness.results.model import Looks, RunInfo, Shard
from harness.run.asking.bounds import fill_budget
from harness.run.engines.engine import RunConfig
from harness.run.engines.names import ENGINE_NAMES, EngineName
from harness.run.looks.planning import choose_gate, settle_early
from harness.run.looks.portions import Portions, divide, make_seed
from harness.run.matrix import NO_CONVERSATION, Matrix, Selection, expand
from harness.run.narrowing import CellName, FailedTrials, list_gone, name_cells
from harness.run.ports import RunPorts
from harness.run.requests.budget import limit_budget, restore_budget
from harness.run.requests.limiters import Widths
from harness.run.requests.spent import NOTHING_SPENT
from harness.run.sharding import KeyRange, QuestionName, read_span, share_budget
from harness.run.targets import every_target, select_targets
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
        take_over: go on with a run that a process of another machine seems to write.
        max_usd: a limit beside the spec's budget; the smaller one holds. Of a run that is gone on
            with it is the limit of all its processes, whatever was said before.
        allow_simulated: let a simulated run stand before the gate.
        until_settled: stop as ``gate: {stop: settled}`` does, whatever the spec says.
        seed: of a sample, 0 where there is none; and of the order in which a run that stops so
            asks, None for the spec's and baseline's own.
        baseline: the name of the baseline, instead of the gate's.
        names: pairs of a target's name and the one that it had in the baseline.
        sample: how many questions are drawn by the seed from those that are selected.
        cells: what is asked of whom, and nothing else; None for all. What only a program asks for.
        failed: the run whose trials that did not pass are played again, as its caller names it.
        failed_trials: the same, once they were looked up; nothing else is played.
        shard: which part of all that is played; None for all of it.
        span: its questions, of a run that is resumed.
        durations: milliseconds that questions took before, by which shards are balanced.
        engine: who asks. A run that was begun in batches is gone on with in batches.
        scheduler: the address of a cluster's scheduler; None: one is started on this machine.
    """

    targets: tuple[str, ...] = ()
    keyword: str = ""
    tags: tuple[str, ...] = ()
    repeats: int | None = None
    output: Path | None = None
    resume: str | None = None
    unknown: Literal["retry", "skip"] = "retry"
    take_over: bool = False
    max_usd: float | None = None
    allow_simulated: bool = False
    conversations: tuple[str, ...] = ()
    until_settled: bool = False
    seed: int | None = None
    baseline: str | None = None
    names: tuple[tuple[str, str], ...] = ()
    sample: int | None = None
    cells: frozenset[CellName] | None = None
    failed: str | None = None
    failed_trials: FailedTrials | None = None
    shard: Shard | None = None
    span: KeyRange | None = None
    durations: Mapping[QuestionName, int] = field(default_factory=dict)
    engine: EngineName = "local"
    scheduler: str | None = None

    @property
    def everything(self) -> bool:
        """True when no trial of the spec is left out, but for repeats."""
        chosen = (self.targets, self.keyword, self.tags, self.conversations)
        left = (self.sample, self.cells, self.failed_trials, self.shard)
        return not any(chosen) and all(one is None for one in left)


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """An evaluation that could begin: everything is known and nothing has been spent.

    ``baseline`` is None where the run is compared with none; ``not_compared`` says why, where its
    gate names one. ``looks`` are those of a run that is resumed. ``gone`` are cells that did not
    pass in the run that is repeated, and that the spec no longer has.
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
    gone: tuple[CellName, ...] = ()


def prepare(spec_file: SpecFile, options: EvalOptions, ports: RunPorts) -> PreparedRun:
    """Decide what would be run; reads data sets, spends nothing.

    Raises:
        RequestError: nothing selected, an unknown target, a run that cannot be resumed.
    """
    spec, resumed, looks, spent = spec_file.spec, None, None, NOTHING_SPENT
    evaluation = spec.evaluation
    budget = limit_budget(evaluation.budget, options.max_usd)
    if options.resume is not None:
        resumed = ports.store.find(options.resume, spec.name)
        before = ports.store.info(resumed)
        document = ports.store.read_document(resumed)
        budget = restore_budget(evaluation.budget, options.max_usd, before.selection)
        options, looks = _restore_options(before, spec_file, document, options), before.looks
        spent = ports.store.read_spent(resumed)
    matrix, gone = _expand(spec, options, ports)
    config = RunConfig(
        budget=_choose_budget(budget, matrix, ports),
        widths=Widths.of(evaluation.concurrency, len(matrix.targets)),
        stop_at_failure=evaluation.on_turn_failure == "stop",
        unknown=options.unknown,
        spent=spent,
    )
    config = replace(config, by_default=not ports.replays and config.budget != budget)
    if options.shard is not None:
        config = replace(config, budget=share_budget(config.budget, options.shard))
    gate = choose_gate(
        evaluation.gate,
        baseline=options.baseline,
        names=options.names,
        allow_simulated=options.allow_simulated,
    )
    # A seed has something to do where there is a sample; it need not order anything.
    seed = options.seed if options.sample is None else None
    gate = settle_early(gate, until_settled=options.until_settled, seed=seed)
    return PreparedRun(spec_file, matrix, config, gate, options, resumed, looks=looks, gone=gone)


def _choose_budget(budget: Budget, matrix: Matrix, ports: RunPorts) -> Budget:
    """Return the budget that holds: none in a replay; one of defaults where nobody set any."""
    if ports.replays:
        return Budget()
    if all(ports.simulated(target) for target in matrix.targets):
        return budget
    return fill_budget(budget, ports.bounds.default_budget)


def _expand(
    spec: Spec, options: EvalOptions, ports: RunPorts
) -> tuple[Matrix, tuple[CellName, ...]]:
    """Return the trials that are selected, and what did not pass before and is gone.

    What is played again is asked of whom it was asked, though the spec may ask others by itself.
    """
    failed, patterns = options.failed_trials, options.targets
    gone: tuple[CellName, ...] = ()
    if failed is not None:
        gone = tuple(list_gone(failed.cells, spec, ports.cases))
        if len(gone) == len(failed.cells):
            raise _all_gone_error(failed, gone)
        known = {target.name for target in every_target(spec)}
        patterns = patterns or tuple(name for name in failed.targets if name in known)
    cells = options.cells
    if failed is not None:
        cells = failed.cells.difference(gone)
    selection = Selection(
        options.keyword,
        options.tags,
        options.repeats,
        options.conversations,
        options.sample,
        options.seed or 0,
        cells,
        options.shard,
        options.span,
        options.durations,
    )
    targets = select_targets(spec, patterns, options.engine)
    return expand(spec, targets, selection, ports.cases, ports.bounds.most_planned), gone


def _all_gone_error(failed: FailedTrials, gone: Sequence[CellName]) -> RequestError:
    return RequestError(
        Diagnostic(
            NO_CONVERSATION,
            f"the spec has nothing any more of what did not pass in run {failed.run}",
            name_cells(gone, 10),
            hint="a run of everything: leave --failed out",
        )
    )


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
    if matrix.part.plan is not None:  # one shard cannot know what settles all of them
        return None
    if matrix.part.cells is not None:  # what did not pass before says nothing about the whole
        return None
    seed = prepared.options.seed
    if seed is None:
        seed = make_seed(spec_file.sha256, baseline.scores.info.id)
    return divide(matrix, gate.looks, seed, floors)


def list_floors(spec: Spec) -> dict[str, float]:
    """Return the floor of each conversation with one: the share of its repeats that must pass."""
    return {c.id: float(c.must_pass) for c in spec.conversations if c.must_pass is not False}


def list_known_failing(spec: Spec) -> dict[str, KnownFailing]:
    """Return the mark of each conversation that is known to fail."""
    marks = {c.id: c.known_failing for c in spec.conversations}
    return {name: mark for name, mark in marks.items() if mark is not None}


def _restore_options(
    info: RunInfo, spec_file: SpecFile, document: Mapping[str, Any], options: EvalOptions
) -> EvalOptions:
    """Return the options of the run that is resumed; nothing else would be the same run.

    ``document`` is the spec that it was made with.
    """
    if not spec_file.is_but_for_budget(info.spec_sha256, document):
        raise RequestError(
            Diagnostic(
                CHANGED,
                "the spec has changed since this run",
                f"run {info.id} was made with spec {info.spec_sha256[:12]}, "
                f"this is {spec_file.sha256[:12]}: half of each would be no run at all",
                hint="start a new run, or bring the spec back to what it was; "
                "`evaluation.budget` alone may be another",
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
    more = (
        options.until_settled,
        options.seed is not None,
        options.sample,
        options.failed,
        options.shard,
    )
    if any(chosen) or any(more):
        raise RequestError(
            Diagnostic(
                CHANGED,
                "a resumed run keeps its own selection",
                "-t, -k, --tag, --repeats, --output, --until-settled, --sample, --seed, --failed "
                "and --shard belong to a new run",
                hint=f"harness eval {shlex.quote(spec_file.path)} --resume {info.id}",
            )
        )
    selection = info.selection
    sample = selection.get("sample") or {}
    return replace(
        options,
        targets=tuple(selection.get("targets", ())),
        keyword=selection.get("keyword", ""),
        tags=tuple(selection.get("tags", ())),
        repeats=selection.get("repeats"),
        conversations=tuple(selection.get("conversations", ())),
        baseline=options.baseline or selection.get("baseline"),
        names=options.names or tuple(dict(selection.get("map", {})).items()),
        sample=sample.get("questions"),
        seed=sample.get("seed"),
        shard=info.shard,
        span=None if info.shard is None else read_span(selection),
        engine=_choose_engine(options.engine, info, spec_file),
    )


def _choose_engine(asked: EngineName, info: RunInfo, spec_file: SpecFile) -> EngineName:
    """Choose who goes on with a run: batches with what was begun in batches, else who is asked to.

    Raises:
        RequestError: the run was begun by one whom this version lacks, or in batches and is to go
            on without them, or the other way round.
    """
    begun = next((name for name in ENGINE_NAMES if name == info.engine), None)
    if begun is None:
        raise RequestError(
            Diagnostic(
                CHANGED,
                f"run {info.id} was begun with the engine {info.engine}, which this version lacks",
                hint="upgrade harness, or start a new run",
            )
        )
    if begun == "batch" and asked == "local":  # nobody named another one
        return begun
    if asked != begun and "batch" in (asked, begun):
        raise RequestError(
            Diagnostic(
                CHANGED,
                "a run that was begun in batches goes on in batches, and no other one does",
                f"run {info.id} was begun with --engine {begun}",
                hint=f"harness eval {shlex.quote(spec_file.path)} --resume {info.id}",
            )
        )
    return asked
