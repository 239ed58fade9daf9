"""A transport whose answers are recorded, or come from a recording."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from harness.conversation.transcript import Failure
from harness.exchange import PlainRequest
from harness.providers.auth import Auth
from harness.providers.transport import OpenResponse, Transport, UnansweredError, open_whole
from harness.recording.session.recording_session import RecordingSession


class RecordedTransport:
    """A transport around a live one, which a replay never uses."""

    def __init__(self, live: Transport, session: RecordingSession) -> None:
        self._live = live
        self._session = session

    async def send(
        self, request: PlainRequest, *, auth: Auth | None = None, stream: bool = False
    ) -> OpenResponse:
        """Return the recorded answer, or the live one once it is kept.

        Raises:
            UnansweredError: nothing is recorded in a replay.
            LostError: what was recorded is that there was no answer.
        """
        headers = {name.lower(): value for name, value in request.headers.items()}
        sent = replace(request, headers=headers)
        if self._session.find(sent):
            return open_whole(self._session.play(sent), perf_counter())
        if self._session.replays:
            raise UnansweredError(Failure("stale_recording", "it is not in the recording"))
        live = await self._live.send(request, auth=auth, stream=stream)
        answer = await live.read_whole()
        self._session.keep(sent, answer)
        return open_whole(answer, live.began)

    async def close(self) -> None:
        """Let go of the live transport's connections."""
        await self._live.close()
