"""The key of equal requests: method, path, query and body, however they were written."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from harness.exchange import PlainRequest


def make_key(sent: PlainRequest) -> bytes:
    """Make a key, equal for requests that ask the same, in whatever order of keys and query."""
    parts = urlsplit(sent.url)
    query = sorted(parse_qsl(parts.query, keep_blank_values=True))
    head = [sent.method.upper(), parts.netloc.lower(), parts.path.rstrip("/"), query]
    said = json.dumps(head, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return blake2b(said + b"\n" + to_canonical(sent.body), digest_size=16).digest()


def to_canonical(body: bytes) -> bytes:
    """Return JSON with sorted keys and plain numbers; anything else as it is."""
    if not body[:1].strip() or body[:1] not in b'{["0123456789-tfn':
        return body
    try:
        document = json.loads(body, parse_float=_parse_number)
        text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return body
    return text.encode("utf-8", "surrogatepass")


def _parse_number(written: str) -> Any:
    """Parse ``1.0`` as ``1``: a spec, an SDK or a hand may write either."""
    number = float(written)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
