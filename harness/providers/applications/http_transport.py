"""The live transport of applications under test: plain HTTP through aiohttp."""

from __future__ import annotations

from collections.abc import AsyncIterator
from time import perf_counter
from typing import TYPE_CHECKING

from harness.exchange import PlainRequest
from harness.net import InnerHosts, find_proxy
from harness.providers.auth import ApiKey, Auth
from harness.providers.connections import LARGEST_BODY_BYTES, BodyTooLargeError, is_loopback
from harness.providers.reaching import open_session
from harness.providers.transport import OpenResponse, limit_silence

if TYPE_CHECKING:
    import aiohttp


class HttpTransport:
    """A transport through aiohttp, which is imported with the first request.

    Args:
        reach: which hosts may lead into an inner network; None: all.
    """

    def __init__(self, reach: InnerHosts | None = None) -> None:
        self._reach = reach
        self._proxy: str | None = None
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self, request: PlainRequest, *, auth: Auth | None = None, stream: bool = False
    ) -> OpenResponse:
        """Return the answer, its body not yet read, whether it comes in parts or not."""
        del stream
        import aiohttp

        began = perf_counter()
        if self._session is None:
            self._proxy = None if is_loopback(request.url) else find_proxy(request.url)
            # With a proxy only its own name is resolved here.
            reach = self._reach if self._proxy is None else None
            self._session = open_session(reach, limit=0)
        headers = dict(request.headers)
        if isinstance(auth, ApiKey):
            headers["Authorization"] = f"Bearer {auth.value}"
        response = await self._session.request(
            request.method,
            request.url,
            data=request.body,
            headers=headers,
            allow_redirects=False,
            proxy=self._proxy,
            timeout=aiohttp.ClientTimeout(),
        )

        async def close() -> None:
            response.release()

        lower = {name.lower(): value for name, value in response.headers.items()}
        return OpenResponse(response.status, lower, began, limit_silence(_chunks(response)), close)

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in response.content.iter_chunked(64 * 1024):
        size += len(chunk)
        if size > LARGEST_BODY_BYTES:
            raise BodyTooLargeError
        yield chunk
