"""From an endpoint to something that answers."""

from __future__ import annotations

from typing import Protocol, assert_never

from harness.conversation.ports import ChatModel
from harness.models.connections import Connections
from harness.models.endpoint import (
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


class TargetModel(ChatModel, Protocol):
    """A model that can say what it had to send otherwise than asked."""

    @property
    def adapted(self) -> tuple[str, ...]:
        """Adaptations so far, in the order they were made: ``temperature dropped``."""
        ...


def open_model(endpoint: Endpoint, *, connections: Connections | None = None) -> TargetModel:
    """The model behind an endpoint. Nothing is sent before its first request.

    Args:
        endpoint: where, and how one signs in.
        connections: shared by several models and closed by whoever made it; without it the model
            has connections of its own.
    """
    match endpoint:
        case AzureV1() | AzureClassic() | OpenAIEndpoint():
            from harness.models.chat import SdkModel

            return SdkModel(endpoint, connections)
        case HttpEndpoint():
            from harness.models.application import Application

            return Application(endpoint)
        case CommandEndpoint():
            from harness.models.command import Command

            return Command(endpoint)
        case RecordedEndpoint():
            from harness.models.recorded import Recorded

            return Recorded(endpoint)
        case _:
            assert_never(endpoint)


def open_embeddings(
    endpoint: EmbeddingEndpoint, *, connections: Connections | None = None
) -> ChatModel:
    """The embeddings model behind an endpoint: a message a text, vectors as the reply's text."""
    if isinstance(endpoint, LocalEndpoint):
        from harness.models.local import LocalEmbeddings

        return LocalEmbeddings(endpoint)
    from harness.models.embedding import EmbeddingModel

    return EmbeddingModel(endpoint, connections)
