"""OpenAI's own API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from harness.spec.model.base import Text
from harness.spec.model.providers.base import DeclaredProvider, ProviderModel


class OpenAIProvider(DeclaredProvider):
    """OpenAI's own API."""

    label: ClassVar[str] = "OpenAI"
    is_simulated: ClassVar[bool] = True
    needs_key: ClassVar[bool] = True
    names_are_models: ClassVar[bool] = True
    price_table: ClassVar[Literal["azure", "openai"] | None] = "openai"
    takes_batches: ClassVar[bool] = True
    addresses: ClassVar[tuple[str, ...]] = ("base_url",)

    type: Literal["openai"]
    """The kind of provider. Example: `openai`"""
    api_key: Text
    """The variable that holds the key. Example: `${OPENAI_API_KEY}`"""
    base_url: Text | None = None
    """Another address than OpenAI's own. Example: `https://eu.api.openai.com/v1`"""
    models: dict[str, ProviderModel]
    """Its models, by their names. Example: `{gpt-4.1-mini: {}}`"""

    def list_models(self) -> Mapping[str, ProviderModel]:
        """Return its models by their handles."""
        return self.models
