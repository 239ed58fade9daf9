"""A management plane's transport whose answers are recorded, or come from a recording."""

from __future__ import annotations

from time import perf_counter

from harness.cloud.transport import ManagementTransport
from harness.exchange import PlainRequest, PlainResponse
from harness.recording.session.command_recording import CommandRecording


class RecordedManagement:
    """A transport around a live one, which a replay never uses."""

    def __init__(self, live: ManagementTransport, commands: CommandRecording) -> None:
        self._live = live
        self._commands = commands

    def send(self, request: PlainRequest) -> PlainResponse:
        """Return the recorded answer, or the live one once it is kept.

        Raises:
            OutsideError: in a replay, it was not recorded.
        """
        recorded = self._commands.answer(request)
        if recorded is not None:
            return recorded
        began = perf_counter()
        response = self._live.send(request)
        if self._commands.is_recorded(request):
            self._commands.keep(request, response, round(perf_counter() - began, 6))
        return response
