"""File names that every file system can hold, made from names that people chose.

Two rules, because two things on disk have them: a run's folder keeps the spec's name as it is
typed (``folder_name``); a recording's files are lower case and committed, so that two names never
meet on a system that ignores case (``portable_name``).
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Final

LONGEST_FOLDER: Final = 80
LONGEST_PORTABLE: Final = 60
DEVICES: Final = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))]
)
"""Names that Windows keeps for devices, whatever their ending. Source: Microsoft, "Naming Files,
Paths, and Namespaces"."""
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]*")
_HASHED = re.compile(r"-[0-9a-f]{8}$")


def is_device(name: str) -> bool:
    """Return whether Windows takes this file name for a device."""
    return name.split(".", maxsplit=1)[0].strip().lower() in DEVICES


def make_folder_name(name: str) -> str:
    """Return a folder's name: the name itself where that is safe, else a safe form and a hash.

    Two different names never share a folder.
    """
    safe = re.sub(r"[^\w.-]+", "-", name).strip(".-")
    if name and safe == name and len(name.encode()) <= LONGEST_FOLDER and not is_device(name):
        return name
    return f"{safe.encode()[:60].decode(errors='ignore') or 'spec'}-{_hash(name)}"


def make_portable_name(name: str) -> str:
    """Return a lower-case file name: the name itself where it can be, else like it and a hash."""
    dotted = _is_plain(name.replace(".", "-")) and not name.endswith(".")
    if dotted and _is_plain(name.split(".", maxsplit=1)[0]):
        return name
    return f"{_resemble(name)}-{_hash(name)}"


def make_host_label(name: str) -> str:
    """Return a name for a part of a host's name."""
    return name if _is_plain(name) and "_" not in name else f"{_resemble(name)}-{_hash(name)}"


def join_names(parts: list[str]) -> str:
    """Return the parts with dots between them, and a hash where dots could not tell them apart."""
    if all(_is_plain(part) for part in parts):
        return ".".join(parts)
    return f"{'.'.join(_resemble(part) for part in parts)}-{_hash(json.dumps(parts))}"


def _is_plain(name: str) -> bool:
    return (
        len(name) <= LONGEST_PORTABLE
        and _PLAIN.fullmatch(name) is not None
        and _HASHED.search(name) is None
        and name not in DEVICES
    )


def _resemble(name: str) -> str:
    kept = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")
    kept = kept[:LONGEST_PORTABLE].rstrip("-._") or "x"
    return f"x-{kept}" if kept.split(".")[0] in DEVICES else kept


def _hash(name: str) -> str:
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
