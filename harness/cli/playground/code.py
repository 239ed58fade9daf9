"""``harness code``: the call that eval makes for a target, as a program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harness.cli.files import write_new_file
from harness.cli.layout import Command
from harness.cli.options import add_spec_options
from harness.cli.show import find_voice
from harness.cli.specs import refuse_spec_as_target
from harness.errors import Exit
from harness.wiring import Permissions

NOT_WRITTEN = "H964"

EXAMPLES = """\b
Examples:
  harness code sweden/mini                             one question, in Python
  harness code sweden/mini --conversation founders     all its turns, the history trimmed
  harness code sweden/mini --async --stream            asynchronous; the reply as it comes
  harness code sweden/mini --keyless                   signed in with Entra; no key anywhere
  harness code sweden/five --api responses -o five.py  by the Responses API, to a file
  harness code sweden/mini --style curl                for a terminal
  harness code sweden/mini --style legacy              as openai 0.x had it, and what changed

\b
Exit codes: 0 written · 2 there is no such target or conversation, or no such program
            3 the file cannot be written
"""


@click.command("code", cls=Command, epilog=EXAMPLES)
@click.argument("target", metavar="TARGET")
@click.option(
    "--spec",
    type=click.Path(path_type=Path),
    metavar="SPEC",
    help="The spec of the target. Default: the only one in specs/, or harness.yaml.",
)
@click.option(
    "--conversation",
    metavar="ID",
    help="All turns of this conversation. Default: one first question.",
)
@click.option("--case", metavar="NAME", help="This case of the conversation. Default: its first.")
@click.option("--variant", metavar="NAME", help="This variant of the spec. Default: its first.")
@click.option("--ask", "question", metavar="TEXT", help="This question instead of the first one.")
@click.option(
    "--style",
    type=click.Choice(["azure", "v1", "openai", "curl", "legacy"]),
    help="azure: its dated API; v1: its newer one, without versions; openai: OpenAI and servers "
    "like it; curl: a shell script; legacy: openai 0.x beside today's. Default: as the target is.",
)
@click.option(
    "--api",
    type=click.Choice(["chat", "responses"]),
    help="Chat completions or responses. Default: as eval asks the target.",
)
@click.option(
    "--stream/--no-stream",
    "streams",
    default=None,
    help="Show the reply as it comes, or whole. Default: as the spec says, whole if it does not.",
)
@click.option("--async", "is_async", is_flag=True, help="An asynchronous program.")
@click.option(
    "--keyless/--key",
    default=None,
    help="Sign in with Entra, or with a key from the environment. Default: a key, unless the spec "
    "has none or forbids it.",
)
@click.option(
    "--api-version",
    metavar="VERSION",
    help="Of Azure's dated API. Default: the spec's, else the last that is no preview.",
)
@click.option(
    "-o",
    "out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to FILE. Default: to standard output.",
)
@add_spec_options
def command(
    target: str, permissions: Permissions, *, spec: Path | None, out: Path | None, **given: Any
) -> int:
    """Write the call that `eval` makes for TARGET as a program to paste: Python, or curl.

    The system message, the parameters as the model takes them, the tools and the trimmed history
    are those of the spec. The key is read from the environment and never written. What the program
    needs is said in its first lines.
    """
    from harness.app.programs.ports import FIRST_QUESTION, WantedProgram
    from harness.app.programs.writing import write_target_program
    from harness.codegen.choice import ProgramChoice
    from harness.wiring import find_specs, read_spec
    from harness.wiring.calls import SpecCallForms

    refuse_spec_as_target(target, "H963", "a program calls one of its targets", "code")
    question = given.pop("question")
    if question is not None and given["conversation"] is not None:
        raise click.UsageError("--ask and --conversation: a conversation has its own questions.")
    if given["conversation"] is None and given["case"] is not None:
        raise click.UsageError("--case: name the --conversation whose case it is.")
    found = find_specs(spec, permissions.root, command="code TARGET --spec")
    path = found.require_one("code TARGET --spec")
    if found.origin:
        find_voice().say(f"spec: {path} ({found.origin})")
    spec_file = read_spec(path, permissions)
    parts = {name: given.pop(name) for name in ("conversation", "case", "variant")}
    wanted = WantedProgram(
        target,
        **parts,
        question=FIRST_QUESTION if question is None else question,
        choice=ProgramChoice(**given),
        file="" if out is None else out.name,
    )
    text = write_target_program(spec_file, SpecCallForms(spec_file, permissions), wanted)
    if out is None:
        click.echo(text, nl=False)
    else:
        write_new_file(out, text, NOT_WRITTEN, makes_folders=True)
        find_voice().say(f"wrote {out}")
    deployed = target.partition("/")[0] in spec_file.spec.accounts
    if spec_file.spec.cloud == "simulator" and deployed and given["style"] != "openai":
        find_voice().say(
            "note: the address is the one on Azure; `harness simulate --world .harness` has the "
            "simulator's (docs/code.md)"
        )
    return int(Exit.OK)
