"""The subject of a preflight check: a declared deployment, and its planned change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.plan.codes import CodeName
from harness.plan.identity import AccountId, DeploymentId, Market
from harness.plan.model import Change, Problem
from harness.plan.observed import Observed
from harness.spec.model.spec import Account, Deployment


@dataclass(frozen=True, slots=True)
class DeclaredPlace:
    """An account or deployment of the spec, by its handles."""

    handle: str
    key: str | None

    def at(self, *rest: str) -> tuple[str, ...]:
        """Return the path of a key of this account or deployment in the document."""
        inner = () if self.key is None else ("deployments", self.key)
        return ("accounts", self.handle, *inner, *rest)


@dataclass(frozen=True, slots=True)
class PlannedDeployment:
    """A declared deployment, the change that is planned for it, and the market it would go to."""

    place: DeclaredPlace
    account: Account
    deployment: Deployment
    market: Market
    change: Change
    observed: Observed

    @property
    def at(self) -> AccountId:
        """The id of the account that it is in."""
        assert isinstance(self.change.resource, DeploymentId)  # noqa: S101 - narrows for the checker
        return self.change.resource.account

    @property
    def anew(self) -> bool:
        """True when Azure will be asked for a new deployment."""
        return self.change.action in ("create", "replace")

    def changes(self, *names: str) -> bool:
        """Return whether one of these fields is asked for."""
        return self.anew or (
            self.change.acts and any(each.name in names for each in self.change.differences)
        )

    def report(
        self,
        code: CodeName,
        severity: Literal["error", "warning"],
        message: str,
        hint: str,
        key: str,
    ) -> Problem:
        """Return a problem of this deployment."""
        return Problem(self.change.address, code, severity, message, hint, self.place.at(key))

    @property
    def label(self) -> str:
        """The model as people name it."""
        version = "" if self.deployment.version == "default" else f" {self.deployment.version}"
        return f"{self.deployment.model}{version}"
