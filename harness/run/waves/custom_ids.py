"""The name of a request in a file: whose it is, readable, and no other one's."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import astuple
from typing import Final

from harness.conversation.ports import Place

LONGEST_NAME: Final = 40
"""Characters of a conversation's and a case's name that are shown; all of them are hashed."""
_STRANGE: Final = re.compile(r"[^A-Za-z0-9_-]+")


def make_custom_id(place: Place, attempt: int = 1) -> str:
    """Return the ``custom_id`` of a request.

    ``weather.malmo.r2.t3-9f86d081884c``: conversation, case, repeat and turn, then a hash of
    everything that tells it from others. A tool round is ``t3.2``, a check's ``t3.c1``, another try
    ends in ``-try2``. ASCII, at most 120 characters.
    """
    parts = [_shorten(place.conversation)]
    if place.case:
        parts.append(_shorten(place.case))
    if place.variant != "default":
        parts.append(_shorten(place.variant))
    parts += [f"r{place.repeat}", f"t{place.turn}"]
    if place.check:
        parts.append(f"c{_shorten(place.check)}")
    if place.round > 1:
        parts.append(str(place.round))
    told = json.dumps(astuple(place), ensure_ascii=True)
    digest = hashlib.sha256(told.encode()).hexdigest()[:12]
    again = f"-try{attempt}" if attempt > 1 else ""
    return f"{'.'.join(parts)}-{digest}{again}"


def _shorten(name: str) -> str:
    plain = _STRANGE.sub("_", name).strip("_")
    return plain[: LONGEST_NAME // 2] or "x"
