"""``harness validate``: every problem of a spec, each with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.layout import Command
from harness.cli.options import add_spec_options
from harness.cli.pipeline import annotate_problems
from harness.cli.show import find_voice
from harness.errors import Exit
from harness.text.safe import printable
from harness.wiring import Permissions

if TYPE_CHECKING:
    from harness.errors import Diagnostic
    from harness.spec.load import SpecFile

EXAMPLES = """\b
Examples:
  harness validate specs/sweden.yaml         one line when it is valid, else every problem
  harness validate                           the only spec of the project
  harness validate specs                     all of a folder, all problems of all of them
  harness validate --json specs/*.yaml       for editors and CI

\b
Exit codes: 0 every spec is valid · 2 one is not
"""


@click.command("validate", cls=Command, epilog=EXAMPLES)
@click.argument("specs", metavar="[SPEC]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_spec_options
def command(specs: tuple[Path, ...], permissions: Permissions, *, as_json: bool) -> int:
    """Show every problem of SPEC, each with its place, and what to do about it.

    SPEC is a spec, or a folder for all in it; without one it is the only spec of the project.

    Reads the spec and every file that it names; no cloud, no network, no credential. Environment
    variables that are not set are no problem here.
    """
    from harness.errors import SpecError
    from harness.spec.counts import count
    from harness.wiring import read_spec

    documents: list[dict[str, Any]] = []
    for path in _list_paths(specs, permissions):
        try:
            spec_file = read_spec(path, permissions)
        except SpecError as error:
            documents.append(_make_document(path, ok=False, found=error.diagnostics))
            annotate_problems(error.diagnostics)
            if not as_json:
                click.echo(_format_problems(path, error.diagnostics), err=True)
            continue
        documents.append(_make_document(path, ok=True, found=spec_file.warnings))
        annotate_problems(spec_file.warnings)
        if not as_json:
            for warning in spec_file.warnings:
                find_voice().say(str(warning))
            click.echo(_format_ok(path, spec_file, *_format_counts(count(spec_file))))
    wrong = sum(not document["ok"] for document in documents)
    if len(documents) > max(1, len(specs)) and not as_json:
        click.echo(f"{len(documents)} specs: {len(documents) - wrong} valid, {wrong} not")
    if as_json:
        report = {"format_version": 1, "specs": documents}
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    return Exit.WRONG_REQUEST if wrong else Exit.OK


def _list_paths(given: tuple[Path, ...], permissions: Permissions) -> list[Path]:
    """List the specs that are meant: a folder stands for all of its own."""
    from harness.cli.specs import choose_specs

    quiet = find_voice().quiet
    chosen = [
        choose_specs(one, permissions.root, quiet=quiet, takes_folders=True)
        for one in given or (None,)
    ]
    return list(dict.fromkeys(path for one in chosen for path in one.paths))


def _format_counts(counts: Any) -> tuple[str, ...]:
    named = (
        (counts.accounts, "account"),
        (counts.deployments, "deployment"),
        (counts.conversations, "conversation"),
        (counts.trials, "trial"),
    )
    return tuple(f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in named)


def _format_ok(path: Path, spec_file: SpecFile, *numbers: str) -> str:
    return printable(f"{path}: ok: {spec_file.spec.name}: {', '.join(numbers)}")


def _format_problems(path: Path, found: tuple[Diagnostic, ...]) -> str:
    total = f"{printable(str(path))}: {len(found)} problem{'' if len(found) == 1 else 's'}"
    return "\n".join([*map(str, found), total])


def _make_document(path: Path, *, ok: bool, found: tuple[Diagnostic, ...]) -> dict[str, Any]:
    return {"path": str(path), "ok": ok, "problems": [_make_problem(problem) for problem in found]}


def _make_problem(problem: Diagnostic) -> dict[str, Any]:
    span = problem.span
    return {
        "code": problem.code,
        "severity": problem.severity,
        "summary": problem.summary,
        "detail": problem.detail,
        "file": span.file if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "hint": problem.hint,
    }
