"""``harness suggest``: conversations for a prompt, proposed by a judge, to be read by a person."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.evaluation.judge import choose_judge
from harness.cli.files import write_new_file
from harness.cli.given import read_input, require_text
from harness.cli.layout import Command
from harness.cli.options import add_spec_options
from harness.cli.outside import open_outside
from harness.cli.show import find_voice
from harness.errors import Exit
from harness.text.numbers import format_money, format_plural
from harness.text.safe import printable
from harness.wiring import Permissions

if TYPE_CHECKING:
    from harness.app.suggesting.prompts import SuggestionPrompt
    from harness.app.suggesting.suggest import Suggestion
    from harness.spec.load import SpecFile

SHOWN_UNUSABLE = 10
MOST = 50
BAD_PROMPT = "H953"
NOT_WRITTEN = "H955"

EXAMPLES = """\b
Examples:
  harness suggest "You are the clerk of a bakery. Be short." --purpose "It sells bread and cakes."
  harness suggest prompts/clerk.txt -n 12 -o specs/conversations/suggested.yaml
  harness suggest founders --spec specs/sweden.yaml --seed 7       a conversation of the spec
  harness suggest concise --spec specs/sweden.yaml -t sweden/large    a variant, another judge

\b
What it writes is a list of conversations that no spec loads before somebody has read it and deleted
its first entry: then `conversations: [{include: FILE}]`.

\b
Exit codes: 0 suggested · 2 the request is wrong · 3 the judge gave nothing that can be used
            4 some requests got no answer
"""


@click.command("suggest", cls=Command, epilog=EXAMPLES)
@click.argument("prompt", metavar="PROMPT")
@click.option(
    "--spec",
    "spec",
    type=click.Path(path_type=Path),
    metavar="SPEC",
    help="The spec whose judge is asked. Default: the only one here.",
)
@click.option("--purpose", default="", metavar="TEXT", help="A sentence: what the prompt is for.")
@click.option(
    "-n",
    "count",
    type=click.IntRange(1, MOST),
    default=8,
    show_default=True,
    metavar="N",
    help=f"How many, up to {MOST}: ordinary, edge, adversarial, other languages.",
)
@click.option("-t", "--target", metavar="TARGET", help="Ask this one. Default: evaluation.judge.")
@click.option("--seed", type=int, metavar="S", help="Sent along, for the same again.")
@click.option(
    "-o",
    "out",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to FILE, which must not be there yet. Default: to standard output.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_spec_options
def command(
    prompt: str,
    spec: Path | None,
    permissions: Permissions,
    *,
    purpose: str,
    count: int,
    target: str | None,
    seed: int | None,
    out: Path | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Let the judge of a spec suggest conversations for a prompt; nothing of it is run.

    PROMPT is a conversation or a variant of the spec, a file, - for standard input, or the text
    itself. The judge is told what the spec asks already; what it proposes is checked as a spec
    checks it, and what cannot be used is listed.
    """
    from harness.app.suggesting.suggest import suggest_conversations
    from harness.cli.evaluation.progress import make_progress
    from harness.cli.specs import choose_spec
    from harness.wiring import read_spec

    require_text(purpose, "--purpose")
    if out is not None and out.exists():
        raise click.UsageError(f"-o: {out} is there already; choose another file.")
    quiet, named = find_voice().quiet, "suggest PROMPT --spec"
    path = choose_spec(spec, permissions.root, quiet=quiet, command=named)
    spec_file = read_spec(path, permissions)
    judge = choose_judge(spec_file, target, option="-t")
    wanted = _find_prompt(spec_file, prompt)
    progress = make_progress(time.monotonic, quiet=find_voice().quiet, spec=str(path))
    with open_outside(spec_file, permissions) as world:
        find_voice().say(f"{judge.name} suggests conversations for {printable(wanted.origin)}")
        found = suggest_conversations(
            world, judge, wanted, purpose=purpose, count=count, seed=seed, show=progress
        )
    text = found.format_yaml(out.name if out else "FILE")
    if out is not None:
        write_new_file(out, text, NOT_WRITTEN)
    if as_json:
        click.echo(json.dumps(_make_document(found, out), ensure_ascii=False))
    elif out is None:
        click.echo(text, nl=False)
    _tell(found, count, out)
    return Exit.INCOMPLETE if found.unanswered else Exit.OK


def _find_prompt(spec_file: SpecFile, given: str) -> SuggestionPrompt:
    """Return the prompt that is meant: of the spec, of a file, of standard input, or the text."""
    from harness.app.suggesting.prompts import find_in_spec, make_prompt

    named = find_in_spec(spec_file, given)
    if named is not None:
        return named
    if given == "-":
        return make_prompt(spec_file, read_input("standard input"), "standard input")
    if "\n" not in given and len(given) < 1000:
        path = Path(given)
        try:
            if path.is_file():
                return make_prompt(spec_file, path.read_text(encoding="utf-8-sig"), str(path))
        except UnicodeDecodeError:
            raise click.UsageError(f"{given} is not UTF-8 text.") from None
        except OSError as error:
            raise click.UsageError(f"{given} cannot be read: {error.strerror}.") from None
        if not any(char.isspace() for char in given):
            raise click.UsageError(
                f"PROMPT: {given!r} is no conversation or variant of {spec_file.path}, and no "
                "file; a prompt has more than one word."
            )
    return make_prompt(spec_file, require_text(given, "PROMPT"), "the prompt that was given")


def _tell(found: Suggestion, count: int, out: Path | None) -> None:
    """Say on stderr what was made of it, and what comes next."""
    say = find_voice().say
    for one in found.unusable[:SHOWN_UNUSABLE]:
        shown = f" “{' '.join(one.shown.split())[:60]}”" if one.shown else ""
        say(printable(f"not used ({one.kind}){shown}: {one.reason}"))
    if len(found.unusable) > SHOWN_UNUSABLE:
        say(f"not used: {len(found.unusable) - SHOWN_UNUSABLE} more; --json lists all")
    spent = found.spent
    cost = "cost unknown" if spent.cost_usd is None else format_money(spent.cost_usd)
    say(
        f"{len(found.conversations)} of {format_plural(count, 'conversation')} by "
        f"{printable(found.judge_name)}; {format_plural(spent.requests, 'request')}, {cost}"
    )
    if out is not None:
        say(f"wrote {out}: read it, delete its first entry, then include it in a spec")


def _make_document(found: Suggestion, out: Path | None) -> dict[str, Any]:
    spent = found.spent
    return {
        "format_version": 1,
        "unread": True,
        "judge": found.judge.name,
        "model": found.judge.model,
        "simulated": found.simulated,
        "prompt": found.prompt.origin,
        "file": str(out) if out else None,
        "conversations": list(found.conversations),
        "unusable": [
            {"kind": one.kind, "shown": one.shown, "reason": one.reason} for one in found.unusable
        ],
        "unanswered": found.unanswered,
        "requests": spent.requests,
        "input_tokens": spent.input_tokens,
        "output_tokens": spent.output_tokens,
        "cost_usd": spent.cost_usd,
    }
