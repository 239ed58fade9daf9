"""``harness schema``: the JSON Schema of specs, for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click

from harness.cli.files import write_file
from harness.cli.layout import Command
from harness.cli.show import find_voice

NOT_WRITTEN = "H965"

EXAMPLES = """\b
Examples:
  harness schema -o specs/harness.schema.json

\b
and as the first line of a spec, so that an editor explains, completes and checks while you type:
  # yaml-language-server: $schema=./harness.schema.json

\b
Exit codes: 0 written · 3 the file cannot be written
"""


@click.command("schema", cls=Command, epilog=EXAMPLES)
@click.option(
    "-o",
    "out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to FILE. Default: to standard output.",
)
def command(out: Path | None) -> int:
    """Write the JSON Schema of specs, in which every key has a description and an example."""
    from harness.checks.definitions import FORMS
    from harness.spec.schema import build_schema

    text = json.dumps(build_schema(FORMS), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        write_file(out, text, NOT_WRITTEN)
        find_voice().say(f"wrote {out}")
    return 0
