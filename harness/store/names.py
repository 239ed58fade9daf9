"""Names as folders: what a person called a thing, safe for any file system."""

from __future__ import annotations

import hashlib
import re

LONGEST = 80
RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$", re.IGNORECASE)
"""Names that Windows keeps for devices."""


def folder_name(name: str) -> str:
    """A folder's name for this name: itself where that is safe, else a safe form and a hash.

    Two different names never share a folder.
    """
    safe = re.sub(r"[^\w.-]+", "-", name).strip(".-")
    if name and safe == name and len(name.encode()) <= LONGEST and not RESERVED.match(name):
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{safe.encode()[:60].decode(errors='ignore') or 'spec'}-{digest}"
