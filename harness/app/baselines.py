"""Baselines: the runs that others are compared with, kept beside their spec."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.app.comparing import (
    UNMAPPED,
    find_run,
    find_spec,
    read_scores,
    refuse_unmapped,
    unlike_error,
)
from harness.app.ports import ProjectArchive, World
from harness.errors import Diagnostic, RequestError

if TYPE_CHECKING:
    from harness.compare.comparison.scores import Scores
    from harness.results.model import RunInfo
    from harness.run.ports import RunPorts
    from harness.run.preparation import PreparedRun

NO_BASELINE, NAME, NO_SPEC, NO_RESULTS = "H840", "H844", "H845", "H846"
GOOD_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def add_baseline(world: World, prepared: PreparedRun, ports: RunPorts) -> PreparedRun:
    """Read the baseline that the run is to be compared with, before anything is spent.

    Raises:
        RequestError: somebody asks for a baseline that is not there, or is of another kind.
    """
    from harness.compare.comparison.scores import Baseline
    from harness.run.describing import is_simulated

    gate, options = prepared.gate, prepared.options
    if gate is None or gate.baseline is None:
        if options.names:
            raise _unused_map_error()
        return prepared
    demanded = options.baseline is not None
    spec = Path(prepared.spec_file.path)
    base = _open_baseline(world, spec, gate.baseline, demanded=demanded)
    if base is None:
        refuse_unmapped(options.names, None, prepared.matrix.targets)
        return prepared
    if base.info.simulated == is_simulated(prepared.matrix, ports):
        refuse_unmapped(options.names, base, prepared.matrix.targets)
        return replace(prepared, baseline=Baseline(gate.baseline, base))
    if demanded:
        raise _unlike_baseline_error(gate.baseline, simulated=not base.info.simulated)
    kinds = ("simulated", "real") if base.info.simulated else ("real", "simulated")
    said = f"Not compared: the answers of the baseline '{gate.baseline}' are {kinds[0]}, these are"
    return replace(prepared, not_compared=f"{said} {kinds[1]}.")


def _open_baseline(world: World, spec: Path, name: str, *, demanded: bool) -> Scores | None:
    """Return the baseline of a spec; None where there is none and nobody insists.

    Raises:
        RequestError: there is none and it is ``demanded``, or it cannot be read.
    """
    archive = world.archive
    found = archive.find_baseline(name, spec, world.spec_file.spec.name)
    if found is not None:
        return read_scores(archive, found)
    if demanded:
        raise _no_baseline_error(archive, spec, name)
    return None


def keep_baseline(archive: ProjectArchive, run: str, name: str, spec: Path | None = None) -> Path:
    """Make a run the baseline of that name, beside its spec; say where it is.

    Args:
        archive: the runs of the project.
        run: an id, a folder, ``latest``, or another baseline's name.
        name: the baseline's name, letters, digits, ``. _ -``.
        spec: the spec's file; None where the run says which.

    Raises:
        RequestError: no such run, one without results, a name that is none, nobody knows the
            spec's file.
        OutsideError: the disk refused.
    """
    require_baseline_name(name, run)
    directory = find_run(archive, run, beside=spec)
    info = require_results(archive, directory)
    known = spec or find_spec(archive, info)
    if known is None:
        raise RequestError(
            Diagnostic(
                NO_SPEC,
                f"nobody knows where the spec '{info.spec_name}' of this run stands",
                "a baseline is kept beside its spec, and this run does not say its file",
                hint=f"harness baseline set {run} --spec FILE",
            )
        )
    kept = archive.find_baseline(name, known)
    if kept is not None and kept.resolve() == directory.resolve():
        return kept
    return archive.keep_baseline(directory, known, name)


def require_baseline_name(name: str, run: str) -> None:
    """Refuse what is no name of a baseline; ``run`` is for the command that is told.

    Raises:
        RequestError: it is none.
    """
    if not GOOD_NAME.fullmatch(name) or name == "latest":
        raise RequestError(
            Diagnostic(
                NAME,
                f"'{name}' is no name for a baseline",
                "a folder is called so: letters, digits and . _ - (64 at most), and not 'latest'",
                hint=f"harness baseline set {run} --name main",
            )
        )


def require_results(archive: ProjectArchive, directory: Path) -> RunInfo:
    """Return the description of a run that others can be compared with.

    Raises:
        RequestError: it holds no results.
    """
    info = archive.info(directory)
    if not any(True for _ in archive.read_scored(directory)):
        raise RequestError(
            Diagnostic(
                NO_RESULTS,
                f"run {info.id} holds no results",
                str(directory),
                hint="nothing can be compared with it: choose another run",
            )
        )
    return info


def _unlike_baseline_error(name: str, *, simulated: bool) -> RequestError:
    """Make the error for a baseline of the other kind than the run would be."""
    was, would = ("is real", "would be simulated") if simulated else ("was simulated", "would not")
    return unlike_error(f"the baseline '{name}' {was}, this run {would}")


def _unused_map_error() -> RequestError:
    """Make the error for a map where the run is compared with nothing."""
    return RequestError(
        Diagnostic(
            UNMAPPED,
            "there is nothing to map: the run is compared with no baseline",
            "a map NEW=OLD says what a target was called there",
            hint="name one: --baseline NAME, or gate.baseline in the spec",
        )
    )


def _no_baseline_error(archive: ProjectArchive, spec: Path, name: str) -> RequestError:
    known = [folder.name for folder in archive.list_baselines(spec)]
    there = f"there are {', '.join(known)}" if known else "it has none"
    return RequestError(
        Diagnostic(
            NO_BASELINE,
            f"this spec has no baseline '{name}'",
            there,
            hint=f"make a good run one: harness baseline set latest --name {name}",
        )
    )


def list_baselines(archive: ProjectArchive) -> Iterator[tuple[Path, RunInfo]]:
    """List the baselines of the project that can be read, with the run of each."""
    for folder in archive.list_baselines():
        with suppress(RequestError):
            yield folder, archive.info(folder)
