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
    """The kind of provider. Example: `openai-compatible`"""
    base_url: Text
    """The address of the server, up to /v1. Example: `http://127.0.0.1:11434/v1`"""
    api_key: Text | None = None
    """The variable that holds the key, where it wants one. Example: `${OPENAI_GATEWAY_KEY}`"""
    api_key_header: Text | None = None
    """The header that takes the key, if it is no bearer token. Example: `api-key`"""
    headers: dict[str, Text] = {}
    """Headers that are sent along. Example: `{x-team: search}`"""
    models: dict[str, ProviderModel]
    """Its models, by their names. Example: `{llama3.2: {}}`"""

    def list_models(self) -> Mapping[str, ProviderModel]:
        """Return its models by their handles."""
        return self.models
