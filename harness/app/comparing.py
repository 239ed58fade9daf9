"""Compare two runs that are on disk, and report several."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from harness.app.documents import (
    HTML,
    Reported,
    find_floors,
    find_known_failing,
    read_run,
    read_written_spec,
    report_run,
    restore_gate,
    summarize_run,
    write_comment,
    write_documents,
)
from harness.app.ports import ProjectArchive
from harness.errors import Diagnostic, RequestError

if TYPE_CHECKING:
    from harness.compare.comparison.model import Comparison
    from harness.compare.comparison.scores import Scores
    from harness.results.model import RunInfo
    from harness.spec.model.spec import Gate

ITSELF, SIMULATED, UNMAPPED = "H841", "H842", "H843"
BASELINES = ".baselines"


class NamedTarget(Protocol):
    """A target, as far as a map knows it."""

    @property
    def name(self) -> str:
        """The name by which the spec calls it."""
        ...


def compare_runs(
    archive: ProjectArchive,
    base: str,
    head: str,
    names: Mapping[str, str] | None = None,
    *,
    held_to_floors: Collection[str] | None = None,
) -> Comparison:
    """Compare two runs under the gate of the second.

    Args:
        archive: the runs of the project.
        base: the run that was: an id, a folder, ``latest`` or a baseline's name.
        head: the run that is, likewise.
        names: the base's name for a target of the head that is called otherwise there.
        held_to_floors: targets of the head whose floors count; None for all of them.

    Raises:
        RequestError: there is no such run, it cannot be read, or the two cannot be compared.
    """
    after_at = find_run(archive, head)
    after = read_scores(archive, after_at)
    spec = find_spec(archive, after.info)
    before_at = find_run(archive, base, beside=spec, spec_name=after.info.spec_name)
    if before_at.resolve() == after_at.resolve():
        if not names:
            raise _same_run_error(after.info)
        before = after
    else:
        before = read_scores(archive, before_at)
    _refuse_unlike(before.info, after.info)
    gate = restore_gate(after.info, after.spec)
    if gate is None or after.spec is None:
        gate = _make_default_gate(gate)
    mapped = {**gate.map, **(names or {})}
    refuse_unmapped((names or {}).items(), before, after.info.targets)
    return _judge(before, after, gate, mapped, name_baseline(before_at), held_to_floors)


def comment_on_comparison(
    archive: ProjectArchive, head: str, comparison: Comparison, path: Path
) -> None:
    """Write the comment of a pull request about the run that was compared.

    Raises:
        RequestError: it cannot be read.
        OutsideError: the disk refused.
    """
    run, spec = read_run(archive, find_run(archive, head))
    write_comment(archive, path, run, summarize_run(run, spec, comparison))


def _judge(
    base: Scores,
    head: Scores,
    gate: Gate,
    names: Mapping[str, str],
    baseline: str | None,
    held_to_floors: Collection[str] | None,
) -> Comparison:
    """Compare, and decide as an evaluation would have."""
    from harness.compare.comparison.compare import compare_scores
    from harness.compare.comparison.standing import make_cells, make_rows
    from harness.compare.floors import find_missed_floors
    from harness.compare.gate import decide_gate, mark_pairs, select_marks

    info, spec = head.info, head.spec
    marks, floors = find_known_failing(spec), find_floors(spec)
    known = select_marks(info, marks)
    comparison = compare_scores(
        base, head, gate, names=names, known_failing=known.keys(), baseline=baseline
    )
    rows, cells = make_rows(head, known), make_cells(head, known)
    expected = info.planned_trials or info.totals.trials or None
    if held_to_floors is not None and expected is not None:
        expected = expected * len(held_to_floors) // len(info.targets)
        rows = tuple(row for row in rows if row.target.name in held_to_floors)
        cells = tuple(cell for cell in cells if cell.target in held_to_floors)
    verdict = decide_gate(
        info,
        rows,
        cells,
        gate,
        floors,
        expected=expected,
        known_failing=marks,
        comparison=comparison,
    )
    missed = list(find_missed_floors(rows, cells, gate, floors))
    return mark_pairs(comparison, verdict, missed)


def _make_default_gate(declared: Gate | None) -> Gate:
    """Make the gate of a run whose spec has none, or is lost: two simulated runs may stand."""
    from harness.spec.model.spec import Gate

    return (declared or Gate()).model_copy(update={"allow_simulated": True})


def report_runs(
    archive: ProjectArchive,
    names: Sequence[str],
    page: Path | None = None,
    *,
    comment: Path | None = None,
) -> Reported:
    """Write the report of the newest of some runs, compared with the newest of the others.

    The others are the history that the page shows.

    Args:
        archive: the runs of the project.
        names: ids, folders, ``latest`` or baselines' names; of one alone all documents are
            written as ``report_run`` does, of several the page.
        page: the place of the page; None: ``report.html`` in the newest run's folder.
        comment: also write the comment of a pull request, there.

    Raises:
        RequestError: there is no such run, it cannot be read, or two cannot be compared.
        OutsideError: the disk refused.
    """
    found = [find_run(archive, name) for name in names]
    folders = list({folder.resolve(): folder for folder in found}.values())
    if len(folders) == 1:
        return report_run(archive, str(folders[0]), page, comment=comment)
    *_, base, head = sorted(folders, key=lambda folder: archive.info(folder).started_at)
    comparison = compare_runs(archive, str(base), str(head))
    run, spec = read_run(archive, head)
    summary = summarize_run(run, spec, comparison)
    if comment is not None:
        write_comment(archive, comment, run, summary)
    past = [archive.info(folder) for folder in folders if folder != head]
    place = write_documents(archive, head, run, summary, spec, page=page or head / HTML, past=past)
    return Reported(run, summary, place)


def read_scores(archive: ProjectArchive, directory: Path) -> Scores:
    """Return a run in figures, read through once.

    Raises:
        RequestError: the folder holds no run, or it cannot be read.
    """
    from harness.compare.comparison.scores import Scores

    spec = read_written_spec(directory)
    return Scores.gather(archive.info(directory), archive.read_scored(directory), spec)


def find_run(
    archive: ProjectArchive, name: str, beside: Path | None = None, spec_name: str | None = None
) -> Path:
    """Return the folder of a run or of a baseline.

    Args:
        archive: the runs of the project.
        name: an id, a folder, ``latest``, or the name of a baseline.
        beside: the spec whose baseline is meant; None for the only one of that name.
        spec_name: that spec's name, where it is known.

    Raises:
        RequestError: there is none.
    """
    try:
        return archive.find(name)
    except RequestError as error:
        found = archive.find_baseline(name, beside, spec_name)
        found = found or archive.find_baseline(name)
        if found is not None:
            return found
        raise _nothing_found_error(archive, name, error) from None


def _nothing_found_error(archive: ProjectArchive, name: str, error: RequestError) -> RequestError:
    """Make the error for a name that is neither a run's nor one baseline's."""
    said = error.diagnostics[0]
    folders = list(archive.list_baselines())
    same = [str(folder) for folder in folders if folder.name == name]
    if same:
        summary, detail = f"several specs have a baseline '{name}'", "\n".join(same[:5])
        return RequestError(replace(said, summary=summary, detail=detail, hint="name its folder"))
    kept = ", ".join(dict.fromkeys(folder.name for folder in folders))
    advice = (
        f"baselines: {kept}" if kept else "`harness baseline set latest` makes the newest run one"
    )
    if name != "latest":  # which no baseline is called: the archive has said it all
        summary = f"there is no run and no baseline '{name}'"
        said = replace(said, summary=summary, hint=f"{said.hint}; {advice}")
    return RequestError(said)


def name_baseline(directory: Path) -> str | None:
    """Return the name of the baseline that a folder holds; None for any other run's."""
    return directory.name if directory.resolve().parent.name.endswith(BASELINES) else None


def find_spec(archive: ProjectArchive, info: RunInfo) -> Path | None:
    """Return the file of a run's spec, where the run says which and it is still there."""
    if info.spec_path is None:
        return None
    spec = archive.root / info.spec_path
    return spec if spec.is_file() else None


def _refuse_unlike(base: RunInfo, head: RunInfo) -> None:
    """Refuse to compare simulated answers with real ones.

    Raises:
        RequestError: one of the two is simulated and the other is not.
    """
    if base.simulated != head.simulated:
        which, other = (base, head) if base.simulated else (head, base)
        raise unlike_error(f"run {which.id} was simulated, run {other.id} was not")


def unlike_error(detail: str) -> RequestError:
    """Make the error for simulated answers beside real ones."""
    return RequestError(
        Diagnostic(
            SIMULATED,
            "simulated answers are not compared with real ones",
            detail,
            hint="compare two runs of the same kind",
        )
    )


def refuse_unmapped(
    names: Iterable[tuple[str, str]], base: Scores | None, head: Iterable[NamedTarget]
) -> None:
    """Refuse a map that names what is not there: nothing would be compared by it.

    Args:
        names: pairs of a target's name in the head and in the base.
        base: the run that was; None where there is none yet, and its names are not known.
        head: the targets of the run that is.

    Raises:
        RequestError: a target of neither.
    """
    known = {"head": sorted({target.name for target in head})}
    if base is not None:
        known["base"] = sorted({target for target, _ in base.sides})
    for new, old in names:
        for side, name in (("head", new), ("base", old)):
            if name not in known.get(side, (name,)):
                near = get_close_matches(name, known[side], n=1)
                raise RequestError(
                    Diagnostic(
                        UNMAPPED,
                        f"the {side} has no target '{name}' to map",
                        "a map is NEW=OLD: the head's name, then the base's; "
                        f"the {side} has {', '.join(known[side]) or 'none'}",
                        hint=f"did you mean {near[0]}?" if near else "name one of those",
                    )
                )


def _same_run_error(info: RunInfo) -> RequestError:
    names = [target.name for target in info.targets]
    example = f"{names[1]}={names[0]}" if len(names) > 1 else "NEW=OLD"
    return RequestError(
        Diagnostic(
            ITSELF,
            f"run {info.id} is not compared with itself",
            "two targets of one run are, when a map says which",
            hint=f"--map {example}",
        )
    )
