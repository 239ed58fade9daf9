"""Rate limits as Azure documents them, for ``limits: enforced``.

Admission counts an estimate, the prompt's tokens and all that the answer may have, in a counter
that starts again each period; rejected calls count as well. What one request can never fit is
answered with 86400 seconds. Source: azure-ai-docs, openai/includes/quota-2.md (2026-09), facts on
the data plane, 1.2 and 1.4. A deployment's own ``rateLimits`` win over its capacity.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.azure.regions import fold
from harness.simulator.dataplane import DataPlaneCall, ServedModel
from harness.simulator.inference.model_profile import ModelProfile
from harness.simulator.inference.refusals import DataPlaneError, gateway_error, rate_limit_error

NEVER_S: Final = 86_400
TOKENS_A_UNIT: Final = 1_000
REQUESTS_A_UNIT: Final = 6
"""Per minute and thousand tokens, for chat models before gpt-5. Source: quota-tier/tier-1.md."""


@dataclass(slots=True)
class RateWindow:
    """One counter: ``used`` of ``limit`` in the period that began at ``since`` (seconds)."""

    limit: int
    period_s: int
    used: int = 0
    since: float = -math.inf

    def count(self, amount: int, now: float) -> bool:
        """Count it, whether it fits or not; whether it fits."""
        if now - self.since >= self.period_s:
            self.used, self.since = 0, now
        self.used += amount
        return self.used <= self.limit

    def compute_wait_s(self, now: float) -> int:
        """Return the whole seconds until the period is over, at least one."""
        return max(1, math.ceil(self.since + self.period_s - now))


@dataclass(frozen=True, slots=True)
class Allowance:
    """The rate limits of a deployment; None where it has no such limit (provisioned throughput)."""

    requests: RateWindow | None
    tokens: RateWindow | None


def find_allowance(call: DataPlaneCall, served: ServedModel) -> Allowance | None:
    """Return a deployment's counters; they last for the session, and a change resets them."""
    if served.body is None:
        return None
    kept: dict[str, tuple[object, Allowance]] = call.session.memory.setdefault("allowances", {})
    basis = (served.body.get("sku"), served.body["properties"].get("rateLimits"))
    found = kept.get(served.target)
    if found is None or found[0] != basis:
        found = kept[served.target] = (basis, _make_allowance(served.body))
    return found[1]


def admit(
    allowance: Allowance, estimate: int, now: float, *, asked: tuple[ModelProfile, ServedModel, str]
) -> None:
    """Count one request of so many tokens.

    Raises:
        DataPlaneError: 429, with how long to wait.
    """
    tokens, requests = allowance.tokens, allowance.requests
    fits = [
        (requests, requests.count(1, now) if requests else True, "call"),
        (tokens, tokens.count(estimate, now) if tokens else True, "token"),
    ]
    for window, fit, what in fits:
        if window is not None and not fit:
            never = what == "token" and estimate > window.limit
            raise _throttling_error(
                what, NEVER_S if never else window.compute_wait_s(now), window, asked
            )


def _make_allowance(body: Mapping[str, Any]) -> Allowance:
    declared = {
        str(rate.get("key")): RateWindow(int(rate["count"]), int(rate["renewalPeriod"]))
        for rate in body["properties"].get("rateLimits") or ()
        if rate.get("count") and rate.get("renewalPeriod")
    }
    if declared:
        return Allowance(declared.get("request"), declared.get("token"))
    sku = body.get("sku") or {}
    if "Provisioned" in str(sku.get("name")):
        return Allowance(None, None)
    capacity = int(sku.get("capacity") or 1)
    return Allowance(
        RateWindow(REQUESTS_A_UNIT * capacity, 60), RateWindow(TOKENS_A_UNIT * capacity, 60)
    )


def _throttling_error(
    what: str, wait_s: int, window: RateWindow, asked: tuple[ModelProfile, ServedModel, str]
) -> DataPlaneError:
    profile, served, api = asked
    headers = {
        "Retry-After": str(wait_s),
        "retry_after_ms": str(wait_s * 1000),
        "x_ms_region": profile.region,
        f"x_ratelimit_limit_{'requests' if what == 'call' else 'tokens'}": str(window.limit),
    }
    if profile.publisher != "OpenAI":
        refused = rate_limit_error(profile.model, served.name, fold(profile.region))
        refused.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return refused
    return gateway_error(
        429,
        "429",
        f"Your requests to {profile.model} for {served.name} in {profile.region} have exceeded the "
        f"{what} rate limit for your current AIServices S0 pricing tier. This request was for "
        f"ChatCompletions_Create under Azure OpenAI API version {api}. Please retry after "
        f"{wait_s} seconds.",
        **headers,
    )
