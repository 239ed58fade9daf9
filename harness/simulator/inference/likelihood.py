"""Log-probabilities of a simulated reply's tokens, computed from its words alone.

Source: OpenAI's API description (v1, 2026), ``ChatCompletionTokenLogprob`` and ``LogProb``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from harness.simulator.inference.refusals import DataPlaneError, invalid_request_error

INCLUDED: Final = "message.output_text.logprobs"
"""The value of ``include`` by which the Responses API is asked for log-probabilities."""
_TOKENS = re.compile(r"\s*\w+|\s*[^\w\s]|\s+")
LEAST: Final = -2.0
"""The least log-probability; the others lie between it and 0."""


def make_likelihoods(text: str) -> list[dict[str, Any]]:
    """Return an entry for each token; joined, the tokens are the text."""
    return [
        {
            "token": token,
            "logprob": _draw_likelihood(token),
            "bytes": list(token.encode("utf-8", "replace")),
            "top_logprobs": [],
        }
        for token in _TOKENS.findall(text)
    ]


def check_likelihoods(body: Mapping[str, Any]) -> None:
    """Refuse a chat that asks for them in a way that the service does not know."""
    wanted = body.get("logprobs")
    if not isinstance(wanted, bool | None):
        raise _type_error(wanted)
    if body.get("top_logprobs") is not None and not wanted:
        raise invalid_request_error(
            "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
            "top_logprobs",
        )


def _type_error(wanted: object) -> DataPlaneError:
    kind = type(wanted).__name__
    message = f"Invalid type for 'logprobs': expected a boolean, but got {kind} instead."
    return invalid_request_error(message, "logprobs", "invalid_type")


def _draw_likelihood(token: str) -> float:
    digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
    return round(LEAST * int.from_bytes(digest[:4]) / 2**32, 6)
