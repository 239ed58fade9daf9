"""Lay out the help of a command: its own options first, then those it shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import click

R = TypeVar("R")

SHARED: Final = {
    "Recording": ("record", "record_mode", "replay", "cassette"),
    "Reading the spec": ("cloud", "root", "allow_env", "trust_host", "allow_code"),
    "Output": ("quiet", "verbose", "no_color"),
}
"""Parameters that many commands have, by the section that they stand in."""


class Command(click.Command):
    """A command whose shared options stand in sections of their own."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options, then each section of which it has all."""
        shown = {
            param.name: record
            for param in self.get_params(ctx)
            if isinstance(param, click.Option) and (record := param.get_help_record(ctx))
        }
        whole = {title: names for title, names in SHARED.items() if shown.keys() >= {*names}}
        shared = {name for names in whole.values() for name in names}
        own = {name: record for name, record in shown.items() if name not in shared}
        for title, names in {"Options": tuple(own), **whole}.items():
            if names:
                with formatter.section(title):
                    formatter.write_dl([shown[name] for name in names])


def add_all(options: Sequence[Callable[..., Any]], function: Callable[..., R]) -> Callable[..., R]:
    """Add these options to a function; its help shows them in this order."""
    for option in reversed(options):
        function = option(function)
    return function
