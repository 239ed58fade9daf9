"""JSON text -> values that can be written again, without what JSON readers let pass in silence."""

from __future__ import annotations

import json
import math
from typing import Any

from harness.spec.document.words import quote

HALF_CHARACTER = "a text holds half of a surrogate pair, which no file can keep"


class JsonValueError(ValueError):
    """Text that reads as JSON to many readers, and means nothing to be relied on.

    Attributes:
        code: the code of the problem, whatever the file is.
    """

    def __init__(self, code: str, summary: str) -> None:
        super().__init__(summary)
        self.code = code


def parse_json(text: str) -> Any:
    """Read a JSON value that can be written again.

    Raises:
        json.JSONDecodeError: it is not JSON; its line and column are known.
        JsonValueError: a key stands twice, a number is out of range or none at all (``NaN``), or a
            text holds half of a surrogate pair.
        ValueError: a number is longer than can be read.
        RecursionError: it is nested too deep.
    """
    value = json.loads(
        text,
        object_pairs_hook=_refuse_doubles,
        parse_constant=_refuse_constant,
        parse_float=_read_float,
    )
    if "\\u" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise JsonValueError("H103", HALF_CHARACTER) from None
    return value


def _refuse_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    items = dict(pairs)
    if len(items) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise JsonValueError("H107", f"the key {quote(key)} stands twice")
            seen.add(key)
    return items


def _refuse_constant(name: str) -> Any:
    raise JsonValueError("H109", f"{name} is no number in JSON")


def _read_float(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise JsonValueError("H109", f"the number {written[:40]} is out of range")
    return number
