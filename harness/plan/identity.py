"""The ids that Azure gives resources: every address of a spec has a deterministic ARM id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


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


@dataclass(frozen=True, slots=True)
class ChildKind:
    """A kind of resource inside an account: its names, its order and its form on the wire.

    Reading, writing, deleting, owning and naming follow from this row; what a spec declares of one,
    and how it is compared, are a function of the kind (``kinds.PLANNERS``).

    Attributes:
        segment: its word in an ARM id.
        noun: its word in an address.
        label: its words in a message.
        declared: the key under which an account of a spec declares them.
        operations: the SDK's name of its operations.
        ledger: the tag of an account that names owned ones whose own tags Azure did not keep;
            "" where what says whose it is always stays.
        remembered_as: its word in the digests of ``harness-spec-holds``, never to be changed; ""
            where names depend on who is signed in, so that no digest would stay the same.
        name_field: the declared field that has Azure's name; "" where the key is the name.
        used_by: where the body of a deployment names the one that it uses; () for nowhere.
        shown: what a person recognises one by: names, and where its body has them; a deployment
            knows that itself.
        main: whether accounts exist for it: its list must be readable, lists leave its label out.
        waits: whether a PUT is a long-running operation, and the body has a provisioning state.
        built_in: whether Azure has some of its own, which can be neither written nor deleted.
        listed: whether a spec declares them in a list, and not by keys.
    """

    segment: str
    noun: str
    label: str
    declared: str
    operations: str
    ledger: str
    remembered_as: str
    name_field: str = ""
    used_by: tuple[str, ...] = ()
    shown: tuple[tuple[str, tuple[str, ...]], ...] = ()
    main: bool = False
    waits: bool = True
    built_in: bool = False
    listed: bool = False

    def label_name(self, name: str) -> str:
        """Return a name as a list of what an account holds writes it."""
        return name if self.main else f"{self.label} {name}"


DEPLOYMENT = ChildKind(
    segment="deployments",
    noun="deployment",
    label="deployment",
    declared="deployments",
    operations="deployments",
    # Deployments carry tags since api-version 2024-04-01-preview; before that they had none.
    ledger="harness-spec-deployments",
    remembered_as="deployment",
    name_field="deployment_name",
    main=True,
)
CONTENT_FILTER = ChildKind(
    segment="raiPolicies",
    noun="content_filter",
    label="content filter",
    declared="content_filters",
    operations="rai_policies",
    # Content filters have tags in api-version 2025-09-01, and had none in 2024-10-01.
    ledger="harness-spec-content-filters",
    remembered_as="filter",
    used_by=("properties", "raiPolicyName"),
    shown=(("base", ("properties", "basePolicyName")),),
    waits=False,
    built_in=True,
)
ACCESS = ChildKind(
    segment="providers/Microsoft.Authorization/roleAssignments",
    noun="access",
    label="role assignment",
    declared="access",
    operations="",
    # Role assignments have no tags: their description says whose they are (api-version 2022-04-01).
    ledger="",
    remembered_as="",
    waits=False,
    listed=True,
)
CHILD_KINDS = (DEPLOYMENT, CONTENT_FILTER, ACCESS)
"""Every kind, in the order in which they are deleted; they are created the other way round.

Roles come first when something is made: it takes Azure minutes until they count.
"""


@dataclass(frozen=True, slots=True, eq=False)
class NestedId(ArmId):
    """The id of a resource inside an account; each kind has a class of its own."""

    kind: ClassVar[ChildKind]

    account: AccountId
    name: str

    @property
    def path(self) -> str:
        """The full ARM id."""
        return f"{self.account.path}/{self.kind.segment}/{self.name}"


class DeploymentId(NestedId):
    """A deployment of an account."""

    __slots__ = ()
    kind = DEPLOYMENT


class FilterId(NestedId):
    """A content filter of an account; ARM calls it a RAI policy."""

    __slots__ = ()
    kind = CONTENT_FILTER


class AccessId(NestedId):
    """A role assignment on an account."""

    __slots__ = ()
    kind = ACCESS


ID_CLASSES: Mapping[ChildKind, type[NestedId]] = {
    each.kind: each for each in (DeploymentId, FilterId, AccessId)
}
"""The class of the ids of each kind."""

ResourceId = GroupId | AccountId | NestedId


@dataclass(frozen=True, slots=True)
class Market:
    """A region as one subscription sees it: what it offers and what quota is left there."""

    subscription: str
    region: str


SETTINGS: Mapping[str, str] = {
    "defenderForAISettings": "Defender setting",
    "networkSecurityPerimeterConfigurations": "network security perimeter",
}
"""Decisions of others about an account: lost when it is replaced, pointless once it is gone.

Their words in an ARM id and in a message. Source: as for ``OTHERS``. A Defender setting is there
before anybody has set it, with the state Disabled (recorded).
"""

OTHERS: Mapping[str, str] = {
    "projects": "project",
    "connections": "connection",
    "raiBlocklists": "block list",
    "raitopics": "topic",
    "privateEndpointConnections": "private endpoint connection",
    "commitmentPlans": "commitment plan",
    "encryptionScopes": "encryption scope",
    "capabilityHosts": "capability host",
}
"""Resources inside an account that no spec declares: their words in an ARM id and in a message.

Source: operations of azure-mgmt-cognitiveservices 14.1.0 below ``accounts/{accountName}``. They
belong to others, and go with their account.
"""
