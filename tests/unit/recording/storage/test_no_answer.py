"""Requests without an answer."""

from __future__ import annotations

import pytest

from harness.conversation.transcript import Failure
from harness.exchange import PlainResponse
from harness.recording.storage.no_answer import read_failure, record_failure


def test_a_failure_comes_back_as_it_was() -> None:
    failure = Failure(
        "connection", "the server closed the connection", retryable=True, retry_after_s=1.5
    )
    assert read_failure(record_failure(failure)) == failure


def test_an_answer_is_no_failure() -> None:
    assert read_failure(PlainResponse(500, {}, b"oops")) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"kind": "magic"}'])
def test_what_says_nothing_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_failure(PlainResponse(0, {}, body))
