"""Open what answers at an endpoint."""

from __future__ import annotations

from typing import Protocol, assert_never

from harness.conversation.ports import ChatModel, Embedder
from harness.providers.connections import Connections
from harness.providers.endpoint import (
    AzureClassic,
    AzureV1,
    CommandEndpoint,
    EmbeddingEndpoint,
    Endpoint,
    HttpEndpoint,
    LocalEndpoint,
    OpenAIEndpoint,
    RecordedEndpoint,
)
from harness.providers.transport import Transport, Wrap


class TargetModel(ChatModel, Protocol):
    """A model that can say what it had to send otherwise than asked."""

    @property
    def adapted(self) -> tuple[str, ...]:
        """Adaptations so far, in the order they were made: ``temperature dropped``."""
        ...


def _unwrapped(transport: Transport) -> Transport:
    return transport


def open_model(
    endpoint: Endpoint, *, connections: Connections | None = None, wrap: Wrap = _unwrapped
) -> TargetModel:
    """Return the model behind an endpoint. Nothing is sent before its first request.

    Args:
        endpoint: where, and how one signs in.
        connections: shared by several models and closed by whoever made it; without it the model
            has connections of its own.
        wrap: puts another transport around the live one, which records or replays.
    """
    match endpoint:
        case AzureV1() | AzureClassic() | OpenAIEndpoint():
            from harness.providers.openai.chat import SdkModel
            from harness.providers.openai.sdk_transport import SdkTransport

            return SdkModel(endpoint, wrap(SdkTransport(endpoint, connections)))
        case HttpEndpoint():
            from harness.providers.applications.http import Application
            from harness.providers.applications.http_transport import HttpTransport

            return Application(endpoint, wrap(HttpTransport()))
        case CommandEndpoint():
            from harness.providers.applications.command import CommandModel

            return CommandModel(endpoint)
        case RecordedEndpoint():
            from harness.providers.recorded import Recorded

            return Recorded(endpoint)
        case _:
            assert_never(endpoint)


def open_embeddings(
    endpoint: EmbeddingEndpoint,
    *,
    connections: Connections | None = None,
    wrap: Wrap = _unwrapped,
) -> Embedder:
    """Return the embeddings model of an endpoint."""
    if isinstance(endpoint, LocalEndpoint):
        from harness.providers.local import LocalEmbeddings

        return LocalEmbeddings(endpoint)
    from harness.providers.openai.embedding import EmbeddingModel
    from harness.providers.openai.sdk_transport import SdkTransport

    return EmbeddingModel(endpoint, wrap(SdkTransport(endpoint, connections)))
