"""Azure's refusals: what each one means, what to do, whether to try again.

A code alone does not always say which: then rows differ by a pattern of the message. Each row has
its source, and Azure's own words as they were quoted or recorded there (sic).
"""

from __future__ import annotations

import re

from harness.azure.failures.callers import CALLERS
from harness.azure.failures.resources import RESOURCES
from harness.azure.failures.roles import ROLES
from harness.azure.failures.row import KnownFailure

__all__ = ["FAILURES", "KnownFailure", "explain", "is_temporary", "policies_named"]

RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
"""HTTP statuses that may pass by themselves, whatever the code."""

FAILURES = (*ROLES, *RESOURCES, *CALLERS)
"""Every row; of those with the same code the first whose pattern fits is meant."""


def explain(code: str, message: str = "", operation: str = "") -> KnownFailure | None:
    """Return the row for what Azure said, None where nobody has written one yet.

    ``operation`` is what was asked for, where that makes a difference: ``update``.
    """
    wanted = code.casefold()
    for failure in FAILURES:
        meant = failure.code.casefold() == wanted and failure.when in ("", operation)
        if meant and re.search(failure.pattern, message, re.IGNORECASE):
            return failure
    return None


def is_temporary(status: int, failure: KnownFailure | None) -> bool:
    """Tell whether the very same request may succeed later.

    A failed operation has status 200 and is not sent again: what it was about is looked at first.
    """
    return status in RETRIED_STATUSES or (failure is not None and failure.retry)


_PATH = re.compile(r"/[^\s\"'\],}]+")
_KIND = re.compile(r"(?<=.)/policy(Assignments|Definitions|SetDefinitions)(?=/.)", re.IGNORECASE)
_KINDS = {"assignments": "assignment", "definitions": "definition", "setdefinitions": "set"}


def find_policies(message: str) -> tuple[tuple[str, str], ...]:
    """Return kind (assignment, definition, set) and ARM id of each policy that a refusal names."""
    found: dict[tuple[str, str], None] = {}
    for path in _PATH.findall(message):
        if kinds := _KIND.findall(path):
            found[_KINDS[kinds[-1].casefold()], path] = None
    return tuple(found)
