"""Decide whose a resource is, and what may therefore be done to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from harness.address import Address
from harness.plan.codes import CodeName
from harness.plan.model import Action, Change, Difference, Problem, Trace
from harness.plan.observed import HASH_TAG, Body, find, find_tag
from harness.plan.resources import fields as table
from harness.plan.resources.aspects import Aspect
from harness.plan.resources.bodies import drop_read_only
from harness.spec.model.base import Declared
from harness.spec.model.spec import Account, Deployment

Path = tuple[str, ...]
"""The place where the spec declares something: handles and keys from the document's root."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The owner of a resource that exists: this spec, nobody, or another spec."""

    spec: str
    owner: str | None
    adopt: bool

    @property
    def barred(self) -> bool:
        """True when it must not be written."""
        return self.owner != self.spec and not (self.owner is None and self.adopt)

    @property
    def action(self) -> Action:
        """Return the action that it would take; what belongs to another spec is left alone."""
        return "adopt" if self.owner is None else "none"

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what a person should know."""
        if self.owner == self.spec:
            return ()
        if self.owner is None:
            return ("exists and belongs to no spec",)
        return (f"belongs to spec {self.owner}",)

    def report(self, here: Address, what: str, place: Path) -> Problem:
        """Return why it is barred; ``what`` is the resource in words."""
        code: CodeName
        if self.owner is None:
            code, message = "not_owned", f"{what} exists and belongs to no spec"
            hint = "take it over with `--adopt`, or choose another name"
        else:
            code, message = "owned_by_other", f"{what} belongs to the spec named {self.owner}"
            hint = "choose another name; what another spec owns is never taken over"
        return Problem(here, code, "error", message, hint, place)


def read_trace(body: Body) -> Trace:
    """Return what a resource says of its past."""
    return Trace(
        find_tag(body.get("tags") or {}, HASH_TAG) or "",
        str(find(body, ("systemData", "lastModifiedBy")) or ""),
        str(find(body, ("systemData", "lastModifiedAt")) or ""),
        str(find(body, ("properties", "provisioningState")) or ""),
        table.hash_values(drop_read_only(body)),
    )


def add_comparison(
    change: Change, fields: Iterable[Aspect], there: Body, found: tuple[Difference, ...]
) -> Change:
    """Return the change with what there is, and what ``found`` says is not as declared."""
    fields = tuple(fields)
    return replace(
        change,
        after=table.describe_result(fields, there),
        before=table.describe_held(fields, there),
        differences=found,
        declared=table.hash_values(table.describe_declared(fields)),
        trace=read_trace(there),
    )


WATCHED = "policy: verify-only"


def plan_watched(change: Change, fields: Iterable[Aspect], there: Body | None) -> Change:
    """Return the change of something that is compared and never written, whoever owns it."""
    if there is None:
        note = f"does not exist; {WATCHED} never creates it"
        return replace(change, watched=True, notes=(note,))
    fields = tuple(fields)
    found = table.compare(fields, there)
    notes = (f"{WATCHED}: left as it is",) if found else ()
    return replace(add_comparison(change, fields, there, found), watched=True, notes=notes)


def is_watched(account: Account, declared: Declared | None) -> bool:
    """Return whether something is never written: a deployment says so itself, else its account."""
    own = declared.policy if isinstance(declared, Deployment) else None
    return (own or account.policy) == "verify-only"


def is_protected(account: Account, deployment: Deployment) -> bool:
    """Return a deployment's own word, else its account's."""
    return account.protect if deployment.protect is None else deployment.protect


def report_protected(here: Address, name: str, place: Path) -> Problem:
    """Refuse to delete a protected resource."""
    return Problem(
        here,
        "protected",
        "error",
        f"{name} is protected and would be deleted",
        "set `protect: false` if that is meant",
        (*place, "protect"),
    )


def report_adoption(change: Change, name: str, place: Path) -> Problem:
    """Refuse to replace what nobody owns: it is adopted as it is or not at all."""
    names = ", ".join(each.name for each in change.differences if each.forces) or "its state"
    return Problem(
        change.address,
        "not_owned",
        "error",
        f"{name} cannot be adopted: {names} would mean replacing it",
        "write the spec as the resource is, or choose another name",
        place,
    )


PURGES = "Microsoft.CognitiveServices/locations/resourceGroups/deletedAccounts/delete"
"""The right that purging takes, on the subscription.

Source: Azure documentation, recover or purge deleted resources.
"""


def report_others(
    here: Address, name: str, others: list[str], place: Path, accepted: bool
) -> Problem:
    """Refuse to replace an account that holds what the spec does not declare."""
    severity: Literal["error", "warning"] = "warning" if accepted else "error"
    return Problem(
        here,
        "foreign_children",
        severity,
        f"{name} would be replaced, and holds what this spec does not declare: {', '.join(others)}",
        ""
        if accepted
        else "delete those by hand; `--accept-loss` lets what belongs to no other "
        "spec go with it, projects excepted; choose another account_name",
        place,
    )


def report_lost_key(here: Address, name: str, key: str, place: Path, accepted: bool) -> Problem:
    """Refuse to replace an account whose customer key the new one could not read."""
    severity: Literal["error", "warning"] = "warning" if accepted else "error"
    return Problem(
        here,
        "would_lose",
        severity,
        f"{name} would be replaced, and its {key} cannot be read by the new account's identity",
        ""
        if accepted
        else "use a user-assigned identity for the key "
        "(`encryption: {keyVaultProperties: {identityClientId: …}}`); or `--accept-loss`",
        place,
    )


def report_lost_settings(
    here: Address, name: str, settings: tuple[str, ...], place: Path, accepted: bool
) -> Problem:
    """Refuse to replace an account about which others decided what cannot be carried over."""
    severity: Literal["error", "warning"] = "warning" if accepted else "error"
    return Problem(
        here,
        "would_lose",
        severity,
        f"{name} would be replaced, and loses what others set: {', '.join(settings)}",
        ""
        if accepted
        else "have it set again on the new account by whoever set it, and give `--accept-loss`; "
        "choose another account_name",
        place,
    )
