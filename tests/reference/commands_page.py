"""The page of commands: the whole help of each, as the program prints it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click
from click.testing import CliRunner

from harness.cli.main import COMMANDS, cli

HEAD = """\
# Commands, whole

*Made from the program by `python -m tests.reference.rebuild`:* `harness COMMAND --help` prints the
same. [The command line](../commands.md) says what all of them have in common, and what each exit
code means.
"""

WIDTH = 100
"""Columns; nobody's terminal decides how the page looks."""


def write_commands_page() -> str:
    """Return the page: a section a command, in the order of the program's own list."""
    return HEAD + "".join(_write_sections())


def _write_sections() -> Iterator[str]:
    for entry in COMMANDS:
        yield _write_section([entry.name])
        with click.Context(cli) as context:
            command = cli.get_command(context, entry.name)
            if isinstance(command, click.Group):
                for name in command.list_commands(context):
                    yield _write_section([entry.name, name])


def _write_section(words: Sequence[str]) -> str:
    done = CliRunner().invoke(
        cli, [*words, "--help"], prog_name="harness", terminal_width=WIDTH, color=False
    )
    assert done.exit_code == 0, done.output
    level = "#" * (len(words) + 1)
    text = "\n".join(line.rstrip() for line in done.output.rstrip().splitlines())
    return f"\n{level} harness {' '.join(words)}\n\n```text\n{text}\n```\n"
