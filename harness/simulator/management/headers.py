"""Headers that ARM puts on every answer.

Source: recorded answers of 2023 (``istio-envoy``, 1199 writes) and 2025–26 (``x-cache``,
``x-msedge-ref``, no server name, 799 writes); facts on management, section 1.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, datetime

from harness.simulator.management.protocol.stamps import ZERO_TENANT, make_guid
from harness.simulator.session import Session

ROUTER = "SIMULATOR"
_WINDOW_S = 60.0
_ALLOWED = {"reads": (1099, 16499), "writes": (799, 11999), "deletes": (799, 11999)}
_ALLOWED_BEFORE = {"reads": 11999, "writes": 1199, "deletes": 14999}
_KIND = {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}
OLD_GATEWAY_BEFORE = date(2024, 7, 1)
"""Recorded: the older form in 2023-07, the newer in 2024-12."""
_OLD_VERSIONS_BEFORE = "2024"


def is_old_gateway(session: Session, api_version: str, path: str) -> bool:
    """Tell whether the older gateway answers.

    The session's day decides; without a declared one, the api-version of the resource provider,
    so that old clients meet what they knew. Operations and groups keep old api-versions for ever.
    """
    if session.simulator.date is not None:
        return session.simulator.date < OLD_GATEWAY_BEFORE
    lower = path.lower()
    asked = lower.rpartition("/providers/")[2]
    provider = (
        asked.startswith("microsoft.cognitiveservices/") and "/operationresults/" not in asked
    )
    return provider and api_version < _OLD_VERSIONS_BEFORE


def make_usual_headers(
    session: Session, method: str, sent: Mapping[str, str], *, cause: str, old: bool
) -> dict[str, str]:
    """Return the usual headers.

    Args:
        session: whose allowance counts down.
        method: reads, writes and deletes are counted apart; POST counts as a write.
        sent: the request's headers; its correlation id is given back.
        cause: who failed (``gateway``, ``service``) when ARM itself answers; such answers say so
            and carry no allowance.
        old: another gateway answered until 2024.
    """
    request_id = make_guid()
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
    headers |= {} if old else _make_edge(now)
    if cause:
        return headers | {"x-ms-failure-cause": cause}
    return headers | _make_allowance(session, method, old=old) | _make_envoy(old=old)


def _make_allowance(session: Session, method: str, *, old: bool) -> dict[str, str]:
    kind = _KIND.get(method, "writes")
    started, used = session.memory.get(f"allowance.{kind}", (time.monotonic(), 0))
    if time.monotonic() - started > _WINDOW_S:
        started, used = time.monotonic(), 0
    session.memory[f"allowance.{kind}"] = (started, used + 1)
    if old:
        left = max(_ALLOWED_BEFORE[kind] - used, 0)
        return {f"x-ms-ratelimit-remaining-subscription-{kind}": str(left)}
    own, everyone = _ALLOWED[kind]
    return {
        f"x-ms-ratelimit-remaining-subscription-{kind}": str(max(own - used, 0)),
        f"x-ms-ratelimit-remaining-subscription-global-{kind}": str(max(everyone - used, 0)),
    }


def _make_edge(now: datetime) -> dict[str, str]:
    reference = make_guid().replace("-", "").upper()
    return {
        "X-Cache": "CONFIG_NOCACHE",
        "X-MSEdge-Ref": f"Ref A: {reference} Ref B: {ROUTER} Ref C: {now:%Y-%m-%dT%H:%M:%SZ}",
    }


def _make_envoy(*, old: bool) -> dict[str, str]:
    headers = {"x-envoy-upstream-service-time": "1"}
    if old:
        return headers | {"Server": "istio-envoy"}
    identifier = f"tenantId={ZERO_TENANT},objectId={ZERO_TENANT}/simulator/{make_guid()}"
    return headers | {"x-ms-operation-identifier": identifier}
