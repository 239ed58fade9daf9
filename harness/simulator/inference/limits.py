"""Rate limits as Azure documents them, for ``limits: enforced``.

Admission counts an estimate, the prompt's tokens and all that the answer may have, in a counter
that starts again each period; rejected calls count as well. What one request can never fit is
answered with 86400 seconds. Source: azure-ai-docs, openai/includes/quota-2.md (2026-09), facts on
the data plane, 1.2 and 1.4. A deployment's own ``rateLimits`` win over its capacity. The counters
are the deployment's: every session of the server that enforces limits counts in the same ones.

A provisioned deployment has none of these. It is a bucket that leaks as fast as its units work:
full, it refuses until it is not. Source: azure-ai-docs, provisioned-throughput.md (2026-05).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.azure.quota.limits import find_listed_limits, find_throughput
from harness.azure.regions import fold
from harness.simulator.dataplane import DataPlaneCall, ServedModel
from harness.simulator.inference.model_profile import ModelProfile
from harness.simulator.inference.refusals import DataPlaneError, gateway_error, rate_limit_error

NEVER_S: Final = 86_400


@dataclass(slots=True)
class RateWindow:
    """One counter: ``used`` of ``limit`` in the period that began at ``since`` (seconds)."""

    limit: int
    period_s: int
    used: int = 0
    since: float = -math.inf

    def count(self, amount: int, now: float) -> bool:
        """Count it, whether it fits or not; whether it fits."""
        gone = now - self.since
        if gone >= self.period_s:
            # Periods follow one another without a gap, whenever the next request comes.
            self.used, self.since = 0, now - (gone % self.period_s if gone < math.inf else 0.0)
        self.used += amount
        return self.used <= self.limit

    def compute_wait_s(self, now: float) -> float:
        """Return the seconds until the period is over."""
        return max(0.001, self.since + self.period_s - now)


@dataclass(slots=True)
class Utilisation:
    """The bucket of a provisioned deployment, in tokens of input.

    Attributes:
        a_minute: what its units do in a minute; assumed to be what the bucket holds as well.
        output_weight: tokens of input that a token of output counts as.
        level: how much is in it.
        since: the moment, in seconds, when it held that.
    """

    a_minute: int
    output_weight: int
    level: float = 0.0
    since: float = 0.0

    def count(self, prompt: int, answer: int, now: float) -> bool:
        """Take in a request unless the bucket is full; a refused one does no work."""
        self.level = max(0.0, self.level - (now - self.since) * self.a_minute / 60)
        self.since = now
        if self.level >= self.a_minute:
            return False
        self.level += prompt + self.output_weight * answer
        return True

    def correct(self, reserved: int, answered: int) -> None:
        """Replace what was set aside for an answer by the tokens that it had."""
        self.level = max(0.0, self.level - self.output_weight * (reserved - answered))

    def compute_wait_s(self) -> float:
        """Return the seconds until it is no longer full."""
        return max(0.001, (self.level - self.a_minute) * 60 / self.a_minute)


@dataclass(frozen=True, slots=True)
class Allowance:
    """The rate limits of a deployment; None where it has no such limit."""

    requests: RateWindow | None
    tokens: RateWindow | None
    utilisation: Utilisation | None = None


def find_allowance(
    call: DataPlaneCall, served: ServedModel, share: float = 1.0
) -> Allowance | None:
    """Return a deployment's counters; they last as long as the server, and a change resets them.

    A session that enforces no limits shares none: it is shown those that nobody else uses. Where a
    fault has cut the limits to a share, these are other counters, which begin anew.
    """
    if served.body is None:
        return None
    if call.session.simulator.limits != "enforced":
        return _cut(_make_allowance(served.body), share)
    kept: dict[str, tuple[object, Allowance]] = call.world.allowances
    properties = served.body["properties"]
    basis = (served.body.get("sku"), properties.get("rateLimits"), properties.get("model"))
    key = f"{served.body['id']}|{share:g}".lower()
    found = kept.get(key)
    if found is None or found[0] != basis:
        found = kept[key] = (basis, _cut(_make_allowance(served.body), share))
    return found[1]


def _cut(allowance: Allowance, share: float) -> Allowance:
    """Return what a deployment is left with when its limits are cut."""
    if share == 1.0:
        return allowance
    requests, tokens = (
        None if window is None else replace(window, limit=int(window.limit * share))
        for window in (allowance.requests, allowance.tokens)
    )
    work = allowance.utilisation
    if work is not None:
        work = replace(work, a_minute=max(1, int(work.a_minute * share)))
    return Allowance(requests, tokens, work)


def count_request(
    allowance: Allowance,
    prompt: int,
    answer: int,
    now: float,
    *,
    asked: tuple[ModelProfile, ServedModel, str],
) -> DataPlaneError | None:
    """Count one request of so many tokens; the 429 that it gets where it does not fit.

    Args:
        allowance: the deployment's counters.
        prompt: tokens that are sent.
        answer: the most that may come back.
        now: seconds.
        asked: the model, its deployment and the api-version, for the words of the 429.
    """
    tokens, requests, work = allowance.tokens, allowance.requests, allowance.utilisation
    if work is not None and not work.count(prompt, answer, now):
        return _make_throttling_error("provisioned", work.compute_wait_s(), None, asked)
    estimate = prompt + answer
    fits = [
        (requests, requests.count(1, now) if requests else True, "call"),
        (tokens, tokens.count(estimate, now) if tokens else True, "token"),
    ]
    for window, fit, what in fits:
        if window is not None and not fit:
            never = what == "token" and estimate > window.limit
            wait_s = NEVER_S if never else window.compute_wait_s(now)
            return _make_throttling_error(what, wait_s, window, asked)
    return None


def _make_allowance(body: Mapping[str, Any]) -> Allowance:
    properties, sku = body["properties"], body.get("sku") or {}
    declared = {
        str(rate.get("key")): RateWindow(int(rate["count"]), int(rate["renewalPeriod"]))
        for rate in properties.get("rateLimits") or ()
        if rate.get("count") and rate.get("renewalPeriod")
    }
    if declared:
        return Allowance(declared.get("request"), declared.get("token"))
    model, capacity, name = properties["model"], int(sku.get("capacity") or 1), str(sku.get("name"))
    if "Provisioned" in name:
        unit = find_throughput(model["name"])
        return Allowance(
            None,
            None,
            None if unit is None else Utilisation(unit.tokens_a_minute * capacity,
                                                  unit.output_weight),
        )  # fmt: skip
    listed = find_listed_limits(
        str(model.get("format") or "OpenAI"), model["name"], str(model["version"]), name, capacity
    )
    windows = {rate.key: RateWindow(rate.count, rate.period_s) for rate in listed.windows}
    return Allowance(windows.get("request"), windows.get("token"))


def _make_throttling_error(
    what: str,
    wait_s: float,
    window: RateWindow | None,
    asked: tuple[ModelProfile, ServedModel, str],
) -> DataPlaneError:
    profile, served, api = asked
    whole_s = max(1, math.ceil(wait_s))
    headers = {
        "Retry-After": str(whole_s),
        "retry_after_ms": str(math.ceil(wait_s * 1000)),
        "x_ms_region": profile.region,
    }
    if window is not None:
        name = "requests" if what == "call" else "tokens"
        headers[f"x_ratelimit_limit_{name}"] = str(window.limit)
        headers[f"x_ratelimit_remaining_{name}"] = "0"
        headers[f"x_ratelimit_reset_{name}"] = headers["retry_after_ms"]
    if profile.publisher != "OpenAI":
        refused = rate_limit_error(profile.model, served.name, fold(profile.region))
        refused.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return refused
    if window is None:
        # Assumed: the text of this 429 was never recorded.
        limit = "provisioned throughput of this deployment"
    else:
        limit = f"{what} rate limit for your current AIServices S0 pricing tier"
    operation = "Embeddings_Create" if "embeddings" in profile.apis else "ChatCompletions_Create"
    return gateway_error(
        429,
        "429",
        f"Your requests to {profile.model} for {served.name} in {profile.region} have exceeded the "
        f"{limit}. This request was for {operation} under Azure OpenAI API version "
        f"{api}. Please retry after {whole_s} seconds.",
        **headers,
    )
