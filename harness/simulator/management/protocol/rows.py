"""A row of the table of refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Cause = Literal["", "gateway", "service"]
"""The layer that failed: ``gateway`` is ARM itself, ``service`` the service in ARM's words."""


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One thing that Azure says.

    Attributes:
        code: ``error.code``.
        status: HTTP status.
        message: ``error.message``, with ``$words``.
        source: where the words are from.
        cause: goes into ``x-ms-failure-cause``; such answers carry no allowance of requests.
        retry_after_s: what ``Retry-After`` says; none: Azure leaves it out.
        more: further members of ``error``.
    """

    code: str
    status: int
    message: str
    source: str
    cause: Cause = ""
    retry_after_s: int | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
