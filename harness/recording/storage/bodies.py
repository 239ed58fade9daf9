"""Read the JSON of a body, where it is JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any


def rewrite_body(body: bytes, text: Callable[[str], str], other: Callable[[bytes], bytes]) -> bytes:
    """Return a body rewritten as a text, or, where it is none, as bytes."""
    if not body:
        return body
    try:
        return text(body.decode()).encode()
    except UnicodeDecodeError:
        return other(body)


def read_document(body: bytes) -> Mapping[str, Any] | None:
    """Return the JSON object that a body is, None where it is none."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
