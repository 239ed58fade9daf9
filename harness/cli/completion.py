"""Complete what is typed: targets, conversations, tags, runs, baselines, specs, models, regions.

A shell calls the program for each press of Tab: nothing here imports an SDK, or pydantic. Whatever
goes wrong (a broken spec, a folder that cannot be read) completes nothing and prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from harness.app.specs.outline import Outline

MOST_RUNS: Final = 50
"""The newest runs that are offered; a project may have thousands."""

MOST_SPECS: Final = 20
"""Specs that are read for their names, where none is named."""

LONGEST: Final = 300_000
"""Bytes of a spec that is read while somebody waits for a key."""


def add_completion(param: click.Parameter) -> None:
    """Let a parameter complete its values, where its name is known and its type has none."""
    kind = PARAMETERS.get(param.name or "")
    if kind is not None and not isinstance(param.type, click.Choice):

        def find(ctx: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
            return complete(kind, ctx, begun)

        # What the argument `shell_complete` of click's options sets; one table serves all commands.
        vars(param)["_custom_shell_complete"] = find


def complete(kind: str, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return what a value of a kind may be that begins so; nothing where that is not known.

    Args:
        kind: a row of ``KINDS``.
        ctx: what was typed before.
        incomplete: what was typed of the value.
    """
    found: list[str] = []
    with suppress(Exception):  # nobody can read a message while typing
        found = list(dict.fromkeys(KINDS[kind](ctx)))
    items = [CompletionItem(one) for one in found if one.startswith(incomplete)]
    if not items and kind in WITH_FILES:
        return [CompletionItem(incomplete, type="file")]
    return items


def _list_targets(ctx: click.Context) -> Iterator[str]:
    return (name for outline in _read_outlines(ctx) for name in outline.targets)


def _list_conversations(ctx: click.Context) -> Iterator[str]:
    return (name for outline in _read_outlines(ctx) for name in outline.conversations)


def _list_tags(ctx: click.Context) -> Iterator[str]:
    return (name for outline in _read_outlines(ctx) for name in outline.tags)


def _list_words(ctx: click.Context) -> Iterator[str]:
    """List what an expression of ``-k`` is made of."""
    for outline in _read_outlines(ctx):
        yield from (*outline.conversations, *outline.tags)


def _list_variants(ctx: click.Context) -> Iterator[str]:
    return (name for outline in _read_outlines(ctx) for name in outline.variants)


def _list_addresses(ctx: click.Context) -> Iterator[str]:
    return (name for outline in _read_outlines(ctx) for name in outline.addresses)


def _list_specs(ctx: click.Context) -> Iterator[str]:
    from harness.wiring.names import list_specs

    yield from map(str, list_specs(None, ctx.params.get("root")))
    if ctx.command.name == "upgrade":  # its SPEC may be left out, and a target stands there
        yield from _list_targets(ctx)


def _list_runs(ctx: click.Context) -> Iterator[str]:
    from harness.wiring.names import list_run_ids

    yield from ("latest", *_list_baselines(ctx))
    yield from list_run_ids(ctx.params.get("root"))[:MOST_RUNS]


def _list_baselines(ctx: click.Context) -> Iterator[str]:
    from harness.wiring.names import list_baseline_names

    yield from list_baseline_names(ctx.params.get("root"))


def _list_names(ctx: click.Context) -> Iterator[str]:
    """List what ``name`` may be: a run that is shown, a baseline that is set; else it is new."""
    lists = {"show": _list_runs, "set": _list_baselines}
    return lists[ctx.command.name](ctx) if ctx.command.name in lists else iter(())


def _list_models(ctx: click.Context) -> Iterator[str]:
    from harness.azure.catalogue import list_models
    from harness.azure.offers_data import ANY_REGION

    given = ctx.params.get("region") or ctx.params.get("regions") or ANY_REGION
    region = given if isinstance(given, str) else given[0]
    today = datetime.now(UTC).date()
    yield from sorted({one.name for one in list_models(region, today) if one.format == "OpenAI"})


def _list_regions(ctx: click.Context) -> Iterable[str]:
    from harness.azure.catalogue import list_account_regions

    del ctx
    return list_account_regions("AIServices")


KINDS: Final[Mapping[str, Callable[[click.Context], Iterable[str]]]] = {
    "target": _list_targets,
    "conversation": _list_conversations,
    "tag": _list_tags,
    "word": _list_words,
    "variant": _list_variants,
    "address": _list_addresses,
    "spec": _list_specs,
    "run": _list_runs,
    "baseline": _list_baselines,
    "name": _list_names,
    "model": _list_models,
    "region": _list_regions,
}
"""The kinds of values, a row each."""

PARAMETERS: Final[Mapping[str, str]] = {
    "target": "target",
    "targets": "target",
    "conversation": "conversation",
    "keyword": "word",
    "tags": "tag",
    "variant": "variant",
    "variants": "variant",
    "only": "address",
    "spec": "spec",
    "specs": "spec",
    "run": "run",
    "runs": "run",
    "base": "run",
    "head": "run",
    "resume": "run",
    "failed": "run",
    "baseline": "baseline",
    "name": "name",
    "model": "model",
    "models": "model",
    "region": "region",
    "regions": "region",
}
"""The kind of each parameter's value, by the parameter's name, in whichever command it is."""

WITH_FILES: Final = frozenset({"spec", "run", "name"})
"""Kinds for which a path stands too."""


def _read_outlines(ctx: click.Context) -> Iterator[Outline]:
    """Read the spec that is named before; else those that there are."""
    from harness.wiring.names import list_specs, read_outline

    root = ctx.params.get("root")
    for path in list_specs(_take_named(ctx), root)[:MOST_SPECS]:
        with suppress(Exception):  # the others may be well
            if path.stat().st_size <= LONGEST:
                yield read_outline(path, root)


def _take_named(ctx: click.Context) -> Path | None:
    """Return the spec that was typed."""
    given = ctx.params.get("spec")
    if isinstance(given, tuple):
        given = given[0] if given else None
    return None if given is None else Path(given)
