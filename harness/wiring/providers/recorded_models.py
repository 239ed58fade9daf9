"""Models and embedders whose requests are recorded, or played."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.conversation.ports import ChatModel, Embedder
from harness.providers import (
    CommandEndpoint,
    Connections,
    EmbeddingEndpoint,
    Endpoint,
    HttpEndpoint,
    open_embeddings,
    open_model,
)
from harness.providers.transport import Wrap
from harness.run.targets import Target
from harness.wiring.providers.endpoints import Endpoints
from harness.wiring.recording.cassette import provider_stand_in

if TYPE_CHECKING:
    from harness.recording.session.attempt import Address
    from harness.recording.session.recording_session import RecordingSession


def make_model_opener(
    endpoints: Endpoints, session: RecordingSession | None, connections: Connections
) -> Callable[[Target], ChatModel]:
    """Return what opens the model of a target; with a session its requests pass by it."""

    def open_one(target: Target) -> ChatModel:
        endpoint = endpoints.of(target)
        if session is not None and isinstance(endpoint, CommandEndpoint):
            return _open_program(endpoint, target, session)
        model = open_model(endpoint, connections=connections, wrap=_wrap_with(session))
        address = _find_address(target, endpoint, endpoints) if session is not None else None
        if session is None or address is None:
            return model
        from harness.recording.transports.recorded_model import RecordedModel

        return RecordedModel(model, target.name, address, session)

    return open_one


def make_embedder_opener(
    endpoints: Endpoints, session: RecordingSession | None, connections: Connections
) -> Callable[[Target], Embedder]:
    """Return what opens the embeddings of a target; with a session its requests pass by it."""

    def open_one(target: Target) -> Embedder:
        endpoint = endpoints.for_embeddings(target)
        model = open_embeddings(endpoint, connections=connections, wrap=_wrap_with(session))
        address = _find_address(target, endpoint, endpoints) if session is not None else None
        if session is None or address is None:
            return model
        from harness.recording.transports.recorded_model import RecordedEmbedder

        return RecordedEmbedder(model, target.name, address, session)

    return open_one


def _wrap_with(session: RecordingSession | None) -> Wrap:
    if session is None:
        return lambda live: live
    from harness.recording.transports.recorded_transport import RecordedTransport

    return lambda live: RecordedTransport(live, session)


def _open_program(
    endpoint: CommandEndpoint, target: Target, session: RecordingSession
) -> ChatModel:
    from harness.recording.session.attempt import Address
    from harness.recording.transports.programs import taped_program
    from harness.recording.transports.recorded_model import RecordedModel

    url = f"https://{provider_stand_in(target.owner)}"
    model = open_model(replace(endpoint, run=taped_program(endpoint.run, url, session)))
    return RecordedModel(model, target.name, Address(url, url, exact=True), session)


def _find_address(
    target: Target, endpoint: Endpoint | EmbeddingEndpoint, endpoints: Endpoints
) -> Address | None:
    """Return where an endpoint is, and what stands for that; None where nothing is sent."""
    from harness.recording.session.attempt import Address

    if endpoint.address is None:
        return None
    stand_in = endpoints.stand_in(target).address
    if stand_in is None:
        return None
    return Address(endpoint.address, stand_in, isinstance(endpoint, HttpEndpoint))
