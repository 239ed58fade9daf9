"""A model whose answers are recorded, or come from a recording."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Generic, Protocol, runtime_checkable

from harness.conversation.ports import ChatModel, Embedder, EmbeddingRequest, Request, RequestT
from harness.conversation.transcript import Answer, AnswerT, EmbeddingReply, Failure, Reply
from harness.errors import OutsideError
from harness.recording.session.attempt import HERE, Address, Attempt
from harness.recording.session.recording_session import RecordingSession
from harness.recording.storage.exchange import RecordedExchange
from harness.recording.storage.folder import BrokenFileError
from harness.recording.storage.no_answer import without_answer
from harness.recording.storage.recorded_file import RecordedFile
from harness.run.requests.patience import is_last


@runtime_checkable
class Learns(Protocol):
    """A model that remembers what it was found to want."""

    @property
    def learned(self) -> Mapping[str, Any]:
        """The lessons that the model learned, as plain data."""
        ...

    def relearn(self, learned: Mapping[str, Any]) -> None:
        """Want what was found out elsewhere."""
        ...


class _Recorded(Generic[RequestT, AnswerT]):
    """A model or an embedder whose requests are recorded, or played.

    Args:
        model: the one that is recorded.
        send: sends it one request.
        target: its target's name.
        address: where it is, and what stands for that in a recording.
        tape: the session that records or plays.
    """

    def __init__(
        self,
        model: ChatModel | Embedder,
        send: Callable[[RequestT], Awaitable[AnswerT | Failure]],
        target: str,
        address: Address,
        tape: RecordingSession,
    ) -> None:
        self._model = model
        self._send = send
        self._target = target
        self._address = address
        self._tape = tape
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
            reel = self._tape.began(place)
            if self._tape.replays:
                return await self._replayed(request, reel)
        except (BrokenFileError, OutsideError) as error:
            self._tape.complain(place, str(error))
            return Failure(kind="stale_recording", message=str(error))
        sitting = Attempt(place, self._address)
        answer = await self._attempt(request, sitting)
        if sitting.kept or sitting.pending is not None:
            answer, exchanges = self._concluded(answer, sitting)
            self._tape.stored(place, exchanges)
            if isinstance(self._model, Learns) and self._initial is not None:
                self._tape.learned(self._target, self._initial, self._model.learned)
            return answer
        return self._as_recorded(answer, sitting, reel)

    async def _replayed(self, request: RequestT, reel: RecordedFile) -> AnswerT | Failure:
        """Ask as the model was asked when it was recorded.

        What it wanted by then depends on when it was found out: the last state is tried first.
        """
        text = ""
        for state in reversed(self._tape.states(self._target, self._initial) or ({},)):
            if state and isinstance(self._model, Learns) and self._model.learned != state:
                self._model.relearn(state)
            sitting = Attempt(request.place, self._address)
            answer = await self._attempt(request, sitting)
            if sitting.missed is None:
                return self._as_recorded(answer, sitting, reel)
            reel.played.difference_update(sitting.played)
            text = text or self._tape.difference(sitting, sitting.missed)
        self._tape.complain(request.place, text)
        return Failure(kind="stale_recording", message=text)

    async def _attempt(self, request: RequestT, sitting: Attempt) -> AnswerT | Failure:
        before = HERE.set(sitting)
        try:
            return await self._send(request)
        finally:
            HERE.reset(before)

    def _as_recorded(
        self, answer: AnswerT | Failure, sitting: Attempt, reel: RecordedFile
    ) -> AnswerT | Failure:
        """An answer that was played: it took as long as it took when it was recorded."""
        if sitting.lost is not None:
            answer = sitting.lost
        if not sitting.played:
            return answer
        number = sitting.played[-1]
        if not isinstance(answer, Failure):
            return _lasting(answer, reel.exchanges[number].latency_s)
        if is_last(answer):
            self._tape.refused(self._address.stand_in)
        if answer.retryable and reel.is_last(number):
            # Whoever recorded it gave up here; patience has chance in it, and must not go on.
            return replace(answer, retryable=False)
        return answer

    def _concluded(
        self, answer: AnswerT | Failure, sitting: Attempt
    ) -> tuple[AnswerT | Failure, list[RecordedExchange]]:
        """The answer as a replay will give it, and the exchanges that led to it."""
        exchanges = list(sitting.kept)
        if not isinstance(answer, Failure):
            answer = _lasting(answer, round(answer.latency_s, 6))
            exchanges[-1] = replace(exchanges[-1], latency_s=answer.latency_s)
        elif answer.status == 0:
            sent = sitting.pending or exchanges.pop().sent
            lost = without_answer(answer)
            exchanges.append(RecordedExchange(sitting.place, sent, lost, 0.0))
        if len(exchanges) > 1:
            # What came before the last one was a lesson; when even the last one failed, which of
            # them a replay needs depends on what was learned by then.
            last = len(exchanges) - 1
            exchanges = [
                replace(one, lesson=number < last or isinstance(answer, Failure))
                for number, one in enumerate(exchanges)
            ]
        return answer, [self._tape.as_kept(one) for one in exchanges]


def _lasting(answer: AnswerT, latency_s: float) -> AnswerT:
    """Return an answer that took so long; when its first token came is not kept."""
    if isinstance(answer, Reply):
        return replace(answer, latency_s=latency_s, ttft_s=None)
    return replace(answer, latency_s=latency_s)


class RecordedModel(_Recorded[Request, Reply]):
    """A ``ChatModel`` around another whose requests are recorded or played."""

    def __init__(
        self, model: ChatModel, target: str, address: Address, tape: RecordingSession
    ) -> None:
        super().__init__(model, model.complete, target, address, tape)

    async def complete(self, request: Request) -> Answer:
        """Play or record one attempt."""
        return await self.ask(request)


class RecordedEmbedder(_Recorded[EmbeddingRequest, EmbeddingReply]):
    """An ``Embedder`` around another whose requests are recorded or played."""

    def __init__(
        self, model: Embedder, target: str, address: Address, tape: RecordingSession
    ) -> None:
        super().__init__(model, model.embed, target, address, tape)

    async def embed(self, request: EmbeddingRequest) -> EmbeddingReply | Failure:
        """Play or record one attempt."""
        return await self.ask(request)
