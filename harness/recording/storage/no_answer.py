"""Requests that never got an answer: their failure stands where the answer would."""

from __future__ import annotations

import json
from typing import Any, Final, get_args

from harness.conversation.transcript import ErrorKind, Failure
from harness.exchange import PlainResponse
from harness.text.numbers import is_number

NO_ANSWER: Final = 0
"""The status of what is no answer: a connection that broke, a deadline that passed."""
_KEPT: Final = ("kind", "message", "code", "retryable", "retry_after_s", "request_id")


def record_failure(failure: Failure) -> PlainResponse:
    """Make what stands in a cassette for an answer that never came."""
    said = {name: getattr(failure, name) for name in _KEPT}
    return PlainResponse(NO_ANSWER, body=json.dumps(said, ensure_ascii=False).encode())


def read_failure(received: PlainResponse) -> Failure | None:
    """Return the failure that stands for an answer; None when there was an answer.

    Raises:
        ValueError: it stands there, and says nothing that could be understood.
    """
    if received.status != NO_ANSWER:
        return None
    said: Any = json.loads(received.body)
    if not isinstance(said, dict) or said.get("kind") not in get_args(ErrorKind):
        raise ValueError("a request without an answer does not say why")
    wait = said.get("retry_after_s")
    return Failure(
        kind=said["kind"],
        message=str(said.get("message", "")),
        code=str(said.get("code", "")),
        retryable=said.get("retryable") is True,
        retry_after_s=float(wait) if is_number(wait) else None,
        request_id=said["request_id"] if isinstance(said.get("request_id"), str) else None,
    )
