"""The way of the management plane to a ledger: a transport adapter, which requests documents.

Not by vcrpy's patches: to send a request of urllib3's, vcrpy takes all its patches away for a
moment, in all threads (``force_reset``, vcrpy 9.4), and accounts are worked on in threads.
"""

from __future__ import annotations

from io import BytesIO
from time import perf_counter
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from harness.recording.session.ledger import Ledger
from harness.recording.storage.exchange import Received, Sent


class LedgerAdapter(HTTPAdapter):
    """Sends what is to be sent, and lets the ledger hear it; or has the answer from there."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger

    def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:  # type: ignore[override]
        """The answer to a request.

        Raises:
            OutsideError: in a replay, it was not recorded.
        """
        sent = _sent(request)
        answer = self._ledger.answer(sent)
        if answer is not None:
            return _response(answer, request)
        began = perf_counter()
        response = super().send(request, **given)
        if self._ledger.heeds(sent):
            headers = {name.lower(): value for name, value in response.headers.items()}
            received = Received(response.status_code, headers, response.content)
            self._ledger.keep(sent, received, round(perf_counter() - began, 6))
        return response


def _sent(request: requests.PreparedRequest) -> Sent:
    body = request.body or b""
    assert isinstance(body, str | bytes), "no command sends a stream"  # noqa: S101
    return Sent(
        request.method or "GET",
        request.url or "",
        {name.lower(): str(value) for name, value in request.headers.items()},
        body.encode() if isinstance(body, str) else body,
    )


def _response(received: Received, request: requests.PreparedRequest) -> requests.Response:
    response = requests.Response()
    response.status_code = received.status
    response.headers = CaseInsensitiveDict(received.headers)
    response.raw = BytesIO(received.body)
    response.url = request.url or ""
    response.request = request
    response.encoding = "utf-8"
    return response
