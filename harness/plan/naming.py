"""Name resources that were found as the spec does: by handle, else by Azure's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness import address
from harness.address import Address
from harness.plan.identity import AccountId, ChildKind, NestedId
from harness.plan.scope import account_id
from harness.spec.model.spec import Account, Spec


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
        """Return the address of something inside an account."""
        return address.child(self.handle(at.account), at.kind.noun, self.key(at) or at.name)

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
        return declared_keys(account, at.kind).get(at.name.casefold())


def declared_keys(account: Account, kind: ChildKind) -> dict[str, str]:
    """Return the keys of what an account declares of a kind, by Azure's folded names."""
    declared: Mapping[str, object] = getattr(account, kind.declared)
    names = {
        key: str(getattr(one, kind.name_field)) if kind.name_field else key
        for key, one in declared.items()
    }
    # Where a name stands twice, which validation refuses, the first one counts.
    return {name.casefold(): key for key, name in reversed(names.items())}
