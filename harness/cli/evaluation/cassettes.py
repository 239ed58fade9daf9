"""``harness cassettes``: audit recordings, prune them, and export them for vcrpy."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.layout import Command, Group
from harness.cli.options import add_spec_options
from harness.cli.show import find_voice
from harness.errors import Exit
from harness.text.safe import printable
from harness.wiring import Permissions

if TYPE_CHECKING:
    from harness.app.cassettes import Audit, AuditFinding, SpecFinder

AUDIT = """\b
Examples:
  harness cassettes audit specs/sweden.cassette              secrets, changes by hand, orphans
  harness cassettes audit specs/*.cassette --json            for programs
  harness cassettes audit tests/fixtures/vcr.yaml            secrets in a plain vcrpy file

\b
Exit codes: 0 clean · 1 something was found · 2 there is no cassette
"""

PRUNE = """\b
Examples:
  harness cassettes prune specs/sweden.cassette --dry-run    what nothing would play any more
  harness cassettes prune specs/sweden.cassette              remove it

\b
Exit codes: 0 done, or nothing to do · 2 there is no cassette, or no spec
"""

EXPORT = """\b
Examples:
  harness cassettes export specs/sweden.cassette             writes specs/sweden.vcr/
  harness cassettes export specs/sweden.cassette -o tests/cassettes

\b
Exit codes: 0 written · 2 there is no cassette · 3 it was changed by hand
"""

EXAMPLES = """\b
Examples:
  harness cassettes audit specs/sweden.cassette
  harness cassettes prune specs/sweden.cassette --dry-run
  harness cassettes export specs/sweden.cassette
  harness cassettes COMMAND --help                           more of each
"""

spec_option = click.option(
    "--spec",
    type=click.Path(path_type=Path),
    metavar="SPEC",
    help="The spec whose recording it is. Default: the one beside it, of the same name.",
)


@click.group("cassettes", cls=Group, epilog=EXAMPLES)
def command() -> None:
    """Audit recordings, remove what nothing would play, and write copies for vcrpy."""


@command.command(
    "audit",
    cls=Command,
    epilog=AUDIT,
    short_help="Find secrets, changes by hand and leftovers in DIR.",
)
@click.argument(
    "cassettes", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@spec_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_spec_options
def audit_command(
    cassettes: tuple[Path, ...], permissions: Permissions, *, spec: Path | None, as_json: bool
) -> int:
    """Look into every file of DIR: secrets, changes by hand, what the spec no longer has.

    A file of a cassette stands for the whole of it. A single file that another program recorded
    is looked through for secrets alone.
    """
    from harness.app.cassettes import audit_cassettes
    from harness.wiring.recording.keeper import DiskKeeper

    audits = audit_cassettes(DiskKeeper(), cassettes, _make_finder(spec, permissions))
    if as_json:
        documents = [_to_document(*one) for one in audits]
        click.echo(json.dumps({"format_version": 1, "cassettes": documents}, ensure_ascii=False))
    else:
        for path, found in audits:
            _show(path, found)
    return int(Exit.NO if any(found.findings for _, found in audits) else Exit.OK)


@command.command("prune", cls=Command, epilog=PRUNE, short_help="Remove what nothing would play.")
@click.argument("cassette", metavar="DIR", type=click.Path(path_type=Path))
@spec_option
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@add_spec_options
def prune_command(
    cassette: Path, permissions: Permissions, *, spec: Path | None, dry_run: bool
) -> int:
    """Remove from DIR what its spec would not play: conversations, cases, targets, repeats.

    Where git left conflicts between two branches that recorded, what either recorded is kept.
    """
    from harness.app.cassettes import prune_cassette
    from harness.wiring.recording.keeper import DiskKeeper

    finder = _make_finder(spec, permissions)
    found = prune_cassette(DiskKeeper(), cassette, finder, dry_run=dry_run)
    if found is None:
        raise click.UsageError(f"there is no spec beside {cassette}: name it with --spec.")
    for one in found:
        click.echo(f"{'would remove' if dry_run else 'removed'} {_format_finding(one)}")
    if not found:
        find_voice().say(f"{cassette}: everything in it is played")
    return int(Exit.OK)


@command.command("export", cls=Command, epilog=EXPORT, short_help="Write DIR as vcrpy files.")
@click.argument("cassette", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where the files go. Default: beside DIR, with the ending .vcr.",
)
def export_command(cassette: Path, output: Path | None) -> int:
    """Write the conversations of DIR as YAML files that vcrpy plays in an application's own tests.

    Each conversation, case, target and variant becomes a file. Nothing that was hidden when it was
    recorded comes back, and files of an earlier export are replaced.
    """
    from harness.app.cassettes import export_cassette
    from harness.wiring.recording.keeper import DiskKeeper

    for path in export_cassette(DiskKeeper(), cassette, output):
        click.echo(printable(str(path)))
    return int(Exit.OK)


def _make_finder(spec: Path | None, permissions: Permissions) -> SpecFinder:
    from harness.app.cassettes import SpecFinder
    from harness.wiring import read_spec_for_replay

    def tell_missing(cassette: Path) -> None:
        find_voice().say(
            f"no spec stands beside {cassette}, so nothing is said about orphans; --spec"
        )

    return SpecFinder(lambda path: read_spec_for_replay(path, permissions), spec, tell_missing)


def _show(path: Path, found: Audit) -> None:
    for one in found.findings:
        folder = path if path.is_dir() else path.parent
        click.echo(f"{printable(str(folder))}/{_format_finding(one)}")
    kinds = {one.kind for one in found.findings}
    if not kinds:
        exchanges = f"{found.exchanges:,} exchanges in " * (found.exchanges > 0)
        files = f"{found.files:,} file{'s' * (found.files != 1)}"
        find_voice().say(f"{path}: {exchanges}{files}, nothing amiss")
    if "secret" in kinds:
        find_voice().say("hint: make the secret worthless first (rotate it), then record again")
    if kinds & {"changed", "format", "unlisted"}:
        find_voice().say("hint: bring the files back from version control, or record again")
    if "error" in kinds:
        named = [path.with_suffix(suffix) for suffix in (".yaml", ".yml")]
        spec = [str(one) for one in named if one.is_file()][:1]
        command = shlex.join(["harness", "eval", *spec, "--record", "--record-mode", "missing"])
        find_voice().say(f"hint: once the cause is gone, record what is missing: {command}")
    if "orphan" in kinds:
        find_voice().say(f"hint: harness cassettes prune {path}")


def _format_finding(one: AuditFinding) -> str:
    where = f" {one.where}" if one.where else ""
    return printable(f"{one.file}{where}: {one.kind}: {one.what}")


def _to_document(path: Path, found: Audit) -> dict[str, object]:
    return {
        "cassette": str(path),
        "files": found.files,
        "exchanges": found.exchanges,
        "findings": [asdict(one) for one in found.findings],
    }
