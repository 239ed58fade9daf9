"""The account in which something is planned."""

from __future__ import annotations

from dataclasses import dataclass

from harness import address
from harness.plan.identity import AccountId
from harness.plan.model import Change, Problem
from harness.plan.observed import Observed, ObservedAccount
from harness.plan.scope import make_account_id
from harness.spec.model.spec import Account, Spec

Planned = tuple[Change, tuple[Problem, ...]]
"""A change, and what stands in its way."""


@dataclass(frozen=True, slots=True)
class Site:
    """An account, as far as what is planned inside it has to know.

    Attributes:
        handle: of the account that the spec declares.
        there: that account as it is, None where there is none.
        rebuilt: whether the plan replaces the account, and with it everything inside.
        adopt: whether what nobody owns may be taken over.
    """

    spec: Spec
    handle: str
    there: ObservedAccount | None
    observed: Observed
    rebuilt: bool
    adopt: bool

    @property
    def account(self) -> Account:
        """The account as declared."""
        return self.spec.accounts[self.handle]

    @property
    def at(self) -> AccountId:
        """The account's id."""
        return make_account_id(self.spec, self.account)

    @property
    def lost(self) -> bool:
        """True when the account is missing and never created: nothing can be put into it."""
        return self.there is None and self.account.policy == "verify-only"

    def check_home(self, kind: str, key: str) -> tuple[Problem, ...]:
        """Return what stands in the way of creating something here, if the account is lost."""
        if not self.lost:
            return ()
        here = address.name_account(self.handle)
        return (
            Problem(
                here,
                "account_missing",
                "error",
                f"{self.account.account_name} does not exist, and `policy: verify-only` never "
                f"creates it: {key} has nowhere to go",
                "set `policy: manage` on the account, or create it by other means first",
                ("accounts", self.handle, kind, key),
            ),
        )
