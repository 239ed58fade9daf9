"""Plan, apply, verify and destroy from Python."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import Any

from harness.api.specs import (
    Cassette,
    LoadedSpec,
    choose_recording,
    list_words,
    load_if_path,
    make_contradiction_error,
    open_spec,
)
from harness.app import provisioning
from harness.app.provisioning import Applied, Frontend, Verified
from harness.app.recording import Recording
from harness.app.saved_plans import refuse_stale
from harness.plan.model import Change, Goal, Intent, Plan, Problem
from harness.plan.rendering.plans import format_plan, format_summary, make_plan_document
from harness.provision.events import Event
from harness.wiring import SpecWorld


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan that was made and not carried out; ``apply`` does exactly what it says.

    Attributes:
        loaded: the spec.
        intent: the goal, and what is allowed.
        plan: every change, and what preflight says of them.
    """

    loaded: LoadedSpec = field(repr=False)
    intent: Intent
    plan: Plan = field(repr=False)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes, in the order in which they are carried out."""
        return self.plan.changes

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Everything that preflight refuses; nothing is applied while there is any."""
        return self.plan.errors

    @property
    def is_empty(self) -> bool:
        """True where nothing would be written."""
        return self.plan.is_empty

    def to_dict(self) -> dict[str, Any]:
        """Return the document that ``harness plan --json`` prints."""
        return make_plan_document(self.plan)

    def __str__(self) -> str:
        spans = self.loaded.file.spans
        return format_plan(self.plan, lambda path: spans.at(*path))

    def __repr__(self) -> str:
        return f"<Planned {self.plan.spec}: {format_summary(self.plan)}>"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def plan(
    spec: LoadedSpec | str | PathLike[str],
    *,
    adopt: bool = False,
    prune: bool = False,
    only: Iterable[str] = (),
    skip_preflight: Iterable[str] = (),
    accept_loss: bool = False,
    replay: bool | Cassette = False,
    record: bool | Cassette = False,
) -> Planned:
    """Return what ``apply`` would do, and what Azure would refuse; nothing is written.

    Args:
        spec: what ``load_spec`` gave, or the path of a spec that needs nothing allowed.
        adopt: take over what is declared and belongs to no spec.
        prune: delete what this spec created and no longer declares.
        only: addresses to which it is confined, with all inside them and what they need.
        skip_preflight: preflight codes to disregard, or ``"all"``.
        accept_loss: let go what a replacement cannot keep: customer keys, what others put inside.
        replay: answer from the cassette: no credentials, no network.
        record: keep what Azure said in the cassette.

    Raises:
        HarnessError: the spec is wrong (``SpecError``) or declares no accounts, Azure cannot be
            read, nobody is signed in.
    """
    from harness.app.costs.plan import forecast_plan, make_costs_document

    loaded = load_if_path(spec)
    intent = replace(_make_intent(adopt, prune, only, skip_preflight), accept_loss=accept_loss)
    with _open_accounts(loaded, choose_recording(loaded, replay, record, "plan")) as world:
        planned = provisioning.plan(world, intent)
        costs = make_costs_document(forecast_plan(world, planned))
    return Planned(loaded, intent, replace(planned, forecast=costs))


def apply(
    spec: LoadedSpec | Planned | str | PathLike[str],
    *,
    adopt: bool = False,
    prune: bool = False,
    only: Iterable[str] = (),
    skip_preflight: Iterable[str] = (),
    yes: bool = False,
    on_event: Callable[[Event], None] = lambda _: None,
    replay: bool | Cassette = False,
    record: bool | Cassette = False,
) -> Applied:
    """Create or update what the spec declares, and wait until it is ready.

    What Azure refuses is in the outcomes, and is not raised. An interrupt lets running requests
    finish, and nothing more is begun.

    Args:
        spec: what ``load_spec`` gave, or the path of a spec that needs nothing allowed; or what
            ``plan`` gave, which is refused when anything that it saw has changed.
        adopt: as for ``plan``; so are ``prune``, ``only`` and ``skip_preflight``. None of them is
            given with a plan, which has its own.
        prune: see ``adopt``.
        only: see ``adopt``.
        skip_preflight: see ``adopt``.
        yes: your consent; a real cloud is not written to without it.
        on_event: gets what happens to each resource, from several threads.
        replay: answer from the cassette: nothing is sent, and nothing is changed.
        record: keep what Azure said in the cassette.

    Raises:
        HarnessError: nothing was changed, for a reason that it says.
    """
    intent = _make_intent(adopt, prune, only, skip_preflight)
    still_holds: Callable[[Plan], None] = provisioning.accept
    if isinstance(spec, Planned):
        if intent != Intent("apply"):
            raise make_contradiction_error(
                "a plan has its options in it: give none of them with it"
            )
        intent, still_holds = spec.intent, _make_stale_check(spec)
    loaded = spec.loaded if isinstance(spec, Planned) else load_if_path(spec)
    with _open_accounts(loaded, choose_recording(loaded, replay, record, "apply")) as world:
        _require_consent(world, intent.goal, yes=yes)
        frontend = Frontend(confirm=lambda _: yes, on_event=on_event)
        return provisioning.apply(world, intent, frontend, still_holds=still_holds)


def verify(
    spec: LoadedSpec | str | PathLike[str],
    *,
    probe: bool = False,
    replay: bool | Cassette = False,
    record: bool | Cassette = False,
) -> Verified:
    """Compare Azure with what the spec declares; nothing is written.

    Args:
        spec: what ``load_spec`` gave, or the path of a spec that needs nothing allowed.
        probe: also call each deployment, in a way that generates and costs nothing.
        replay: answer from the cassette: no credentials, no network.
        record: keep what Azure said in the cassette.

    Raises:
        HarnessError: the spec is wrong or declares no accounts, Azure cannot be read.
    """
    loaded = load_if_path(spec)
    with _open_accounts(loaded, choose_recording(loaded, replay, record, "verify")) as world:
        return provisioning.verify(world, probes=probe)


def destroy(
    spec: LoadedSpec | str | PathLike[str],
    *,
    purge: bool = False,
    accept_loss: bool = False,
    yes: bool = False,
    on_event: Callable[[Event], None] = lambda _: None,
    replay: bool | Cassette = False,
    record: bool | Cassette = False,
) -> Applied:
    """Delete what this spec owns, and nothing else.

    Args:
        spec: what ``load_spec`` gave, or the path of a spec that needs nothing allowed.
        purge: give deleted accounts up for good, those deleted earlier too.
        accept_loss: delete an account with what others have put into it.
        yes: your consent; on a real cloud nothing is deleted without it.
        on_event: gets what happens to each resource, from several threads.
        replay: answer from the cassette: nothing is sent, and nothing is deleted.
        record: keep what Azure said in the cassette.

    Raises:
        HarnessError: nothing was deleted, for a reason that it says.
    """
    loaded = load_if_path(spec)
    intent = Intent("destroy", purge=purge, accept_loss=accept_loss)
    with _open_accounts(loaded, choose_recording(loaded, replay, record, "destroy")) as world:
        _require_consent(world, intent.goal, yes=yes)
        frontend = Frontend(confirm=lambda _: yes, on_event=on_event)
        return provisioning.apply(world, intent, frontend)


def _make_intent(
    adopt: bool,
    prune: bool,
    only: Iterable[str],
    skip: Iterable[str],
) -> Intent:
    return Intent(
        "apply", adopt=adopt, prune=prune, only=list_words(only), skip=_choose_codes(skip)
    )


def _choose_codes(skip: Iterable[str]) -> frozenset[str]:
    from harness.plan.codes import CODES

    known = {"all", *(code.name for code in CODES if code.skippable)}
    chosen = frozenset(list_words(skip))
    for name in sorted(chosen - known):
        raise make_contradiction_error(f"skip_preflight: {name} is no code that can be skipped")
    return chosen


@contextmanager
def _open_accounts(loaded: LoadedSpec, recording: Recording | None) -> Iterator[SpecWorld]:
    hint = "harness.evaluate talks to its providers"
    provisioning.require_accounts(loaded.file, named=str(loaded.path), hint=hint)
    with open_spec(loaded, recording) as world:
        yield world


def _require_consent(world: SpecWorld, goal: Goal, *, yes: bool) -> None:
    hint = f"look at plan(spec), then call {goal}(spec, yes=True)"
    provisioning.require_consent(world, goal, may_ask=yes, reason="needs your consent", hint=hint)


def _make_stale_check(planned: Planned) -> Callable[[Plan], None]:
    """Return a function that refuses a plan which is not the one that was looked at."""

    def still_holds(now: Plan) -> None:
        hint = "look at a new one: plan(spec)"
        refuse_stale(planned.plan, now, named="the plan", hint=hint)

    return still_holds
