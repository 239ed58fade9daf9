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
    addresses: ClassVar[tuple[str, ...]] = ("endpoint", "api_version")

    type: Literal["azure-openai"]
    endpoint: Text
    api_version: Text | None = None
    api_key: Text | None = None
    api_key_header: Text | None = None
    headers: dict[str, Text] = {}
    models: dict[str, ProviderModel]

    def list_models(self) -> Mapping[str, ProviderModel]:
        """Return its models by their handles."""
        return self.models
