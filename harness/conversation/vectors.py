"""Vectors as text: how an embeddings model answers through the same door as every other model.

A request to such a model holds one text a message; its reply's text is what ``encode`` makes of
their vectors, so that queues, journals and budgets treat it as any reply.
"""

from __future__ import annotations

import base64
import json
import sys
from array import array
from collections.abc import Iterable, Sequence

FLOAT = "f"
"""32 bits, which is what services send."""


def encode(vectors: Iterable[Sequence[float]]) -> str:
    """A JSON list of little-endian 32-bit floats in base64."""
    return json.dumps([base64.b64encode(_bytes(vector)).decode() for vector in vectors])


def decode(text: str) -> tuple[tuple[float, ...], ...]:
    """The vectors.

    Raises:
        ValueError: the text is none of ``encode``'s.
    """
    packed = json.loads(text)
    if not isinstance(packed, list) or not all(isinstance(one, str) for one in packed):
        raise ValueError("not a list of vectors")
    return tuple(unpack(one) for one in packed)


def unpack(vector: str) -> tuple[float, ...]:
    """One vector from its base64, as services send it too.

    Raises:
        ValueError: it is no base64, or no whole number of floats.
    """
    numbers = array(FLOAT)
    numbers.frombytes(base64.b64decode(vector, validate=True))
    if sys.byteorder == "big":
        numbers.byteswap()
    return tuple(numbers)


def _bytes(vector: Sequence[float]) -> bytes:
    numbers = array(FLOAT, vector)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
