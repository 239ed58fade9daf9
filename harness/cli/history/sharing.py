"""The option that names a team's shared history, and what commands do with it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from harness.cli.show import find_voice, shorten_path
from harness.text.safe import printable

if TYPE_CHECKING:
    from harness.app.recording import Recording
    from harness.wiring import SpecWorld
    from harness.wiring.history.team_archive import TeamArchive
    from harness.wiring.project import DiskArchive

P = ParamSpec("P")
R = TypeVar("R")

VARIABLE = "HARNESS_HISTORY_URL"
NOT_UPLOADED, NO_HISTORY = "H879", "H870"
_GIVEN = "harness.cli.history.sharing"


def _note(context: click.Context, option: click.Parameter, given: str | None) -> None:
    """Keep the URL in click's context, where ``find_url`` finds it: no message repeats it."""
    del option
    if given is not None:
        context.meta[_GIVEN] = given


def add_history_option(function: Callable[P, R]) -> Callable[P, R]:
    """Add ``--history``; what it says is found by ``find_url``."""
    return click.option(
        "--history",
        metavar="URL",
        expose_value=False,
        callback=_note,
        help=f"The runs that a team shares: postgresql://… or sqlite:///FILE. Default: {VARIABLE}, "
        "which is the place for a URL with a password.",
    )(function)


def find_url() -> str | None:
    """Return the URL of the shared history; None where nobody names one."""
    context = click.get_current_context(silent=True)
    given = context.meta.get(_GIVEN) if context else None
    return str(given) if given is not None else os.environ.get(VARIABLE, "").strip() or None


def is_given() -> bool:
    """Return whether ``--history`` is given, not only the variable."""
    return _GIVEN in click.get_current_context().meta


def open_runs(root: Path | None) -> DiskArchive:
    """Open the runs of a project, and behind them those that the team shares.

    Raises:
        RequestError: what names the shared history is no URL of one, or a library is missing.
    """
    return open_team(root) or _open_own(root)


def open_team(root: Path | None) -> TeamArchive | None:
    """Open the runs of a project with those that the team shares; None where none are named.

    Raises:
        RequestError: what names the shared history is no URL of one, or a library is missing.
    """
    url = find_url()
    if url is None:
        return None
    from harness.wiring.history.team_archive import open_team_archive

    return open_team_archive(_open_own(root).root, url, os.environ, _say)


def _open_own(root: Path | None) -> DiskArchive:
    from harness.wiring.project import open_archive

    return open_archive(root)


def _say(line: str) -> None:
    find_voice().say(printable(line))


def refuse_beside_replay(recording: Recording | None) -> None:
    """Refuse ``--history`` beside ``--replay``, which opens no sockets.

    Raises:
        click.UsageError: both are given. What the environment says is left out of a replay.
    """
    if is_given() and recording is not None and recording.replays:
        raise click.UsageError(
            "--history goes over the network, and --replay opens no sockets. Leave one out; "
            "`harness history push latest` uploads a run that was replayed."
        )


def share_runs(world: SpecWorld) -> None:
    """Let a world find runs in the shared history too; a replay has those of this disk alone.

    Raises:
        RequestError: what names the shared history is no URL of one, or a library is missing.
    """
    if not world.replays and (url := find_url()) is not None:
        from harness.wiring.history.team_archive import open_team_archive

        world.archive = open_team_archive(world.root, url, os.environ, _say, world.clock.now)


def upload_run(archive: DiskArchive, directory: Path) -> None:
    """Upload a run that has ended, where a shared history is named.

    What hinders it is a warning: the run is on disk, and its exit code is its own. A run that was
    interrupted is left alone: whoever ended it does not wait for a database.
    """
    from harness.errors import Exit, HarnessError

    url = find_url()
    if url is None:
        return
    from harness.wiring.history.team_archive import TeamArchive

    if not isinstance(archive, TeamArchive):
        find_voice().say(f"a replay uploads nothing; {_write_push(archive, directory)} does")
        return
    if archive.info(directory).exit_code in (Exit.INTERRUPTED, Exit.TERMINATED):
        push = _write_push(archive, directory)
        find_voice().say(f"a run that was interrupted is not uploaded; {push} does")
        return
    try:
        said = archive.shared.push(directory)
    except HarnessError as error:
        reason = error.diagnostics[0]
        lines = [
            f"warning[{NOT_UPLOADED}]: this run is not in the shared history: {reason.summary}",
            *(f"  {line}" for line in reason.detail.splitlines()),
            f"  it is whole on this disk; upload it later: {_write_push(archive, directory)}",
        ]
        click.echo("\n".join(map(printable, lines)), err=True)
        return
    word = "was there already" if said == "there" else "uploaded"
    _say(f"{word}: {archive.shared.name}")


def _write_push(archive: DiskArchive, directory: Path) -> str:
    elsewhere = archive.root / "reports" not in directory.resolve().parents
    name = shorten_path(directory) if elsewhere else archive.info(directory).id
    return shlex.join(["harness", "history", "push", name])


def require_team(root: Path | None) -> TeamArchive:
    """Open the shared history for a command that makes no sense without one.

    Raises:
        RequestError: none is named, or what names it is no URL of one.
    """
    from harness.errors import Diagnostic, RequestError

    team = open_team(root)
    if team is None:
        hint = f"{VARIABLE}=postgresql://user@host/database, or sqlite:///team.db for a file"
        raise RequestError(Diagnostic(NO_HISTORY, "no shared history is named", hint=hint))
    return team


def find_mark(archive: DiskArchive, directory: Path) -> str:
    """Return the mark of a run that is the shared history's, "" for one of this disk."""
    from harness.wiring.history.team_archive import is_shared

    return " · shared" if is_shared(archive, directory) else ""


def tell_trouble(archive: DiskArchive) -> int:
    """Tell what kept the shared history from being listed; return the exit code of the list."""
    from harness.wiring.history.team_archive import find_trouble

    trouble = find_trouble(archive)
    if trouble is None:
        return 0
    click.echo(str(trouble), err=True)
    find_voice().say("these are the runs of this disk alone")
    return trouble.exit_code
