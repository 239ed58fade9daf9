"""The two APIs by which a model is asked, each with its place, its body and its answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from harness.conversation.ports import Hear, Request
from harness.conversation.transcript import Answer, Failure
from harness.providers.openai.completion import ResponseHead, read_completion
from harness.providers.openai.parameters import Adaptation, WireRequest, write_completion
from harness.providers.openai.response import GatheredResponse, read_response
from harness.providers.openai.response_wire import write_response
from harness.providers.openai.stream import Gathered


class Gathering(Protocol):
    """A streamed answer in the making."""

    failure: Failure | None
    hear: Hear | None

    @property
    def done(self) -> bool:
        """Nothing more is to come."""
        ...

    @property
    def ended(self) -> bool:
        """The answer is whole: whatever breaks now is no loss."""
        ...

    def take(self, data: bytes) -> bool:
        """Take one event's data; return True when it brought words of the answer."""
        ...

    def answer(self) -> Answer:
        """Return the reply, once the stream has ended; or why there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Wording:
    """The form of requests and answers of one API.

    Attributes:
        path: after the base URL.
        write: the body for a request to a model, given what that model was found to refuse.
        read: the answer in the body of a 200.
        gather: begins to gather a streamed answer.
    """

    path: str
    write: Callable[[Request, str, Adaptation], WireRequest]
    read: Callable[[bytes, ResponseHead], Answer]
    gather: Callable[[ResponseHead], Gathering]


CHAT: Final = Wording("/chat/completions", write_completion, read_completion, Gathered)
RESPONSES: Final = Wording("/responses", write_response, read_response, GatheredResponse)

BY_RESPONSES: Final = "asked by the Responses API: it serves no chat completions"


def serves_no_chat(failure: Failure) -> bool:
    """Return whether a refusal of a chat says that the model is asked otherwise.

    Source: Azure's OperationNotSupported, recorded 2023 ("The chatCompletion operation does not
    work with the specified model"); api.openai.com's 404, quoted 2025 ("This model is only
    supported in v1/responses and not in v1/chat/completions.").
    """
    if failure.kind not in ("bad_request", "not_found"):
        return False
    return failure.code == "OperationNotSupported" or "v1/responses" in failure.message
