"""Carry out a plan, exactly: one queue per account, because Azure takes one write at a time there.

Source: 409 RequestConflict on the parent account, hashicorp/terraform-provider-azurerm#22607.
Queues of different accounts run beside each other. What fails stops only what depends on it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace

from harness.errors import Diagnostic, HarnessError, OutsideError
from harness.plan.identity import AccessId, AccountId, DeploymentId, GroupId, ResourceId
from harness.plan.model import Change, Plan, find_account_id
from harness.plan.narrow import MADE
from harness.plan.observed import ObservedAccount
from harness.provision.events import (
    ChangeStarted,
    Ended,
    Event,
    Outcome,
    Outcomes,
    Retrying,
    Stopping,
    Waiting,
)
from harness.provision.ledger import note_holdings
from harness.provision.patience import HaltedError, Pace, UnderWayError, retry
from harness.provision.ports import Cloud, CloudError, Keeper, Readiness
from harness.provision.readiness import choose_witness, is_open, wait_until_ready
from harness.provision.steps import carry_out
from harness.text.safe import flatten

LOOK_S = 0.2
"""Seconds between two looks at the wish to stop while another queue is waited for."""

MOST_CALLS = 8
"""New deployments of one account that are called at once."""

NOTE_S = 60.0
"""The time in seconds for trying to leave a note on an account."""


def apply_plan(
    plan: Plan,
    cloud: Cloud,
    pace: Pace,
    on_event: Callable[[Event], None],
    keeper: Keeper | None = None,
) -> Outcomes:
    """Carry out every change of the plan, in its order where one needs another.

    Groups come first, then accounts beside each other, then groups that go. ``on_event`` is
    called from several threads, one call at a time per change. Setting ``pace.halt``, or an
    interrupt of the calling thread, lets the running requests finish and attempts nothing more.
    ``keeper`` has what a replacement deletes from before its first step until it is made anew.
    """
    acting = [change for change in plan.changes if change.acts]
    ended = {change.resource: threading.Event() for change in acting}
    crew = _Crew(plan.spec, cloud, pace, on_event, ended, keeper)
    arriving = [c for c in acting if isinstance(c.resource, GroupId) and c.action != "delete"]
    leaving = [c for c in acting if isinstance(c.resource, GroupId) and c.action == "delete"]
    queues: dict[AccountId, list[Change]] = {}
    for change in acting:
        account = find_account_id(change.resource)
        if account is not None:
            queues.setdefault(account, []).append(change)

    found: dict[ResourceId, Outcome] = {}
    interrupted = crew.work_together([lambda: crew.work_through(arriving, {})], found)
    missing = {at: outcome for at, outcome in found.items() if outcome.status != "done"}
    works = [_make_work(crew, at, changes, missing) for at, changes in queues.items()]
    interrupted = crew.work_together(works, found) or interrupted
    interrupted = (
        crew.work_together([lambda: crew.work_through(leaving, dict(found))], found) or interrupted
    )
    return Outcomes(tuple(found[change.resource] for change in acting), interrupted)


def _make_work(
    crew: _Crew, at: AccountId, changes: list[Change], missing: dict[ResourceId, Outcome]
) -> Callable[[], list[Outcome]]:
    def work() -> list[Outcome]:
        return crew.make_sure(at, crew.work_through(changes, missing))

    return work


@dataclass(frozen=True, slots=True)
class _Crew:
    """The executor of changes, which tells of each."""

    spec: str
    cloud: Cloud
    pace: Pace
    on_event: Callable[[Event], None]
    ended: Mapping[ResourceId, threading.Event]
    keeper: Keeper | None = None
    outcomes: dict[ResourceId, Outcome] = field(default_factory=dict)

    def work_together(
        self, works: list[Callable[[], list[Outcome]]], found: dict[ResourceId, Outcome]
    ) -> bool:
        """Do these works beside each other, note what they came to; return True when interrupted.

        An interrupt stops nothing in the middle: it sets the wish to stop, and the works see it.
        """
        if not works:
            return False
        interrupted = False
        # A queue that waits for another must not keep it from beginning.
        with ThreadPoolExecutor(len(works)) as pool:
            futures: list[Future[list[Outcome]]] = [pool.submit(work) for work in works]
            while True:
                try:
                    # Again and again: a signal that comes just before a wait begins is heard
                    # after it.
                    while wait(futures, LOOK_S).not_done:
                        pass
                    break
                except KeyboardInterrupt:
                    if not interrupted:
                        self.on_event(Stopping())
                    interrupted = True
                    self.pace.halt.set()
        for future in futures:
            found |= {outcome.change.resource: outcome for outcome in future.result()}
        return interrupted

    def work_through(
        self, changes: Iterable[Change], before: dict[ResourceId, Outcome]
    ) -> list[Outcome]:
        """Do one change after the other; ``before`` holds what may make one pointless."""
        outcomes: list[Outcome] = []
        for change in changes:
            try:
                self._wait_for_others(change)
                known = {**before, **{each.change.resource: each for each in outcomes}}
                known |= {at: self.outcomes[at] for at in change.waits if at in self.outcomes}
                reason = self._explain_pointless(change, known)
                if reason:
                    outcome = Outcome(change, "not attempted", note=reason)
                else:
                    outcome = self._carry_out_change(change)
                self.outcomes[change.resource] = outcome
            finally:
                self.ended[change.resource].set()
            self.on_event(Ended(outcome))
            outcomes.append(outcome)
        return outcomes

    def _wait_for_others(self, change: Change) -> None:
        """Wait until changes of other queues have given back what this one takes.

        The plan's order has no circle, so that nobody waits for whoever waits for it.
        """
        for at in change.waits:
            while at in self.ended and not self.pace.halt.is_set():
                if self.ended[at].wait(LOOK_S):
                    break

    def make_sure(self, at: AccountId, outcomes: list[Outcome]) -> list[Outcome]:
        """Return the outcomes once what is new answers.

        Leaves a note of what is in the account now.

        The note only lets `verify` say more: that it cannot be left spoils nothing.
        """
        moved = any(
            outcome.status == "done"
            and outcome.change.resource != at
            and outcome.change.action in (*MADE, "delete")
            for outcome in outcomes
        )
        if not moved or self.pace.halt.is_set():
            return outcomes
        account = self._leave_note(at)
        if account is None or not is_open(account):
            return outcomes
        outcomes = [self._wait_for_role(outcome, account) for outcome in outcomes]
        with ThreadPoolExecutor(MOST_CALLS) as pool:
            return list(
                pool.map(lambda outcome: self._wait_for_endpoint(outcome, account), outcomes)
            )

    def _leave_note(self, at: AccountId) -> ObservedAccount | None:
        """Return the account as it is, with the note; None where it is gone or cannot be read."""
        began = self.pace.clock()

        def tick(_: str) -> None:
            if self.pace.clock() - began > NOTE_S:
                raise HaltedError

        brief = replace(self.pace.patience, deadline_s=NOTE_S)
        try:
            return retry(
                lambda _: note_holdings(at, self.spec, self.cloud, tick),
                replace(self.pace, patience=brief),
                lambda _error, _wait: None,
            )
        except (CloudError, HaltedError):
            return None

    def _wait_for_role(self, outcome: Outcome, account: ObservedAccount) -> Outcome:
        """Return the outcome of a new role of the caller's, once it counts or time is up.

        Source: Azure documentation, troubleshoot Azure RBAC: changes take up to ten minutes.
        """
        change = outcome.change
        given = outcome.status == "done" and change.action in MADE
        if not given or not isinstance(change.resource, AccessId):
            return outcome
        witness, caller = choose_witness(change.resource.account, account), self.cloud.find_caller()
        principal = (change.after or {}).get("principal")
        if witness is None or caller is None or principal != caller.object_id:
            return outcome
        began = self.pace.clock()
        waits: list[str] = []

        def measure() -> float:
            return outcome.seconds + self.pace.clock() - began

        def tick(said: str) -> None:
            waits.append(said)
            what = "given; it takes Azure minutes until it counts"
            self.on_event(Waiting(change, what, measure()))

        found = wait_until_ready(witness, account, self.cloud, self.pace, tick, "forbidden")
        if not waits:
            return outcome
        still = found.state == "forbidden"
        note = "it does not count yet: wait some minutes" if still else "it took a while to count"
        late = replace(outcome, note=note, seconds=measure())
        self.on_event(Ended(late))
        return late

    def _wait_for_endpoint(self, outcome: Outcome, account: ObservedAccount) -> Outcome:
        """Return the outcome of a new deployment, once it is known where it is called."""
        change = outcome.change
        new = outcome.status == "done" and change.action in ("create", "replace")
        if not new or not isinstance(change.resource, DeploymentId):
            return outcome
        began = self.pace.clock()

        def measure() -> float:
            return outcome.seconds + self.pace.clock() - began

        waits: list[str] = []

        def tick(said: str) -> None:
            waits.append(said)
            self.on_event(Waiting(change, "deployed; its endpoint does not know it yet", measure()))

        found = wait_until_ready(change.resource, account, self.cloud, self.pace, tick)
        if not waits:
            return outcome
        if found.state == "not there yet" and not self.pace.halt.is_set():
            late = replace(outcome, status="failed", problem=_report_not_answering(change, found))
        else:
            late = replace(outcome, note="it took its endpoint a while to know it")
        late = replace(late, seconds=measure())
        self.on_event(Ended(late))
        return late

    def _explain_pointless(self, change: Change, known: dict[ResourceId, Outcome]) -> str:
        """Return why a change is not attempted, "" where it is."""
        if self.pace.halt.is_set():
            return "interrupted before it began"
        for at, outcome in known.items():
            if outcome.status == "done":
                continue
            if at in change.waits:
                return f"{outcome.change.address} was not done, which would give back the quota"
            if at in change.needs and (change.action == "delete" or outcome.change.action in MADE):
                return f"{outcome.change.address} was not done"
            inside = change.resource.path.casefold().startswith(f"{at.path.casefold()}/")
            holds = at.path.casefold().startswith(f"{change.resource.path.casefold()}/")
            # A failed update leaves the resource in place, and what is in it can still be written.
            needed = outcome.change.action in MADE
            if (inside and needed) or (holds and change.action == "delete"):
                return f"{outcome.change.address} was not done"
        return ""

    def _carry_out_change(self, change: Change) -> Outcome:
        began = self.pace.clock()
        self.on_event(ChangeStarted(change))

        def measure() -> float:
            return self.pace.clock() - began

        def tick(state: str) -> None:
            if self.pace.halt.is_set():
                raise UnderWayError
            if measure() > self.pace.patience.deadline_s:
                raise _never_ready_error(change, state, measure())
            self.on_event(Waiting(change, state, measure()))

        def on_retry(error: CloudError, wait_s: float) -> None:
            reason = error.code or error.diagnostics[0].summary
            self.on_event(Retrying(change, reason, wait_s, measure()))

        notes = []
        try:
            self._keep(change)
            for step in change.steps:
                notes.append(  # noqa: PERF401 - a step that fails must not lose the notes so far
                    retry(
                        lambda _, step=step: carry_out(step, self.cloud, tick),  # type: ignore[misc]
                        self.pace,
                        on_retry,
                    )
                )
        except UnderWayError:
            return Outcome(change, "under way", _report_interrupted(change), seconds=measure())
        except HaltedError:
            if notes:
                said = _report_halfway(change, len(notes))
                return Outcome(change, "failed", said, seconds=measure())
            why = "interrupted before Azure had accepted it"
            return Outcome(change, "not attempted", note=why, seconds=measure())
        except HarnessError as error:
            return Outcome(change, "failed", error.diagnostics[0], seconds=measure())
        note = "; ".join(note for note in notes if note)
        if self.keeper is not None:
            self.keeper.forget(change.resource)
        return replace(Outcome(change, "done", note=note), seconds=measure())

    def _keep(self, change: Change) -> None:
        if self.keeper is not None:
            for at, body in change.keeps.items():
                self.keeper.keep(at, body)


def _never_ready_error(change: Change, state: str, seconds: float) -> OutsideError:
    return OutsideError(
        Diagnostic(
            "H907",
            f"{change.address} is still not ready",
            f"Azure says {flatten(state)} after {seconds / 60:.0f} minutes, and may still go on",
            hint="run the same command again later: it waits for what is still under way",
        )
    )


def _report_not_answering(change: Change, found: Readiness) -> Diagnostic:
    return Diagnostic(
        "H908",
        f"{change.address} is deployed, and its endpoint does not know it",
        found.said,
        hint="run `harness verify --probe` in a few minutes",
    )


def _report_halfway(change: Change, done: int) -> Diagnostic:
    return Diagnostic(
        "H906",
        f"{change.address} was interrupted between two steps",
        f"{done} of {len(change.steps)} are done",
        hint="run the same command again: it goes on from what there is then",
    )


def _report_interrupted(change: Change) -> Diagnostic:
    return Diagnostic(
        "H906",
        f"{change.address} was interrupted while Azure was at work",
        "Azure goes on by itself",
        hint="run the same command again: it waits for what is still under way, and goes on",
    )
