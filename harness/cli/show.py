"""Write a command's output: results to stdout, everything else to stderr."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from harness.cli.layout import add_all

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Voice:
    """The amount of output: ``quiet`` leaves out progress, ``verbose`` adds causes."""

    quiet: bool = False
    verbose: bool = False

    def say(self, line: str) -> None:
        """Write a line of progress."""
        if not self.quiet:
            click.echo(line, err=True)

    def tell(self, line: str) -> None:
        """Write a line that only ``-v`` shows."""
        if self.verbose:
            click.echo(line, err=True)


def find_voice() -> Voice:
    """Return the voice of the command that is running."""
    context = click.get_current_context(silent=True)
    found = context.find_object(Voice) if context else None
    return found or Voice()


@dataclass(frozen=True, slots=True)
class Showing:
    """The ways in which a run is shown: one JSON document, a pull request's comment, a browser."""

    as_json: bool = False
    comment: Path | None = None
    opens: bool = False


OUTPUT_OPTIONS = (
    click.option("-q", "--quiet", is_flag=True, help="No progress, only results and errors."),
    click.option("-v", "--verbose", is_flag=True, help="Say more: causes, what was tried."),
    click.option("--no-color", is_flag=True, help="No colour; NO_COLOR does the same."),
)


def shorten_path(path: Path) -> str:
    """Return a path as somebody would type it here; what lies elsewhere is whole."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def add_output_options(function: Callable[..., R]) -> Callable[..., R]:
    """Add ``-q``, ``-v`` and ``--no-color``, kept in click's context; see ``find_voice``."""

    @wraps(function)
    def with_voice(*args: Any, quiet: bool, verbose: bool, no_color: bool, **kwargs: Any) -> R:
        context = click.get_current_context()
        context.obj = Voice(quiet=quiet, verbose=verbose)
        if no_color or os.environ.get("NO_COLOR"):
            context.color = False
        return function(*args, **kwargs)

    return add_all(OUTPUT_OPTIONS, with_voice)
