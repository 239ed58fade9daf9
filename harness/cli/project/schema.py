"""``harness schema``: the JSON Schema of specs, for editors."""

from __future__ import annotations

import json

import click

from harness.cli.layout import Command

EXAMPLES = """\b
Examples:
  harness schema > specs/harness.schema.json

\b
and as the first line of a spec, so that an editor completes and checks while you type:
  # yaml-language-server: $schema=./harness.schema.json
"""


@click.command("schema", cls=Command, epilog=EXAMPLES)
def command() -> int:
    """Print the JSON Schema of specs, for editors."""
    from harness.checks.definitions import FORMS
    from harness.spec.schema import build_schema

    click.echo(json.dumps(build_schema(FORMS), indent=2, ensure_ascii=False))
    return 0
