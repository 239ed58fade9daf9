"""``harness convert``: other tools' files become specs; what does not map is listed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from harness.cli.files import write_new_file
from harness.cli.layout import Command
from harness.cli.project.convert_results import (
    AS_JSON,
    describe_unmapped,
    format_unmapped,
    keep_and_tell,
)
from harness.cli.show import add_output_options, find_voice, shorten_path
from harness.errors import Diagnostic, Exit, RequestError
from harness.text.safe import printable

if TYPE_CHECKING:
    from harness.app.converting.specs import Converted
    from harness.importers.formats import ConvertOptions

EXAMPLES = """\b
Examples:
  harness convert promptfooconfig.yaml                       the spec on standard output
  harness convert promptfooconfig.yaml -o specs/bot.yaml     the spec, and what it names, as files
  harness convert evals/                                     a table: what would convert, what not
  harness convert evals/ -o specs                            and the specs, a file each
  harness convert summary.prompt.yml -o specs/summary.yaml   a prompt of GitHub Models
  harness convert results.json -o specs/bot.yaml             results: their spec, and a run of it
  harness convert results.json --spec specs/bot.yaml         a run of a spec that is there
  harness convert chats.jsonl -o specs/chats.yaml --sample 100 --seed 1
                                                             a log: 100 of its chats, asked again

\b
Exit codes: 0 converted, whatever was left out is listed · 1 nothing can be made of it ·
2 it is of no format that is known, or -o is there already · 3 the disk refused
"""

NOT_WRITTEN = "H973"
USUAL_STEM = "promptfooconfig"
"""The name that says that a file is meant as a configuration, even where it is broken."""
SUFFIXES = (".yaml", ".yml", ".json", ".jsonl")
"""The ends of names in a folder that are looked into."""


@click.command("convert", cls=Command, epilog=EXAMPLES)
@click.argument(
    "paths", metavar="FILE|FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "-o",
    "out",
    metavar="SPEC|FOLDER",
    type=click.Path(path_type=Path),
    help="Write the spec here; of a folder or several files, the specs into this folder. "
    "Nothing is overwritten.",
)
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="The project root: files are read from nowhere else. "
    "Default: the nearest folder with .git or .harness, else the file's.",
)
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Of a log, keep N chats at the most, drawn by --seed. Default: 1000.",
)
@click.option(
    "--seed", type=int, default=0, metavar="S", help="Draw other chats of a log. Default: 0."
)
@click.option(
    "--reference",
    type=click.Choice(["none", "similar", "llm-rubric"]),
    default="none",
    help="Of a log, demand that answers of today say what those of then said. Default: none.",
)
@click.option(
    "--spec",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="SPEC",
    help="Of results, make a run of this spec. Default: of the spec that -o writes.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_output_options
def command(
    paths: tuple[Path, ...],
    *,
    out: Path | None,
    root: Path | None,
    sample: int | None,
    seed: int,
    reference: Literal["none", "similar", "llm-rubric"],
    spec: Path | None,
    as_json: bool,
) -> int:
    """Convert another tool's file to a spec.

    Read are configurations of promptfoo, and OpenAI Evals' export of that form; results of both,
    which become a run that later ones are compared with; prompts of GitHub Models; and logs of
    chats, as JSON lines in OpenAI's forms or as OpenTelemetry spans. What a file is, its content
    says. Everything that does not map is listed with its place and the reason; nothing that the
    file names is run, fetched or called. The spec that is written validates.
    """
    several = len(paths) > 1 or any(path.is_dir() for path in paths)
    if spec is not None:
        if several or out is not None:
            raise click.UsageError(
                "--spec makes a run of one file of results; give neither -o nor more files."
            )
        return keep_and_tell(paths[0], spec, root, as_json=as_json)
    files = _list_files(paths, root) if several else paths
    planned = _plan(files, out, several=several)
    for _, target in planned:
        if out is not None and target.exists():
            raise click.UsageError(f"-o: {target} is there already; choose another name.")
    from harness.importers.formats import ConvertOptions

    options = ConvertOptions(sample, seed, reference)
    convert = _try_to_convert if several else _convert
    converted = [convert(file, target, root, options) for file, target in planned]
    if not several and out is None and converted[0].conversion.files:
        raise RequestError(
            Diagnostic(
                "H972",
                "the spec needs files beside it, so it cannot go to standard output",
                hint=f"harness convert {paths[0]} -o specs/{planned[0][0].stem}.yaml",
            )
        )
    written = out is not None and [
        _write(one, target) for one, (_, target) in zip(converted, planned, strict=True)
    ]
    holds_results = not several and converted[0].form.holds_results
    if holds_results and written and written[0]:
        if not as_json:
            _show_one(converted[0], planned[0][1])
        return keep_and_tell(paths[0], planned[0][1], root, as_json=as_json)
    if as_json:
        click.echo(json.dumps(_make_document(converted, planned, bool(written)), **AS_JSON))
    elif several:
        _show_table(converted)
    else:
        _show_one(converted[0], planned[0][1] if written else None)
    if holds_results and not written:
        find_voice().say(
            "the results become a run with -o SPEC, or with --spec of one that is there"
        )
    made = any(one.conversion.document is not None for one in converted)
    return int(Exit.OK if made else Exit.NO)


def _list_files(paths: Sequence[Path], root: Path | None) -> list[Path]:
    """List the files that are named, and those in folders that are of a known format."""
    from harness.app.converting.specs import recognise_file
    from harness.wiring import open_reader

    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        candidates = sorted(one for one in path.rglob("*") if one.suffix.lower() in SUFFIXES)
        found += [
            one
            for one in candidates
            if not any(part.startswith(".") for part in one.relative_to(path).parts)
            and (one.stem == USUAL_STEM or recognise_file(str(one), open_reader(one, root)))
        ]
    if not found:
        named = ", ".join(map(str, paths))
        raise RequestError(Diagnostic("H970", f"{named} holds nothing that can be converted"))
    return found


def _plan(files: Sequence[Path], out: Path | None, *, several: bool) -> list[tuple[Path, Path]]:
    """Return each file with the path of its spec; two files never have one path."""
    planned: dict[Path, Path] = {}
    for file in dict.fromkeys(files):
        target = wanted = _name_out(file, out, several=several)
        number = 2
        while target in planned.values():
            target, number = wanted.with_stem(f"{wanted.stem}-{number}"), number + 1
        planned[file] = target
    return list(planned.items())


def _name_out(file: Path, out: Path | None, *, several: bool) -> Path:
    """Return the path of a file's spec; beside the file where nobody says it."""
    if out is not None and not several and not out.is_dir():
        return out
    stem = file.stem if file.stem != "promptfooconfig" else file.resolve().parent.name
    stem = stem.removesuffix(".prompt")
    name = f"{stem}.harness.yaml"
    return file.with_name(name) if out is None else out / f"{stem}.yaml"


def _convert(file: Path, out: Path, root: Path | None, options: ConvertOptions) -> Converted:
    from harness.app.converting.specs import convert_file
    from harness.wiring import open_reader

    readers = open_reader(file, root), open_reader(out, root)
    return convert_file(str(file), str(out), *readers, options)


def _try_to_convert(file: Path, out: Path, root: Path | None, options: ConvertOptions) -> Converted:
    """Convert one file of several; one that cannot be read keeps nobody else back."""
    from harness.app.converting.specs import Converted
    from harness.importers.conversion import Conversion
    from harness.importers.formats import SourceFormat

    try:
        return _convert(file, out, root, options)
    except RequestError as error:
        first = error.diagnostics[0]
        place = f" (line {first.span.line})" if first.span is not None else ""
        reason = f"{first.summary}{place}"
        return Converted(str(file), SourceFormat("unknown", ""), Conversion(None, reason))


def _write(converted: Converted, out: Path) -> bool:
    """Write a spec and the files beside it; nothing that is there is replaced."""
    if not converted.text:
        return False
    texts = {out: converted.text}
    texts |= {out.parent / one.path: one.text for one in converted.conversion.files}
    for path in texts:
        if path.exists():
            raise click.UsageError(f"-o: {path} is there already; choose another name.")
    for path, text in texts.items():
        write_new_file(path, text, NOT_WRITTEN, makes_folders=True)
        find_voice().say(f"wrote {shorten_path(path)}")
    return True


def _show_one(converted: Converted, out: Path | None) -> None:
    """Print the spec where nobody wrote it, and on stderr what it lacks."""
    if out is None and converted.text:
        click.echo(converted.text, nl=False)
    for line in format_report(converted, out):
        click.echo(printable(line), err=True)


def format_report(converted: Converted, out: Path | None) -> list[str]:
    """Return what came of one file, a line each: what is missing first, then what to know."""
    conversion = converted.conversion
    if conversion.document is None:
        start = f"{converted.source}: {converted.form.name}: nothing was written"
        listed = map(format_unmapped, conversion.unmapped)
        return [*listed, f"{start}: {conversion.out_of_reach}"]
    lines = [format_unmapped(one) for one in conversion.unmapped]
    lines += [f"note: {note}" for note in conversion.notes]
    lines.append(f"{converted.source}: {converted.form.name}: {format_outcome(converted)}")
    if out is not None:
        code = " --allow-code" if conversion.needs_code else ""
        deploys = "accounts" in conversion.document
        command = "run" if deploys else "eval"
        lines.append(f"what to run next: harness {command} {shorten_path(out)}{code}")
    return lines


def format_outcome(converted: Converted) -> str:
    """Return what came of a file in a few words."""
    conversion = converted.conversion
    if conversion.document is None:
        return f"out of reach: {conversion.out_of_reach}"
    noun = "conversation" if converted.conversations == 1 else "conversations"
    counted = [
        f"{number} {fate}"
        for fate in ("left out", "changed", "broken")
        if (number := conversion.count(fate))
    ]
    return f"{converted.conversations} {noun}, {', '.join(counted) or 'nothing left over'}"


def _show_table(converted: Sequence[Converted]) -> None:
    for one in converted:
        for unmapped in one.conversion.unmapped:
            click.echo(printable(format_unmapped(unmapped)), err=True)
    width = max(len(one.source) for one in converted)
    for one in converted:
        click.echo(printable(f"{one.source:<{width}}  {format_outcome(one)}"))
    reached = [one for one in converted if one.conversion.document is not None]
    whole = sum(one.conversion.is_whole for one in reached)
    click.echo(
        f"{len(converted)} file{'' if len(converted) == 1 else 's'}, {len(reached)} in reach; "
        f"{whole} of these with nothing left out"
    )


def _make_document(
    converted: Sequence[Converted], planned: Sequence[tuple[Path, Path]], written: bool
) -> dict[str, Any]:
    return {
        "format_version": 1,
        "files": [
            {
                "source": one.source,
                "format": one.form.name,
                "in_reach": one.conversion.document is not None,
                "out_of_reach": one.conversion.out_of_reach or None,
                "spec": str(target) if written and one.text else None,
                "document": one.conversion.document,
                "conversations": one.conversations if one.text else None,
                "needs_code": one.conversion.needs_code,
                "notes": list(one.conversion.notes),
                "unmapped": list(map(describe_unmapped, one.conversion.unmapped)),
            }
            for one, (_, target) in zip(converted, planned, strict=True)
        ],
    }
