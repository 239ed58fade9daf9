"""What plan, apply, verify and destroy have in common on the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from harness.cli.exits import Exit
from harness.cli.layout import with_all
from harness.cli.show import voice
from harness.wiring import Trust

if TYPE_CHECKING:
    from harness.plan.model import Intent, Plan
    from harness.plan.render import Places
    from harness.provision.events import Outcomes
    from harness.provision.patience import Pace
    from harness.spec.load import SpecFile
    from harness.wiring.recording import Recording
    from harness.wiring.world import World

R = TypeVar("R")


QUESTIONS = {"apply": "Apply these changes", "destroy": "Delete all this"}


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
        "--only",
        metavar="ADDRESS",
        multiple=True,
        help="This address, all inside it, and what it needs. May be repeated.",
    ),
)


def plan_options(function: Callable[..., R]) -> Callable[..., R]:
    """The options of ``plan``, which ``apply`` has too; they arrive as one ``intent``."""

    @wraps(function)
    def with_intent(
        *args: Any,
        adopt: bool,
        skip: tuple[str, ...],
        prune: bool,
        only: tuple[str, ...],
        **given: Any,
    ) -> R:
        from harness.plan.model import Intent

        _require_known_codes(skip)
        intent = Intent("apply", adopt=adopt, skip=frozenset(skip), prune=prune, only=only)
        return function(*args, intent=intent, **given)

    return with_all(PLAN_OPTIONS, with_intent)


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


def opened(
    spec: Path, trust: Trust, spec_file: SpecFile, recording: Recording | None = None
) -> AbstractContextManager[World]:
    """The outside of a spec that has something to provision.

    Raises:
        RequestError: it declares no accounts.
    """
    from harness.errors import Diagnostic, RequestError
    from harness.wiring import open_world

    if not spec_file.spec.accounts:
        raise RequestError(
            Diagnostic(
                "H910",
                f"{spec} declares no accounts, so there is nothing to deploy",
                hint=f"`harness eval {spec}` talks to its providers",
            )
        )
    return open_world(
        spec_file, trust, say=voice().say, verbose=voice().verbose, recording=recording
    )


def foreseen(spec_file: SpecFile, world: World, intent: Intent) -> Plan:
    """The plan for what Azure holds now."""
    from harness.provision.foresee import foresee

    cloud = world.cloud()
    catalogue = spec_file.spec.simulator.catalogue
    return foresee(
        spec_file.spec,
        cloud,
        intent,
        world.today,
        open_catalogue=world.simulated and catalogue == "open",
    )


def carried_through(
    spec_file: SpecFile,
    world: World,
    intent: Intent,
    *,
    yes: bool,
    as_json: bool = False,
    still_holds: Callable[[Plan], None] = lambda _: None,
) -> Exit:
    """Plan, show, ask, carry out, tell: what apply and destroy do, and run around its eval.

    One command at a time does this for a project. ``still_holds`` may refuse the plan, as when it
    is not the one that was saved.
    """
    from harness.cli.provisioning_lock import alone
    from harness.plan.render import plan_document, render_plan

    require_consent(world, intent.goal, yes=yes)
    command = f"harness {intent.goal} {spec_file.path}"
    lock = alone(world.root / ".harness", command, world.clock.now, voice().say)
    # A replay writes to nothing that others share.
    with nullcontext() if world.replays else lock, world.speaking(intent.goal):
        plan = _settled(spec_file, world, intent)
        still_holds(plan)
        nothing_follows = plan.errors or plan.is_empty
        if nothing_follows or not as_json:
            tell_plan(render_plan(plan, places_of(spec_file)), plan_document(plan), as_json=as_json)
        if nothing_follows:
            return Exit.NO if plan.errors else Exit.OK
        if not consents(world, QUESTIONS[intent.goal], yes=yes):
            click.echo("declined; nothing was changed", err=True)
            return Exit.NO
        outcomes = carried_out(plan, world)
    tell_outcomes(plan, outcomes, as_json=as_json)
    if world.replays:
        voice().say("replayed from the recording: nothing was sent, and nothing is changed")
    return exit_of(outcomes)


def _settled(spec_file: SpecFile, world: World, intent: Intent) -> Plan:
    """The plan once Azure has finished with what an earlier command, or anybody, left running."""
    from harness.provision.settle import settle

    plan = foreseen(spec_file, world, intent)
    if not plan.under_way:
        return plan
    pace = _pace(world)
    for change in plan.under_way:
        settle(change, world.cloud(), pace, voice().say)
    return foreseen(spec_file, world, intent)


def places_of(spec_file: SpecFile) -> Places:
    """Where the spec says what a preflight problem is about."""
    return lambda path: spec_file.spans.at(*path)


def tell_plan(text: str, document: dict[str, Any], *, as_json: bool) -> None:
    """The plan on stdout: one JSON document, or the page, coloured where that is wanted."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
        return
    for line in text.splitlines():
        click.echo(click.style(line, fg=_colour(line)) if _colour(line) else line)


def _colour(line: str) -> str | None:
    """By the glyph or the word that the line starts with; both say the same without colour."""
    mark = line.split(" ", 1)[0] if not line.startswith(" ") else line.split(maxsplit=1)[0]
    if "error[" in line:
        return "red"
    if "warning[" in line:
        return "yellow"
    return {"+": "green", "~": "yellow", "-/+": "magenta", "-": "red", "<=": "cyan"}.get(mark)


def require_consent(world: World, command: str, *, yes: bool) -> None:
    """A real cloud is only written to with somebody's word: a person there, or ``--yes``.

    Raises:
        RequestError: nobody is there to be asked.
    """
    if world.harmless or yes or sys.stdin.isatty():
        return
    from harness.errors import Diagnostic, RequestError

    raise RequestError(
        Diagnostic(
            "H911",
            f"{command} on {world.choice.name} asks first, and there is no terminal to ask on",
            hint=f"look at `harness plan`, then give `{command} --yes`",
        )
    )


def consents(world: World, question: str, *, yes: bool) -> bool:
    """Whether the person agrees; the simulator and a replay never ask."""
    if world.harmless or yes:
        return True
    return click.confirm(f"{question} on {world.choice.name}?", err=True, default=False)


def carried_out(plan: Plan, world: World) -> Outcomes:
    """Carry out the plan with a live line per resource on stderr."""
    from harness.cli.provisioning_progress import Progress
    from harness.provision.execute import execute

    # Asked here: click's context belongs to this thread, and accounts have threads of their own.
    quiet = voice().quiet
    progress = Progress(
        live=sys.stderr.isatty() and not quiet,
        write=lambda text: None if quiet else click.echo(text, err=True, nl=False),
    )
    try:
        return execute(plan, world.cloud(), _pace(world), progress)
    finally:
        progress.close()


def _pace(world: World) -> Pace:
    import random
    import threading
    import time

    from harness.provision.patience import Pace

    return Pace(time.monotonic, random.random, threading.Event(), hurried=world.replays)


def exit_of(outcomes: Outcomes) -> Exit:
    """The contract's exit code of an execution."""
    if outcomes.interrupted:
        return Exit.INTERRUPTED
    return Exit.OK if outcomes.complete else Exit.OUTSIDE_FAILED


def tell_outcomes(plan: Plan, outcomes: Outcomes, *, as_json: bool) -> None:
    """What became of the plan: the failures in full, then one line that counts."""
    from harness.plan.render import plan_document
    from harness.provision.show import outcomes_document, outcomes_text

    if as_json:
        document = {**plan_document(plan), "outcomes": outcomes_document(outcomes)}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
        return
    click.echo(outcomes_text(plan, outcomes), nl=False)
