"""A model whose answers are recorded, or come from a recording."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Generic

from harness.conversation.ports import ChatModel, Embedder, EmbeddingRequest, Request, RequestT
from harness.conversation.transcript import Answer, AnswerT, EmbeddingReply, Failure, Reply
from harness.errors import OutsideError
from harness.recording.session.attempt import HERE, Address, Attempt
from harness.recording.session.recording_session import RecordingSession
from harness.recording.storage.exchange import RecordedExchange
from harness.recording.storage.folder import BrokenFileError
from harness.recording.storage.no_answer import record_failure
from harness.recording.storage.recorded_file import RecordedFile
from harness.recording.transports.latency import set_latency
from harness.recording.transports.learning import Learns
from harness.run.requests.patience import is_last


class _Recorded(Generic[RequestT, AnswerT]):
    """A model or an embedder whose requests are recorded, or played.

    Args:
        model: the one that is recorded.
        send: sends it one request.
        target: its target's name.
        address: where it is, and what stands for that in a recording.
        session: what records or plays.
    """

    def __init__(
        self,
        model: ChatModel | Embedder,
        send: Callable[[RequestT], Awaitable[AnswerT | Failure]],
        target: str,
        address: Address,
        session: RecordingSession,
    ) -> None:
        self._model = model
        self._send = send
        self._target = target
        self._address = address
        self._session = session
        self._initial = model.learned if isinstance(model, Learns) else None

    @property
    def adapted(self) -> tuple[str, ...]:
        """The parameters that the model was sent otherwise than asked."""
        return tuple(getattr(self._model, "adapted", ()))

    async def close(self) -> None:
        """Let go of connections."""
        await self._model.close()

    async def ask(self, request: RequestT) -> AnswerT | Failure:
        """Play or record one attempt; a stale recording is a failure, never an exception."""
        place = request.place
        try:
            file = self._session.begin(place)
            if self._session.replays:
                return await self._replay(request, file)
        except (BrokenFileError, OutsideError) as error:
            self._session.complain(place, str(error))
            return Failure(kind="stale_recording", message=str(error))
        attempt = Attempt(place, self._address)
        answer = await self._send_attempt(request, attempt)
        if attempt.kept or attempt.pending is not None:
            answer, exchanges = self._conclude(answer, attempt)
            self._session.keep_attempt(place, exchanges)
            if isinstance(self._model, Learns) and self._initial is not None:
                self._session.note_learned(self._target, self._initial, self._model.learned)
            return answer
        return self._finish_played(answer, attempt, file)

    async def _replay(self, request: RequestT, file: RecordedFile) -> AnswerT | Failure:
        """Ask as the model was asked when it was recorded.

        What it wanted by then depends on when it was found out: the last state is tried first.
        """
        text = ""
        for state in reversed(self._session.list_states(self._target, self._initial) or ({},)):
            if state and isinstance(self._model, Learns) and self._model.learned != state:
                self._model.relearn(state)
            attempt = Attempt(request.place, self._address)
            answer = await self._send_attempt(request, attempt)
            if attempt.missed is None:
                return self._finish_played(answer, attempt, file)
            file.played.difference_update(attempt.played)
            text = text or self._session.describe_difference(attempt, attempt.missed)
        self._session.complain(request.place, text)
        return Failure(kind="stale_recording", message=text)

    async def _send_attempt(self, request: RequestT, attempt: Attempt) -> AnswerT | Failure:
        before = HERE.set(attempt)
        try:
            return await self._send(request)
        finally:
            HERE.reset(before)

    def _finish_played(
        self, answer: AnswerT | Failure, attempt: Attempt, file: RecordedFile
    ) -> AnswerT | Failure:
        """Return an answer that was played: it took as long as when it was recorded."""
        if attempt.lost is not None:
            answer = attempt.lost
        if not attempt.played:
            return answer
        number = attempt.played[-1]
        if not isinstance(answer, Failure):
            return set_latency(answer, file.exchanges[number].latency_s)
        if is_last(answer, reached=False):  # in what was recorded, nothing followed either
            self._session.note_refused(self._address.placeholder)
        if answer.retryable and file.is_last(number):
            # Whoever recorded it gave up here; patience has chance in it, and must not go on.
            return replace(answer, retryable=False)
        return answer

    def _conclude(
        self, answer: AnswerT | Failure, attempt: Attempt
    ) -> tuple[AnswerT | Failure, list[RecordedExchange]]:
        """Return the answer as a replay will give it, and the exchanges that led to it."""
        exchanges = list(attempt.kept)
        if not isinstance(answer, Failure):
            answer = set_latency(answer, round(answer.latency_s, 6))
            exchanges[-1] = replace(exchanges[-1], latency_s=answer.latency_s)
        elif answer.status == 0:
            sent = attempt.pending or exchanges.pop().sent
            lost = record_failure(answer)
            exchanges.append(RecordedExchange(attempt.place, sent, lost, 0.0))
        if len(exchanges) > 1:
            # What came before the last one was a lesson; when even the last one failed, which of
            # them a replay needs depends on what was learned by then.
            last = len(exchanges) - 1
            exchanges = [
                replace(one, lesson=number < last or isinstance(answer, Failure))
                for number, one in enumerate(exchanges)
            ]
        return answer, [self._session.redact_exchange(one) for one in exchanges]


class RecordedModel(_Recorded[Request, Reply]):
    """A ``ChatModel`` around another whose requests are recorded or played."""

    def __init__(
        self, model: ChatModel, target: str, address: Address, session: RecordingSession
    ) -> None:
        super().__init__(model, model.complete, target, address, session)

    async def complete(self, request: Request) -> Answer:
        """Play or record one attempt."""
        return await self.ask(request)


class RecordedEmbedder(_Recorded[EmbeddingRequest, EmbeddingReply]):
    """An ``Embedder`` around another whose requests are recorded or played."""

    def __init__(
        self, model: Embedder, target: str, address: Address, session: RecordingSession
    ) -> None:
        super().__init__(model, model.embed, target, address, session)

    async def embed(self, request: EmbeddingRequest) -> EmbeddingReply | Failure:
        """Play or record one attempt."""
        return await self.ask(request)
