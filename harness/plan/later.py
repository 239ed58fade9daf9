"""What the spec can declare and this version cannot provision: refused by name, never ignored."""

from __future__ import annotations

from collections.abc import Iterator

from harness import address
from harness.address import Address
from harness.plan.model import Problem
from harness.plan.observed import Observed
from harness.plan.scope import account_id
from harness.spec.model import Account, Spec


def not_supported_yet(spec: Spec, observed: Observed) -> tuple[Problem, ...]:
    """Every declared feature whose provisioning a later version brings."""
    return tuple(
        problem
        for handle, account in spec.accounts.items()
        for problem in _of_account(spec, handle, account, observed)
    )


def _of_account(spec: Spec, handle: str, account: Account, observed: Observed) -> Iterator[Problem]:
    here, place = address.account(handle), ("accounts", handle)
    if account.content_filters:
        yield _later(here, "content_filters", (*place, "content_filters"))
    if account.identity is not None:
        yield _later(here, "identity", (*place, "identity"))
    if account.policy == "verify-only":
        yield _later(here, "policy: verify-only", (*place, "policy"))
    twins = {twin.account for twin in observed.deleted}
    if account.on_soft_deleted == "restore" and account_id(spec, account) in twins:
        yield _later(here, "on_soft_deleted: restore", (*place, "on_soft_deleted"))
    for key, deployment in account.deployments.items():
        inner = address.deployment(handle, key)
        below = (*place, "deployments", key)
        if deployment.policy == "verify-only":
            yield _later(inner, "policy: verify-only", (*below, "policy"))
        if deployment.content_filter in account.content_filters:
            yield _later(inner, "a content filter of one's own", (*below, "content_filter"))


def _later(here: Address, what: str, place: tuple[str, ...]) -> Problem:
    return Problem(
        here,
        "not_supported_yet",
        "error",
        f"{what}: this version cannot provision it yet",
        "remove it, or set it in Azure by hand; docs/provisioning.md lists what works",
        place,
    )
