"""Connections that the models of a run share, and the cap on what may come back over them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from harness.net import InnerHosts
from harness.providers.reaching import open_session
from harness.spec.check import safety

if TYPE_CHECKING:
    import aiohttp
    import httpx2

LARGEST_BODY_BYTES: Final = 16 * 1024 * 1024
"""No chat completion is larger; what is, comes from something else and would fill the memory."""

CONNECT_WITHIN_S: Final = 10.0


class BodyTooLargeError(Exception):
    """More than ``LARGEST_BODY_BYTES`` came back."""


def is_loopback(url: str) -> bool:
    """Return whether a URL names this machine; proxies of the environment are not for those."""
    return safety.is_loopback(urlsplit(url).hostname or "")


class Connections:
    """One pool of connections for this machine's addresses and one for the rest.

    Sockets open with the first request, so this may be made outside a running loop; it belongs to
    the loop that used it first.

    Args:
        reach: which hosts may lead into an inner network; None: all.
        largest: bytes that may come back as one answer.
    """

    def __init__(self, reach: InnerHosts | None = None, largest: int = LARGEST_BODY_BYTES) -> None:
        self.reach = reach
        self._largest = largest
        self._clients: dict[tuple[bool, bool], httpx2.AsyncClient] = {}

    def find_client(self, url: str) -> httpx2.AsyncClient:
        """Return the client for this address; it has no read timeout, as its caller has a clock."""
        key = (is_loopback(url), urlsplit(url).scheme == "http")
        if key not in self._clients:
            client = _make_client(self.reach, loopback=key[0], plain=key[1])
            _cap_bodies(client, self._largest)
            self._clients[key] = client
        return self._clients[key]

    async def close(self) -> None:
        """Let go of every connection."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()


def _make_client(reach: InnerHosts | None, *, loopback: bool, plain: bool) -> httpx2.AsyncClient:
    import ssl

    import httpx2
    from openai import DefaultAioHttpClient

    # Reading the system's certificates takes tens of milliseconds, for nothing over plain http.
    verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else httpx2.create_ssl_context()
    limits = httpx2.Limits(max_connections=2000, max_keepalive_connections=2000)
    client = DefaultAioHttpClient(
        trust_env=not loopback,
        follow_redirects=False,
        timeout=httpx2.Timeout(None, connect=CONNECT_WITHIN_S),
        limits=limits,
        verify=verify,
        headers={"Accept-Encoding": "identity"},
    )
    if reach is not None and not loopback:
        _guard_names(client, reach)
    return client


def _guard_names(client: httpx2.AsyncClient, reach: InnerHosts) -> None:
    """Let the client resolve names within reach; a proxy's, which another transport asks, at will.

    The SDK's transport takes what makes its session, and offers no argument for a resolver.
    """
    transport: Any = client._transport

    def open_guarded() -> aiohttp.ClientSession:
        limits = transport.limits
        return open_session(
            reach,
            limit=limits.max_connections,
            keepalive_timeout=limits.keepalive_expiry,
            ssl=transport.ssl_context,
        )

    transport.client = open_guarded


def _cap_bodies(client: httpx2.AsyncClient, largest: int) -> None:
    """Wrap what every response is read from, also those that the SDK reads on its own."""
    import httpx2

    class Capped(httpx2.AsyncByteStream):
        def __init__(self, stream: httpx2.AsyncByteStream) -> None:
            self._stream = stream

        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for chunk in self._stream:
                size += len(chunk)
                if size > largest:
                    raise BodyTooLargeError
                yield chunk

        async def aclose(self) -> None:
            await self._stream.aclose()

    async def cap(response: httpx2.Response) -> None:
        told = response.headers.get("content-length", "")
        if told.isdecimal() and int(told) <= largest and not _is_packed(response):
            return  # no more than it tells is read: most answers, and 4 % of a request
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = Capped(response.stream)
        if "content-encoding" in response.headers:
            reading: Any = response
            reading._decoder = _CappedDecoder(reading._get_content_decoder())

    client.event_hooks["response"].append(cap)


class _CappedDecoder:
    """A decoder around another: what a packed answer unpacks to is capped like what came.

    It was not asked for, and a hundred kilobytes of gzip unpack to a hundred megabytes. The client
    offers no place for a decoder but its own; it reads this one as it would read that.
    """

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder
        self._size = 0

    def decode(self, data: bytes) -> Iterator[bytes]:
        return self._count(self._decoder.decode(data))

    def flush(self) -> Iterator[bytes]:
        return self._count(self._decoder.flush())

    def _count(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._size += len(piece)
            if self._size > LARGEST_BODY_BYTES:
                raise BodyTooLargeError
            yield piece


def _is_packed(response: httpx2.Response) -> bool:
    return "content-encoding" in response.headers or "transfer-encoding" in response.headers
