"""A run on disk as documents: the page, JUnit and the job summary, written beside its results."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.app.history.gathering import gather_history
from harness.app.history.pages import write_index
from harness.app.ports import ProjectArchive, RunArchive
from harness.fs.regular import read_regular

if TYPE_CHECKING:
    from harness.compare.comparison.model import Comparison
    from harness.compare.summary import Summary
    from harness.results.model import Run, RunInfo
    from harness.spec.model.spec import Gate, KnownFailing

HTML, JUNIT, SUMMARY, SPEC = "report.html", "junit.xml", "summary.md", "spec.json"
COMPARISON = "comparison.json"
BROKEN_SPEC = "H811"


@dataclass(frozen=True, slots=True)
class Reported:
    """A run, its numbers, and the page that was written of it."""

    run: Run
    summary: Summary
    page: Path


def report_run(
    archive: ProjectArchive, name: str, page: Path | None = None, *, comment: Path | None = None
) -> Reported:
    """Write the documents of a run that is on disk.

    Args:
        archive: the runs of the project.
        name: the run's id, its folder, or ``latest``.
        page: write only this: the page, or a table of its trials where the name ends so; None:
            page, junit.xml and summary.md in the run's folder.
        comment: also write the comment of a pull request, there.

    Raises:
        RequestError: there is no such run, or it cannot be read.
        OutsideError: the disk refused.
    """
    directory = archive.find(name)
    run, spec = read_run(archive, directory)
    summary = summarize_run(run, spec, read_comparison(directory))
    if comment is not None:
        write_comment(archive, comment, run, summary)
    return Reported(
        run, summary, write_documents(archive, directory, run, summary, spec, page=page)
    )


def read_run(archive: RunArchive, directory: Path) -> tuple[Run, Mapping[str, Any] | None]:
    """Return a run and its spec as it was decoded; None where spec.json is not there.

    Raises:
        RequestError: the folder holds no run, or a spec.json that is none.
    """
    return archive.read(directory), read_written_spec(directory)


def read_written_spec(directory: Path) -> Mapping[str, Any] | None:
    """Return the spec of a run as it was decoded; None where spec.json is not there.

    Raises:
        RequestError: the file is none.
    """
    from harness.errors import Diagnostic, RequestError

    try:
        spec = json.loads(read_regular(directory / SPEC))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        spec = error
    if isinstance(spec, dict):
        return spec
    reason = str(spec) if isinstance(spec, Exception) else "it is not a mapping"
    raise RequestError(
        Diagnostic(
            BROKEN_SPEC,
            f"this is not the spec of a run: {reason}",
            str(directory / SPEC),
            hint="remove it: the report then shows what run.json and results.jsonl know",
        )
    )


def summarize_run(
    run: Run, spec: Mapping[str, Any] | None, comparison: Comparison | None = None
) -> Summary:
    """Return the numbers of a run under the gate of its own spec, and of its comparison."""
    from harness.compare.summarize import summarize

    gate = restore_gate(run.info, spec)
    if gate is None and comparison is not None:
        gate = restore_gate(run.info, None)
    return summarize(run, gate, find_floors(spec), find_known_failing(spec), comparison)


def keep_comparison(archive: ProjectArchive, directory: Path, comparison: Comparison) -> None:
    """Keep the comparison of a run beside it: its baseline may be another one tomorrow.

    Raises:
        OutsideError: the disk refused.
    """
    from harness.compare.views.comparison_document import encode_comparison

    archive.write(directory / COMPARISON, [encode_comparison(comparison)])


def read_comparison(directory: Path) -> Comparison | None:
    """Return the comparison that is kept beside a run; None where there is none to be read."""
    from harness.compare.views.comparison_document import decode_comparison

    try:
        return decode_comparison(read_regular(directory / COMPARISON))
    except (OSError, ValueError):  # of a newer version, or edited by hand: the run reads without
        return None


def write_run_documents(
    archive: ProjectArchive,
    directory: Path,
    summary: Summary,
    say: Callable[[str], None] = lambda _: None,
    *,
    comment: Path | None = None,
) -> Path:
    """Write the page, junit.xml and summary.md of a run that has just ended; say where the page is.

    The page of all runs is written with them; ``say`` is told what hinders that. ``comment``: also
    write the comment of a pull request, there.

    Raises:
        OutsideError: the disk refused.
    """
    run, spec = read_run(archive, directory)
    page = write_documents(archive, directory, run, summary, spec)
    write_index(archive, say)
    if comment is not None:
        write_comment(archive, comment, run, summary)
    return page


def write_documents(
    archive: ProjectArchive,
    directory: Path,
    run: Run,
    summary: Summary,
    spec: Mapping[str, Any] | None,
    *,
    page: Path | None = None,
    past: Iterable[RunInfo] | None = None,
) -> Path:
    """Write the page, junit.xml and summary.md into the run's folder; say where the page is.

    With ``page`` only that is written (``report.html`` in it, when it is a folder): a table of the
    trials where its name ends in ``.csv`` or ``.jsonl``. ``past`` are the runs of its history; None
    for those of the project.

    Raises:
        OutsideError: the disk refused.
    """
    from harness.report.html import generate_html
    from harness.report.junit import generate_junit
    from harness.report.markdown import render_summary
    from harness.report.tables import SUFFIXES, generate_table

    place = page or directory / HTML
    if place.is_dir():
        place /= HTML
    if page is not None and page.suffix.lower() in SUFFIXES:
        archive.write(place, generate_table(run.results, page.suffix.lower()))
        return place
    history = gather_history(archive, run.info, summary, named=past)
    base = _find_base(archive, run.info, summary.comparison)
    archive.write(place, generate_html(run, summary, spec=spec, history=history, base=base))
    if page is None:
        archive.write(directory / JUNIT, generate_junit(run, summary))
        archive.write(directory / SUMMARY, [render_summary(run, summary)])
    return place


def _find_base(archive: ProjectArchive, info: RunInfo, comparison: Comparison | None) -> Run | None:
    """Return the run that a comparison is with; None where it is not there any more.

    A baseline of that name may be another run by now: then the run itself may still be there.
    """
    from harness.errors import HarnessError

    if comparison is None:
        return None
    wanted = comparison.base
    spec = archive.root / info.spec_path if info.spec_path else None
    try:
        kept = None
        if wanted.baseline:
            kept = archive.find_baseline(wanted.baseline, spec, info.spec_name)
        if kept is not None and archive.info(kept).id == wanted.id:
            return archive.read(kept)
        return archive.read(archive.find(wanted.id))
    except HarnessError:  # or a shared history does not answer: the page is written without
        return None


def write_comment(archive: RunArchive, path: Path, run: Run, summary: Summary) -> None:
    """Write the comment of a pull request into a file; a pipeline posts it, or updates its own.

    Raises:
        OutsideError: the disk refused.
    """
    from harness.report.markdown import render_comment

    archive.write(path, [render_comment(run, summary)])


def restore_gate(info: RunInfo, spec: Mapping[str, Any] | None) -> Gate | None:
    """Return the spec's gate; the default one where the spec is lost.

    Source: the contract, section 5.
    """
    from pydantic import ValidationError

    from harness.spec.model.spec import Gate

    evaluation = spec.get("evaluation") if spec is not None else None
    declared = evaluation.get("gate") if isinstance(evaluation, Mapping) else None
    if spec is not None and declared is None:
        return None
    try:
        gate = Gate.model_validate(declared or {})
    except ValidationError:  # spec.json of a newer version, or edited by hand
        gate = Gate()
    # A simulated run with a verdict was let through by --allow-simulated, which no spec records.
    let_through = info.verdict not in (None, "incomplete")
    return gate.model_copy(update={"allow_simulated": True}) if let_through else gate


def find_known_failing(spec: Mapping[str, Any] | None) -> dict[str, KnownFailing]:
    """Return the mark of each conversation that the spec calls known to fail."""
    from pydantic import ValidationError

    from harness.spec.model.spec import KnownFailing

    marks = {}
    for name, conversation in _list_conversations(spec):
        try:
            marks[name] = KnownFailing.model_validate(conversation.get("known_failing"))
        except ValidationError:  # there is none, or it was edited by hand
            continue
    return marks


def find_floors(spec: Mapping[str, Any] | None) -> dict[str, float]:
    """Return the share of repeats that must pass, of each conversation that says one."""
    floors: dict[str, float] = {}
    for name, conversation in _list_conversations(spec):
        floor = conversation.get("must_pass", False)
        if isinstance(floor, int | float) and floor is not False:
            floors[name] = float(floor)
    return floors


def _list_conversations(
    spec: Mapping[str, Any] | None,
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    conversations = spec.get("conversations") if spec is not None else None
    for conversation in conversations if isinstance(conversations, list) else ():
        if isinstance(conversation, Mapping) and isinstance(conversation.get("id"), str):
            yield conversation["id"], conversation
