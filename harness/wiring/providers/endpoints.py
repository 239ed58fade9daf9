"""Choose the place that answers for a target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.errors import Diagnostic, RequestError
from harness.spec.load import require
from harness.wiring.providers import CONNECTORS
from harness.wiring.providers.connector import Connector
from harness.wiring.providers.deployment import DeploymentConnector
from harness.wiring.providers.setting import Setting, SignIn

if TYPE_CHECKING:
    from harness.providers import EmbeddingEndpoint, Endpoint
    from harness.run.targets import Target

__all__ = ["Endpoints", "SignIn"]


class Endpoints(Setting):
    """Chooses an endpoint for each target; what one kind of provider knows is in its module."""

    __slots__ = ()

    def of(self, target: Target) -> Endpoint:
        """Return the place where this target answers.

        Raises:
            RequestError: a variable that it needs is not set, or a host is not trusted.
        """
        if self.replayed:
            return self.find_placeholder(target)
        connector = self._connector(target)
        if self.simulated is not None and connector.is_simulated:
            url = f"{self.simulated.url}/{connector.simulated_path}"
            return connector.open_simulated(url, self.simulated.token)
        if self.simulated is None:
            require(self.spec_file, *connector.addresses)
        return connector.real()

    def find_placeholder(self, target: Target) -> Endpoint:
        """Return what stands for this endpoint in recordings; nobody can be reached there."""
        from harness.providers import ApiKey

        connector = self._connector(target)
        return connector.at(connector.placeholder, ApiKey("replayed"))

    def for_embeddings(self, target: Target) -> EmbeddingEndpoint:
        """Return the place where this target embeds texts: on this machine also in a replay.

        Raises:
            RequestError: as for ``of``; it is an application or a recording, which embed none; or
                what a model on this machine needs is not there.
        """
        from harness.providers import EmbeddingEndpoint

        own = self._connector(target).embeddings()
        if own is not None:
            return own
        endpoint = self.of(target)
        if isinstance(endpoint, EmbeddingEndpoint):
            return endpoint
        raise RequestError(
            Diagnostic(
                "H607",
                f"target {target.name} gives no embeddings",
                "it is an application or a recording, not a model",
                self.spec_file.spans.at("evaluation", "embeddings", "target"),
                "name a deployment or a provider's model: text-embedding-3-small",
            )
        )

    def is_simulated(self, target: Target) -> bool:
        """Say whether this target's answers come from the simulator."""
        return self.cloud == "simulator" and self._connector(target).is_simulated

    def find_limited(self, target: Target) -> tuple[str, str] | None:
        """Return what limits a target's rate, and its name there; None where nothing does.

        Nobody signs in for it. What the simulator answers for has an account of its own there.
        """
        connector = self._connector(target)
        account = connector.limited_as
        if account is None:
            return None
        if self.simulated is not None and connector.is_simulated:
            account = connector.simulated_path
        name = target.handle
        if target.kind == "deployment":
            deployments = self.spec_file.spec.accounts[target.owner].deployments
            name = deployments[target.handle].deployment_name
        return account.casefold(), name.casefold()

    def _connector(self, target: Target) -> Connector[Any]:
        spec = self.spec_file.spec
        if target.kind == "deployment":
            return DeploymentConnector(self, target, spec.accounts[target.owner])
        provider = spec.providers[target.owner]
        return CONNECTORS[type(provider)](self, target, provider)
