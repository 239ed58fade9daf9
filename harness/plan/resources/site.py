"""The account in which something is planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness import address
from harness.azure.regions import fold
from harness.plan.identity import AccountId, Market
from harness.plan.model import Change, Intent, Problem
from harness.plan.observed import Observed, ObservedAccount
from harness.plan.preflight.offers import spell_deployment
from harness.plan.scope import make_account_id
from harness.spec.model.spec import Account, Deployment, Spec

Planned = tuple[Change, tuple[Problem, ...]]
"""A change, and what stands in its way."""


@dataclass(frozen=True, slots=True)
class Site:
    """An account, as far as what is planned inside it has to know.

    Attributes:
        handle: of the account that the spec declares.
        at: the account's id.
        there: that account as it is, None where there is none.
        rebuilt: whether the plan replaces the account, and with it everything inside.
        adopt: whether what nobody owns may be taken over.
        accept_loss: whether what cannot be kept may go.
    """

    spec: Spec
    handle: str
    at: AccountId
    there: ObservedAccount | None
    observed: Observed
    adopt: bool
    accept_loss: bool = False
    rebuilt: bool = False

    @property
    def account(self) -> Account:
        """The account as declared."""
        return self.spec.accounts[self.handle]

    @property
    def place(self) -> tuple[str, ...]:
        """The place where the spec declares the account."""
        return ("accounts", self.handle)

    @property
    def market(self) -> Market:
        """The region as the account's subscription sees it."""
        return Market(self.at.group.subscription, fold(self.account.home))

    @property
    def spelt(self) -> Mapping[str, Deployment]:
        """The deployments as declared, in Azure's spelling."""
        offers = self.observed.offers.get(self.market, ())
        return {
            key: spell_deployment(each, offers) for key, each in self.account.deployments.items()
        }

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


def locate_accounts(spec: Spec, observed: Observed, intent: Intent) -> tuple[Site, ...]:
    """Return every declared account with its id and what is there, in the order of the spec."""
    ids = {handle: make_account_id(spec, account) for handle, account in spec.accounts.items()}
    return tuple(
        Site(
            spec, handle, at, observed.accounts.get(at), observed, intent.adopt, intent.accept_loss
        )
        for handle, at in ids.items()
    )
