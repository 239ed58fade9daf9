"""Classify what a service said instead of an answer, as the contract's kinds.

Sources: the error tables of facts on the data plane (recorded 2023 to 2026), openai-python's and
inspect_ai's retry rules; shapes that only an issue quotes are accepted beside the recorded ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final

from harness.conversation.limits import LimitHeaders
from harness.conversation.transcript import ErrorKind, Failure
from harness.providers.limits import read_limit_headers
from harness.providers.strict_json import load_leniently
from harness.run.requests.patience import may_succeed_later

_FILTERED: Final = frozenset(
    {"content_filter", "content_policy_violation", "invalid_prompt", "cyber_policy"}
)
_NOT_FOUND: Final = frozenset({"model_not_found", "deploymentnotfound"})
_SAID_BY_400: Final[tuple[tuple[re.Pattern[str], ErrorKind], ...]] = (
    (re.compile(r"ContentPolicyViolationError"), "content_filter"),
    (
        re.compile(
            r"(?i)maximum (?:context|model) length|exceed_context_size|ContextWindowExceeded|"
            r"prompt is too long|"
            r"(?:exceed|greater|larger|longer|overflow)[^\n]{0,120}"
            r"context[_ ](?:window|size|length)|"
            r"context[_ ](?:window|size|length)[^\n]{0,60}exceed"
        ),
        "context_length",
    ),
)
"""Words of compatible servers, first match, where their code says nothing.

Only these two kinds: every other 400 is a ``bad_request``, also of an unknown model or a wrong key
where a server has no better status for them.

Source: tests/servers, which asks LiteLLM's proxy 1.106; the errors of llama.cpp, LM Studio, vLLM
and Anthropic as users quote them.
"""
_WAIT = re.compile(
    r"(?:retry after|try again in)\s+((?:\d+(?:\.\d+)?\s*(?:ms|[hms])?[a-z]*\s*)+)", re.IGNORECASE
)
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(millis|ms|h|m|s)?", re.IGNORECASE)
_UNIT_S: Final = {"millis": 0.001, "ms": 0.001, "h": 3600.0, "m": 60.0, "s": 1.0, "": 1.0}
_TITLE = re.compile(r"<title[^<>]*>([^<]*)</title>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LONGEST_PAGE: Final = 100_000
"""Characters of a page that are looked at for its words."""


@dataclass(frozen=True, slots=True)
class ServiceError:
    """The error object of an answer, whatever shape it came in."""

    code: str = ""
    message: str = ""
    param: str = ""
    content_filter: Mapping[str, Any] | None = None


def read_service_error(body: bytes | Mapping[str, Any]) -> ServiceError:
    """Read the body of an error.

    Known shapes: ``{"error": {…}}``, ``{"error": "text"}``, a list of one such, Azure's flat
    ``{"statusCode": 401, "message": "…"}``, any of these as the first event of a stream, HTML of a
    gateway, nothing at all.
    """
    found: Any = body
    if isinstance(body, bytes):
        try:
            found = load_leniently(_cut_first_event(body))
        except (ValueError, RecursionError):
            return ServiceError(message=_make_plain(body.decode("utf-8", "replace")))
    if isinstance(found, list) and found:
        found = found[0]
    if isinstance(found, Mapping) and isinstance(found.get("error"), Mapping | str):
        found = found["error"]
    if isinstance(found, str):
        return ServiceError(message=_make_plain(found))
    if not isinstance(found, Mapping):
        return ServiceError()
    inner = _find_first(found, "innererror", "inner_error") or {}
    categories = _find_first(inner, "content_filter_result", "content_filter_results")
    code = _as_text(found.get("code"))
    if _as_text(inner.get("code")) == "ResponsibleAIPolicyViolation" and code not in _FILTERED:
        code = "content_filter"
    return ServiceError(
        code=code or _as_text(found.get("type")),
        message=_as_text(found.get("message")) or _as_text(found.get("detail")),
        param=_as_text(found.get("param")),
        content_filter=categories,
    )


def classify(
    status: int,
    headers: Mapping[str, str],
    error: ServiceError,
    *,
    request_id: str | None = None,
) -> Failure:
    """Return the failure that an HTTP error is; ``headers`` have lower-case names."""
    kind = _find_kind(status, error)
    limits = read_limit_headers(headers, refused=True) if kind == "rate_limit" else None
    wait = None
    if status in (408, 409, 429) or status >= 500:
        wait = _find_wait(headers, error.message, limits)
    return Failure(
        kind=kind,
        message=error.message or _describe_status(status),
        status=status,
        code=error.code,
        retryable=may_succeed_later(status, kind, error.code, error.message, wait),
        retry_after_s=wait,
        request_id=request_id,
        content_filter=error.content_filter,
        limits=limits,
    )


def _find_kind(status: int, error: ServiceError) -> ErrorKind:
    code = error.code.lower()
    if code in _NOT_FOUND:
        return "not_found"
    if 400 <= status < 500 and status != 429:
        if code in _FILTERED:
            return "content_filter"
        if code == "context_length_exceeded":
            return "context_length"
    if status == 400:
        said = (kind for words, kind in _SAID_BY_400 if words.search(error.message))
        return next(said, "bad_request")
    return _find_kind_of_status(status)


def _find_kind_of_status(status: int) -> ErrorKind:  # noqa: PLR0911 - a table reads downwards
    match status:
        case 401 | 403 | 407:
            return "auth"
        case 404 | 410:
            return "not_found"
        case 408:
            return "timeout"
        case 429:
            return "rate_limit"
        case 409:
            return "server"
        case _ if 400 <= status < 500:
            return "bad_request"
        case _ if status >= 500:
            return "server"
    return "protocol"


def _find_wait(
    headers: Mapping[str, str], message: str, limits: LimitHeaders | None
) -> float | None:
    """Read how long the service asks to wait.

    By its exact header, else the other, else its words, else the reset of the limit that refused.
    Recorded: ``retry-after-ms: 0`` beside ``retry-after: 1``, so a zero does not count.
    """
    exact = _read_number(headers.get("retry-after-ms"), 0.001)
    if exact:
        return exact
    whole = _read_number(headers.get("retry-after"), 1.0)
    if whole is None:
        whole = _read_date(headers.get("retry-after"), headers.get("date"))
    if whole:
        return whole
    if (words := _WAIT.search(message)) is not None:  # "6m0s", "20 seconds", "120ms"
        return sum(float(n) * _UNIT_S[unit.lower()] for n, unit in _SPAN.findall(words[1]))
    if limits is not None and (reset := _find_reset(limits)):
        return reset
    return whole if whole is not None else exact


def _find_reset(limits: LimitHeaders) -> float | None:
    """Find when the limit that refused is free again; the one that is spent, if none is named."""
    windows = [limits.requests, limits.tokens]
    if limits.refused is not None:
        windows = [limits.tokens if limits.refused == "tokens" else limits.requests]
    elif any(window.remaining == 0 for window in windows):
        windows = [window for window in windows if window.remaining == 0]
    return max((window.reset_s for window in windows if window.reset_s), default=None)


def _read_number(text: str | None, scale: float) -> float | None:
    try:
        value = float(text) * scale if text is not None else None
    except ValueError:
        return None
    return value if value is not None and 0.0 <= value < float("inf") else None


def _read_date(text: str | None, now: str | None) -> float | None:
    """Return seconds from the answer's date to a date in ``Retry-After``; our clock may be off."""
    if text is None or now is None:
        return None
    try:
        wait = (parsedate_to_datetime(text) - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError):
        return None
    return max(0.0, wait)


def _find_first(mapping: Mapping[str, Any], *names: str) -> Mapping[str, Any] | None:
    for name in names:
        if isinstance(mapping.get(name), Mapping):
            return dict(mapping[name])
    return None


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None or isinstance(value, bool | dict | list) else str(value)


def _cut_first_event(body: bytes) -> bytes:
    """Return the data of a stream's first event: with one LiteLLM's proxy refuses a stream."""
    if not body.startswith(b"data:"):
        return body
    return body.removeprefix(b"data:").split(b"\n", 1)[0]


def _make_plain(text: str) -> str:
    """Return a gateway's page as a line: its title, else its words."""
    text = text[:_LONGEST_PAGE]
    title = _TITLE.search(text)
    words = " ".join(_TAG.sub(" ", title[1] if title else text).split())
    return words if len(words) <= 300 else words[:299] + "…"


def _describe_status(status: int) -> str:
    match status:
        case 301 | 302 | 303 | 307 | 308:
            return "the server redirects, and a credential is never sent on to another place"
        case 410:
            return "gone: Azure answers this for a retired model"
        case _ if status >= 500:
            return "the server failed without saying why"
    return "the server refused without saying why"
