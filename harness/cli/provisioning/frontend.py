"""Options, questions and printing that plan, apply, verify and destroy share."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from harness.cli.layout import add_all
from harness.cli.outside import open_outside
from harness.cli.show import find_voice
from harness.text.safe import printable
from harness.wiring import Permissions

if TYPE_CHECKING:
    from harness.app.provisioning import Applied
    from harness.app.recording import Recording
    from harness.plan.model import Goal, Intent, Plan
    from harness.spec.load import SpecFile
    from harness.wiring.world import SpecWorld

R = TypeVar("R")


QUESTIONS = {
    "apply": "Apply these changes on {cloud}?",
    "destroy": "Delete all this, which {spec} owns, on {cloud}?",
}


PLAN_OPTIONS = (
    click.option(
        "--adopt", is_flag=True, help="Take over what is declared and belongs to no spec."
    ),
    click.option(
        "--skip-preflight",
        "skip",
        metavar="CODE|all",
        multiple=True,
        help="Show this preflight error as a warning. May be repeated.",
    ),
    click.option(
        "--prune", is_flag=True, help="Delete what this spec created and no longer declares."
    ),
    click.option(
        "--accept-loss",
        is_flag=True,
        help="Let go what a replacement cannot keep: customer keys, what others put inside.",
    ),
    click.option(
        "--only",
        metavar="ADDRESS",
        multiple=True,
        help="Only this address, all inside it, and what it needs. May be repeated.",
    ),
)


def add_plan_options(function: Callable[..., R]) -> Callable[..., R]:
    """Add the options of ``plan``, which ``apply`` has too; they arrive as one ``intent``."""

    @wraps(function)
    def with_intent(
        *args: Any,
        adopt: bool,
        skip: tuple[str, ...],
        prune: bool,
        only: tuple[str, ...],
        accept_loss: bool,
        **given: Any,
    ) -> R:
        from harness.plan.model import Intent

        _require_known_codes(skip)
        intent = Intent(
            "apply",
            adopt=adopt,
            skip=frozenset(skip),
            prune=prune,
            only=only,
            accept_loss=accept_loss,
        )
        return function(*args, intent=intent, **given)

    return add_all(PLAN_OPTIONS, with_intent)


def _require_known_codes(skip: tuple[str, ...]) -> None:
    from difflib import get_close_matches

    from harness.plan.codes import CODES, Code

    known: dict[str, Code] = {code.name: code for code in CODES}
    for name in skip:
        code = known.get(name)
        if name != "all" and code is None:
            close = get_close_matches(name, known, n=1)
            nearest = f" Did you mean {close[0]}?" if close else " docs/provisioning.md lists them."
            raise click.UsageError(f"--skip-preflight: there is no code {name}.{nearest}")
        if code is not None and not code.skippable:
            raise click.UsageError(f"--skip-preflight: {name} cannot be skipped: {code.meaning}.")


def open_accounts(
    permissions: Permissions,
    spec_file: SpecFile,
    recording: Recording | None = None,
    *,
    named: Path,
) -> AbstractContextManager[SpecWorld]:
    """Open the outside of a spec that has something to provision.

    Args:
        permissions: what the person allows.
        spec_file: the spec.
        recording: whether the management plane is recorded or replayed.
        named: what the person called the spec, or the plan.

    Raises:
        RequestError: it declares no accounts.
    """
    from harness.app.provisioning import require_accounts

    require_accounts(
        spec_file, named=str(named), hint=f"`harness eval {named}` talks to its providers"
    )
    return open_outside(spec_file, permissions, recording)


def show_saved(path: Path, *, as_json: bool = False) -> bool:
    """Show the saved plan in a file; return False where the file is something else.

    Raises:
        RequestError: it is a plan that this version cannot read.
    """
    from harness.app.saved_plans import read_plan
    from harness.plan.rendering.saved_plans import format_saved

    saved = read_plan(path)
    if saved is None:
        return False
    if as_json:
        print_document(dict(saved.document["plan"]))
    else:
        print_page(format_saved(saved, verbose=find_voice().verbose))
    return True


def carry_out(
    world: SpecWorld,
    intent: Intent,
    *,
    yes: bool,
    as_json: bool = False,
    still_holds: Callable[[Plan], None] = lambda _: None,
    recorded_as: str | None = None,
) -> Applied:
    """Apply or destroy, with a live line per resource on stderr; the end is not told yet."""
    from harness.app.provisioning import Frontend, apply, make_place_finder
    from harness.cli.provisioning.progress import ProvisioningProgress

    _require_consent(world, intent.goal, yes=yes, upgrades=recorded_as is not None)
    # Asked here: click's context belongs to this thread, and accounts have threads of their own.
    quiet, verbose = find_voice().quiet, find_voice().verbose
    progress = ProvisioningProgress(
        live=sys.stderr.isatty() and not quiet,
        write=lambda text: None if quiet else click.echo(text, err=True, nl=False),
    )

    def show(plan: Plan) -> None:
        from harness.plan.rendering.plans import format_plan

        if not as_json:
            places = make_place_finder(world)
            print_page(format_plan(plan, places, verbose=verbose, quiet=quiet))

    def confirm(plan: Plan) -> bool:
        del plan
        spec = printable(world.spec_file.spec.name)
        question = QUESTIONS[intent.goal].format(cloud=world.cloud_name, spec=spec)
        return yes or click.confirm(question, err=True, default=False)

    frontend = Frontend(show=show, confirm=confirm, on_event=progress, say=find_voice().say)
    try:
        return apply(world, intent, frontend, still_holds=still_holds, recorded_as=recorded_as)
    finally:
        progress.close()


def tell_applied(applied: Applied, world: SpecWorld, *, as_json: bool, err: bool = False) -> None:
    """Tell what became of the plan: the failures in full, then one line that counts.

    ``err``: a JSON document goes to stderr, because stdout is for another one.
    """
    if applied.declined:
        click.echo("declined; nothing was changed", err=True)
        return
    if as_json:
        print_document(applied.to_dict(), err=err)
    elif applied.outcomes is None:
        print_page(str(applied))
    else:
        click.echo(str(applied), nl=False)
    if world.replays and applied.outcomes is not None:
        find_voice().say("replayed from the recording: nothing was sent, and nothing is changed")


def print_document(document: dict[str, Any], *, err: bool = False) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str), err=err)


def print_page(text: str) -> None:
    """Print a plan, coloured where that is wanted."""
    for line in text.splitlines():
        click.echo(click.style(line, fg=_choose_colour(line)) if _choose_colour(line) else line)


def _choose_colour(line: str) -> str | None:
    """Return the colour for the glyph or word that a line starts with; None for plain."""
    mark = line.split(" ", 1)[0] if not line.startswith(" ") else line.split(maxsplit=1)[0]
    if "error[" in line:
        return "red"
    if "warning[" in line:
        return "yellow"
    return {"+": "green", "~": "yellow", "-/+": "magenta", "-": "red", "<=": "cyan"}.get(mark)


def _require_consent(world: SpecWorld, goal: Goal, *, yes: bool, upgrades: bool) -> None:
    from harness.app.provisioning import require_consent

    look, agree = ("upgrade --dry-run", "upgrade") if upgrades else ("plan", goal)

    require_consent(
        world,
        goal,
        may_ask=yes or sys.stdin.isatty(),
        reason="asks first, and there is no terminal to ask on",
        hint=f"look at `harness {look}`, then give `{agree} --yes`",
    )
