"""Merge runs that each hold a part of the same spec into one, and judge it as ``eval`` does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

from harness.app.comparing import find_run, find_spec, read_scores
from harness.app.documents import (
    find_floors,
    find_known_failing,
    keep_comparison,
    read_run,
    read_written_spec,
    restore_gate,
)
from harness.app.ports import ProjectArchive
from harness.errors import Diagnostic, RequestError
from harness.results.merging import MergedTrials, WholeRun, arrange_trials, merge_infos
from harness.results.shards import count_trials, find_mismatch, list_missing, place_questions

if TYPE_CHECKING:
    from harness.compare.comparison.model import Comparison
    from harness.compare.comparison.scores import Scores
    from harness.compare.summary import Summary
    from harness.results.model import Run, RunInfo, RunStatus, Shard, TrialId
    from harness.spec.model.spec import Gate

UNLIKE, DOUBLED, UNFIT = "H850", "H851", "H852"


class MergedArchive(ProjectArchive, Protocol):
    """The runs of a project, of which several become one."""

    def read_trials(self, directory: Path) -> Sequence[TrialId]:
        """Read whose the results of a run are, in their order."""
        ...

    def join(
        self,
        parts: Sequence[Path],
        places: Iterable[tuple[int, int]],
        info: RunInfo,
        directory: Path | None,
    ) -> Path:
        """Write results, journal and spec of parts into a new run's directory; say where it is.

        Raises:
            RequestError: the directory is not empty.
            OutsideError: the disk refused.
        """
        ...

    def describe(self, directory: Path, info: RunInfo) -> None:
        """Write ``run.json``."""
        ...


@dataclass(frozen=True, slots=True)
class MergedRun:
    """A run that was merged, on disk, and what it comes to."""

    run: Run
    summary: Summary
    directory: Path
    missing: tuple[str, ...]


def merge_runs(
    archive: MergedArchive,
    names: Sequence[str],
    output: Path | None = None,
    *,
    allow_simulated: bool = False,
) -> MergedRun:
    """Merge runs of the same spec, whose trials are put into the order of a whole run.

    Args:
        archive: the runs of the project.
        names: ids, folders, ``latest``.
        output: the directory of the merged run; None: beneath ``reports/``.
        allow_simulated: let a simulated run stand before the gate.

    Raises:
        RequestError: no such run, parts of different specs or kinds, a trial that two parts hold.
        OutsideError: the disk refused.
    """
    parts = [find_run(archive, name) for name in names]
    infos = [archive.info(part) for part in parts]
    _refuse_unlike(archive, parts, infos)
    _refuse_twice(infos)
    spec = read_written_spec(parts[0])
    whole = describe_whole(spec, infos)
    trials = [archive.read_trials(part) for part in parts]
    sharded = _are_shards(infos)
    if sharded:
        whole = replace(whole, rows=place_questions(infos, trials))
    merged = arrange_trials(trials, whole)
    _refuse_doubled(merged, infos)
    if sharded:
        missing = tuple(list_missing(infos))
        merged = replace(merged, planned=count_trials(infos), missing=missing)
    info = merge_infos(infos, whole.targets, merged.planned)
    directory = archive.join(parts, merged.places, info, output)
    run, summary = _conclude(archive, directory, info, merged, infos, allow_simulated)
    archive.describe(directory, run.info)
    return MergedRun(run, summary, directory, merged.missing)


def _are_shards(infos: Sequence[RunInfo]) -> bool:
    """True where the parts are shards: either all are, or none is."""
    return infos[0].shard is not None


def describe_whole(spec: Mapping[str, Any] | None, infos: Sequence[RunInfo]) -> WholeRun:
    """Return what a whole run of a spec has, as far as it can be told without its files."""
    repeats = max((int(info.selection.get("repeats") or 0) for info in infos), default=0)
    if spec is None:
        return WholeRun(repeats=repeats or None)
    listed = spec.get("conversations")
    found = [one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict)]
    variants = spec.get("variants")
    return WholeRun(
        conversations=tuple(str(one["id"]) for one in found if "id" in one),
        targets=_list_targets(spec, infos),
        variants=tuple(variants) if isinstance(variants, dict) else (),
        repeats=repeats or None,
        cases={
            str(one.get("id")): len(one["cases"])
            for one in found
            if isinstance(one.get("cases"), list)
        },
    )


def _list_targets(spec: Mapping[str, Any], infos: Sequence[RunInfo]) -> tuple[str, ...]:
    """List the targets of a whole run in the order of the spec.

    A part that was not limited by ``-t`` has all of them; else they are those that the spec names
    under ``evaluation.targets``, or those of the parts.
    """
    written = list(_list_written(spec))
    whole = next((info for info in infos if not info.selection.get("named_targets")), None)
    if whole is not None:
        return tuple(target.name for target in whole.targets)
    evaluation = spec.get("evaluation")
    declared = evaluation.get("targets") if isinstance(evaluation, dict) else None
    played = {target.name for info in infos for target in info.targets}
    patterns = (
        [one for one in declared if isinstance(one, str)] if isinstance(declared, list) else []
    )
    chosen = [name for one in patterns for name in written if fnmatchcase(name, one)]
    return tuple(dict.fromkeys(chosen)) or tuple(name for name in written if name in played)


def _list_written(spec: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of targets as a spec writes them, deployments first."""
    for group, inner in (("accounts", "deployments"), ("providers", "models")):
        owners = spec.get(group)
        for handle, owner in owners.items() if isinstance(owners, dict) else ():
            names = owner.get(inner) if isinstance(owner, dict) else None
            yield from (f"{handle}/{name}" for name in names or ())
            if group == "providers" and not names:
                yield str(handle)


def _refuse_unlike(archive: MergedArchive, parts: Sequence[Path], infos: Sequence[RunInfo]) -> None:
    first = infos[0]
    for part, info in zip(parts, infos, strict=True):
        if archive.is_being_written(part):
            raise _unfit_error(f"run {info.id} is being written", "wait until it has ended")
        if info.looks is not None:
            raise _unfit_error(
                f"run {info.id} ended when its gate was settled, and is whole by itself",
                "run the parts without --until-settled",
            )
        if info.selection.get("sample") and info.shard is None:
            raise _unfit_error(
                f"run {info.id} is a sample, and stands for the whole by itself",
                "run the parts without --sample",
            )
        for what, one, other in (
            ("the spec", first.spec_sha256[:12], info.spec_sha256[:12]),
            ("the repeats", first.selection.get("repeats"), info.selection.get("repeats")),
            ("simulated", first.simulated, info.simulated),
            ("replayed", first.replayed, info.replayed),
            *filter(None, [find_mismatch(first, info)]),
        ):
            if one != other:
                raise _make_unlike_error(first, info, (what, one, other))
    # Whichever is the first: each shard has to begin where the one before it ends.
    for before, after in pairwise(sorted(infos, key=_read_index)):
        mismatch = find_mismatch(before, after)
        if mismatch is not None:
            raise _make_unlike_error(before, after, mismatch)


def _read_index(info: RunInfo) -> int:
    return info.shard.index if info.shard is not None else 0


def _make_unlike_error(
    first: RunInfo, other: RunInfo, mismatch: tuple[str, object, object]
) -> RequestError:
    what, mine, theirs = mismatch
    return RequestError(
        Diagnostic(
            UNLIKE,
            f"runs {first.id} and {other.id} are no parts of one run",
            f"{what}: {mine} in the first, {theirs} in the other",
            hint="merge runs of the same spec, played in the same way",
        )
    )


def _refuse_twice(infos: Sequence[RunInfo]) -> None:
    """Refuse a shard that is there twice, however few trials it has.

    Raises:
        RequestError: one is.
    """
    seen: dict[Shard, RunInfo] = {}
    for info in infos:
        if info.shard is not None and (other := seen.setdefault(info.shard, info)) is not info:
            raise RequestError(
                Diagnostic(
                    DOUBLED,
                    f"{info.shard} is there twice",
                    f"as run {other.id} and as run {info.id}",
                    hint="name each shard once: the one that was gone on with, or the newer",
                )
            )


def _unfit_error(detail: str, hint: str) -> RequestError:
    return RequestError(Diagnostic(UNFIT, "this run cannot be part of another", detail, hint=hint))


def _refuse_doubled(merged: MergedTrials, infos: Sequence[RunInfo]) -> None:
    if merged.doubled is None:
        return
    from harness.compare.wording import name_case

    trial, one, other = merged.doubled
    which = f"{name_case(trial.conversation, trial.case)} on {trial.target}, repeat {trial.repeat}"
    raise RequestError(
        Diagnostic(
            DOUBLED,
            "a trial is in two parts",
            f"{which}: in run {infos[one].id} and in run {infos[other].id}",
            hint="name each part once; parts that overlap cannot be merged",
        )
    )


def _conclude(
    archive: MergedArchive,
    directory: Path,
    info: RunInfo,
    merged: MergedTrials,
    infos: Sequence[RunInfo],
    allow_simulated: bool,
) -> tuple[Run, Summary]:
    from harness.compare.comparison.scores import Scores
    from harness.compare.summarize import Tally, measure_columns
    from harness.results.scored import score_result
    from harness.results.totals import Counter
    from harness.run.looks.planning import choose_gate

    archive.describe(directory, info)
    run, spec = read_run(archive, directory)
    gate = restore_gate(info, spec)
    # The parts stood before the gate with --allow-simulated, which no spec records.
    allow_simulated |= all(one.verdict not in (None, "incomplete") for one in infos)
    gate = choose_gate(gate, **_read_comparison(infos), allow_simulated=allow_simulated)
    whole = len(merged.places) >= merged.planned and not (_are_shards(infos) and merged.missing)
    status: RunStatus = "complete" if whole else "partial"
    info = replace(info, status=status)
    counter, tally = Counter(), Tally(info, find_known_failing(spec))
    base = _read_baseline(archive, info, gate)
    scores = Scores(info, spec)
    for result in run.results:
        counter.add(result)
        tally.add(result)
        if base is not None:
            scores.add(score_result(result))
    # Shards are played beside each other, other parts one after the other.
    together = max if _are_shards(infos) else sum
    info = replace(info, totals=counter.totals(together(one.totals.wall_s for one in infos)))
    scores.info = info  # with its totals, which say how long more of it would take
    comparison = None if base is None or gate is None else _compare(base, scores, gate)
    summary = tally.summary(gate, find_floors(spec), expected=merged.planned, comparison=comparison)
    if comparison is not None and summary.comparison is not None:
        keep_comparison(archive, directory, summary.comparison)
    verdict = summary.verdict
    info = replace(
        info,
        verdict=verdict.word,
        exit_code=verdict.exit_code,
        columns=measure_columns(summary.rows),
    )
    return replace(run, info=info), summary


class _Comparison(TypedDict):
    """The baseline and the names that parts are compared by, as ``choose_gate`` takes them."""

    baseline: str | None
    names: Sequence[tuple[str, str]]


def _read_comparison(infos: Sequence[RunInfo]) -> _Comparison:
    """Read which baseline ``--baseline`` and ``--map`` named, the same for all shards of a run."""
    chosen = infos[0].selection if _are_shards(infos) else {}
    baseline, names = chosen.get("baseline"), chosen.get("map")
    return {
        "baseline": baseline if isinstance(baseline, str) else None,
        "names": tuple(names.items()) if isinstance(names, Mapping) else (),
    }


def _read_baseline(archive: MergedArchive, info: RunInfo, gate: Gate | None) -> Scores | None:
    """Read the baseline that the run's gate names; None where there is none like the run."""
    spec = find_spec(archive, info)
    if gate is None or gate.baseline is None or spec is None:
        return None
    found = archive.find_baseline(gate.baseline, spec, info.spec_name)
    base = None if found is None else read_scores(archive, found)
    return base if base is not None and base.info.simulated == info.simulated else None


def _compare(base: Scores, head: Scores, gate: Gate) -> Comparison:
    """Hold the run against its baseline."""
    from harness.compare.comparison.compare import compare_scores
    from harness.compare.gate import select_marks

    marks = select_marks(head.info, find_known_failing(head.spec))
    return compare_scores(
        base, head, gate, names=gate.map, known_failing=marks, baseline=gate.baseline
    )
