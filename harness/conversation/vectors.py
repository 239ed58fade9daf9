"""One vector as text: base64 of little-endian 32-bit floats, as services send it."""

from __future__ import annotations

import base64
import sys
from array import array
from collections.abc import Sequence

from harness.conversation.transcript import Vector

FLOAT = "f"
"""32 bits, which is what services send."""


def round_vector(numbers: Sequence[float]) -> Vector:
    """Return numbers as 32 bits hold them, so that a vector is the same however it came."""
    return tuple(array(FLOAT, numbers))


def pack(vector: Sequence[float]) -> str:
    """Return the text of a vector."""
    numbers = array(FLOAT, vector)
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode()


def unpack(text: str) -> Vector:
    """Return the vector that a text holds.

    Raises:
        ValueError: it is no base64, or no whole number of floats.
    """
    numbers = array(FLOAT)
    numbers.frombytes(base64.b64decode(text, validate=True))
    if sys.byteorder == "big":
        numbers.byteswap()
    return tuple(numbers)
