"""Models and embedders whose requests are recorded, or played."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness.conversation.ports import ChatModel, Embedder
from harness.exchange import PlainRequest, PlainResponse
from harness.providers import Carrier, Connections, EmbeddingEndpoint, Endpoint
from harness.providers.discreet import DiscreetEmbedder, DiscreetModel, DiscreetTransport
from harness.providers.transport import Transport
from harness.redaction.sent import SentSecrets
from harness.run.targets import Target
from harness.wiring.providers.endpoints import Endpoints

if TYPE_CHECKING:
    from harness.providers.endpoint import Run
    from harness.providers.overhearing import Overhear
    from harness.recording.foreign.transcripts import ForeignConversations
    from harness.recording.session.attempt import Address
    from harness.recording.session.recording_session import RecordingSession
    from harness.run.waves.ports import BatchService


@dataclass(frozen=True, slots=True)
class ModelOpener:
    """Opens the models and embedders of targets.

    Attributes:
        session: what their requests pass by; None: nothing is recorded or played.
        foreign: other people's recording, which answers in the place of the session's own.
        overhear: gets what is sent and answered where nothing is recorded; None: nobody does.
    """

    endpoints: Endpoints
    connections: Connections
    session: RecordingSession | None = None
    foreign: ForeignConversations | None = None
    overhear: Overhear | None = None
    _sent: SentSecrets = field(default_factory=SentSecrets)

    @property
    def sent(self) -> SentSecrets:
        """The credentials that were sent; a recording hides them as well."""
        return self._sent if self.session is None else self.session.redaction.sent

    def open(self, target: Target) -> ChatModel:
        """Open what answers for a target, and repeats no credential that it was sent."""
        return DiscreetModel(self._open(target), self.sent)

    def open_batches(self, target: Target) -> BatchService:
        """Open what takes batches for a target; the connections are its own, for large files.

        Raises:
            RequestError: as for any endpoint.
        """
        from harness.providers.openai.batches.service import make_batches

        at, endpoint = self.endpoints, self.endpoints.of(target)
        seconds = at.spec_file.spec.simulator.batch_s if at.is_simulated(target) else None
        return make_batches(endpoint, target, at.reach, self.sent, simulated_s=seconds)

    def open_embedder(self, target: Target) -> Embedder:
        """Open what embeds texts for a target."""
        return DiscreetEmbedder(self._open_embedder(target), self.sent)

    def _open(self, target: Target) -> ChatModel:
        endpoint, session = self.endpoints.of(target), self.session
        model = endpoint.open(self._make_carrier())
        if session is None or endpoint.address is None:  # it sends nothing that could be recorded
            return model
        if self.foreign is not None:
            from harness.recording.foreign.foreign_model import ForeignModel

            any_api = self.endpoints.spec_file.spec.evaluation.api == "auto"
            by_responses = any_api and "chat" not in self.foreign.apis
            return ForeignModel(model, session.complain, by_responses=by_responses)
        from harness.recording.transports.recorded_model import RecordedModel

        return RecordedModel(model, target.name, self._find_address(target, endpoint), session)

    def _open_embedder(self, target: Target) -> Embedder:
        endpoint, session = self.endpoints.for_embeddings(target), self.session
        model = endpoint.open_embedder(self._make_carrier())
        if session is None or endpoint.address is None:
            return model
        if self.foreign is not None:
            from harness.recording.foreign.foreign_model import ForeignEmbedder

            return ForeignEmbedder(model, session.complain)
        from harness.recording.transports.recorded_model import RecordedEmbedder

        return RecordedEmbedder(model, target.name, self._find_address(target, endpoint), session)

    def _make_carrier(self) -> Carrier:
        session, foreign, sent = self.session, self.foreign, self.sent

        def keep_quiet(live: Transport) -> Transport:
            return DiscreetTransport(live, sent)

        if session is None:
            if self.overhear is None:
                return Carrier(self.connections, keep_quiet)
            from harness.providers.overhearing import OverheardTransport

            overhear = _tell_discreetly(self.overhear, sent)
            return Carrier(
                self.connections, lambda live: OverheardTransport(keep_quiet(live), overhear)
            )
        if foreign is not None:
            from harness.recording.foreign.foreign_model import ForeignTransport

            played = ForeignTransport(foreign)
            return Carrier(self.connections, lambda _: played, lambda _, at: played.run_at(at))
        from harness.recording.transports.programs import record_program
        from harness.recording.transports.recorded_transport import RecordedTransport

        def wrap_program(run: Run, address: str) -> Run:
            return record_program(run, address, session)

        return Carrier(
            self.connections,
            lambda live: RecordedTransport(keep_quiet(live), session),
            wrap_program,
        )

    def _find_address(self, target: Target, endpoint: Endpoint | EmbeddingEndpoint) -> Address:
        """Return where an endpoint is, and what stands for that in a recording."""
        from harness.recording.session.attempt import Address

        placeholder = self.endpoints.find_placeholder(target).address
        return Address(endpoint.address or "", placeholder or "", endpoint.is_exact)


def _tell_discreetly(overhear: Overhear, sent: SentSecrets) -> Overhear:
    """Return what tells on whatever it hears, but for a credential in pieces or in escapes."""
    from harness.redaction.hiding import Redaction

    hidden = Redaction({}, sent)

    def tell(request: PlainRequest, response: PlainResponse | None) -> None:
        if response is not None:
            response = replace(response, body=hidden.hide_bytes(response.body))
        overhear(request, response)

    return tell
