"""Models whose requests pass by a command's tape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.conversation.ports import ChatModel
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
    from harness.recording.session.recording_session import RecordingSession


def taped(
    endpoints: Endpoints, tape: RecordingSession | None, connections: Connections
) -> Callable[[Target], ChatModel]:
    """Opens the model of a target; with a tape, one whose requests pass by it."""

    def opened(target: Target) -> ChatModel:
        endpoint = endpoints.of(target)
        if tape is not None and isinstance(endpoint, CommandEndpoint):
            return _program(endpoint, target, tape)
        model = open_model(endpoint, connections=connections, wrap=_wrap(tape))
        return _on(tape, model, target, endpoint, endpoints)

    return opened


def taped_embeddings(
    endpoints: Endpoints, tape: RecordingSession | None, connections: Connections
) -> Callable[[Target], ChatModel]:
    """Opens the embeddings of a target, as ``taped`` opens its model."""

    def opened(target: Target) -> ChatModel:
        endpoint = endpoints.for_embeddings(target)
        model = open_embeddings(endpoint, connections=connections, wrap=_wrap(tape))
        return _on(tape, model, target, endpoint, endpoints)

    return opened


def _wrap(tape: RecordingSession | None) -> Wrap:
    if tape is None:
        return lambda live: live
    from harness.recording.transports.recorded_transport import RecordedTransport

    return lambda live: RecordedTransport(live, tape)


def _program(endpoint: CommandEndpoint, target: Target, tape: RecordingSession) -> ChatModel:
    from harness.recording.session.attempt import Address
    from harness.recording.transports.programs import taped_program
    from harness.recording.transports.recorded_model import RecordedModel

    url = f"https://{provider_stand_in(target.owner)}"
    model = open_model(replace(endpoint, run=taped_program(endpoint.run, url, tape)))
    return RecordedModel(model, target.name, Address(url, url, exact=True), tape)


def _on(
    tape: RecordingSession | None,
    model: ChatModel,
    target: Target,
    endpoint: Endpoint | EmbeddingEndpoint,
    endpoints: Endpoints,
) -> ChatModel:
    if tape is None or endpoint.address is None:  # it sends nothing that could be recorded
        return model
    from harness.recording.session.attempt import Address
    from harness.recording.transports.recorded_model import RecordedModel

    stand_in = endpoints.stand_in(target).address
    if stand_in is None:
        return model
    exact = isinstance(endpoint, HttpEndpoint)
    return RecordedModel(model, target.name, Address(endpoint.address, stand_in, exact), tape)
