"""The reason why there is no reply, and what to do, as a colleague would say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from harness.conversation.transcript import Failure
from harness.playground.session import ChatSession
from harness.text.safe import clip_line, flatten

_SAID: Final[Mapping[str, tuple[str, str]]] = {
    "auth": ("the key or the sign-in was refused", "harness doctor looks at the way there"),
    "not_found": ("there is no such model or deployment there", ""),
    "rate_limit": ("the service wants to be left alone for a while", "wait a little"),
    "content_filter": ("a content filter refused the message", "say it otherwise"),
    "context_length": (
        "the conversation is longer than the model's context window",
        "/undo or /clear makes room; evaluation.history in the spec keeps it short",
    ),
    "bad_request": (
        "the service refused the request",
        "/param shows what is sent along, /json the request itself",
    ),
    "timeout": ("there was no answer in time", ""),
    "connection": ("the service cannot be reached", "is it running, and the address right?"),
    "server": ("the service failed", "that is not your message's fault"),
    "protocol": ("the answer was none", "/json shows what came"),
}


def describe_failure(failure: Failure, session: ChatSession) -> Iterator[str]:
    """Yield lines: why there is no reply, what the service said, what to do; nothing is lost."""
    summary, hint = _SAID.get(failure.kind, (failure.kind, ""))
    status = f" (HTTP {failure.status})" if failure.status else ""
    yield f"no reply: {summary}{status}"
    if failure.message:
        yield f"  it said: {clip_line(failure.message, 300)}"
    if failure.request_id:
        yield f"  request id: {flatten(failure.request_id)}"
    if failure.retry_after_s is not None and failure.kind == "rate_limit":
        yield f"  it asks to wait {failure.retry_after_s:g} s"
    if failure.kind == "not_found" and session.has_spec:
        hint = f"harness apply {session.spec_file.path} deploys what the spec declares"
    if hint:
        yield f"  hint: {hint}"
    yield "  your message is kept: /retry sends it again"
