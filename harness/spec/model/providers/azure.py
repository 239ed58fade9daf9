"""Azure OpenAI endpoints that exist already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from harness.spec.model.base import Text
from harness.spec.model.providers.base import DeclaredProvider, ProviderModel


class AzureProvider(DeclaredProvider):
    """An Azure OpenAI endpoint that exists already.

    No ``api_version`` means the v1 API, no ``api_key`` means Entra. It may be a gateway, which
    wants ``headers`` of its own, and the key in another header than Azure: ``api_key_header``.
    """

    label: ClassVar[str] = "Azure OpenAI"
    is_simulated: ClassVar[bool] = True
    needs_key: ClassVar[bool] = True
    price_table: ClassVar[Literal["azure", "openai"] | None] = "azure"
    takes_batches: ClassVar[bool] = True
    addresses: ClassVar[tuple[str, ...]] = ("endpoint", "api_version")

    type: Literal["azure-openai"]
    """The kind of provider. Example: `azure-openai`"""
    endpoint: Text
    """Its address, which may carry a path. Example: `https://contoso.openai.azure.com`"""
    api_version: Text | None = None
    """The version of Azure's dated API; the v1 API where it is left out. Example: `"2024-10-21"`"""
    api_key: Text | None = None
    """The variable that holds the key; Entra where it is left out.
    Example: `${AZURE_OPENAI_API_KEY}`
    """
    api_key_header: Text | None = None
    """The header that a gateway wants the key in. Example: `Ocp-Apim-Subscription-Key`"""
    headers: dict[str, Text] = {}
    """Headers that are sent along. Example: `{x-team: search}`"""
    models: dict[str, ProviderModel]
    """Its deployments, by Azure's names. Example: `{chat: {model: gpt-4o}}`"""

    def list_models(self) -> Mapping[str, ProviderModel]:
        """Return its models by their handles."""
        return self.models
