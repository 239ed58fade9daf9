"""Results that are converted to a run, and what commands say of what did not map."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.show import find_voice, shorten_path
from harness.errors import Exit
from harness.text.safe import printable

if TYPE_CHECKING:
    from harness.importers.conversion import Unmapped

AS_JSON: dict[str, Any] = {"ensure_ascii": False, "indent": 2}
MOST_MISSING = 10
"""Trials without a result that are named; more are counted."""


def keep_and_tell(file: Path, spec: Path, root: Path | None, *, as_json: bool) -> int:
    """Make a run of a file of results, tell what is not in it, and return the exit code.

    Raises:
        RequestError: the file holds no results, or none of the spec; the run is there already.
        OutsideError: the disk refused.
    """
    from datetime import UTC, datetime

    from harness.app.converting.runs import keep_run
    from harness.results.codec import run_as_json
    from harness.wiring import open_reader
    from harness.wiring.project import open_archive

    spec_reader = open_reader(spec, root)
    archive = open_archive(root or Path(spec_reader.root))
    now = datetime.now(UTC)
    kept = keep_run(str(file), spec, open_reader(file, root), spec_reader, archive, now)
    if as_json:
        document = {
            **run_as_json(kept.info),
            "directory": str(kept.directory),
            "unmapped": list(map(describe_unmapped, kept.unmapped)),
            "missing": list(kept.missing),
        }
        click.echo(json.dumps(document, **AS_JSON))
        return int(Exit.OK)
    for one in kept.unmapped:
        click.echo(printable(format_unmapped(one)), err=True)
    for name in kept.missing[:MOST_MISSING]:
        click.echo(printable(f"{spec}: no result: {name}"), err=True)
    if len(kept.missing) > MOST_MISSING:
        click.echo(f"{spec}: no result: {len(kept.missing) - MOST_MISSING:,} more", err=True)
    totals = kept.info.totals
    counted = f"{totals.describe_passed()}, {totals.failed} failed, {totals.errored} errored"
    click.echo(f"run {kept.info.id}: {counted}: {shorten_path(kept.directory)}")
    real = " --cloud azure" if kept.would_simulate else ""
    find_voice().say(
        "what to run next:\n"
        f"  harness baseline set {kept.info.id}\n"
        f"  harness eval {shorten_path(spec)} --baseline main{real}"
    )
    return int(Exit.OK)


def format_unmapped(one: Unmapped) -> str:
    """Return a thing that did not map as a line: where, what became of it, why."""
    return f"{one.span.file}:{one.span.line}: {one.fate}: {one.what}: {one.reason}"


def describe_unmapped(one: Unmapped) -> dict[str, Any]:
    """Return a thing that did not map as JSON."""
    return {
        "file": one.span.file,
        "line": one.span.line,
        "fate": one.fate,
        "what": one.what,
        "reason": one.reason,
    }
