"""The questions of ``harness init``, and the answers where nobody is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from harness.app.starting.project import ProjectChoice

T = TypeVar("T")

SERVICES = ("none", "github", "azure", "gitlab")


def take_defaults(
    cloud: str | None,
    region: str | None,
    models: Sequence[str],
    name: str | None,
    *,
    today: date,
    suffix: str,
) -> ProjectChoice:
    """Return the project that the options say; what they do not say is taken as most want it.

    Raises:
        RequestError: a region, model or name cannot be.
    """
    from harness.app.starting.offers import HOME, choose_models, require_region
    from harness.app.starting.project import NAME, ProjectChoice, require_name

    place = require_region(region or HOME, today)
    chosen = choose_models(place, models, today)
    called = require_name(name or NAME)
    return ProjectChoice(called, cloud or "simulator", place, chosen, today, suffix)


def ask(
    cloud: str | None,
    region: str | None,
    models: Sequence[str],
    name: str | None,
    service: str | None,
    *,
    today: date,
    suffix: str,
) -> tuple[ProjectChoice, str | None]:
    """Ask for what no option says; return the project, and the service whose pipeline it gets.

    Raises:
        RequestError: an option names a region, model or name that cannot be.
        click.Abort: nobody wants to answer.
    """
    from harness.app.starting.offers import (
        HOME,
        choose_models,
        list_starter_models,
        require_region,
    )
    from harness.app.starting.project import CLOUDS, NAME, ProjectChoice, require_name

    called = require_name(name) if name else _ask("Name of the spec", NAME, require_name)
    if cloud is None:
        click.echo("The simulator needs no account; every spec can go to Azure later.", err=True)
        cloud = _choose("Cloud", CLOUDS)
    place = require_region(region, today) if region else ""
    place = place or _ask("Region", HOME, lambda said: require_region(said, today))
    if models:
        chosen = choose_models(place, models, today)
    else:
        offered = list_starter_models(place, today)
        click.echo(f"{place} offers, with nothing that retires soon:", err=True)
        click.echo(_wrap([model.name for model in offered]), err=True)
        default = " ".join(model.name for model in choose_models(place, (), today))
        chosen = _ask("Models", default, lambda said: choose_models(place, _split(said), today))
    if service is None:
        answer = _choose("Pipeline", SERVICES)
        service = None if answer == "none" else answer
    return ProjectChoice(called, cloud, place, chosen, today, suffix), service


def _ask(question: str, default: str, read: Callable[[str], T]) -> T:
    """Ask until an answer can be; why one cannot is said."""
    from harness.errors import RequestError

    while True:
        answer = click.prompt(question, default=default, err=True)
        try:
            return read(answer.strip())
        except RequestError as error:
            click.echo(str(error), err=True)


def _choose(question: str, choices: Sequence[str]) -> str:
    answer: str = click.prompt(question, default=choices[0], type=click.Choice(choices), err=True)
    return answer


def _split(answer: str) -> tuple[str, ...]:
    return tuple(answer.replace(",", " ").split())


def _wrap(names: Sequence[str]) -> str:
    import textwrap

    return textwrap.fill(", ".join(names), 78, initial_indent="  ", subsequent_indent="  ")
