"""Read what a resource remembers, in a tag, of what the spec said when it was last written."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from harness.plan.observed import HASH_TAG, Body, find_tag
from harness.plan.resources.meaning import fold_text

DIGITS = 4


def digest_of(name: str, value: Any) -> str:
    """Hash a field to four hex digits: enough to tell the few values that one field ever had."""
    text = json.dumps([name, value], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def digest_identity(name: str) -> str:
    """Hash one of the identities of an account, so that it is known as ours once it is dropped."""
    return digest_of("identity", fold_text(name))


def read_digests(applied: str) -> frozenset[str]:
    """Return the digests of fields in a hash tag's value; none where it has only the whole."""
    _, _, each = applied.partition(".")
    return frozenset(each[at : at + DIGITS] for at in range(0, len(each), DIGITS))


def is_identity_dropped(body: Body, name: str) -> bool:
    """Return whether the spec once gave an account this identity, so that it may be taken away."""
    applied = find_tag(body.get("tags") or {}, HASH_TAG) or ""
    return digest_identity(name) in read_digests(applied)
