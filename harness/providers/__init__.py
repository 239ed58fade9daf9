"""Targets that answer: ``ChatModel`` and ``Embedder`` over the openai SDK, HTTP, programs, files.

A module a kind: its endpoint, and what the endpoint opens. Offered here is what loads no library.
"""

from __future__ import annotations

from harness.providers.auth import ApiKey, Auth, TokenProvider
from harness.providers.connections import Connections
from harness.providers.endpoint import Carrier, EmbeddingEndpoint, Endpoint, TargetModel
from harness.providers.openai.endpoints import (
    Api,
    AzureClassic,
    AzureV1,
    Gateway,
    OpenAIEndpoint,
    v1_base_url,
)

__all__ = [
    "Api",
    "ApiKey",
    "Auth",
    "AzureClassic",
    "AzureV1",
    "Carrier",
    "Connections",
    "EmbeddingEndpoint",
    "Endpoint",
    "Gateway",
    "OpenAIEndpoint",
    "TargetModel",
    "TokenProvider",
    "v1_base_url",
]
