"""A target that speaks OpenAI's protocol: Azure's v1 and dated APIs, OpenAI's own, and compatible.

Requests go through a transport, which is the openai SDK or a recording; bytes are read once and
checked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any, Final

from harness.conversation.ports import Hear, Request
from harness.conversation.transcript import Answer, Failure, Reply
from harness.providers.limits import read_limit_headers
from harness.providers.openai.apis import BY_RESPONSES, CHAT, RESPONSES, Wording, serves_no_chat
from harness.providers.openai.client import Refusal, SdkClient, within
from harness.providers.openai.completion import ResponseHead
from harness.providers.openai.endpoints import SdkEndpoint
from harness.providers.openai.parameters import Adaptation, WireRequest
from harness.providers.openai.stream import EventLines
from harness.providers.transport import OpenResponse, Transport
from harness.providers.trouble import explain_exception

MOST_LESSONS: Final = 8
"""Refused parameters that one request may teach; each costs an answered request, not a retry."""

_NO_CHAT: Final = ("kind", "message", "status", "code")
"""The fields of a chat's refusal that a recording keeps."""


class SdkModel:
    """A ``ChatModel`` that remembers what its model was found to refuse.

    Args:
        endpoint: where the model is, and how one signs in.
        transport: carries the requests; closed with the model.
    """

    def __init__(self, endpoint: SdkEndpoint, transport: Transport) -> None:
        self._client = SdkClient(endpoint, transport)
        self._may_choose = endpoint.api == "auto"
        self._adaptation = Adaptation.of(endpoint.reasoning)
        self._wording = RESPONSES if endpoint.api == "responses" else CHAT
        self._no_chat: Failure | None = None

    @property
    def adapted(self) -> tuple[str, ...]:
        """Everything that was sent otherwise than asked, so far."""
        return tuple(self._adaptation.reported)

    @property
    def learned(self) -> dict[str, Any]:
        """The lessons that the model taught so far, as plain data; see ``relearn``."""
        learned = self._adaptation.learned
        learned["api"] = "responses" if self._wording is RESPONSES else "chat"
        if self._no_chat is not None:
            learned["no_chat"] = {name: getattr(self._no_chat, name) for name in _NO_CHAT}
        return learned

    def relearn(self, learned: Mapping[str, Any]) -> None:
        """Ask from now on as ``learned`` says, so that nothing of it has to be found out again."""
        self._adaptation.relearn(learned)
        no_chat = learned.get("no_chat")
        self._no_chat = None
        if isinstance(no_chat, Mapping):
            self._no_chat = Failure(**{name: no_chat.get(name, "") for name in _NO_CHAT})
        self._wording = RESPONSES if learned.get("api") == "responses" else CHAT
        if self._wording is RESPONSES and self._may_choose:
            self._adaptation.reported[BY_RESPONSES] = None

    async def complete(self, request: Request) -> Answer:
        """Make one attempt; up to ``MOST_LESSONS`` more, where refusals taught something."""
        return await within(request.deadline_s, self._ask(request))

    async def close(self) -> None:
        """Let go of connections, unless they belong to somebody else."""
        await self._client.close()

    async def _ask(self, request: Request) -> Answer:
        wording = self._wording
        sent = wording.write(request, self._client.endpoint.named_model, self._adaptation)
        for _ in range(MOST_LESSONS):
            auth = self._client.auth
            answer, refused = await self._send(wording, sent, request)
            if not isinstance(answer, Failure):
                if wording is RESPONSES:
                    self._no_chat = None
                if not sent.notes:
                    return answer
                return replace(answer, notes=(*sent.notes, *answer.notes))
            failure = await self._client.sign_in_otherwise(auth, answer)
            if failure is None:
                continue
            if self._ask_otherwise(wording, failure):
                wording = self._wording
            elif failure.kind == "bad_request":
                self._adaptation.learn(refused, answer.message, sent.body)
            else:
                return self._choose_failure(wording, failure)
            better = wording.write(request, self._client.endpoint.named_model, self._adaptation)
            if better.body == sent.body:
                return self._choose_failure(wording, answer)
            sent = better
        return answer

    def _ask_otherwise(self, wording: Wording, failure: Failure) -> bool:
        """Return whether to ask the model by responses, as it refuses chat; found out once."""
        if not self._may_choose or wording is not CHAT or not serves_no_chat(failure):
            return False
        if self._wording is CHAT and self._no_chat is None:
            self._no_chat = failure
            self._wording = RESPONSES
            self._adaptation.reported[BY_RESPONSES] = None
        return self._wording is RESPONSES

    def _choose_failure(self, wording: Wording, failure: Failure) -> Failure:
        """Choose the failure to report: refused by both APIs, it is chat's.

        The model embeds, then, or has retired, or the server never heard of responses.
        """
        refused = failure.kind == "not_found" or serves_no_chat(failure)
        if wording is not RESPONSES or self._no_chat is None or not refused:
            return failure
        self._wording = CHAT
        self._adaptation.reported.pop(BY_RESPONSES, None)
        return self._no_chat

    async def _send(
        self, wording: Wording, sent: WireRequest, request: Request
    ) -> tuple[Answer, str]:
        """Return the answer, and the parameter that it refuses by name if it does."""
        stream = request.stream
        response = await self._client.post(wording.path, sent.body, stream=stream)
        if isinstance(response, Refusal):
            return response.failure, response.parameter
        head = ResponseHead(response.status, response.headers, "service_tier" in sent.body)
        if stream and "event-stream" in response.headers.get("content-type", ""):
            return await _gather(wording, response, head, request.hear), ""
        answer = _read_whole(wording, await response.read(), head)
        if isinstance(answer, Reply):
            limits = read_limit_headers(head.headers, refused=False)
            latency_s = perf_counter() - response.began
            answer = replace(answer, latency_s=latency_s, limits=limits)
        return answer, ""


def _read_whole(wording: Wording, body: bytes, received: ResponseHead) -> Answer:
    """Return the answer in a body that came whole: some servers never stream, some do not say that.

    Some streamed when they were recorded, and are asked for all at once now.
    """
    if not body.lstrip().startswith((b"data:", b"event:", b":")):
        return wording.read(body, received)
    gathered, lines = wording.gather(received), EventLines()
    for data in (*lines.feed(body), *lines.end()):
        gathered.take(data)
    return gathered.answer()


async def _gather(
    wording: Wording, response: OpenResponse, received: ResponseHead, hear: Hear | None
) -> Answer:
    gathered = wording.gather(received)
    gathered.hear = hear
    lines = EventLines()
    ttft: float | None = None
    try:
        async for chunk in response.chunks:
            for data in lines.feed(chunk):
                if gathered.take(data) and ttft is None:
                    ttft = perf_counter() - response.began
            if gathered.failure is not None or gathered.done:
                break
        else:
            for data in lines.end():
                gathered.take(data)
    except Exception as error:  # noqa: BLE001 - a connection that broke after the last word is no loss
        if not gathered.ended:
            return replace(explain_exception(error), request_id=received.request_id)
    finally:
        await response.close()
    answer = gathered.answer()
    if isinstance(answer, Reply):
        limits = read_limit_headers(received.headers, refused=False)
        latency_s = perf_counter() - response.began
        return replace(answer, latency_s=latency_s, ttft_s=ttft, limits=limits)
    return answer
