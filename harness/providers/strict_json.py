"""JSON as the standard has it, and nothing that could be read two ways."""

from __future__ import annotations

import json
from typing import Any

from harness.providers.openai.content import UnknownShapeError


def load_strictly(text: bytes) -> Any:
    """Return the value in a JSON text.

    ``json.loads`` reads more: of a key that comes twice the last value, and NaN. An answer that
    says two things says none, so that none of the two may pass a check.

    Raises:
        UnknownShapeError: a key comes twice with different values, or a number is none.
        ValueError: it is no JSON, or no UTF-8.
        RecursionError: it is nested too deeply.
    """
    return json.loads(text, object_pairs_hook=_make_object, parse_constant=_refuse_constant)


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        for name, value in pairs:
            if value != made[name]:
                raise UnknownShapeError(f"JSON has `{name[:60]}` twice, with different values")
    return made


def _refuse_constant(name: str) -> float:
    raise UnknownShapeError(f"JSON holds {name}, which is no number")
