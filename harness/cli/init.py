"""``harness init``: a starter project that runs at once."""

from __future__ import annotations

import json
import shlex
from importlib.resources import files
from pathlib import Path

import click

EXAMPLES = """\b
Examples:
  harness init                     here
  harness init support-bot         in a new folder
"""

IGNORED = (".harness/", "reports/")
"""What a run leaves behind; whatever else .gitignore says is kept."""


@click.command("init", epilog=EXAMPLES)
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
def command(directory: Path) -> int:
    """Write a starter project into DIR that runs at once on the simulator.

    Nothing that is there already is overwritten.
    """
    from harness.errors import Diagnostic, RequestError
    from harness.store.writing import disk

    texts = starter()
    in_the_way = [name for name in texts if (directory / name).exists()]
    if in_the_way:
        raise RequestError(
            *(
                Diagnostic("H115", f"{directory / name} is there already: nothing was written")
                for name in in_the_way
            )
        )
    with disk(directory, "write a project here"):
        for name, text in texts.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        ignore(directory / ".gitignore")
        mark_root(directory)
    for name in texts:
        click.echo(f"wrote {directory / name}", err=True)
    spec = directory / "specs" / "starter.yaml"
    click.echo(f"harness run {shlex.quote(str(spec))}")
    return 0


def starter() -> dict[str, str]:
    """The files of the starter project by their path in it."""
    from harness.spec.schema import schema

    folder = files("harness.cli") / "starter"
    texts = {
        name: (folder / name.rpartition("/")[2]).read_text(encoding="utf-8")
        for name in ("specs/starter.yaml", "specs/data/capitals.csv", "specs/data/answers.jsonl")
    }
    texts["specs/harness.schema.json"] = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    return texts


def ignore(path: Path) -> None:
    """Add what a run leaves behind to a ``.gitignore``, which may be there or not."""
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    missing = [line for line in IGNORED if line not in written.splitlines()]
    if missing:
        gap = "" if not written or written.endswith("\n") else "\n"
        path.write_text(written + gap + "\n".join(missing) + "\n", encoding="utf-8")


def mark_root(directory: Path) -> None:
    """Make the folder a project root, unless it is in one: ``reports/`` goes there, not beneath."""
    from harness.store.files import MARKS, find_root

    root = find_root(directory / "starter")
    if not any((root / mark).exists() for mark in MARKS):
        (directory / ".harness").mkdir(exist_ok=True)
