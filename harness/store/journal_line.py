"""The shape of a line of ``events.jsonl``: files are copied, merged and edited by hand.

Keys of later versions are left aside; a key that is known holds what it should, or its line is
none of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

import msgspec

from harness.conversation.transcript import ErrorKind, ToolCall, Usage


class _Reply(msgspec.Struct):
    text: str
    finish_reason: str
    tool_calls: tuple[ToolCall, ...] = ()
    model: str | None = None
    usage: Usage | None = None
    latency_s: float = 0.0
    ttft_s: float | None = None
    request_id: str | None = None
    content_filter: Mapping[str, Any] | None = None
    system_fingerprint: str | None = None
    notes: tuple[str, ...] = ()
    logprobs: tuple[float, ...] | None = None
    made_calls: tuple[ToolCall, ...] = ()
    context: tuple[str, ...] | None = None
    served_model: str | None = None
    served_deployment: str | None = None
    spilled_over_from: str | None = None
    service_tier: str | None = None


class _Failure(msgspec.Struct):
    kind: ErrorKind
    message: str = ""
    status: int = 0
    code: str = ""
    retry_after_s: float | None = None
    request_id: str | None = None
    content_filter: Mapping[str, Any] | None = None


class _Line(msgspec.Struct):
    event: str
    at: str = ""
    conversation: str = ""
    case: str | None = None
    target: str = ""
    variant: str = ""
    repeat: int = 1
    turn: int = 1
    round: int = 1
    check: str = ""
    attempt: int = 1
    final: bool = True
    queued_s: float = 0.0
    reply: _Reply | msgspec.UnsetType = msgspec.UNSET
    failure: _Failure | msgspec.UnsetType = msgspec.UNSET


def is_journal_line(line: object) -> TypeGuard[dict[str, Any]]:
    """Return whether a decoded line is an event whose known keys hold what they should."""
    try:
        msgspec.convert(line, _Line)
    except (msgspec.ValidationError, UnicodeError, RecursionError):
        return False
    return isinstance(line, dict)
