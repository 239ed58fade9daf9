"""Targets that answer: ``ChatModel`` over the openai SDK, over HTTP, over recorded transcripts."""

from __future__ import annotations

from harness.providers.connections import Connections
from harness.providers.endpoint import (
    Api,
    ApiKey,
    Auth,
    AzureClassic,
    AzureV1,
    CommandEndpoint,
    EmbeddingEndpoint,
    Endpoint,
    HttpEndpoint,
    LocalEndpoint,
    OpenAIEndpoint,
    RecordedEndpoint,
    TokenProvider,
    v1_base_url,
)
from harness.providers.opening import TargetModel, open_embeddings, open_model

__all__ = [
    "Api",
    "ApiKey",
    "Auth",
    "AzureClassic",
    "AzureV1",
    "CommandEndpoint",
    "Connections",
    "EmbeddingEndpoint",
    "Endpoint",
    "HttpEndpoint",
    "LocalEndpoint",
    "OpenAIEndpoint",
    "RecordedEndpoint",
    "TargetModel",
    "TokenProvider",
    "open_embeddings",
    "open_model",
    "v1_base_url",
]
