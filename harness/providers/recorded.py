"""Transcripts made elsewhere, scored here: nothing is called."""

from __future__ import annotations

from dataclasses import dataclass

from harness.conversation.answers import Answers
from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Failure, Reply
from harness.providers.endpoint import LIVE, Carrier, Endpoint


@dataclass(frozen=True, slots=True)
class RecordedEndpoint(Endpoint):
    """Transcripts made elsewhere; nothing is called. Without a version any version will do."""

    answers: Answers
    model: str
    version: str | None = None

    @property
    def address(self) -> None:
        """Nothing is called."""
        return

    def open(self, carrier: Carrier = LIVE) -> Recorded:
        """Return what looks answers up."""
        del carrier
        return Recorded(self)


class Recorded:
    """A ``ChatModel`` that looks its answers up; it took no time and counted no tokens."""

    def __init__(self, endpoint: RecordedEndpoint) -> None:
        self._endpoint = endpoint

    @property
    def adapted(self) -> tuple[str, ...]:
        """Nothing is sent, so nothing is adapted."""
        return ()

    async def complete(self, request: Request) -> Answer:
        """Return the recorded answer to these user turns."""
        endpoint = self._endpoint
        users = [message.content or "" for message in request.messages if message.role == "user"]
        text = endpoint.answers.find(endpoint.model, endpoint.version, users)
        if text is None:
            return Failure(
                kind="stale_recording",
                message=f"no recorded answer of {_name_endpoint(endpoint)} to: {_shorten(users)}",
            )
        model = f"{endpoint.model}-{endpoint.version}" if endpoint.version else endpoint.model
        return Reply(text=text, finish_reason="stop", model=model)

    async def close(self) -> None:
        """Do nothing: nothing is held."""


def _name_endpoint(endpoint: RecordedEndpoint) -> str:
    return f"{endpoint.model} {endpoint.version}" if endpoint.version else endpoint.model


def _shorten(users: list[str]) -> str:
    last = " ".join(users[-1].split()) if users else "(nothing)"
    shown = last if len(last) <= 60 else last[:59] + "…"
    return shown if len(users) < 2 else f"{shown} (turn {len(users)})"
