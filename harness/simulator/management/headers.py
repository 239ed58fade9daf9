"""Headers that ARM puts on every answer.

Source: recorded answers of 2023 (``istio-envoy``, 1199 writes) and 2025–26 (``x-cache``,
``x-msedge-ref``, no server name, 799 writes); facts on management, section 1.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime

from harness.simulator.management.stamps import ZERO_TENANT, guid
from harness.simulator.session import Session

ROUTER = "SIMULATOR"
_WINDOW_S = 60.0
_ALLOWED = {
    "reads": (1099, 16499),
    "writes": (799, 11999),
    "deletes": (799, 11999),
}
_KIND = {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}
OLD_GATEWAY_BEFORE = "2024"


def common(
    session: Session, method: str, api_version: str, sent: Mapping[str, str], *, cause: str
) -> dict[str, str]:
    """The usual headers.

    Args:
        session: whose allowance counts down.
        method: reads, writes and deletes are counted apart; POST counts as a write.
        api_version: before 2024 another gateway answered.
        sent: the request's headers; its correlation id is given back.
        cause: who failed (``gateway``, ``service``) when ARM itself answers; such answers say so
            and carry no allowance.
    """
    request_id = guid()
    now = session.now
    headers = {
        "Cache-Control": "no-cache",
        "Pragma": "no-cache",
        "Expires": "-1",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "x-ms-request-id": request_id,
        "x-ms-correlation-request-id": sent.get("x-ms-correlation-request-id") or request_id,
        "x-ms-routing-request-id": f"{ROUTER}:{now:%Y%m%dT%H%M%SZ}:{request_id}",
    }
    if cause:
        return headers | {"x-ms-failure-cause": cause} | _edge(now, api_version)
    return headers | _allowance(session, method) | _edge(now, api_version) | _envoy(api_version)


def _allowance(session: Session, method: str) -> dict[str, str]:
    kind = _KIND.get(method, "writes")
    started, used = session.memory.get(f"allowance.{kind}", (time.monotonic(), 0))
    if time.monotonic() - started > _WINDOW_S:
        started, used = time.monotonic(), 0
    session.memory[f"allowance.{kind}"] = (started, used + 1)
    own, everyone = _ALLOWED[kind]
    return {
        f"x-ms-ratelimit-remaining-subscription-{kind}": str(max(own - used, 0)),
        f"x-ms-ratelimit-remaining-subscription-global-{kind}": str(max(everyone - used, 0)),
    }


def _edge(now: datetime, api_version: str) -> dict[str, str]:
    if api_version < OLD_GATEWAY_BEFORE:
        return {}
    reference = guid().replace("-", "").upper()
    return {
        "X-Cache": "CONFIG_NOCACHE",
        "X-MSEdge-Ref": f"Ref A: {reference} Ref B: {ROUTER} Ref C: {now:%Y-%m-%dT%H:%M:%SZ}",
    }


def _envoy(api_version: str) -> dict[str, str]:
    headers = {"x-envoy-upstream-service-time": "1"}
    if api_version < OLD_GATEWAY_BEFORE:
        return headers | {"Server": "istio-envoy"}
    identifier = f"tenantId={ZERO_TENANT},objectId={ZERO_TENANT}/simulator/{guid()}"
    return headers | {"x-ms-operation-identifier": identifier}
