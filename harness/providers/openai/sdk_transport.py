"""The live transport of targets behind the openai SDK: Azure's v1 and dated APIs, and OpenAI's.

The SDK signs, builds headers and keeps connections; it does not retry (the run does, with the rate
limits in view), does not follow redirects, and does not build its models from the answer. With a
key that stays the same it builds one request for each URL, and those after it are that request
with another body, sent by the same HTTP client: building each anew is half of what a request costs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, cast

from harness.exchange import PlainRequest, PlainResponse
from harness.providers.auth import ApiKey, AsyncText, Auth, TokenProvider
from harness.providers.connections import Connections
from harness.providers.openai.endpoints import (
    NO_GATEWAY,
    OPENAI_HOST,
    AzureClassic,
    Gateway,
    SdkEndpoint,
)
from harness.providers.transport import OpenResponse, limit_silence, open_whole
from harness.providers.trouble import SignInError

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI
    from openai._types import RequestOptions

KEY_HEADERS: Final = ("Authorization", "api-key")
"""Headers in which the SDK sends a key, by its own spelling."""

NO_KEY: Final = "none"
"""The key that is sent to a server that wants none; the SDK insists on sending something."""


class SdkTransport:
    """A transport through the openai SDK, which is imported with the first request.

    Args:
        endpoint: where requests go.
        connections: shared by several transports and closed by whoever made it; without it the
            transport has connections of its own.
    """

    def __init__(self, endpoint: SdkEndpoint, connections: Connections | None = None) -> None:
        self._endpoint = endpoint
        self._own = Connections() if connections is None else None
        self._connections = connections or self._own or Connections()
        self._signed: tuple[Auth | None, AsyncOpenAI] | None = None
        self._built: dict[str, httpx2.Request] = {}

    async def send(
        self, request: PlainRequest, *, auth: Auth | None = None, stream: bool = False
    ) -> OpenResponse:
        """Return the answer, its body not yet read where it was asked for in parts."""
        client = self._find_client(auth)  # imports the SDK, slower than many an answer
        began = perf_counter()
        built = self._built.get(request.url)
        if built is None:
            response = await self._send_by_sdk(client, request, auth=auth, stream=stream)
            # A token is another one after an hour, and another may have changed the key meanwhile.
            if self._signed == (auth, client) and not isinstance(auth, TokenProvider):
                self._built[request.url] = response.request
        else:
            http = self._connections.find_client(request.url)
            response = await http.send(_fill_request(built, request.body), stream=stream)
        headers = _read_headers(response.headers.raw)
        if response.is_stream_consumed:
            plain = PlainResponse(response.status_code, headers, response.content)
            return open_whole(plain, began)
        chunks = limit_silence(_read_chunks(response))
        return OpenResponse(response.status_code, headers, began, chunks, response.aclose)

    async def _send_by_sdk(
        self, client: AsyncOpenAI, request: PlainRequest, *, auth: Auth | None, stream: bool
    ) -> httpx2.Response:
        import httpx2
        import openai

        try:
            answer: Any = await client.post(
                request.url,
                cast_to=httpx2.Response,
                content=request.body,
                options=self._make_options(auth),
                stream=stream,
                stream_cls=openai.AsyncStream[object] if stream else None,
            )
        except openai.APIStatusError as error:
            answer = error.response
        return cast("httpx2.Response", answer)

    async def close(self) -> None:
        """Let go of connections, unless they belong to somebody else."""
        if self._own is not None:
            await self._own.close()

    def _make_options(self, auth: Auth | None) -> RequestOptions:
        headers = make_gateway_headers(self._endpoint.gateway, auth)
        return {"headers": headers} if headers else {}

    def _find_client(self, auth: Auth | None) -> AsyncOpenAI:
        if self._signed is None or self._signed[0] is not auth:
            client = make_client(self._endpoint, auth, self._connections)
            self._signed = (auth, client)
            self._built.clear()
        return self._signed[1]


def make_gateway_headers(gateway: Gateway, auth: Auth | None) -> dict[str, Any]:
    """Make the headers that a gateway wants, with the key in one of them if it says so."""
    import openai

    if gateway is NO_GATEWAY:
        return {}
    headers: dict[str, Any] = dict(gateway.headers)
    if gateway.api_key_header is not None and isinstance(auth, ApiKey):
        headers |= dict.fromkeys(KEY_HEADERS, openai.Omit())
        headers[gateway.api_key_header] = auth.value
    return headers


def make_client(endpoint: SdkEndpoint, auth: Auth | None, connections: Connections) -> AsyncOpenAI:
    """Make the SDK's client of an endpoint, which takes from the environment only what it may."""
    return _make_discreet(_make_client(endpoint, auth, connections))


def _fill_request(built: httpx2.Request, body: bytes) -> httpx2.Request:
    """Return the request with another body, whose length is its own."""
    import httpx2

    headers = built.headers.copy()
    headers["Content-Length"] = str(len(body))
    return httpx2.Request(
        built.method, built.url, headers=headers, content=body, extensions=built.extensions
    )


def _read_headers(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by their lower-case names, as ``httpx2.Headers.items`` at a third of its cost.

    What a server sends twice is joined by a comma.
    """
    headers: dict[str, str] = {}
    for name, value in raw:
        key = name.decode("latin-1").lower()
        try:
            text = value.decode()
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


async def _read_chunks(response: httpx2.Response) -> AsyncIterator[bytes]:
    async for chunk in response.aiter_bytes():
        yield chunk


def _make_client(endpoint: SdkEndpoint, auth: Auth | None, connections: Connections) -> AsyncOpenAI:
    import openai

    if isinstance(endpoint, AzureClassic):
        return openai.AsyncAzureOpenAI(
            azure_endpoint=endpoint.endpoint,
            azure_deployment=endpoint.deployment,
            api_version=endpoint.api_version,
            api_key=auth.value if isinstance(auth, ApiKey) else None,
            azure_ad_token_provider=(
                _explain_missing(auth.token) if isinstance(auth, TokenProvider) else None
            ),
            max_retries=0,
            timeout=None,
            http_client=connections.find_client(endpoint.endpoint),
        )
    address = endpoint.address.rstrip("/")
    return openai.AsyncOpenAI(
        base_url=address,
        api_key=_explain_missing(auth.token)
        if isinstance(auth, TokenProvider)
        else _choose_key(auth),
        max_retries=0,
        timeout=None,
        http_client=connections.find_client(address),
    )


def _make_discreet(client: AsyncOpenAI) -> AsyncOpenAI:
    """Take from the client what it found in the environment, anywhere but at OpenAI itself.

    It sends ``OPENAI_ORG_ID``, ``OPENAI_PROJECT_ID`` and ``OPENAI_CUSTOM_HEADERS`` to every host
    (measured with openai 3.54), and has no public way to be told not to.
    """
    if client.base_url.host != OPENAI_HOST:
        client.organization = None
        client.project = None
        client._custom_headers = {}
    return client


def _choose_key(auth: ApiKey | None) -> str:
    return auth.value if auth is not None and auth.value else NO_KEY


def _explain_missing(token: AsyncText) -> AsyncText:
    """Return a source of tokens that raises a ``SignInError`` of one line where there is none."""

    async def ask() -> str:
        try:
            return await token()
        except Exception as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise SignInError(lines[0]) from error

    return ask
