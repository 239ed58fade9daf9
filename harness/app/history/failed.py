"""The trials of an earlier run that did not pass, for a run of those alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.app.comparing import find_run
from harness.errors import Diagnostic, RequestError

if TYPE_CHECKING:
    from harness.app.ports import ProjectArchive, World
    from harness.run.narrowing import FailedTrials
    from harness.run.preparation import EvalOptions

NOTHING_FAILED = "H983"
NOT_PASSED = frozenset({"failed", "blocked", "truncated", "errored"})


def add_failed(world: World, options: EvalOptions) -> EvalOptions:
    """Look up the trials that are to be played again: those of ``failed``.

    A run that is resumed repeats what it repeated when it began.

    Raises:
        RequestError: there is no such run, or everything in it passed.
    """
    archive, name = world.archive, options.failed
    spec = world.spec_file
    if options.resume is not None and name is None:
        info = archive.info(archive.find(options.resume, spec.spec.name))
        name = info.selection.get("failed")
    if name is None:
        return options
    # The newest is that of this spec: another's conversations are others.
    directory = (
        archive.find(name, spec.spec.name)
        if name == "latest"
        else find_run(archive, name, Path(spec.path))
    )
    return replace(options, failed_trials=read_failed(archive, directory, name))


def read_failed(archive: ProjectArchive, directory: Path, name: str) -> FailedTrials:
    """Return the trials of a run that did not pass: those with at least one repeat that did not.

    Raises:
        RequestError: everything passed, or the folder holds no run.
    """
    from harness.run.narrowing import FailedTrials

    info = archive.info(directory)
    cells = frozenset(
        (trial.conversation, trial.case, trial.target, trial.variant)
        for trial in archive.read_scored(directory)
        if trial.outcome in NOT_PASSED
    )
    if not cells:
        played = info.totals.trials
        raise RequestError(
            Diagnostic(
                NOTHING_FAILED,
                f"nothing in run {info.id} failed: there is nothing to play again",
                f"it played {played:,} trials" if played else "it holds no results",
                hint="a run of everything: leave --failed out",
            )
        )
    return FailedTrials(_name(archive, directory, name), cells, tuple(t.name for t in info.targets))


def _name(archive: ProjectArchive, directory: Path, given: str) -> str:
    """Return the name by which a run is found again: its id, where that leads to it."""
    identifier = archive.info(directory).id
    try:
        found = archive.find(identifier)
    except RequestError:
        return given
    return identifier if found.resolve() == directory.resolve() else given
