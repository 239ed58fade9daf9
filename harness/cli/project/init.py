"""``harness init``: a project that passes validate, plan, eval and pytest at once."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.layout import Command
from harness.cli.show import add_output_options, find_voice, shorten_path

if TYPE_CHECKING:
    from harness.app.starting.project import ProjectChoice, ProjectFile
    from harness.app.starting.start import StartedProject
    from harness.results.model import Totals
    from harness.wiring.project_folder import DiskFolder

EXAMPLES = """\b
Examples:
  harness init                     here; on a terminal it asks what you want
  harness init support-bot --yes   in a new folder, without a question
  harness init --region eastus2 --model gpt-4.1-mini --model gpt-5.4-mini
  harness init --cloud azure --name support
  harness init --ci github         with a pipeline, or that alone where specs are already

\b
Exit codes: 0 written · 2 the request is wrong, nothing was written · 3 the disk refused
"""

SERVICES = ("github", "azure", "gitlab")
CLOUDS = ("simulator", "azure")


@click.command("init", cls=Command, epilog=EXAMPLES)
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option(
    "--cloud",
    type=click.Choice(CLOUDS),
    help="Where it is deployed. Default: the simulator. Other clouds are a word of the spec.",
)
@click.option("--region", metavar="R", help="Azure's region. Default: swedencentral.")
@click.option(
    "--model",
    "models",
    metavar="M",
    multiple=True,
    help="A model that the region has. May be repeated. Default: two small ones.",
)
@click.option("--name", metavar="NAME", help="The name of the spec. Default: starter.")
@click.option(
    "--ci",
    "service",
    type=click.Choice(SERVICES),
    help="Add a pipeline: replay on pull requests, the real models at night.",
)
@click.option("--yes", is_flag=True, help="Ask nothing: take the defaults.")
@add_output_options
def command(
    directory: Path,
    cloud: str | None,
    region: str | None,
    models: tuple[str, ...],
    name: str | None,
    service: str | None,
    *,
    yes: bool,
) -> int:  # fmt: skip
    """Write a project into DIR that passes validate, plan, eval and pytest at once.

    On a terminal it asks for what no option says: cloud, region, models, pipeline; elsewhere it
    never asks. The project is deployed on the embedded simulator, and what is said there is
    recorded for pytest and CI to replay; it says that it is simulated. Nothing that is there
    already is overwritten. With --ci alone a project that has specs gets the pipeline alone.
    """
    from harness.app.starting.project import make_project
    from harness.cli.project.questions import ask, take_defaults

    today = datetime.now().astimezone().date()
    given = {"cloud": cloud, "region": region, "models": models, "name": name}
    present = find_spec(directory) if service and not any(given.values()) else None
    if present:
        return _write(directory, (), present, service)
    asks = not yes and sys.stdin.isatty() and sys.stderr.isatty()
    suffix = secrets.token_hex(3)
    if asks:
        choice, service = ask(cloud, region, models, name, service, today=today, suffix=suffix)
    else:
        choice = take_defaults(cloud, region, models, name, today=today, suffix=suffix)
    files = make_project(choice, _print_schema())
    return _write(directory, files, choice.spec, service, choice)


def _write(
    directory: Path,
    files: tuple[ProjectFile, ...],
    spec: str,
    service: str | None,
    choice: ProjectChoice | None = None,
) -> int:
    """Write the project, or a pipeline alone; record its first run, and tell what to do next."""
    from harness.app.starting.project import make_pipeline
    from harness.app.starting.start import start_project
    from harness.wiring.project_folder import DiskFolder
    from harness.wiring.requirement import find_requirement

    folder = DiskFolder(directory)
    repository = DiskFolder(_find_place_of_pipelines(folder))
    requirement = find_requirement() if service else None
    pipeline = None
    if service and requirement:
        inside = Path(os.path.relpath(directory.resolve() / spec, repository.path.resolve()))
        pipeline = make_pipeline(service, inside.as_posix(), requirement.text)
    started = start_project(folder, files, repository, pipeline)
    _tell_written(
        started, requirement.write_wheel_command(repository.path) if requirement else None
    )
    if choice is not None:
        _tell_recorded(directory / spec, _record(directory, spec))
    _tell_next(directory, spec, choice)
    return 0


def find_spec(directory: Path) -> str | None:
    """Return the first spec that the project has, by its path in it."""
    names = sorted(path.name for path in (directory / "specs").glob("*.y*ml"))
    return f"specs/{names[0]}" if names else None


def _find_place_of_pipelines(folder: DiskFolder) -> Path:
    """Return the root of the repository, as somebody would write it here; else the folder."""
    found = folder.find_repository()
    return folder.path if found is None else Path(shorten_path(found))


def _print_schema() -> str:
    from harness.checks.definitions import FORMS
    from harness.spec.schema import build_schema

    return json.dumps(build_schema(FORMS), indent=2, ensure_ascii=False) + "\n"


def _record(directory: Path, spec: str) -> Totals:
    """Play the project on the simulator, whatever its cloud, and record it."""
    from harness.app.recording import Recording, name_default_folder
    from harness.app.starting.first_run import record_first_run
    from harness.wiring import Permissions, open_world, read_spec

    path = directory / spec
    permissions = Permissions(cloud="simulator", root=directory)
    recording = Recording("all", name_default_folder(path), command="run")
    with (
        tempfile.TemporaryDirectory() as unneeded,
        open_world(
            read_spec(path, permissions), permissions, say=find_voice().tell, recording=recording
        ) as world,
    ):
        return record_first_run(world, Path(unneeded) / "run")


def _tell_written(started: StartedProject, wheel_command: str | None) -> None:
    voice = find_voice()
    width = max(len(f"{one.done} {one.path}") for one in started.written)
    for one in started.written:
        voice.say(f"{f'{one.done} {one.path}'.ljust(width)}   {one.purpose}")
    if started.lost_mark is not None:
        mark = next(one.path for one in started.written if one.path.parent.name == ".harness")
        voice.say(
            f"git leaves out {mark}, so a clone would keep runs in {started.lost_mark}; "
            f"commit it nevertheless:\n  git add --force {shlex.quote(str(mark))}"
        )
    if wheel_command:
        voice.say(
            "harness came from a folder, so the pipeline installs its wheel; make it, and commit "
            f"it:\n  {wheel_command}"
        )


def _tell_recorded(spec: Path, totals: Totals) -> None:
    from harness.app.recording import name_default_folder
    from harness.text.numbers import format_plural

    find_voice().say(
        f"recorded {format_plural(totals.trials, 'trial')} in {name_default_folder(spec)}   "
        f"simulated: {totals.passed} passed; pytest and CI replay them"
    )


def _tell_next(directory: Path, spec: str, choice: ProjectChoice | None) -> None:
    """Print the commands to go on with, on stdout; a word on each after a ``#``."""
    path = shlex.quote(str(directory / spec))
    folder = shlex.quote(str(directory / "specs"))
    commands = [
        (f"harness eval {path} --replay", "the conversations again, as they were recorded"),
        (f"pytest {folder}", "the same as tests"),
    ]
    if choice is None:
        commands = [(f"harness run {path} --record", "what the pipeline replays")]
    elif choice.cloud == "simulator":
        commands.insert(0, (f"harness run {path}", "deploy, converse, report: on the simulator"))
        commands.append((f"harness plan {path} --cloud azure", "after az login: what Azure says"))
    else:
        commands.append((f"harness plan {path}", "after az login: what Azure would do"))
        commands.append((f"harness run {path}", "deploy, converse, report: on Azure"))
    find_voice().say("what to run next:")
    width = max(len(said) for said, _ in commands)
    for said, why in commands:
        click.echo(f"{said.ljust(width)}   # {why}")
