"""Endpoints that speak OpenAI's protocol: Azure's v1 and dated APIs, OpenAI's own, and others."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

from harness.conversation.ports import Embedder
from harness.providers.auth import Auth
from harness.providers.endpoint import LIVE, Carrier, EmbeddingEndpoint, Endpoint, TargetModel

Api = Literal["auto", "chat", "responses"]
"""Chat completions or responses; ``auto``: chat, until the service says that it is the other."""

OPENAI_HOST: Final = "api.openai.com"

OF_A_DEPLOYMENT: Final = frozenset({"/chat/completions", "/embeddings"})
"""Operations that Azure's dated API has beneath a deployment; others name it in the body.

Source: openai 3.54, ``lib/azure.py``: those of its list that are asked for here.
"""


@dataclass(frozen=True, slots=True)
class Gateway:
    """The wishes of a gateway that stands before a service.

    Attributes:
        headers: sent along with each request; they hold no credential.
        api_key_header: where a key is sent, instead of where the service has it.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    api_key_header: str | None = None


NO_GATEWAY: Final = Gateway()


class SdkEndpoint(Endpoint, EmbeddingEndpoint):
    """An endpoint that the openai SDK knows how to call."""

    __slots__ = ()

    auth: Auth | None
    reasoning: bool | None
    api: Api
    gateway: Gateway

    @property
    @abstractmethod
    def address(self) -> str:
        """The base of the URLs that requests go to."""

    @property
    @abstractmethod
    def named_model(self) -> str:
        """The name that requests call the model by."""

    def url_of(self, path: str) -> str:
        """Return the URL of an operation, such as ``/chat/completions``."""
        return f"{self.address.rstrip('/')}{path}"

    def open(self, carrier: Carrier = LIVE) -> TargetModel:
        """Return a chat model over the SDK."""
        from harness.providers.openai.chat import SdkModel
        from harness.providers.openai.sdk_transport import SdkTransport

        return SdkModel(self, carrier.wrap(SdkTransport(self, carrier.connections)))

    def open_embedder(self, carrier: Carrier = LIVE) -> Embedder:
        """Return an embeddings model over the SDK."""
        from harness.providers.openai.embedding import EmbeddingModel
        from harness.providers.openai.sdk_transport import SdkTransport

        return EmbeddingModel(self, carrier.wrap(SdkTransport(self, carrier.connections)))


@dataclass(frozen=True, slots=True)
class AzureV1(SdkEndpoint):
    """A deployment behind Azure's v1 API, where ``model`` is the deployment's name.

    Attributes:
        base_url: ``https://<account>.openai.azure.com/openai/v1/`` (see ``v1_base_url``).
        reasoning: whether the model is a reasoning model; None where nobody knows, and then it is
            learned from the service. Never guessed from a name.
        api: which API it is asked by.
    """

    base_url: str
    deployment: str
    auth: Auth
    reasoning: bool | None = None
    api: Api = "auto"
    gateway: Gateway = NO_GATEWAY

    @property
    def address(self) -> str:
        """The base URL."""
        return self.base_url

    @property
    def named_model(self) -> str:
        """The deployment's name."""
        return self.deployment


@dataclass(frozen=True, slots=True)
class AzureClassic(SdkEndpoint):
    """A deployment behind Azure's dated API; ``endpoint`` may carry a path (a gateway's)."""

    endpoint: str
    deployment: str
    api_version: str
    auth: Auth
    reasoning: bool | None = None
    api: Api = "auto"
    gateway: Gateway = NO_GATEWAY

    @property
    def address(self) -> str:
        """The endpoint."""
        return self.endpoint

    @property
    def named_model(self) -> str:
        """The deployment's name."""
        return self.deployment

    def url_of(self, path: str) -> str:
        """Return the URL of an operation, which names the deployment if it is one of its own."""
        base = f"{self.endpoint.rstrip('/')}/openai"
        if path in OF_A_DEPLOYMENT:
            base += f"/deployments/{self.deployment}"
        return f"{base}{path}?api-version={self.api_version}"


@dataclass(frozen=True, slots=True)
class OpenAIEndpoint(SdkEndpoint):
    """OpenAI's own API (no ``base_url``), or a server that speaks it; local ones need no key."""

    base_url: str | None
    model: str
    auth: Auth | None
    reasoning: bool | None = None
    api: Api = "auto"
    gateway: Gateway = NO_GATEWAY

    @property
    def address(self) -> str:
        """The base URL, which is OpenAI's own by default."""
        return self.base_url or f"https://{OPENAI_HOST}/v1"

    @property
    def named_model(self) -> str:
        """The model's name."""
        return self.model


def v1_base_url(endpoint: str) -> str:
    """Return Azure's v1 base URL of an account's endpoint, which may already carry part of it.

    Source: azure-ai-docs, openai/includes/api-version-lifecycle-content.md (2026-09).
    """
    stem = endpoint.rstrip("/").removesuffix("/openai/v1")
    if urlsplit(stem).path == "/openai":
        stem = stem.removesuffix("/openai")
    return f"{stem}/openai/v1/"
