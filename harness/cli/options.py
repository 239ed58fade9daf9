"""Options that several commands share, and the value they become."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from harness.app.specs.permissions import Permissions
from harness.azure.clouds import CLOUD_NAMES
from harness.cli.layout import add_all
from harness.cli.show import add_output_options

P = ParamSpec("P")
R = TypeVar("R")


def add_root_option(function: Callable[P, R]) -> Callable[P, R]:
    """Add ``--root``, of the commands that read runs and no spec; None where nobody says it."""
    return click.option(
        "--root",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="The project root, whose reports/ holds the runs. "
        "Default: the nearest folder with .git or .harness, else this one.",
    )(function)


def add_comment_option(function: Callable[P, R]) -> Callable[P, R]:
    """Add ``--comment``, of the commands that show a run; None where nobody says it."""
    return click.option(
        "--comment",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Also write Markdown for one comment of a pull request.",
    )(function)


def read_map(given: Sequence[str]) -> dict[str, str]:
    """Read ``--map NEW=OLD``: the base's name for each target of the head that is named.

    Raises:
        click.UsageError: there is no ``=``, or nothing beside it, or one target is named twice.
    """
    pairs = [one.partition("=") for one in given]
    for one, (new, _, old) in zip(given, pairs, strict=True):
        if not new or not old:
            raise click.UsageError(f"--map wants NEW=OLD, as sweden/five=sweden/mini; got '{one}'.")
    named: dict[str, str] = {}
    for new, _, old in pairs:
        if named.setdefault(new, old) != old:
            raise click.UsageError(f"--map pairs '{new}' with '{named[new]}' and with '{old}'.")
    return named


SPEC_OPTIONS = (
    click.option(
        "--cloud",
        type=click.Choice(CLOUD_NAMES),
        metavar="CLOUD",
        help=f"Instead of the spec's: {', '.join(CLOUD_NAMES[:-1])} or {CLOUD_NAMES[-1]}.",
    ),
    click.option(
        "--root",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        metavar="DIR",
        help="The project root: files are read from nowhere else. "
        "Default: the nearest folder with .git or .harness, else the spec's.",
    ),
    click.option(
        "--allow-env",
        metavar="NAME",
        multiple=True,
        help="Let ${NAME} be read from the environment. May be repeated.",
    ),
    click.option(
        "--trust-host",
        metavar="HOST",
        multiple=True,
        envvar="HARNESS_TRUST_HOSTS",
        help="Let credentials go to HOST, in a private network too. May be repeated.",
    ),
    click.option(
        "--allow-code", is_flag=True, help="Let the spec run `python:` hooks and commands."
    ),
)


def add_spec_options(function: Callable[..., R]) -> Callable[..., R]:
    """Add the options of every command that reads a spec; they arrive as one ``permissions``.

    How the command speaks (``-q``, ``-v``, ``--no-color``) is in click's context instead.
    """

    @wraps(function)
    def with_trust(
        *args: Any,
        cloud: str | None,
        root: Path | None,
        allow_env: tuple[str, ...],
        trust_host: tuple[str, ...],
        allow_code: bool,
        **kwargs: Any,
    ) -> R:
        permissions = Permissions(
            cloud=cloud,
            root=root,
            environment_names=allow_env,
            hosts=trust_host,
            code=allow_code,
        )
        return function(*args, permissions=permissions, **kwargs)

    return add_output_options(add_all(SPEC_OPTIONS, with_trust))
