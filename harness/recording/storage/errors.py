"""Find errors that stand in a recording where an answer should: they count as missing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.conversation.ports import Place
from harness.conversation.transcript import Failure
from harness.exchange import PlainResponse
from harness.providers.failures import classify, read_service_error
from harness.recording.storage.exchange import RecordedExchange, Slot
from harness.recording.storage.no_answer import NO_ANSWER, read_failure

_SAID = re.compile(rb'\s*(?:data:\s*)?\{\s*"error"\s*:\s*[{"]')
"""An error that a body, or the first event of a stream, consists of, whatever its status."""

_ANSWERING = "content_filter"
"""The kind of failure that is an answer: the filter's verdict on what was asked."""


def find_error(response: PlainResponse) -> Failure | None:
    """Return the failure that a recorded response is; None when it is an answer.

    Where a content filter refused, that is the answer.
    """
    if response.status == NO_ANSWER:
        try:
            return read_failure(response)
        except ValueError:
            return Failure("connection", "there was no answer")
    if response.status < 400 and not _SAID.match(response.body[:60]):
        is_json = "application/json" in response.headers.get("content-type", "")
        if is_json and not response.body.rstrip().endswith((b"}", b"]")):
            return Failure("protocol", "the answer broke off", status=response.status)
        return None
    failure = classify(response.status, response.headers, read_service_error(response.body))
    return None if failure.kind == _ANSWERING else failure


def find_errored_repeats(exchanges: Iterable[RecordedExchange]) -> dict[int, Failure]:
    """Return the repeats that ended in an error, each with the first one.

    The last of what one turn or check was answered decides: a refusal that was tried again, or
    that taught how to ask, is followed by the answer.
    """
    last: dict[Slot, RecordedExchange] = {one.slot: one for one in exchanges}
    found: dict[int, Failure] = {}
    for slot, exchange in last.items():
        if isinstance(slot, Place) and slot.repeat not in found:
            failure = find_error(exchange.received)
            if failure is not None:
                found[slot.repeat] = failure
    return found


def describe_error(failure: Failure) -> str:
    """Write a failure in a few words: ``not_found (404): The API deployment …``."""
    status = f" ({failure.status})" if failure.status else ""
    return f"{failure.kind}{status}: {failure.message}"[:200]
