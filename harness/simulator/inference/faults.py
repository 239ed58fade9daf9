"""Declared faults, as answers: what fails, how it looks, and where it breaks off."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from harness.simulator.dataplane import DataPlaneCall, ServedModel
from harness.simulator.inference.refusals import (
    DENIED_MESSAGE,
    DataPlaneError,
    Dialect,
    content_filter_error,
    context_length_error,
    deployment_not_found_error,
    gateway_error,
    permission_denied_error,
    rate_limit_error,
)
from harness.simulator.malformed import is_of_stream
from harness.simulator.outgoing import Break
from harness.spec.model.spec import Fault

_MESSAGES: Mapping[int, str] = {
    401: DENIED_MESSAGE,
    403: "Access denied due to Virtual Network/Firewall rules.",
    404: "Resource not found",
    408: "The operation was timeout.",
    410: "The model was retired and is no longer served.",
    500: "The server had an error processing your request. Sorry about that!",
    503: "The service is temporarily unable to process your request. Please try again later.",
}


def select_fault(
    operation: str, call: DataPlaneCall, served: ServedModel, raw: bytes, *, streamed: bool
) -> Fault | None:
    """Return the fault that strikes this request, if any.

    A ``rate`` is decided by the request and by how often it was seen, so that the same requests
    fare alike in every run and a repeated one has a new chance.
    """
    if not call.session.simulator.faults:
        return None
    seen: Counter[str] = call.session.memory.setdefault("seen requests", Counter())
    digest = hashlib.sha256(f"{operation}|{served.target}|".encode() + raw).hexdigest()
    seen[digest] += 1
    return call.session.faults.select(
        operation,
        served.names,
        key=f"{digest}|{seen[digest]}",
        fits=lambda fault: streamed or not is_of_stream(fault),
    )


def make_fault_error(fault: Fault, dialect: Dialect) -> DataPlaneError | None:
    """Return the refusal in place of an answer; None where the fault spoils the answer itself."""
    headers = _make_headers(fault)
    if fault.body is not None:
        status = fault.status or 200
        return DataPlaneError(status, fault.code, "", shape="raw", headers=headers, body=fault.body)
    if fault.status is None:
        return None
    known = _recorded_error(fault, dialect)
    if known is not None:
        known.headers = {**known.headers, **headers}
        return known
    message = fault.message or _make_message(fault)
    code = fault.code or str(fault.status)
    if dialect == "openai":
        return DataPlaneError(fault.status, code, message, headers=headers)
    shown = gateway_error(fault.status, code, message)
    shown.headers = headers
    return shown


def find_break(fault: Fault | None) -> Break | None:
    """Return the point at which the fault breaks an answer off."""
    if fault is None:
        return None
    return fault.reset or ("truncate" if fault.truncate else None)


def _recorded_error(  # noqa: PLR0911 - a table reads downwards
    fault: Fault, dialect: Dialect
) -> DataPlaneError | None:
    """Return the error of a code whose whole body was recorded."""
    if fault.message is not None:
        return None
    match fault.status, fault.code:
        case 400, "content_filter":
            return content_filter_error()
        case 400, "context_length_exceeded":
            return context_length_error(300_000, 300_001)
        case 401, "PermissionDenied":
            return permission_denied_error()
        case 429, "RateLimitReached":
            return rate_limit_error("model", "deployment", "region")
        case 404, "DeploymentNotFound" | "model_not_found":
            return deployment_not_found_error(dialect, "model")
        case _:
            return None


def _make_message(fault: Fault) -> str:
    if fault.status == 429:
        wait = f"{fault.retry_after_s or 1:g}"
        # Source: quoted, 2025-12; names of model and region left out.
        return (
            "Your requests have exceeded the token rate limit for your current AIServices S0 "
            f"pricing tier. Please retry after {wait} seconds."
        )
    return _MESSAGES.get(fault.status or 0, "A declared fault of the simulator.")


def _make_headers(fault: Fault) -> dict[str, str]:
    headers: dict[str, Any] = {}
    if fault.retry_after_s is not None:
        headers["retry-after-ms"] = f"{round(fault.retry_after_s * 1000)}"
        if fault.retry_after_s >= 1:
            headers["Retry-After"] = f"{math.ceil(fault.retry_after_s)}"
    if isinstance(fault.body, str) and fault.body.lstrip().startswith("<"):
        headers["Content-Type"] = "text/html"
    return headers
