"""A plan: the ordered changes that take Azure to the spec, and nothing else.

Whoever carries a plan out needs no spec and decides nothing: each change holds its steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from harness.address import Address
from harness.azure.offers_data import RateLimit
from harness.plan.codes import CodeName
from harness.plan.identity import AccountId, GroupId, Market, ResourceId
from harness.text.values import format_value

Action = Literal["create", "update", "replace", "delete", "adopt", "none", "orphan"]
ACTING: tuple[Action, ...] = ("create", "update", "replace", "delete", "adopt")
"""Actions that write; a plan with none of them is empty."""

UNDER_WAY = frozenset({"creating", "accepted", "updating", "deleting", "moving", "resolvingdns"})
"""States that pass. Source: ProvisioningState of azure-mgmt-cognitiveservices 14.1.0, and the word
``Updating`` of recorded operations."""

Goal = Literal["apply", "destroy"]


@dataclass(frozen=True, slots=True)
class Intent:
    """The wishes of the person at the keyboard.

    Attributes:
        goal: to have what is declared, or to have none of it.
        adopt: whether resources that no spec owns may be taken over.
        skip: preflight codes to disregard; ``all`` is every code that can be disregarded.
        prune: whether what the spec owns and no longer declares goes.
        only: addresses to which the plan is confined, with all inside them; none: everything.
        purge: whether deleted accounts are given up for good.
        accept_loss: whether what a replacement or a deletion cannot keep may go: customer keys,
            and what others have put into an account.
    """

    goal: Goal = "apply"
    adopt: bool = False
    skip: frozenset[str] = frozenset()
    prune: bool = False
    only: tuple[str, ...] = ()
    purge: bool = False
    accept_loss: bool = False


@dataclass(frozen=True, slots=True)
class Put:
    """Send a whole body: ``patch`` laid over what is there then.

    ``fresh``: nothing may be there, and the patch is the body. ``owner`` says who must own what
    is there: a spec's name, or None for nobody's, as when something is adopted.

    Attributes:
        seen: the fingerprint of what must be there, so that nothing is replaced that somebody has
            changed since; "" where it does not matter.
        carries: whether the patch holds what Azure held and the spec does not say.
    """

    resource: ResourceId
    patch: Mapping[str, Any]
    fresh: bool = False
    owner: str | None = None
    seen: str = ""
    carries: bool = False


@dataclass(frozen=True, slots=True)
class Restore:
    """Bring a soft-deleted account back, and lay ``patch`` over what it was."""

    resource: AccountId
    region: str
    patch: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete what ``owner`` owns; a group only when nothing is left in it.

    Attributes:
        seen: as for ``Put``.
        consent: whether what nobody owns may be deleted, and what is in an account goes with it.
    """

    resource: ResourceId
    owner: str
    seen: str = ""
    consent: bool = False


@dataclass(frozen=True, slots=True)
class Purge:
    """Give up a soft-deleted account for good, because its name is needed again."""

    resource: AccountId
    region: str


Step = Put | Restore | Delete | Purge


@dataclass(frozen=True, slots=True)
class Difference:
    """A declared field that Azure holds differently.

    ``forces`` says why it means a replace; ``digest`` is what a tag would remember it by.
    """

    name: str
    before: Any
    after: Any
    unit: str = ""
    forces: str = ""
    digest: str = ""

    def __str__(self) -> str:
        unit = f" ({self.unit})" if self.unit else ""
        return f"{self.name}: {format_value(self.before)} → {format_value(self.after)}{unit}"


@dataclass(frozen=True, slots=True)
class Trace:
    """A resource's record of its own past.

    Attributes:
        applied: the hash tag of when the spec last wrote it, "" where there is none.
        by: who changed it last, "" where Azure does not say.
        at: when, as Azure writes it.
        state: ARM's provisioning state.
        fingerprint: sixteen hex digits over all of it that can be written.
    """

    applied: str = ""
    by: str = ""
    at: str = ""
    state: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A region that will not do, with the first of its reasons."""

    region: str
    code: CodeName
    reason: str


@dataclass(frozen=True, slots=True)
class RegionChoice:
    """The region of an account that may be in several.

    Attributes:
        region: the one that it is planned in.
        wanted: all that would do, the most wanted first.
        why: the account ``exists`` there, or is ``restored`` there; else it is the first that
            preflight ``accepted``, or ``none`` is.
        rejected: those that were tried before it.
    """

    region: str
    wanted: tuple[str, ...]
    why: Literal["exists", "restored", "accepted", "none"]
    rejected: tuple[Rejection, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Return why, for people; nothing where the account stays where it is."""
        names = ", ".join(self.wanted)
        if self.why == "restored":
            return (f"region {self.region}, of {names}: it was deleted there, and comes back",)
        if self.why != "accepted":
            return ()
        first = f"region {self.region}: the first of {names} that preflight accepts"
        return (first, *(f"not {each.region}: {each.reason}" for each in self.rejected))


@dataclass(frozen=True, slots=True)
class Change:
    """One address: what is there, what shall be, and how to get from one to the other.

    ``before`` and ``after`` hold declared fields under the contract's names; an orphan and a
    deletion have no ``after``, a creation no ``before``.

    Attributes:
        needs: resources outside its own path whose changes must be done before this one.
        waits: resources whose changes give back the quota that this one takes.
        declared: the hash of all that is declared of it.
        watched: ``policy: verify-only``: it is compared and never written.
        trace: what the resource says of its past; None where it does not exist.
        vanished: of what is not there: whether it was when the spec was last applied; None where
            nothing remembers, because what would is gone too.
        choice: of an account that may be in several regions: the one, and why.
        keeps: bodies of what its steps delete and others make anew, to be kept on disk meanwhile,
            for the next command should this one die in between.
    """

    address: Address
    resource: ResourceId
    action: Action
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    needs: tuple[ResourceId, ...] = ()
    waits: tuple[ResourceId, ...] = ()
    declared: str = ""
    watched: bool = False
    trace: Trace | None = None
    vanished: bool | None = None
    choice: RegionChoice | None = None
    keeps: Mapping[ResourceId, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why, in lines that a person reads."""
        return (*map(str, self.differences), *self.notes)

    @property
    def acts(self) -> bool:
        """True when carrying it out writes anything."""
        return self.action in ACTING

    @property
    def drifts(self) -> bool:
        """True when Azure is not as declared, written or not."""
        return self.acts or (self.watched and (self.before is None or bool(self.differences)))

    @property
    def under_way(self) -> bool:
        """True when Azure is still at work on it, which is waited for before planning."""
        return self.trace is not None and self.trace.state.casefold() in UNDER_WAY


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding of preflight, made before anything was written.

    ``place`` leads to the line of the spec: handles and keys from the document's root.
    """

    address: Address
    code: CodeName
    severity: Literal["error", "warning"]
    message: str
    hint: str = ""
    place: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered changes and what preflight says of them.

    Attributes:
        spec: the spec's name.
        goal: what it is a plan for.
        changes: in the order of the spec; what is left behind comes last.
        preflight: errors stop apply; warnings are shown.
        asks: markets whose offers would let preflight name alternatives.
        bystanders: what lies in our accounts and groups, is nobody's of ours, and stays.
        forecast: the costs, as ``plan --json`` has them; empty where nobody asked for them.
        rates: the limits that Azure says of deployments that are there as declared, by the name
            that targets have: the handles of account and deployment.
        left_aside: how many changes ``--only`` left out.
    """

    spec: str
    goal: Goal
    changes: tuple[Change, ...] = ()
    preflight: tuple[Problem, ...] = ()
    asks: tuple[Market, ...] = ()
    bystanders: tuple[str, ...] = ()
    forecast: Mapping[str, Any] = field(default_factory=dict)
    rates: Mapping[str, tuple[RateLimit, ...]] = field(default_factory=dict)
    left_aside: int = 0

    @property
    def is_empty(self) -> bool:
        """True when carrying it out would write nothing."""
        return not any(change.acts for change in self.changes)

    @property
    def drift(self) -> tuple[Change, ...]:
        """Whatever is declared and not so."""
        return tuple(change for change in self.changes if change.drifts)

    @property
    def under_way(self) -> tuple[Change, ...]:
        """Return what Azure is still at work on, be it declared or to be deleted."""
        return tuple(change for change in self.changes if change.under_way)

    @property
    def endangered(self) -> tuple[AccountId, ...]:
        """Accounts that would go or become another kind, with whatever others have in them."""
        return tuple(
            change.resource
            for change in self.changes
            if isinstance(change.resource, AccountId)
            and (
                change.action in ("replace", "delete")
                or any(isinstance(step, Purge) for step in change.steps)
                or any(each.name == "kind" for each in change.differences)
            )
        )

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop apply."""
        return tuple(problem for problem in self.preflight if problem.severity == "error")

    @property
    def summary(self) -> dict[str, int]:
        """Changes by action, under the contract's names."""
        counted = Counter(change.action for change in self.changes)
        names: tuple[Action, ...] = ("create", "update", "replace", "delete", "adopt")
        return {**{name: counted[name] for name in names}, "unchanged": counted["none"]}


def find_account_id(resource: ResourceId) -> AccountId | None:
    """Return the account whose queue a resource's writes belong to; None for a group."""
    if isinstance(resource, GroupId):
        return None
    return resource if isinstance(resource, AccountId) else resource.account
