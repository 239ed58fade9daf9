"""Something that a spec declares of a resource: where ARM keeps it, and how it differs there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from harness.azure.regions import fold
from harness.plan.model import Difference
from harness.plan.observed import Body, find, find_tag
from harness.plan.resources import meaning
from harness.plan.resources.bodies import list_identity_kinds
from harness.plan.resources.memory import (
    DIGITS,
    digest_identity,
    digest_of,
    is_identity_dropped,
)

NAME = ("name",)
"""Part of the id, not of the body: shown, and never sent."""


class Aspect(Protocol):
    """Something that a spec declares of a resource."""

    @property
    def name(self) -> str:
        """The contract's word for it."""
        ...

    @property
    def stated(self) -> bool:
        """True where the spec says it; a default only counts for what is created."""
        ...

    @property
    def wanted(self) -> Any:
        """Return what the spec wants, in the contract's words."""
        ...

    @property
    def digest(self) -> str:
        """Four hex digits over what the spec says, by which a tag remembers it."""
        ...

    def read(self, body: Body) -> Any:
        """Return what Azure holds, in the contract's words."""
        ...

    def compare(self, body: Body) -> Difference | None:
        """Return how Azure differs, None where it does not."""
        ...

    def write(self, body: dict[str, Any]) -> None:
        """Write what is wanted into a body for ARM."""
        ...


@dataclass(frozen=True, slots=True)
class Field:
    """A declared field that ARM keeps in one place.

    Attributes:
        name: the contract's word for it.
        path: where ARM keeps it in the body.
        value: what the spec wants.
        forces: why a difference means a replacement; "" where it can change in place.
        unset: what Azure means when the body does not have it.
        fold: whether ARM ignores case (and a region's spaces).
        once: whether it can be set in place as long as it is unset.
        unit: what a number counts.
        inverted: whether ARM says the opposite: which authentication is off, not on.
        written: the spec's own words where ``value`` is what they come to today.
        stated: whether the spec says it, so that it is held against what there is.
    """

    name: str
    path: tuple[str, ...]
    value: Any
    forces: str = ""
    unset: Any = None
    fold: bool = False
    once: bool = False
    unit: str = ""
    inverted: bool = False
    written: Any = None
    stated: bool = True

    @property
    def wanted(self) -> Any:
        """Return what the spec wants, in the contract's words."""
        return self._translate(self.value)

    @property
    def digest(self) -> str:
        """Four hex digits over what the spec says."""
        return digest_of(self.name, self.wanted if self.written is None else self.written)

    def read(self, body: Body) -> Any:
        """Return what Azure holds, in the contract's words."""
        return self._translate(self._find(body))

    def compare(self, body: Body) -> Difference | None:
        """Return how Azure differs, None where it does not."""
        held = self._find(body)
        if held == self.value or (self.fold and fold_word(held) == fold_word(self.value)):
            return None
        forces = "" if self.once and held in (None, "") else self.forces
        return Difference(
            self.name, self._translate(held), self.wanted, self.unit, forces, self.digest
        )

    def write(self, body: dict[str, Any]) -> None:
        """Write the value into a body for ARM."""
        if self.path == NAME:
            return
        inner = body
        for key in self.path[:-1]:
            inner = inner.setdefault(key, {})
        inner[self.path[-1]] = self.value

    def _find(self, body: Body) -> Any:
        if self.path[0] == "tags":
            return find_tag(body.get("tags") or {}, self.path[1])
        found = find(body, self.path)
        return self.unset if found is None else found

    def _translate(self, value: Any) -> Any:
        return not value if self.inverted else value


@dataclass(frozen=True, slots=True)
class PropertyField:
    """A property that the spec writes as ARM does, compared by its meaning.

    Attributes:
        path: its keys, from the body.
        value: what the spec wants, in Azure's spelling.
        types: Azure's own types of the properties that it is one of.
    """

    path: tuple[str, ...]
    value: Any
    types: Mapping[str, Any]

    stated: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """The path, with dots."""
        return ".".join(self.path)

    @property
    def wanted(self) -> Any:
        """Return what the spec wants."""
        return self.value

    @property
    def digest(self) -> str:
        """Four hex digits over what the spec says."""
        return digest_of(self.name, self.value)

    def read(self, body: Body) -> Any:
        """Return what Azure holds."""
        return find(body, self.path)

    def compare(self, body: Body) -> Difference | None:
        """Return how Azure differs in meaning, None where it does not."""
        held, below = self.read(body), self.path[1:]
        if meaning.is_as_wanted(held, self.value, self.types, below):
            return None
        return Difference(self.name, held, self.value, digest=self.digest)

    def write(self, body: dict[str, Any]) -> None:
        """Write the value into a body for ARM."""
        inner = body
        for key in self.path[:-1]:
            inner = inner.setdefault(key, {})
        inner[self.path[-1]] = self.value


@dataclass(frozen=True, slots=True)
class IdentityField:
    """The identities of an account: ``system``, ids of user-assigned identities, or both kinds.

    One that the spec once named and no longer does is taken away; others' identities stay.
    """

    declared: str | tuple[str, ...]
    name: str = "identity"

    stated: ClassVar[bool] = True

    @property
    def wanted(self) -> Any:
        """As the spec writes it."""
        return self.declared if isinstance(self.declared, str) else list(self.declared)

    @property
    def digest(self) -> str:
        """Four hex digits over what the spec says, then four for each identity."""
        each = "".join(sorted(map(digest_identity, self._list())))
        return digest_of(self.name, self.wanted) + each

    def read(self, body: Body) -> Any:
        """Return every identity that the account has; None for none."""
        identity = body.get("identity") or {}
        users = list(identity.get("userAssignedIdentities") or {})
        system = ["system"] if "systemassigned" in list_identity_kinds(identity) else []
        return "system" if system and not users else [*system, *users] or None

    def compare(self, body: Body) -> Difference | None:
        """Return what is missing or too much, None where nothing is."""
        held = self.read(body)
        has = {
            meaning.fold_text(each) for each in ([held] if isinstance(held, str) else held or ())
        }
        wanted = {meaning.fold_text(each) for each in self._list()}
        if wanted <= has and not any(is_identity_dropped(body, each) for each in has - wanted):
            return None
        return Difference(self.name, held, self.wanted, digest=self.digest[:DIGITS])

    def write(self, body: dict[str, Any]) -> None:
        """Write the identity as ARM has it."""
        users = [each for each in self._list() if each != "system"]
        kinds = ["SystemAssigned"] if "system" in self._list() else []
        kinds += ["UserAssigned"] if users else []
        body["identity"] = {"type": ", ".join(kinds) or "None"}
        if users:
            body["identity"]["userAssignedIdentities"] = {each: {} for each in users}

    def _list(self) -> tuple[str, ...]:
        return (self.declared,) if isinstance(self.declared, str) else self.declared


@dataclass(frozen=True, slots=True)
class IgnoredField:
    """A declared field that is set on a creation, and shown, but never compared or written."""

    inner: Aspect

    stated: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """The contract's word for it."""
        return self.inner.name

    @property
    def wanted(self) -> Any:
        """Return what the spec says."""
        return self.inner.wanted

    @property
    def digest(self) -> str:
        """Four hex digits over what the spec says."""
        return self.inner.digest

    def read(self, body: Body) -> Any:
        """Return what Azure holds."""
        return self.inner.read(body)

    def compare(self, body: Body) -> Difference | None:
        """Return None: whatever Azure holds is right."""
        del body
        return None

    def write(self, body: dict[str, Any]) -> None:
        """Write the value into a body for ARM."""
        self.inner.write(body)


def fold_word(value: Any) -> Any:
    """Return a value as ARM compares it: without regard to case, and a region's spaces."""
    return fold(value) if isinstance(value, str) else value
