"""Embeddings that mean something simple: equal texts are equal, shared words bring texts nearer.

A text's vector is the sum of one pseudo-random vector a word, and a little of one for the whole
text, so that the same words in another order are near and not the same.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import uuid
from array import array
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from harness.simulator.inference.model_profile import ModelProfile
from harness.simulator.inference.refusals import invalid_request_error, unsupported_parameter_error
from harness.simulator.inference.tokens import estimate_tokens

MOST_INPUTS: Final = 2048
_DIMENSIONS: Final = {"text-embedding-3-large": 3072}
_COHERE_NAMES: Final = {
    "cohere-embed-v3-english": "embed-english-v3.0",
    "cohere-embed-v3-multilingual": "embed-multilingual-v3.0",
}
_COHERE_V3: Final = 1024
_USUAL: Final = 1536
_WHOLE_SHARE: Final = 0.2
_WORD = re.compile(r"[^\W\d_]+|\d+", re.UNICODE)
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def serialize_embeddings(body: Mapping[str, Any], profile: ModelProfile) -> bytes:
    """Write the answer to an embeddings request, indented as recorded from both services.

    Raises:
        DataPlaneError: the input is none.
    """
    texts = _read_inputs(body.get("input"))
    dimensions = _read_dimensions(body.get("dimensions"), profile)
    packed = body.get("encoding_format") == "base64"
    vectors = [_render_vector(embed(text, dimensions), packed) for text in texts]
    count = sum(estimate_tokens(text) for text in texts)
    if profile.publisher == "Cohere":
        return _serialize_for_cohere(vectors, count, profile)
    data = [
        {"object": "embedding", "index": index, "embedding": vector}
        for index, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": count, "total_tokens": count}
    answer = {"object": "list", "data": data, "model": profile.model, "usage": usage}
    return json.dumps(answer, indent=2).encode() + b"\n"


def count_embedded_tokens(body: Mapping[str, Any]) -> int:
    """Estimate the tokens of all texts of a request.

    Raises:
        DataPlaneError: the input is none.
    """
    return sum(map(estimate_tokens, _read_inputs(body.get("input"))))


def _serialize_for_cohere(
    vectors: list[str | list[float]], count: int, profile: ModelProfile
) -> bytes:
    """Write what Azure answers for Cohere's models. Source: recorded, 2026-08."""
    data = [
        {"index": index, "object": "embedding", "embedding": vector}
        for index, vector in enumerate(vectors)
    ]
    answer = {
        "id": str(uuid.uuid4()),
        "object": "list",
        "data": data,
        "model": _COHERE_NAMES.get(profile.model.lower(), profile.model),
        "usage": {"prompt_tokens": count, "completion_tokens": 0, "total_tokens": count},
    }
    return json.dumps(answer, separators=(",", ":")).encode()


def embed(text: str, dimensions: int) -> array[float]:
    """Return a unit vector of 32-bit floats."""
    words = [part for word in _WORD.findall(text.lower()) for part in _split_word(word)]
    total = [_WHOLE_SHARE * value for value in _compute_direction("\0" + text, dimensions)]
    for word in words:
        total = [a + b for a, b in zip(total, _compute_direction(word, dimensions), strict=True)]
    length = math.sqrt(sum(value * value for value in total)) or 1.0
    return array("f", [value / length for value in total])


@lru_cache(maxsize=4096)
def _compute_direction(word: str, dimensions: int) -> tuple[float, ...]:
    raw = hashlib.shake_256(word.encode("utf-8", "surrogatepass")).digest(dimensions)
    return tuple(byte - 127.5 for byte in raw)


def _split_word(word: str) -> list[str]:
    """Return a word; in scripts that do not separate words, its characters."""
    return list(word) if _UNSPACED.search(word) else [word]


def _read_inputs(value: object) -> list[str]:
    found = value if isinstance(value, list) else [value]
    if found and all(isinstance(part, int) and not isinstance(part, bool) for part in found):
        found = [found]  # one text, given as tokens
    texts = [
        " ".join(map(str, part)) if isinstance(part, list) else part
        for part in found
        if isinstance(part, str | list)
    ]
    if not texts or len(texts) != len(found) or len(texts) > MOST_INPUTS:
        # Source: recorded, 2024 (214 bytes).
        raise invalid_request_error(
            "'$.input' is invalid. Please check the API reference: "
            "https://platform.openai.com/docs/api-reference."
        )
    return texts


def _read_dimensions(asked: object, profile: ModelProfile) -> int:
    most = _DIMENSIONS.get(profile.model, _USUAL)
    if profile.publisher == "Cohere" and "v3" in profile.model:
        most = _COHERE_V3
    if asked is None:
        return most
    if "ada-002" in profile.model:
        raise unsupported_parameter_error("dimensions")
    if not isinstance(asked, int) or not 1 <= asked <= most:
        raise invalid_request_error(
            f"Invalid 'dimensions': expected an integer from 1 to {most}.", "dimensions"
        )
    return asked


def _render_vector(vector: array[float], packed: bool) -> str | list[float]:
    return base64.b64encode(vector.tobytes()).decode() if packed else list(vector)
