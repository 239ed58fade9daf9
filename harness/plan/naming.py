"""What the spec calls the resources that were found: by handle, else by Azure's name."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness import address
from harness.address import Address
from harness.plan.identity import AccountId, FilterId, NestedId
from harness.plan.scope import account_id
from harness.spec.model import Account, Spec


@dataclass(frozen=True, slots=True)
class Names:
    """Looks up handles of one spec; what it no longer declares goes by Azure's name."""

    spec: Spec
    handles: dict[AccountId, str] = field(init=False)

    def __post_init__(self) -> None:
        handles = {account_id(self.spec, one): key for key, one in self.spec.accounts.items()}
        object.__setattr__(self, "handles", handles)

    def account(self, at: AccountId) -> Address:
        """The address of an account."""
        return address.account(self.handle(at))

    def nested(self, at: NestedId) -> Address:
        """The address of something inside an account."""
        if isinstance(at, FilterId):
            return address.content_filter(self.handle(at.account), self.key(at) or at.name)
        return address.deployment(self.handle(at.account), self.key(at) or at.name)

    def handle(self, at: AccountId) -> str:
        """The account's handle, else its name."""
        return self.handles.get(at, at.name)

    def declared(self, at: AccountId) -> Account | None:
        """The account as the spec declares it, None where it does not."""
        handle = self.handles.get(at)
        return None if handle is None else self.spec.accounts[handle]

    def key(self, at: NestedId) -> str | None:
        """Under which key the spec declares something inside an account, None where it does not."""
        account = self.declared(at.account)
        if account is None:
            return None
        wanted = at.name.casefold()
        if isinstance(at, FilterId):
            return next((key for key in account.content_filters if key.casefold() == wanted), None)
        found = account.deployments.items()
        return next((key for key, one in found if one.deployment_name.casefold() == wanted), None)
