"""JSON as the standard has it, read in one way only, and in texts that a file can hold."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from harness.providers.openai.content import UnknownShapeError, mend_characters

_HALF: Final = re.compile(rb"\\u[dD][89a-fA-F]")
"""Half of a character beyond the first plane, escaped; two of them in a row are one character."""
_PIECES: Final = frozenset(
    {"arguments", "content", "delta", "input", "reasoning", "reasoning_content", "refusal", "text"}
)
"""Keys of what is put together from the events of a stream, where the other half may follow."""


def load_strictly(text: bytes, *, in_pieces: bool = False) -> Any:
    """Return the value in a JSON text.

    ``json.loads`` reads more: of a key that comes twice the last value, and NaN. An answer that
    says two things says none, so that none of the two may pass a check. It also reads halves of
    surrogate pairs, which no file can hold: they become U+FFFD.

    Args:
        text: the JSON.
        in_pieces: leave the halves in what the events of a stream add up to.

    Raises:
        UnknownShapeError: a key comes twice with different values, or a number is none.
        ValueError: it is no JSON, or no UTF-8.
        RecursionError: it is nested too deeply.
    """
    value = json.loads(text, object_pairs_hook=_make_object, parse_constant=_refuse_constant)
    return _mend(value, in_pieces) if _HALF.search(text) is not None else value


def load_leniently(text: bytes) -> Any:
    """Return the value in an error's JSON, whatever it says twice; halves become U+FFFD.

    Raises:
        ValueError: it is no JSON, or no UTF-8.
        RecursionError: it is nested too deeply.
    """
    value = json.loads(text)
    return _mend(value, in_pieces=False) if _HALF.search(text) is not None else value


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        for name, value in pairs:
            if value != made[name]:
                shown = mend_characters(name[:60])
                raise UnknownShapeError(f"JSON has `{shown}` twice, with different values")
    return made


def _refuse_constant(name: str) -> float:
    raise UnknownShapeError(f"JSON holds {name}, which is no number")


def _mend(value: Any, in_pieces: bool) -> Any:
    if isinstance(value, str):
        return mend_characters(value)
    if isinstance(value, list):
        return [_mend(one, in_pieces) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        mend_characters(name): inner
        if in_pieces and name in _PIECES and isinstance(inner, str)
        else _mend(inner, in_pieces)
        for name, inner in value.items()
    }
