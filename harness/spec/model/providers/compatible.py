"""Servers that speak OpenAI's protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from harness.spec.model.base import Text
from harness.spec.model.providers.base import DeclaredProvider, ProviderModel


class CompatibleProvider(DeclaredProvider):
    """An OpenAI-compatible server, or a gateway before one.

    ``headers`` are sent along; ``api_key_header`` takes the key, if it is no bearer token.
    """

    label: ClassVar[str] = "OpenAI-compatible"
    is_simulated: ClassVar[bool] = True
    addresses: ClassVar[tuple[str, ...]] = ("base_url",)

    type: Literal["openai-compatible"]
    base_url: Text
    api_key: Text | None = None
    api_key_header: Text | None = None
    headers: dict[str, Text] = {}
    models: dict[str, ProviderModel]

    def list_models(self) -> Mapping[str, ProviderModel]:
        """Return its models by their handles."""
        return self.models
