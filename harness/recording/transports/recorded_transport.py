"""A transport whose answers are recorded, or come from a recording."""

from __future__ import annotations

from time import perf_counter

from harness.conversation.transcript import Failure
from harness.providers.transport import Incoming, Outgoing, Transport, UnansweredError, whole
from harness.recording.session.recording_session import RecordingSession
from harness.recording.storage.exchange import Received, Sent


class RecordedTransport:
    """A transport around a live one, which a replay never uses."""

    def __init__(self, live: Transport, tape: RecordingSession) -> None:
        self._live = live
        self._tape = tape

    async def send(self, request: Outgoing) -> Incoming:
        """Return the recorded answer, or the live one once it is kept.

        Raises:
            UnansweredError: nothing is recorded in a replay.
            LostError: what was recorded is that there was no answer.
        """
        headers = {name.lower(): value for name, value in request.headers.items()}
        sent = Sent(request.method, request.url, headers, request.body)
        if self._tape.find(sent):
            played = self._tape.play(sent)
            return whole(played.status, played.headers, played.body, perf_counter())
        if self._tape.replays:
            raise UnansweredError(Failure("stale_recording", "it is not in the recording"))
        answer = await self._live.send(request)
        received = Received(answer.status, answer.headers, await answer.read())
        self._tape.keep(sent, received)
        return whole(received.status, received.headers, received.body, answer.began)

    async def close(self) -> None:
        """Let go of the live transport's connections."""
        await self._live.close()
