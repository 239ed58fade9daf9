"""``harness init``: a starter project that runs at once."""

from __future__ import annotations

import json
import shlex
from importlib.resources import files
from pathlib import Path

import click

from harness.cli.layout import Command

EXAMPLES = """\b
Examples:
  harness init                     here
  harness init support-bot         in a new folder
  harness init --ci github         with a pipeline, or that alone where specs are already
"""

IGNORED = (".harness/", "reports/")
"""The folders that a run leaves behind; whatever else .gitignore says is kept."""

STARTER = "specs/starter.yaml"

INSTALLED = "azure-openai-harness==0.1.0"
"""The requirement in the templates; a pipeline that is written installs what writes it."""

PIPELINES = {
    "github": (".github/workflows/harness.yml", "github-actions.yml"),
    "azure": ("azure-pipelines.yml", "azure-pipelines.yml"),
    "gitlab": (".gitlab-ci.yml", "gitlab-ci.yml"),
}
"""The path at which each service looks for its pipeline, and the template of it."""


@click.command("init", cls=Command, epilog=EXAMPLES)
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option(
    "--ci",
    "service",
    type=click.Choice(list(PIPELINES)),
    help="Add a pipeline: replay on pull requests, the real models at night.",
)
def command(directory: Path, service: str | None) -> int:
    """Write a starter project into DIR that runs at once on the simulator.

    Nothing that is there already is overwritten. With --ci a project that has specs gets the
    pipeline alone.
    """
    from harness.cli.project.requirement import find_requirement
    from harness.errors import Diagnostic, RequestError
    from harness.wiring.project import explain_disk_errors, mark_root

    present = find_spec(directory) if service else None
    spec = present or STARTER
    texts = {} if present else read_starter()
    requirement = find_requirement() if service else None
    if service and requirement:
        texts |= make_pipeline(service, spec, requirement.text)
    in_the_way = [name for name in texts if (directory / name).exists()]
    if in_the_way:
        first, *others = (str(directory / name) for name in in_the_way)
        raise RequestError(
            Diagnostic(
                "H115",
                f"{first} is there already: nothing was written",
                f"so {'is' if len(others) == 1 else 'are'} {', '.join(others)}" if others else "",
                hint="`harness init DIR` writes into another folder",
            )
        )
    with explain_disk_errors(directory, "write a project here"):
        for name, text in texts.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        ignored = add_to_gitignore(directory / ".gitignore")
        mark_root(directory)
    for name in texts:
        click.echo(f"wrote {directory / name}", err=True)
    if ignored:
        click.echo(f"added {' and '.join(ignored)} to {directory / '.gitignore'}", err=True)
    if requirement and requirement.wheel_command:
        click.echo(
            "harness came from a folder, so the pipeline installs its wheel; make it, and commit "
            f"it:\n  {requirement.wheel_command}",
            err=True,
        )
    click.echo("what to run next:", err=True)
    recording = " --record" if service else ""
    click.echo(f"harness run {shlex.quote(str(directory / spec))}{recording}")
    return 0


def find_spec(directory: Path) -> str | None:
    """Return the first spec that the project has, by its path in it."""
    names = sorted(path.name for path in (directory / "specs").glob("*.y*ml"))
    return f"specs/{names[0]}" if names else None


def read_starter() -> dict[str, str]:
    """Read the files of the starter project; return them by their path in it."""
    from harness.checks.definitions import FORMS
    from harness.spec.schema import build_schema

    folder = files("harness.cli.project") / "starter"
    texts = {
        name: (folder / name.rpartition("/")[2]).read_text(encoding="utf-8")
        for name in (STARTER, "specs/data/capitals.csv", "specs/data/answers.jsonl")
    }
    texts["specs/harness.schema.json"] = (
        json.dumps(build_schema(FORMS), indent=2, ensure_ascii=False) + "\n"
    )
    return texts


def make_pipeline(
    service: str, spec: str = STARTER, requirement: str = INSTALLED
) -> dict[str, str]:
    """Make the pipeline that checks a spec, by the path where the service looks for it.

    Args:
        service: one of ``PIPELINES``.
        spec: the spec's path in the project.
        requirement: what ``pip install`` is told.
    """
    path, template = PIPELINES[service]
    text = (files("harness.cli.project") / "starter" / "ci" / template).read_text(encoding="utf-8")
    # The names in the templates are those of the starter project.
    text = text.replace(STARTER, spec).replace(name_cassette(STARTER), name_cassette(spec))
    return {path: text.replace(json.dumps(INSTALLED), json.dumps(requirement))}


def name_cassette(spec: str) -> str:
    """Return the path of a spec's cassette, as a pipeline writes it."""
    from harness.app.recording import name_default_folder

    return name_default_folder(Path(spec)).as_posix()


def add_to_gitignore(path: Path) -> list[str]:
    """Add what a run leaves behind to a ``.gitignore``, there or not; return what was added."""
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    missing = [line for line in IGNORED if line not in written.splitlines()]
    if missing:
        gap = "" if not written or written.endswith("\n") else "\n"
        path.write_text(written + gap + "\n".join(missing) + "\n", encoding="utf-8")
    return missing
