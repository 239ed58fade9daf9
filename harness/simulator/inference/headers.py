"""Response headers as each service sends them.

Source: recordings; Azure's set is that of 2026 (facts on the data plane, section 6). Resets are
milliseconds on Azure, ``120ms`` and ``6m0s`` on api.openai.com.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from aiohttp import web

from harness.simulator.inference.limits import Allowance, RateWindow
from harness.simulator.inference.model_profile import ModelProfile
from harness.simulator.inference.refusals import Dialect

_SECURITY = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
}
_BY_CHAT = {
    "azureml-model-session": "d000-20260101000000",
    "x-accel-buffering": "no",
    "x-ms-rai-invoked": "true",
}
_BY_RESPONSES = {"x-ms-aoai-configured-data-retention-days": "30"}


def make_error_headers(
    request: web.Request, dialect: Dialect, extra: Mapping[str, str]
) -> dict[str, str]:
    """Return the headers of a refusal."""
    headers = {"Content-Type": "application/json", **_SECURITY, **extra}
    if dialect == "openai":
        return {**headers, **_make_openai_ids()}
    return {**headers, **_make_azure_ids(request)}


def make_answer_headers(
    request: web.Request,
    dialect: Dialect,
    profile: ModelProfile,
    deployment: str,
    allowance: Allowance | None,
    *,
    streamed: bool = False,
    responses: bool = False,
) -> dict[str, str]:
    """Return the headers of an answer; the rate limits' only where there are any to tell of."""
    kind = "text/event-stream; charset=utf-8" if streamed else "application/json"
    headers = {"Content-Type": kind, **_SECURITY}
    if dialect == "openai":
        return {**headers, **_make_openai_ids(), "openai-processing-ms": "1"}
    headers |= _make_azure_ids(request)
    headers |= {
        "skip-error-remapping": "true",
        "x-ms-is-spilled-over": "false",
        "x-ms-region": profile.region,
        "x-ms-served-model": profile.reported,
        "azureai-fe-is-streaming": str(streamed),
        "azureai-fe-offer-type": "paygo",
    }
    headers["x-ms-deployment-name"] = deployment
    headers |= _BY_RESPONSES if responses else _BY_CHAT
    return headers if allowance is None else headers | make_rate_headers(deployment, allowance)


def make_rate_headers(deployment: str, allowance: Allowance) -> dict[str, str]:
    """Return what headers say of a deployment's limits and of what is left of them."""
    headers = {"x-ratelimit-abusepenalty-active": "False", "x-ratelimit-key": deployment}
    for name, window in (("requests", allowance.requests), ("tokens", allowance.tokens)):
        if window is not None:
            headers |= {
                f"x-ratelimit-limit-{name}": str(window.limit),
                f"x-ratelimit-remaining-{name}": str(max(0, window.limit - window.used)),
                f"x-ratelimit-renewalperiod-{name}": str(window.period_s),
                f"x-ratelimit-reset-{name}": str(_compute_refill_ms(window)),
            }
    return headers


def _compute_refill_ms(window: RateWindow) -> int:
    """Return milliseconds until the used share is free again; computed from recorded numbers."""
    share = min(window.used, window.limit) / window.limit if window.limit else 0.0
    return int(share * window.period_s * 1000)


def _make_azure_ids(request: web.Request) -> dict[str, str]:
    own = request.headers.get("x-ms-client-request-id")
    echoed = {"x-ms-client-request-id": own} if own else {}
    return {"apim-request-id": str(uuid4()), "x-request-id": str(uuid4()), **echoed}


def _make_openai_ids() -> dict[str, str]:
    return {
        "x-request-id": f"req_{uuid4().hex}",
        "openai-version": "2020-10-01",
        "openai-organization": "simulated",
    }
