"""From a code to the error that Azure answers with, its words filled in."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template
from typing import Any

from harness.simulator.management.protocol.call import ArmError
from harness.simulator.management.protocol.refusals import REFUSALS
from harness.simulator.management.protocol.rows import ErrorRow

_BY_CODE = {row.code.casefold(): row for row in reversed(REFUSALS)}
_CODE_OF_STATUS = {
    401: "InvalidAuthenticationToken",
    403: "AuthorizationFailed",
    404: "ResourceNotFound",
    409: "RequestConflict",
    429: "TooManyRequests",
    500: "InternalServerError",
    502: "BadGatewayConnection",
    503: "ServiceUnavailable",
    504: "GatewayTimeout",
}


def find_row(code: str | None, status: int | None = None) -> ErrorRow | None:
    """Return the row of a code, however it is spelt; without one, what a bare status stands for."""
    if code is None:
        code = _CODE_OF_STATUS.get(status or 0)
    return None if code is None else _BY_CODE.get(code.casefold())


def arm_error(code: str, **words: object) -> ArmError:
    """Return the error that a row describes.

    Args:
        code: a code of the table.
        words: what its ``$words`` stand for.
    """
    return fill_row(_BY_CODE[code.casefold()], words)


def fill_row(row: ErrorRow, words: Mapping[str, object]) -> ArmError:
    """Make a row an error; words that nobody gave stay empty."""
    headers = {} if row.retry_after_s is None else {"Retry-After": str(row.retry_after_s)}
    filled = _Words({"seconds": row.retry_after_s or "6", **words})
    return ArmError(
        row.status,
        row.code,
        _fill(row.message, filled),
        cause=row.cause,
        headers=headers,
        more=_fill(dict(row.more), filled),
    )


class _Words(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return ""


def _fill(value: Any, words: Mapping[str, object]) -> Any:
    match value:
        case str():
            return Template(value).substitute(words)
        case dict():
            return {key: _fill(part, words) for key, part in value.items()}
        case list():
            return [_fill(part, words) for part in value]
        case _:
            return value
