"""A target behind the openai SDK: Azure's v1 and dated APIs, OpenAI's own, and compatible servers.

The SDK signs, builds URLs and keeps connections; it does not retry (the run does, with the rate
limits in view), does not follow redirects, and does not build its models from the answer: bytes
are read once and checked here. Requests go through its ``post``, which the SDK documents for
bodies that it does not type, at half the cost of its typed methods.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, cast

from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Failure, Reply
from harness.models.apis import BY_RESPONSES, CHAT, RESPONSES, Wording, serves_no_chat
from harness.models.completion import Received
from harness.models.connections import Connections
from harness.models.endpoint import (
    ApiKey,
    AsyncText,
    AzureClassic,
    AzureV1,
    OpenAIEndpoint,
    TokenProvider,
)
from harness.models.failures import classify, service_error
from harness.models.parameters import Adaptation, Wire
from harness.models.stream import EventLines
from harness.models.trouble import SignInError, failure_of

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

MOST_LESSONS: Final = 8
"""Refused parameters that one request may teach; each costs an answered request, not a retry."""

NO_KEY: Final = "none"
"""What is sent to a server that wants no key; the SDK insists on sending something."""

OPENAI_HOST: Final = "api.openai.com"
_NO_CHAT: Final = ("kind", "message", "status", "code")
"""What is remembered of a chat's refusal when it is told on."""
_ROLE_ADVICE: Final = (
    "give this identity the role, then wait five minutes: az role assignment create --role "
    '"Cognitive Services OpenAI User" --assignee <object id> --scope <account id>'
)


class SdkModel:
    """A ``ChatModel`` over the openai SDK; remembers what its model was found to refuse."""

    def __init__(
        self,
        endpoint: AzureV1 | AzureClassic | OpenAIEndpoint,
        connections: Connections | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._own = Connections() if connections is None else None
        self._connections = connections or self._own or Connections()
        self._adaptation = Adaptation.of(endpoint.reasoning)
        self._wording = RESPONSES if endpoint.api == "responses" else CHAT
        self._no_chat: Failure | None = None
        self._client: AsyncOpenAI | None = None
        self._lock = asyncio.Lock()
        self._model = (
            endpoint.model if isinstance(endpoint, OpenAIEndpoint) else endpoint.deployment
        )

    @property
    def adapted(self) -> tuple[str, ...]:
        """Everything that was sent otherwise than asked, so far."""
        return tuple(self._adaptation.reported)

    @property
    def learned(self) -> dict[str, Any]:
        """What the model was found to want so far, as plain data; see ``relearn``."""
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
        if self._wording is RESPONSES and self._endpoint.api == "auto":
            self._adaptation.reported[BY_RESPONSES] = None

    async def complete(self, request: Request) -> Answer:
        """One attempt; up to ``MOST_LESSONS`` more where a refused parameter taught something."""
        begun = perf_counter()
        try:
            async with asyncio.timeout(request.deadline_s):
                answer = await self._ask(request)
        except TimeoutError:
            waited = perf_counter() - begun
            return Failure(
                kind="timeout",
                message=f"no whole answer within {request.deadline_s:g} s (waited {waited:.1f} s)",
                retryable=True,
            )
        except Exception as error:  # noqa: BLE001 - the port's promise: never raise for the other side
            return failure_of(error)
        return answer

    async def close(self) -> None:
        """Let go of connections, unless they belong to somebody else."""
        if self._own is not None:
            await self._own.close()

    async def _ask(self, request: Request) -> Answer:
        wording = self._wording
        sent = wording.wire(request, self._model, self._adaptation)
        for _ in range(MOST_LESSONS):
            auth = self._endpoint.auth
            answer, refused = await self._send(wording, sent, request.stream)
            if not isinstance(answer, Failure):
                if wording is RESPONSES:
                    self._no_chat = None
                return replace(answer, notes=sent.notes) if sent.notes else answer
            failure = await self._signed_in_otherwise(auth, answer)
            if failure is None:
                continue
            if self._asked_otherwise(wording, failure):
                wording = self._wording
            elif failure.kind == "bad_request":
                self._adaptation.learn(refused, answer.message, sent.body)
            else:
                return self._neither(wording, failure)
            better = wording.wire(request, self._model, self._adaptation)
            if better.body == sent.body:
                return self._neither(wording, answer)
            sent = better
        return answer

    def _asked_otherwise(self, wording: Wording, failure: Failure) -> bool:
        """Whether the model is to be asked by responses, as it refuses chat; found out once."""
        if self._endpoint.api != "auto" or wording is not CHAT or not serves_no_chat(failure):
            return False
        if self._wording is CHAT and self._no_chat is None:
            self._no_chat = failure
            self._wording = RESPONSES
            self._adaptation.reported[BY_RESPONSES] = None
        return self._wording is RESPONSES

    def _neither(self, wording: Wording, failure: Failure) -> Failure:
        """What to say of a refusal: by both APIs, what chat was told is what matters.

        The model embeds, then, or has retired, or the server never heard of responses.
        """
        refused = failure.kind == "not_found" or serves_no_chat(failure)
        if wording is not RESPONSES or self._no_chat is None or not refused:
            return failure
        self._wording = CHAT
        self._adaptation.reported.pop(BY_RESPONSES, None)
        return self._no_chat

    async def _send(self, wording: Wording, sent: Wire, stream: bool) -> tuple[Answer, str]:
        """The answer, and the parameter that it refuses by name if it does."""
        if self._client is None:
            self._connect()  # imports the SDK, which takes longer than many an answer
        begun = perf_counter()
        response = await self._post(wording.path, sent.body, stream=stream)
        if isinstance(response, Refusal):
            return response.failure, response.parameter
        received = received_of(response)
        if stream and "event-stream" in received.headers.get("content-type", ""):
            return await _gather(wording, response, received, begun), ""
        body = await response.aread()
        answer = _whole(wording, body, received)
        if isinstance(answer, Reply):
            answer = replace(answer, latency_s=perf_counter() - begun)
        return answer, ""

    async def _post(
        self, path: str, body: Mapping[str, Any], *, stream: bool = False
    ) -> httpx2.Response | Refusal:
        """What came back, its body not yet read, or the status that the service refused with."""
        import httpx2
        import openai

        client = self._client or self._connect()
        try:
            response: Any = await client.post(
                path,
                body=body,
                cast_to=httpx2.Response,
                stream=stream,
                stream_cls=openai.AsyncStream[object] if stream else None,
            )
        except openai.APIStatusError as error:
            return _refusal(error.response)
        return cast("httpx2.Response", response)

    async def _signed_in_otherwise(self, auth: object, failure: Failure) -> Failure | None:
        """None once the account's key is used instead of ``auth``; else the failure, explained."""
        if not isinstance(auth, TokenProvider) or not _has_no_role(failure):
            return failure
        if auth.key is None:
            return replace(failure, message=f"{failure.message} {_ROLE_ADVICE}")
        await self._sign_in_by_key(auth.key, failure)
        return None

    async def _sign_in_by_key(self, key: AsyncText, failure: Failure) -> None:
        """Go on with the account's key where Entra's identity has no role, from now on."""
        async with self._lock:
            if isinstance(self._endpoint.auth, ApiKey):
                return  # another request in flight has fetched it meanwhile
            try:
                value = await key()
            except Exception as error:
                raise SignInError(f"{failure.message} And there is no key: {error}") from error
            self._endpoint = replace(self._endpoint, auth=ApiKey(value))
            self._client = None

    def _connect(self) -> AsyncOpenAI:
        client = _discreet(_client(self._endpoint, self._connections))
        # A model is asked at one or two URLs, and joining them anew takes 4 % of a request.
        client._prepare_url = cache(client._prepare_url)  # type: ignore[method-assign]
        self._client = client
        return client


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status that is no answer; ``parameter`` is what the service says it refuses, or ""."""

    failure: Failure
    parameter: str


def _refusal(response: httpx2.Response) -> Refusal:
    said = service_error(response.content)
    received = received_of(response)
    failure = classify(response.status_code, received.headers, said, request_id=received.request_id)
    return Refusal(failure, said.param)


def _has_no_role(failure: Failure) -> bool:
    # Source: recorded 401s; the newer wording says "lacks the required data action".
    return failure.status == 401 and (
        failure.code == "PermissionDenied" or "data action" in failure.message
    )


def _client(
    endpoint: AzureV1 | AzureClassic | OpenAIEndpoint, connections: Connections
) -> AsyncOpenAI:
    import openai

    match endpoint:
        case AzureClassic(address, deployment, api_version, auth):
            return openai.AsyncAzureOpenAI(
                azure_endpoint=address,
                azure_deployment=deployment,
                api_version=api_version,
                api_key=auth.value if isinstance(auth, ApiKey) else None,
                azure_ad_token_provider=(
                    _asked(auth.token) if isinstance(auth, TokenProvider) else None
                ),
                max_retries=0,
                timeout=None,
                http_client=connections.client(address),
            )
        case AzureV1(address, _, auth) | OpenAIEndpoint(address, _, auth):
            base_url = address or f"https://{OPENAI_HOST}/v1"
            return openai.AsyncOpenAI(
                base_url=base_url,
                api_key=_asked(auth.token) if isinstance(auth, TokenProvider) else _key(auth),
                max_retries=0,
                timeout=None,
                http_client=connections.client(base_url),
            )


def _discreet(client: AsyncOpenAI) -> AsyncOpenAI:
    """The client without what it took from the environment, anywhere but at OpenAI itself.

    It sends ``OPENAI_ORG_ID``, ``OPENAI_PROJECT_ID`` and ``OPENAI_CUSTOM_HEADERS`` to every host
    (measured with openai 3.54), and has no public way to be told not to.
    """
    if client.base_url.host != OPENAI_HOST:
        client.organization = None
        client.project = None
        client._custom_headers = {}
    return client


def _key(auth: ApiKey | None) -> str:
    return auth.value if auth is not None and auth.value else NO_KEY


def _asked(token: AsyncText) -> AsyncText:
    """The token, or a ``SignInError`` that says in a line why there is none."""

    async def ask() -> str:
        try:
            return await token()
        except Exception as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise SignInError(lines[0]) from error

    return ask


def received_of(response: httpx2.Response) -> Received:
    """What is known of an answer beside its body."""
    return Received(response.status_code, cast("Mapping[str, str]", response.headers))


def _whole(wording: Wording, body: bytes, received: Received) -> Answer:
    """The answer in a body that came whole: some servers never stream, some do not say that.

    Some streamed when they were recorded, and are asked for all at once now.
    """
    if not body.lstrip().startswith((b"data:", b"event:", b":")):
        return wording.read(body, received)
    gathered, lines = wording.gather(received), EventLines()
    for data in (*lines.feed(body), *lines.end()):
        gathered.take(data)
    return gathered.answer()


async def _gather(
    wording: Wording, response: httpx2.Response, received: Received, begun: float
) -> Answer:
    gathered = wording.gather(received)
    lines = EventLines()
    ttft: float | None = None
    try:
        async for chunk in response.aiter_bytes():
            for data in lines.feed(chunk):
                if gathered.take(data) and ttft is None:
                    ttft = perf_counter() - begun
            if gathered.failure is not None or gathered.done:
                break
        else:
            for data in lines.end():
                gathered.take(data)
    except Exception as error:  # noqa: BLE001 - a connection that broke after the last word is no loss
        if not gathered.ended:
            return replace(failure_of(error), request_id=received.request_id)
    finally:
        await response.aclose()
    answer = gathered.answer()
    if isinstance(answer, Reply):
        return replace(answer, latency_s=perf_counter() - begun, ttft_s=ttft)
    return answer
