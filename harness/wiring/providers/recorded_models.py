"""Models and embedders whose requests are recorded or played, or answered by a foreign file."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from harness.wiring.recording.cassette import provider_placeholder

if TYPE_CHECKING:
    from harness.recording.foreign.transcripts import ForeignConversations
    from harness.recording.session.attempt import Address
    from harness.recording.session.recording_session import RecordingSession


@dataclass(frozen=True, slots=True)
class ModelOpener:
    """Opens the models and embedders of targets.

    Attributes:
        session: what their requests pass by; None: nothing is recorded or played.
        foreign: other people's recording, which answers in the place of the session's own.
    """

    endpoints: Endpoints
    connections: Connections
    session: RecordingSession | None = None
    foreign: ForeignConversations | None = None

    def open(self, target: Target) -> ChatModel:
        """Open what answers for a target."""
        endpoint, session = self.endpoints.of(target), self.session
        if session is not None and isinstance(endpoint, CommandEndpoint):
            return self._open_program(endpoint, target, session)
        model = open_model(endpoint, connections=self.connections, wrap=self._wrap_live())
        address = self._find_address(target, endpoint)
        if session is None or address is None:
            return model
        if self.foreign is not None:
            return self._open_foreign(model, session, self.foreign)
        from harness.recording.transports.recorded_model import RecordedModel

        return RecordedModel(model, target.name, address, session)

    def open_embedder(self, target: Target) -> Embedder:
        """Open what embeds texts for a target."""
        endpoint, session = self.endpoints.for_embeddings(target), self.session
        model = open_embeddings(endpoint, connections=self.connections, wrap=self._wrap_live())
        address = self._find_address(target, endpoint)
        if session is None or address is None:
            return model
        if self.foreign is not None:
            from harness.recording.foreign.foreign_model import ForeignEmbedder

            return ForeignEmbedder(model, session.complain)
        from harness.recording.transports.recorded_model import RecordedEmbedder

        return RecordedEmbedder(model, target.name, address, session)

    def _wrap_live(self) -> Wrap:
        session, foreign = self.session, self.foreign
        if session is None:
            return lambda live: live
        if foreign is not None:
            from harness.recording.foreign.foreign_model import ForeignTransport

            return lambda _: ForeignTransport(foreign)
        from harness.recording.transports.recorded_transport import RecordedTransport

        return lambda live: RecordedTransport(live, session)

    def _open_program(
        self, endpoint: CommandEndpoint, target: Target, session: RecordingSession
    ) -> ChatModel:
        url = f"https://{provider_placeholder(target.owner)}"
        if self.foreign is not None:
            from harness.recording.foreign.foreign_model import ForeignTransport

            run = ForeignTransport(self.foreign).run_at(url)
            return self._open_foreign(open_model(replace(endpoint, run=run)), session, self.foreign)
        from harness.recording.session.attempt import Address
        from harness.recording.transports.programs import record_program
        from harness.recording.transports.recorded_model import RecordedModel

        model = open_model(replace(endpoint, run=record_program(endpoint.run, url, session)))
        return RecordedModel(model, target.name, Address(url, url, exact=True), session)

    def _open_foreign(
        self, model: ChatModel, session: RecordingSession, foreign: ForeignConversations
    ) -> ChatModel:
        from harness.recording.foreign.foreign_model import ForeignModel

        any_api = self.endpoints.spec_file.spec.evaluation.api == "auto"
        by_responses = any_api and "chat" not in foreign.apis
        return ForeignModel(model, session.complain, by_responses=by_responses)

    def _find_address(
        self, target: Target, endpoint: Endpoint | EmbeddingEndpoint
    ) -> Address | None:
        """Return where an endpoint is, and what stands for that; None where nothing is recorded."""
        if self.session is None or endpoint.address is None:
            return None
        from harness.recording.session.attempt import Address

        placeholder = self.endpoints.stand_in(target).address
        if placeholder is None:
            return None
        return Address(endpoint.address, placeholder, isinstance(endpoint, HttpEndpoint))
