"""Names that every file system and every host name can hold, and that never collide."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from hashlib import sha256
from typing import Final

from harness.conversation.ports import Place

MANIFEST: Final = "manifest.json"
MANAGEMENT: Final = "management.json"
CONVERSATIONS: Final = "conversations"
TARGETS: Final = "targets"
NO_CASE: Final = "-"

LONGEST: Final = 60
_SAFE = re.compile(r"[a-z0-9][a-z0-9_-]*")
_HASHED = re.compile(r"-[0-9a-f]{8}$")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)")
"""Names that Windows keeps for devices, whatever their ending."""
_PATH = re.compile(
    rf"(?:{MANAGEMENT}|{TARGETS}/[a-z0-9][a-z0-9._-]*\.json"
    rf"|{CONVERSATIONS}/[a-z0-9][a-z0-9._-]*/(?:{NO_CASE}|[a-z0-9][a-z0-9._-]*)/[a-z0-9][a-z0-9._-]*\.json)"
)


def trial_file(place: Place) -> str:
    """Where the exchanges of a place's trial are kept, its other repeats among them."""
    return _trial_file(place.conversation, place.case, place.target, place.variant)


@lru_cache(maxsize=4096)  # every request of every trial in flight asks
def _trial_file(conversation: str, case: str | None, target: str, variant: str) -> str:
    folder = NO_CASE if case is None else safe(case)
    name = _joined([*target.split("/", 1), variant])
    return f"{CONVERSATIONS}/{safe(conversation)}/{folder}/{name}.json"


def target_file(target: str) -> str:
    """Where what a target learned is kept."""
    return f"{TARGETS}/{_joined(target.split('/', 1))}.json"


def is_known(path: str) -> bool:
    """Whether a cassette may hold a file at this path; nothing else is read or written."""
    return _PATH.fullmatch(path) is not None


def safe(name: str) -> str:
    """A name for a file or folder: itself where it can be, else like it and with its hash."""
    dotted = _is_plain(name.replace(".", "-")) and not name.endswith(".")
    if dotted and _is_plain(name.split(".", maxsplit=1)[0]):
        return name
    return f"{_like(name)}-{_hash(name)}"


def label(name: str) -> str:
    """A name for a part of a host's name."""
    return name if _is_plain(name) and "_" not in name else f"{_like(name)}-{_hash(name)}"


def _joined(parts: list[str]) -> str:
    """Parts with dots between them, and a hash where dots could not tell them apart."""
    if all(_is_plain(part) for part in parts):
        return ".".join(parts)
    return f"{'.'.join(_like(part) for part in parts)}-{_hash(json.dumps(parts))}"


def _is_plain(name: str) -> bool:
    return (
        len(name) <= LONGEST
        and _SAFE.fullmatch(name) is not None
        and _HASHED.search(name) is None
        and _RESERVED.fullmatch(name) is None
    )


def _like(name: str) -> str:
    kept = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")
    kept = kept[:LONGEST].rstrip("-._") or "x"
    return f"x-{kept}" if _RESERVED.fullmatch(kept.split(".")[0]) else kept


def _hash(name: str) -> str:
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
