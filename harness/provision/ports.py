"""The one port through which provisioning reaches Azure, and what comes back when it says no."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from harness.azure.roles import Principal
from harness.errors import Diagnostic, OutsideError
from harness.plan.identity import (
    AccountId,
    DeploymentId,
    GroupId,
    Market,
    NestedId,
    ResourceId,
)
from harness.plan.observed import Body, Inventory, Observed, ObservedAccount, ObservedGroup, Survey
from harness.plan.scope import Scope

Tick = Callable[[str], None]
"""Called about once a second while Azure works, with its state (``Creating``); may raise."""


Answering = Literal["ready", "not there yet", "forbidden", "closed", "retired", "unknown"]


@dataclass(frozen=True, slots=True)
class Readiness:
    """The outcome of one call to a deployment's data plane.

    Attributes:
        state: ``not there yet`` is the only one that passes by itself.
        said: what Azure said, or how the call ended; "" where it answers.
        hint: what to do.
    """

    state: Answering
    said: str = ""
    hint: str = ""


class CloudError(OutsideError):
    """Azure, or the way to it, said no.

    Attributes:
        code: Azure's own code, "" where there was none.
        status: the HTTP status, 0 where there was no answer; a failed long-running operation has
            200 with its code inside.
        retryable: whether the very same request may succeed later.
        retry_after_s: how long Azure asked to wait, None where it did not say.
        request_id: Azure's id of the request, for a support ticket.
    """

    def __init__(
        self,
        diagnostic: Diagnostic,
        *,
        code: str = "",
        status: int = 0,
        retryable: bool = False,
        retry_after_s: float | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(diagnostic)
        self.code = code
        self.status = status
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        self.request_id = request_id


class Keeper(Protocol):
    """The keeper of what is deleted only to be made anew, in a place that outlives the command."""

    def keep(self, at: ResourceId, body: Body) -> None:
        """Keep a body until it is forgotten.

        Raises:
            OutsideError: it cannot be kept; nothing may be deleted then.
        """
        ...

    def forget(self, at: ResourceId) -> None:
        """Forget what was kept of a resource; nothing where nothing was."""
        ...


class Cloud(Protocol):
    """Azure's management plane: sync, safe to call from several threads.

    One call is one attempt: retrying belongs to the engine. A write returns when Azure says
    that the resource is ready, and sends the whole body it is given. Reads change nothing: they
    never register a provider. Everything raises ``CloudError``; a missing resource is None.
    """

    def observe(self, scope: Scope, today: date) -> Observed:
        """Return what Azure holds in this scope, read with as few requests as there are lists."""
        ...

    def survey(self, markets: Sequence[Market]) -> Survey:
        """Return what these markets offer and what quota is left there, asked at once."""
        ...

    def take_inventory(self, accounts: Sequence[AccountId]) -> Inventory:
        """Return what others have in accounts that would go, and whether they may be purged."""
        ...

    def find_caller(self) -> Principal | None:
        """Return who is signed in, None where the sign-in does not say; Azure is not asked."""
        ...

    def list_models(self, market: Market) -> tuple[Body, ...]:
        """Return the models of a region, as Azure lists them; () where it does not know it."""
        ...

    def list_usages(self, market: Market) -> tuple[Body, ...]:
        """Return the quota of a region, as Azure lists it; () where it does not know it."""
        ...

    def list_account_regions(self, subscription: str) -> frozenset[str]:
        """Return folded names of regions where accounts can be created; empty is unknown."""
        ...

    def read_group(self, at: GroupId) -> ObservedGroup | None:
        """Return the group, or None."""
        ...

    def read_account(self, at: AccountId) -> ObservedAccount | None:
        """Return the account with what is in it, or None."""
        ...

    def read_child(self, at: NestedId) -> Body | None:
        """Return the body of something inside an account, or None."""
        ...

    def check_readiness(self, at: DeploymentId, account: ObservedAccount) -> Readiness:
        """Return whether a deployment answers where it is called; one call, which costs nothing.

        Never raises for what the other side did. ``account`` says where, and what is in it.
        """
        ...

    def put_group(self, at: GroupId, body: Body) -> None:
        """Create or update the group."""
        ...

    def put_account(self, at: AccountId, body: Body, tick: Tick, *, updates: bool = False) -> Body:
        """Create or replace the account's settings; its body once it has succeeded."""
        ...

    def set_account_tags(self, at: AccountId, tags: Mapping[str, str], tick: Tick) -> None:
        """Set the account's tags, all of them, and nothing else."""
        ...

    def put_child(self, at: NestedId, body: Body, tick: Tick) -> Body:
        """Create or update something inside an account; returns its body once it has succeeded."""
        ...

    def delete_group(self, at: GroupId, tick: Tick) -> None:
        """Delete the group with everything in it: ask ``group_holds`` first."""
        ...

    def delete_account(self, at: AccountId, tick: Tick) -> None:
        """Delete the account; Azure keeps it soft-deleted for 48 hours."""
        ...

    def purge_account(self, at: AccountId, region: str, tick: Tick) -> None:
        """Give up a soft-deleted account for good; ``region`` is the account's own."""
        ...

    def delete_child(self, at: NestedId, tick: Tick) -> None:
        """Delete something inside an account."""
        ...

    def group_holds(self, at: GroupId) -> tuple[str, ...]:
        """Return ARM ids of what is in the group."""
        ...

    def read_account_key(self, at: AccountId) -> str:
        """Return the account's first key: in memory only, never printed, stored or recorded."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
