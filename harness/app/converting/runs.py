"""Results of other tools become runs of a spec, that later runs are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from harness._version import __version__
from harness.app.converting.specs import read_source
from harness.app.specs.cases import read_cases
from harness.app.specs.permissions import Permissions
from harness.app.specs.reading import read_spec_file
from harness.errors import Diagnostic, RequestError
from harness.importers.conversion import Unmapped
from harness.importers.formats import SourceFormat, find_format
from harness.spec.ports import Reader

if TYPE_CHECKING:
    from harness.results.model import RunInfo
    from harness.run.ports import RunLog

NO_RESULTS, THERE, UNPAIRED = "H975", "H976", "H977"
MOST_NAMED = 5


class RunKeeper(Protocol):
    """The part of a store of runs that takes in a run which others made."""

    def begin(
        self, info: RunInfo, document: Mapping[str, Any], directory: Path | None
    ) -> AbstractContextManager[RunLog]:
        """Open the files of a new run.

        Raises:
            RequestError: the directory holds something already.
            OutsideError: the disk cannot be written.
        """
        ...

    def runs(self, spec_name: str | None = None) -> Any:
        """Return every run that can be read, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run that was made of another tool's results.

    Attributes:
        directory: where it is.
        info: its description.
        unmapped: results that are no trial of the spec, with the reason.
        missing: trials of the spec that have no result.
        would_simulate: whether ``eval`` asks the simulator, whose answers no such run is held to.
    """

    directory: Path
    info: RunInfo
    unmapped: tuple[Unmapped, ...]
    missing: tuple[str, ...]
    would_simulate: bool = False


def keep_run(
    path: str, spec: Path, reader: Reader, spec_reader: Reader, archive: RunKeeper, now: datetime
) -> KeptRun:
    """Make a run of the results in a file, and keep it among the runs of the project.

    Args:
        path: the file of results.
        spec: the spec that they belong to.
        reader: the files beside the results.
        spec_reader: the files of the spec's project.
        archive: the runs of that project.
        now: the moment of the run, where the file does not say it.

    Raises:
        RequestError: the spec cannot be read, none of the results is a trial of it, or the run is
            there already.
        OutsideError: the disk refused.
    """
    from harness.importers.results.as_run import describe_run, make_results
    from harness.importers.results.files import read_run
    from harness.importers.results.pairing import pair
    from harness.run.describing import place_in_project
    from harness.run.matrix import Selection, expand
    from harness.run.targets import select_targets

    source = read_source(path, path, reader)
    form = find_format(source)
    if form is None or not form.holds_results:
        raise _no_results_error(path, form)
    found = read_run(source)
    spec_file = read_spec_file(spec, Permissions(code=True), spec_reader, {})
    matrix = expand(
        spec_file.spec,
        select_targets(spec_file.spec, ()),
        Selection(repeats=1),
        lambda conversation: read_cases(conversation, spec_reader),
    )
    pairing = pair(found.trials, matrix)
    unmapped = tuple(Unmapped(one.place, one.name, why) for one, why in pairing.unpaired)
    if not pairing.pairs:
        raise _unpaired_error(path, spec, unmapped)
    results = make_results(pairing)
    info = describe_run(
        found,
        results,
        matrix,
        spec_file,
        spec_path=place_in_project(spec_file),
        source=path,
        now=now,
        version=__version__,
    )
    for directory, known in archive.runs(spec_file.spec.name):
        if known.id == info.id:
            raise _there_error(directory, info)
    with archive.begin(info, spec_file.document, None) as log:
        for index, result in enumerate(results):
            log.append(index, result)
        log.arrange()
        log.describe(info)
        directory = log.directory
    troubles = tuple(Unmapped(span, what, why) for span, what, why in found.troubles)
    simulates = spec_file.spec.cloud == "simulator"
    return KeptRun(directory, info, (*troubles, *unmapped), pairing.missing, simulates)


def _no_results_error(path: str, form: SourceFormat | None) -> RequestError:
    is_what = f"it is a {form.name}" if form is not None else "nobody knows what it is"
    return RequestError(
        Diagnostic(
            NO_RESULTS,
            f"{path} holds no results that could be a run",
            is_what,
            hint=f"harness convert {path} -o specs/converted.yaml" if form is not None else "",
        )
    )


def _unpaired_error(path: str, spec: Path, unmapped: tuple[Unmapped, ...]) -> RequestError:
    shown = [f"{one.span.file}:{one.span.line}: {one.what}: {one.reason}" for one in unmapped]
    return RequestError(
        Diagnostic(
            UNPAIRED,
            f"no result of {path} belongs to {spec}",
            "\n".join(shown[:MOST_NAMED]) or "the file holds no results",
            hint="they pair by what was asked: take the spec that convert makes of the same file",
        )
    )


def _there_error(directory: Path, info: RunInfo) -> RequestError:
    return RequestError(
        Diagnostic(
            THERE,
            f"these results are run {info.id} already",
            str(directory),
            hint=f"harness baseline set {info.id}",
        )
    )
