"""Lay out the help of a command: in short with ``-h``, whole with ``--help``.

The whole has the command's own options first, then those it shares.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

import click

from harness.cli.entry import signals

R = TypeVar("R")

SHARED: Final = {
    "Recording": ("record", "record_mode", "replay", "cassette"),
    "Reading the spec": ("cloud", "root", "allow_env", "trust_host", "allow_code"),
    "Output": ("quiet", "verbose", "no_color"),
}
"""Parameters that many commands have, by the section that they stand in."""

COMPLETES: Final = "_HARNESS_COMPLETE"
"""The variable by which a shell asks what a word may become. Source: click's documentation."""

MOST_IN_SHORT: Final = 6
"""Options and examples that the short help shows of a command for which nobody chose."""

ESSENTIAL: Final[Mapping[str, tuple[str, ...]]] = {
    "plan": ("only", "out", "check", "destroys", "cloud"),
    "apply": ("yes", "only", "adopt", "prune", "cloud"),
    "destroy": ("yes", "purge", "cloud"),
    "eval": (
        "targets",
        "keyword",
        "failed",
        "repeats",
        "baseline",
        "max_usd",
        "record",
        "replay",
        "watch",
    ),
    "run": ("yes", "destroy", "targets", "keyword", "max_usd", "cloud"),
    "chat": ("spec", "goes_on", "once", "system", "base_url", "endpoint", "api_key_env"),
    "models": ("model", "regions", "sku", "capacity"),
    "upgrade": ("to", "yes", "max_usd", "dry_run", "cloud"),
    "code": ("style", "conversation", "streams", "is_async", "keyless", "out"),
    "simulate": ("port", "answers", "catalogue", "world", "as_json"),
}
"""Parameters that most people need of a command that has many, in this order."""


class _TwoHelps(click.Command):
    """A command with a short help beside the whole."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return its parameters, ``-h`` and ``--help`` last."""
        *params, whole = super().get_params(ctx)
        return [*params, _SHORT, whole]

    REST = "All of it: {} --help"

    def format_short_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what most people need, and where the rest is."""
        self.format_usage(ctx, formatter)
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text((self.help or "").partition("\n\n")[0].replace("\n", " "))
        self.format_body(ctx, formatter)
        examples = _list_examples(self.epilog or "")
        if examples:
            with formatter.section("Examples"):
                for line in examples:
                    formatter.write(f"  {line}\n")
        formatter.write(f"\n{self.REST.format(ctx.command_path)}\n")

    def format_body(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, or commands, that most people need."""
        raise NotImplementedError


class Command(_TwoHelps):
    """A command whose shared options stand in sections of their own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if COMPLETES in os.environ:  # a shell asks
            from harness.cli.completion import add_completion

            for param in self.params:
                add_completion(param)

    def invoke(self, ctx: click.Context) -> Any:
        """Do what it is for; from here on a signal ends it in order."""
        signals.begin_work()
        return super().invoke(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse its words; an option that another tool has is answered with ours."""
        from harness.cli.others_words import advise_on_option, find_long_option

        own = {flag for param in self.params for flag in (*param.opts, *param.secondary_opts)}
        found = (
            None if ctx.resilient_parsing else find_long_option(args)
        )  # `-out=plan` would be `-o ut=plan`
        if found is None:
            given = list(args)
            try:
                return super().parse_args(ctx, args)
            except click.NoSuchOption:
                found = advise_on_option(given, own)
                if found is None:
                    raise
        option, ours = found
        raise click.UsageError(f"There is no option {option}: {ours}.", ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options, then each section of which it has all."""
        shown = self._list_options(ctx)
        whole = _list_shared(shown)
        shared = {name for names in whole.values() for name in names}
        own = {name: record for name, record in shown.items() if name not in shared}
        for title, names in {"Options": tuple(own), **whole}.items():
            if names:
                with formatter.section(title):
                    formatter.write_dl([shown[name] for name in names])

    def format_body(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options that most people need."""
        shown = self._list_options(ctx)
        for param in self.get_params(ctx)[-2:]:  # the two helps
            shown.pop(param.name or "", None)
        shared = {name for names in _list_shared(shown).values() for name in names}
        own = [name for name in shown if name not in shared][:MOST_IN_SHORT]
        is_of_a_group = ctx.parent is None or ctx.parent.parent is not None
        chosen = own if is_of_a_group else ESSENTIAL.get(ctx.info_name or "", own)
        if chosen:
            with formatter.section("Options"):
                formatter.write_dl([shown[name] for name in chosen if name in shown])

    def _list_options(self, ctx: click.Context) -> dict[str, tuple[str, str]]:
        """Return what help shows of each option, by its parameter's name."""
        return {
            param.name: record
            for param in self.get_params(ctx)
            if isinstance(param, click.Option)
            and param.name
            and (record := param.get_help_record(ctx))
        }


class Group(_TwoHelps, click.Group):
    """A command that has commands of its own."""

    def format_body(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write its commands."""
        self.format_commands(ctx, formatter)


def _list_shared(shown: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the shared sections of which all options are there."""
    return {title: names for title, names in SHARED.items() if {*shown} >= {*names}}


def _list_examples(epilog: str) -> list[str]:
    """Return the first examples of an epilog, without its other paragraphs."""
    block = epilog.partition("Examples:\n")[2].partition("\n\n")[0]
    return [line.strip() for line in block.splitlines() if line.strip()][: MOST_IN_SHORT // 2]


def _show_short_help(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    del param
    if not value or ctx.resilient_parsing:
        return
    assert isinstance(ctx.command, _TwoHelps)  # noqa: S101 - narrows for the checker
    formatter = ctx.make_formatter()
    ctx.command.format_short_help(ctx, formatter)
    click.echo(formatter.getvalue().rstrip("\n"))
    ctx.exit()


_SHORT: Final = click.Option(
    ["-h", "short_help"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_short_help,
    help="Show what most people need, and exit.",
)


def add_all(options: Sequence[Callable[..., Any]], function: Callable[..., R]) -> Callable[..., R]:
    """Add these options to a function; its help shows them in this order."""
    for option in reversed(options):
        function = option(function)
    return function
