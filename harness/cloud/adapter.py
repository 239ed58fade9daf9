"""The SDK's HTTP client at the seam: it speaks requests' types, all else speaks plain values.

Not by vcrpy's patches: to send a request of urllib3's, vcrpy takes all its patches away for a
moment, in all threads (``force_reset``, vcrpy 9.4), and accounts are worked on in threads.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from harness.cloud.transport import Wrap
from harness.exchange import PlainRequest, PlainResponse


class WrappedAdapter(HTTPAdapter):
    """Converts requests and answers for another transport, which may send them or has its own."""

    def __init__(self, wrap: Wrap) -> None:
        super().__init__()
        self._wrap = wrap

    def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:  # type: ignore[override]
        """Return the answer to a request; raises whatever the other transport raises."""
        live = _LiveTransport(partial(super().send, request, **given))
        plain = self._wrap(live).send(_to_plain(request))
        return _from_plain(plain, request) if live.response is None else live.response


class _LiveTransport:
    """A transport for one request, which is sent as requests prepared it."""

    def __init__(self, send: Callable[[], requests.Response]) -> None:
        self._send = send
        self.response: requests.Response | None = None

    def send(self, request: PlainRequest) -> PlainResponse:
        """Send the prepared request, whose plain form this is."""
        del request
        self.response = response = self._send()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return PlainResponse(response.status_code, headers, response.content)


def _to_plain(request: requests.PreparedRequest) -> PlainRequest:
    body = request.body or b""
    assert isinstance(body, str | bytes), "no command sends a stream"  # noqa: S101
    return PlainRequest(
        request.method or "GET",
        request.url or "",
        {name.lower(): str(value) for name, value in request.headers.items()},
        body.encode() if isinstance(body, str) else body,
    )


def _from_plain(plain: PlainResponse, request: requests.PreparedRequest) -> requests.Response:
    response = requests.Response()
    response.status_code = plain.status
    response.headers = CaseInsensitiveDict(plain.headers)
    response.raw = BytesIO(plain.body)
    response.url = request.url or ""
    response.request = request
    response.encoding = "utf-8"
    return response
