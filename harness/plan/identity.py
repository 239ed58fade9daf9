"""What Azure calls things: every address of a spec has a deterministic ARM id."""

from __future__ import annotations

from dataclasses import dataclass


class ArmId:
    """Base of the ids below: equal when ARM would call them equal, which ignores case."""

    __slots__ = ()

    @property
    def path(self) -> str:
        """The full ARM id, spelt as the names were given."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ArmId):
            return NotImplemented
        return self.path.casefold() == other.path.casefold()

    def __hash__(self) -> int:
        return hash(self.path.casefold())

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True, eq=False)
class GroupId(ArmId):
    """A resource group of a subscription."""

    subscription: str
    name: str

    @property
    def path(self) -> str:
        """The full ARM id."""
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class AccountId(ArmId):
    """An account of a resource group."""

    group: GroupId
    name: str

    @property
    def path(self) -> str:
        """The full ARM id."""
        return f"{self.group.path}/providers/Microsoft.CognitiveServices/accounts/{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class DeploymentId(ArmId):
    """A deployment of an account."""

    account: AccountId
    name: str

    @property
    def path(self) -> str:
        """The full ARM id."""
        return f"{self.account.path}/deployments/{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class FilterId(ArmId):
    """A content filter of an account; ARM calls it a RAI policy."""

    account: AccountId
    name: str

    @property
    def path(self) -> str:
        """The full ARM id."""
        return f"{self.account.path}/raiPolicies/{self.name}"


NestedId = DeploymentId | FilterId
"""What lives inside an account."""

ResourceId = GroupId | AccountId | DeploymentId | FilterId


@dataclass(frozen=True, slots=True)
class Market:
    """A region as one subscription sees it: what it offers and what quota is left there."""

    subscription: str
    region: str
