"""A model that answers from other people's recordings: it asks as live, and nothing is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Final, Generic

from harness.conversation.ports import (
    ChatModel,
    Embedder,
    EmbeddingRequest,
    Place,
    Request,
    RequestT,
)
from harness.conversation.transcript import Answer, AnswerT, EmbeddingReply, Failure, Reply
from harness.exchange import PlainRequest
from harness.providers.auth import Auth
from harness.providers.transport import OpenResponse, UnansweredError, open_whole
from harness.recording.foreign.transcripts import ForeignConversations, Miss, name_exchange
from harness.recording.transports.latency import set_latency
from harness.recording.transports.learning import Learns
from harness.recording.transports.programs import NotRecordedError, Run

_MOST_NAMED: Final = 5


@dataclass(slots=True)
class _Attempt:
    """One attempt at a request; ``last`` is whether its latest answer was the last of its kind."""

    place: Place
    answered: bool = False
    last: bool = False
    missed: str | None = None


_ATTEMPT: ContextVar[_Attempt] = ContextVar("attempt")
"""The attempt that the running task makes."""


class ForeignTransport:
    """A transport that has its answers from other people's conversations."""

    def __init__(self, conversations: ForeignConversations) -> None:
        self._conversations = conversations

    async def send(
        self, request: PlainRequest, *, auth: Auth | None = None, stream: bool = False
    ) -> OpenResponse:
        """Return the recorded answer, whichever way it is asked for.

        Raises:
            UnansweredError: nothing like it was recorded.
        """
        del auth, stream
        attempt = _ATTEMPT.get()
        found = self._conversations.answer(request, attempt.place)
        if isinstance(found, Miss):
            attempt.missed = found.why
            raise UnansweredError(Failure("stale_recording", found.why))
        attempt.answered, attempt.last = True, found.last
        return open_whole(found.response, perf_counter())

    def run_at(self, url: str) -> Run:
        """Return what stands for starting a program: no such file holds an answer of one's."""

        async def run(told: bytes, within_s: float) -> tuple[bytes, bytes, int]:
            del within_s
            await self.send(PlainRequest("RUN", url, body=told))
            raise NotRecordedError

        return run

    async def close(self) -> None:
        """Hold nothing, so close nothing."""


class _Foreign(Generic[RequestT, AnswerT]):
    """A model or an embedder whose requests go by a ``ForeignTransport``.

    Args:
        model: asks.
        send: sends it one request.
        complain: takes in what was asked and not recorded.
        by_responses: ask by the Responses API, as nothing was recorded by another.
    """

    def __init__(
        self,
        model: ChatModel | Embedder,
        send: Callable[[RequestT], Awaitable[AnswerT | Failure]],
        complain: Callable[[Place, str], None],
        *,
        by_responses: bool = False,
    ) -> None:
        self._model = model
        self._send = send
        self._complain = complain
        self._lessons = (
            {**model.learned, "api": "responses"}
            if by_responses and isinstance(model, Learns)
            else None
        )

    @property
    def adapted(self) -> tuple[str, ...]:
        """The parameters that the model was sent otherwise than asked."""
        return tuple(getattr(self._model, "adapted", ()))

    async def close(self) -> None:
        """Let go of what the model holds."""
        await self._model.close()

    async def ask(self, request: RequestT) -> AnswerT | Failure:
        """Return the recorded answer; where there is none, a failure that says what is near."""
        lessons, model = self._lessons, self._model
        if lessons is not None and isinstance(model, Learns) and model.learned != lessons:
            model.relearn(lessons)
        attempt = _Attempt(request.place)
        before = _ATTEMPT.set(attempt)
        try:
            answer = await self._send(request)
        finally:
            _ATTEMPT.reset(before)
        if attempt.missed is not None:
            self._complain(request.place, attempt.missed)
            return Failure(kind="stale_recording", message=attempt.missed)
        if not attempt.answered:
            return answer
        if isinstance(answer, Failure):
            # Whoever recorded a failure as the last answer gave up there.
            return replace(answer, retryable=answer.retryable and not attempt.last)
        return set_latency(answer, 0.0)  # such files hold no times


class ForeignModel(_Foreign[Request, Reply]):
    """A ``ChatModel`` that answers what other people's recordings say."""

    def __init__(
        self,
        model: ChatModel,
        complain: Callable[[Place, str], None],
        *,
        by_responses: bool = False,
    ) -> None:
        super().__init__(model, model.complete, complain, by_responses=by_responses)

    async def complete(self, request: Request) -> Answer:
        """Return the recorded answer, or say what is near."""
        return await self.ask(request)


class ForeignEmbedder(_Foreign[EmbeddingRequest, EmbeddingReply]):
    """An ``Embedder`` that answers what other people's recordings say."""

    def __init__(self, model: Embedder, complain: Callable[[Place, str], None]) -> None:
        super().__init__(model, model.embed, complain)

    async def embed(self, request: EmbeddingRequest) -> EmbeddingReply | Failure:
        """Return the recorded answer, or say what is near."""
        return await self.ask(request)


def note_source(conversations: ForeignConversations) -> tuple[str, ...]:
    """Return notes for a reader of the results on where the answers come from."""
    left = conversations.list_unplayed()
    names = ", ".join(name_exchange(one) for one in left[:_MOST_NAMED])
    more = f", and {len(left) - _MOST_NAMED} more" if len(left) > _MOST_NAMED else ""
    orphans = [f"not asked for: {names}{more}"] if left else []
    return ("the recording holds no times: latencies read 0", *conversations.notes(), *orphans)
