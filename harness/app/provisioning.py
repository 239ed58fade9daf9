"""Plan, apply, verify and destroy: from a world and an intent to a value."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from harness.app.keeping.provisioning_lock import LOCK_FOLDER, hold_lock
from harness.app.keeping.replacements import FOLDER, KeptBodies
from harness.app.ports import World
from harness.azure.catalogue import find_newest_day
from harness.errors import Diagnostic, Exit, RequestError
from harness.plan.codes import UNSKIPPABLE
from harness.plan.model import Goal, Intent, Plan
from harness.plan.rendering.plans import Places, find_nowhere, format_plan, make_plan_document
from harness.plan.rendering.verification import format_drift, make_drift_document
from harness.provision.applying import apply_plan
from harness.provision.events import Event, Outcomes
from harness.provision.patience import Pace
from harness.provision.planning import observe_and_plan
from harness.provision.probe import Probe, probe
from harness.provision.rendering import (
    format_outcomes,
    format_probes,
    make_outcomes_document,
    make_probes_document,
)
from harness.provision.waiting import wait_for_azure
from harness.spec.load import SpecFile

NO_ACCOUNTS = "H910"


def accept(plan: Plan) -> None:
    """Accept any plan, and show it to nobody."""
    del plan


def refuse(plan: Plan) -> bool:
    """Decline: where nobody can be asked, a real cloud stays as it is."""
    del plan
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontend:
    """The side that a person sees: told what happens, and asked before anything is written.

    Attributes:
        show: gets the plan that is about to be carried out.
        confirm: returns True when the person agrees; not called where nothing real can change.
        on_event: gets what happens to each resource, from several threads.
        say: gets lines about waiting for others.
    """

    show: Callable[[Plan], None] = accept
    confirm: Callable[[Plan], bool] = refuse
    on_event: Callable[[Event], None] = lambda _: None
    say: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Applied:
    """The end of an apply or a destroy.

    Attributes:
        plan: the changes that were planned.
        outcomes: one a change that writes; None where nothing was carried out: the plan is empty,
            or preflight refused it, or somebody declined.
        declined: True where a person was asked, and did not agree.
        places: finds the lines of the spec that problems are about.
    """

    plan: Plan
    outcomes: Outcomes | None = None
    declined: bool = False
    places: Places = find_nowhere

    @property
    def complete(self) -> bool:
        """True where Azure is as the plan wants it."""
        return self.exit_code == Exit.OK

    @property
    def exit_code(self) -> int:
        """The exit code that ``harness apply`` or ``harness destroy`` ends with."""
        if self.outcomes is None:
            return Exit.NO if self.plan.errors or self.declined else Exit.OK
        if self.outcomes.interrupted:
            return Exit.INTERRUPTED
        return Exit.OK if self.outcomes.complete else Exit.OUTSIDE_FAILED

    def to_dict(self) -> dict[str, Any]:
        """Return the document that ``--json`` prints."""
        document = make_plan_document(self.plan)
        if self.outcomes is not None:
            document["outcomes"] = make_outcomes_document(self.outcomes)
        return document

    def __str__(self) -> str:
        if self.outcomes is None:
            return format_plan(self.plan, self.places)
        return format_outcomes(self.plan, self.outcomes)

    def __repr__(self) -> str:
        return f"<Applied {self.plan.spec}: {_take_last_line(str(self))}>"


@dataclass(frozen=True, slots=True)
class Verified:
    """The differences between a spec and Azure; ``probes`` are calls to its deployments."""

    plan: Plan
    probes: tuple[Probe, ...] | None = None
    places: Places = find_nowhere

    @property
    def holds(self) -> bool:
        """True where Azure is as declared, and every deployment that was called answers."""
        barred = any(problem.code in UNSKIPPABLE for problem in self.plan.errors)
        silent = not all(one.answers for one in self.probes or ())
        return not (self.plan.drift or barred or silent)

    @property
    def exit_code(self) -> int:
        """The exit code that ``harness verify`` ends with."""
        return Exit.OK if self.holds else Exit.NO

    def to_dict(self) -> dict[str, Any]:
        """Return the document that ``--json`` prints."""
        document = make_drift_document(self.plan)
        if self.probes is not None:
            document["probe"] = make_probes_document(self.probes)
        return document

    def __str__(self) -> str:
        return format_probes(self.probes or ()) + format_drift(self.plan, self.places)

    def __repr__(self) -> str:
        return f"<Verified {self.plan.spec}: {_take_last_line(str(self))}>"


def plan(world: World, intent: Intent) -> Plan:
    """Return what apply would do; nothing is written.

    Raises:
        CloudError: Azure cannot be read.
    """
    with world.record_as("plan"):
        return _make_plan(world, intent)


def verify(world: World, *, probes: bool = False) -> Verified:
    """Compare Azure with the spec; nothing is written.

    Args:
        world: the outside of the spec.
        probes: also call each deployment, in a way that generates and costs nothing.

    Raises:
        CloudError: Azure cannot be read.
    """
    with world.record_as("verify"):
        # What Azure would refuse of a change is plan's business: here it is only said.
        found = _make_plan(world, Intent(skip=frozenset({"all"})))
        called = probe(found, world.cloud()) if probes else None
    return Verified(found, called, make_place_finder(world))


def apply(
    world: World,
    intent: Intent,
    frontend: Frontend,
    *,
    still_holds: Callable[[Plan], None] = accept,
    recorded_as: str | None = None,
) -> Applied:
    """Plan, show, ask, carry out; a destroy is an apply whose intent says so.

    One command at a time does this for a project, and exactly the plan that is shown is done.

    Args:
        world: the outside of the spec.
        intent: the goal, and what is allowed.
        frontend: whom to tell and to ask.
        still_holds: may raise, to refuse a plan that is not the one which was saved.
        recorded_as: the command in whose name it is recorded; None for its goal.

    Raises:
        CloudError: Azure cannot be read. What it refuses of a change is in the outcomes.
    """
    with _lock(world, intent, frontend.say), world.record_as(recorded_as or intent.goal):
        planned = _make_settled_plan(world, intent, frontend.say)
        still_holds(planned)
        keeper = _open_kept(world)
        if planned.errors or planned.is_empty:
            if keeper is not None and not (planned.errors or intent.only):
                keeper.forget_all()
            return Applied(planned, places=make_place_finder(world))
        frontend.show(planned)
        if not (world.harmless or frontend.confirm(planned)):
            return Applied(planned, declined=True, places=make_place_finder(world))
        outcomes = apply_plan(planned, world.cloud(), _make_pace(world), frontend.on_event, keeper)
        if keeper is not None and outcomes.complete and not intent.only:
            keeper.forget_all()
    return Applied(planned, outcomes, places=make_place_finder(world))


def require_accounts(spec_file: SpecFile, *, named: str, hint: str) -> None:
    """Refuse to provision for a spec that declares no accounts.

    Args:
        spec_file: the spec.
        named: what the person called it.
        hint: what may be done with it instead.

    Raises:
        RequestError: it declares none.
    """
    if not spec_file.spec.accounts:
        summary = f"{named} declares no accounts, so there is nothing to deploy"
        raise RequestError(Diagnostic(NO_ACCOUNTS, summary, hint=hint))


def require_consent(world: World, goal: Goal, *, may_ask: bool, reason: str, hint: str) -> None:
    """Refuse to write to a real cloud that nobody agreed to, before it is looked at.

    Args:
        world: the outside of the spec.
        goal: what would be done.
        may_ask: True where the person agreed already, or can be asked.
        reason: why nobody can agree here.
        hint: how to agree.

    Raises:
        RequestError: nobody agreed, and nobody can be asked.
    """
    if not (world.harmless or may_ask):
        raise RequestError(Diagnostic("H911", f"{goal} on {world.cloud_name} {reason}", hint=hint))


def make_place_finder(world: World) -> Places:
    """Return a function that finds the line of the spec which a preflight problem is about."""
    return lambda path: world.spec_file.spans.at(*path)


def _make_plan(world: World, intent: Intent) -> Plan:
    """Plan for what Azure holds now."""
    spec = world.spec_file.spec
    is_open = world.simulated and spec.simulator.catalogue == "open"
    is_strict = world.simulated and spec.simulator.catalogue == "strict"
    return observe_and_plan(
        spec,
        world.cloud(),
        intent,
        world.today,
        open_catalogue=is_open,
        catalogue_day=find_newest_day() if is_strict else None,
        kept=kept.read() if (kept := _open_kept(world)) is not None else None,
    )


def _open_kept(world: World) -> KeptBodies | None:
    """Return what is kept of replacements; a replay keeps nothing, and knows of nothing."""
    if world.replays:
        return None
    folder = world.root / LOCK_FOLDER / FOLDER / str(world.cloud_name)
    return KeptBodies(folder, world.spec_file.spec.name)


def _make_settled_plan(world: World, intent: Intent, say: Callable[[str], None]) -> Plan:
    """Plan once Azure has finished with what an earlier command, or anybody, left running."""
    found = _make_plan(world, intent)
    if not found.under_way:
        return found
    pace = _make_pace(world)
    for change in found.under_way:
        wait_for_azure(change, world.cloud(), pace, say)
    return _make_plan(world, intent)


def _lock(
    world: World, intent: Intent, say: Callable[[str], None]
) -> AbstractContextManager[object]:
    """Let one command at a time write; a replay writes to nothing that others share."""
    if world.replays:
        return nullcontext()
    command = f"harness {intent.goal} {world.spec_file.path}"
    return hold_lock(world.root / LOCK_FOLDER, command, world.clock.now, say)


def _make_pace(world: World) -> Pace:
    return Pace(time.monotonic, random.random, threading.Event(), hurried=world.replays)


def _take_last_line(text: str) -> str:
    return text.rstrip().rpartition("\n")[2]
