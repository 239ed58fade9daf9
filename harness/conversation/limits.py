"""The rate limits that an answer's headers tell of, as they came: hints, whose unit is unsure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LimitKind = Literal["tokens", "requests"]
"""The dimension of a rate limit."""


@dataclass(frozen=True, slots=True)
class WindowHeaders:
    """One dimension of a rate limit as headers tell of it; None where they say nothing.

    Attributes:
        limit: what is admitted, in a period that may be another than ``period_s``.
        remaining: what is left of it.
        reset_s: seconds until the share that is used is free again, or until all is.
        period_s: the period of ``limit``, where a header names it (Azure, since 2026).
    """

    limit: int | None = None
    remaining: int | None = None
    reset_s: float | None = None
    period_s: float | None = None


@dataclass(frozen=True, slots=True)
class LimitHeaders:
    """The rate limits of a deployment as the headers of one of its answers tell of them.

    Attributes:
        refused: the dimension that refused this request, where a header names it
            (``policy-id: DeploymentRatelimit-Token``, recorded in 2023).
    """

    requests: WindowHeaders = WindowHeaders()
    tokens: WindowHeaders = WindowHeaders()
    refused: LimitKind | None = None
