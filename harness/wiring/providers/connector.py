"""The base of connectors, which find the endpoint of a target: a subclass a kind of provider."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from harness.spec.model.spec import Account, DeclaredProvider
from harness.wiring.providers.setting import Setting
from harness.wiring.recording.cassette import name_provider_placeholder

if TYPE_CHECKING:
    from harness.providers import ApiKey, EmbeddingEndpoint, Endpoint
    from harness.run.targets import Target

Declared = TypeVar("Declared", bound=DeclaredProvider | Account)


@dataclass(frozen=True, slots=True)
class Connector(ABC, Generic[Declared]):
    """Finds the endpoint of one target.

    Attributes:
        declared: the provider, or the account, as the spec has it.
    """

    setting: Setting
    target: Target
    declared: Declared

    @abstractmethod
    def real(self) -> Endpoint:
        """Return the endpoint that is called for real.

        Raises:
            RequestError: it cannot be called, or must not be told its credential.
        """

    @abstractmethod
    def at(self, url: str, key: ApiKey) -> Endpoint:
        """Return the endpoint as if it were at this URL: a simulator's, or a recording's.

        A kind that the simulator does not answer for, and that is not called over HTTP, has one
        endpoint everywhere.
        """

    def open_simulated(self, url: str, token: str) -> Endpoint:
        """Return the endpoint at a simulator's URL, where this token names the session."""
        from harness.providers import ApiKey

        return self.at(url, ApiKey(token))

    def embeddings(self) -> EmbeddingEndpoint | None:
        """Return the endpoint if it is no ordinary one and embeds texts; most kinds have none."""
        return None

    @property
    def is_simulated(self) -> bool:
        """Say whether the simulator answers for it where the cloud is the simulator."""
        return isinstance(self.declared, Account) or self.declared.is_simulated

    @property
    def placeholder(self) -> str:
        """Return the URL that stands for the endpoint's in a recording."""
        return f"https://{name_provider_placeholder(self.target.owner)}"

    @property
    def simulated_path(self) -> str:
        """Return the path at which the simulator answers for it."""
        return f"_providers/{self.target.owner}"

    @property
    def limited_as(self) -> str | None:
        """Return the name of what limits its rate: its account or host; None where nothing does.

        Two targets of one such name with one model's name are one deployment.
        """
        return None

    @property
    def addresses(self) -> tuple[tuple[str, ...], ...]:
        """Return the paths in the spec of what says where it is, needed before a real call."""
        if isinstance(self.declared, Account):
            return ()
        return tuple(("providers", self.target.owner, key) for key in self.declared.addresses)
