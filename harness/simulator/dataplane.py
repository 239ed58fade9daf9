"""A call to the data plane of an account or a provider, and the model that answers it.

``harness.simulator.inference`` answers such calls; everything it needs is in ``DataPlaneCall``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.simulator.session import Session
from harness.simulator.world import Body, SimulatedWorld


@dataclass(frozen=True, slots=True)
class ServedModel:
    """The model behind a deployment's name.

    Attributes:
        name: the deployment's name as Azure has it, or the provider's model name.
        model: the model that answers, ``gpt-4.1-mini``.
        version: its version; unknown for some providers' models.
        target: the target's name as the spec has it where known, ``sweden/mini``.
        names: every name of the target, for faults and rules.
        body: the deployment's ARM body; none for a provider's model.
    """

    name: str
    model: str
    version: str | None
    target: str
    names: tuple[str, ...]
    body: Body | None = None


@dataclass(frozen=True, slots=True)
class DataPlaneCall:
    """One call, after its caller was recognised.

    Attributes:
        kind: an account of this world, or a provider that this session declares.
        name: the account's Azure name, or the provider's handle.
        account: the account's ARM body; none for a provider.
        path: what follows the service's name without slashes around: ``v1/chat/completions`` or
            ``deployments/mini/chat/completions``.
        service: the first part of the path: ``openai``, or what stands beside it.
        by_key: an account key was shown, not a session's token.
    """

    world: SimulatedWorld
    session: Session
    kind: Literal["account", "provider"]
    name: str
    account: Body | None
    path: str
    service: str = "openai"
    by_key: bool = False

    def find(self, name: str) -> ServedModel | None:
        """Return the deployment of that name, or the provider's model; none answers 404."""
        if self.account is None:
            info = self.session.providers.get(self.name, {}).get(name)
            if info is None:
                return None
            target = f"{self.name}/{name}"
            return ServedModel(name, info.model, info.version, target, (target,))
        body = self.world.find_deployment(self.account, name)
        if body is None:
            return None
        names = self.session.list_names(f"{self.name}/{body['name']}")
        model = body["properties"]["model"]
        return ServedModel(body["name"], model["name"], model["version"], names[-1], names, body)

    def list_names(self) -> tuple[str, ...]:
        """Return the caller's other half of a target when no deployment is known."""
        return self.session.list_names(f"{self.name}/")

    def count(self, operation: str, status: int | str) -> None:
        """Count one more request of an operation, for the world's and the session's counters."""
        self.world.count(operation, str(status))
        self.session.counters[operation, str(status)] += 1
