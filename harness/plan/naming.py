"""Name resources that were found as the spec does: by handle, else by Azure's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness import address
from harness.address import Address
from harness.azure.roles import Principal
from harness.plan.identity import ACCESS, AccountId, ChildKind, NestedId
from harness.plan.resources.grants import list_grants
from harness.plan.scope import make_account_id
from harness.spec.model.spec import Account, Spec


@dataclass(frozen=True, slots=True)
class Names:
    """Looks up handles of one spec; what it no longer declares goes by Azure's name."""

    spec: Spec
    caller: Principal | None
    handles: dict[AccountId, str] = field(init=False)

    def __post_init__(self) -> None:
        handles = {make_account_id(self.spec, one): key for key, one in self.spec.accounts.items()}
        object.__setattr__(self, "handles", handles)

    def name_account(self, at: AccountId) -> Address:
        """Return the address of an account."""
        return address.name_account(self.find_handle(at))

    def name_child(self, at: NestedId) -> Address:
        """Return the address of something inside an account."""
        return address.name_child(
            self.find_handle(at.account), at.kind.noun, self.find_key(at) or at.name
        )

    def find_handle(self, at: AccountId) -> str:
        """Return the account's handle, else its name."""
        return self.handles.get(at, at.name)

    def find_account(self, at: AccountId) -> Account | None:
        """Return the account as the spec declares it, None where it does not."""
        handle = self.handles.get(at)
        return None if handle is None else self.spec.accounts[handle]

    def find_key(self, at: NestedId) -> str | None:
        """Return the key of something inside an account in the spec, None where it has none."""
        account = self.find_account(at.account)
        if account is None:
            return None
        return index_keys(account, at.kind, at.account, self.caller).get(at.name.casefold())


def index_keys(
    account: Account, kind: ChildKind, at: AccountId, caller: Principal | None
) -> dict[str, str]:
    """Return the keys of what an account declares of a kind, by Azure's folded names.

    ``caller`` is who is signed in, whom a spec may mean by ``me``.
    """
    if kind == ACCESS:
        return {grant.name: grant.key for grant in list_grants(account, at, caller)}
    declared: Mapping[str, object] = getattr(account, kind.declared)
    names = {
        key: str(getattr(one, kind.name_field)) if kind.name_field else key
        for key, one in declared.items()
    }
    # Where a name stands twice, which validation refuses, the first one counts.
    return {name.casefold(): key for key, name in reversed(names.items())}
