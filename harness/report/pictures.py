"""The images that users show, as the spec holds them: small ones as they are, others by size."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.text import numbers

LARGEST = 400_000
"""Characters of one image on the page, as a data URL: some 300 kB; larger ones are named."""
MOST = 4_000_000
"""Characters of all images on the page; an image that stands in many cases counts each time."""

_SHOWN = re.compile(r"data:image/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/]+={0,2})", re.ASCII)
"""Formats that cannot run anything: no SVG, and nothing that has to be fetched."""

Shown = Mapping[str, Mapping[int, Sequence[str]]]
"""Data URLs by conversation and by the number of its turn."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of a turn; ``source`` is a data URL, "" where the page has no room for it."""

    source: str
    caption: str


@dataclass(slots=True)
class Album:
    """The images of a run's conversations, as far as the page has room for them."""

    shown: Shown
    left: int = MOST

    @classmethod
    def of(cls, spec: Mapping[str, Any] | None) -> Album:
        """Collect the images of a decoded spec (spec.json), which may hold anything."""
        found: dict[str, dict[int, Sequence[str]]] = {}
        for conversation in _list_mappings((spec or {}).get("conversations")):
            for number, turn in enumerate(_list_mappings(conversation.get("turns")), start=1):
                images = turn.get("images")
                urls = (
                    [url for url in images if isinstance(url, str)]
                    if isinstance(images, list)
                    else []
                )
                if urls:
                    found.setdefault(str(conversation.get("id")), {})[number] = urls
        return cls(found)

    def take(self, conversation: str) -> dict[int, tuple[Picture, ...]]:
        """Collect a conversation's images by turn; what is shown takes its room on the page."""
        turns = self.shown.get(conversation, {})
        return {turn: tuple(map(self._take_one, urls)) for turn, urls in turns.items()}

    def _take_one(self, url: str) -> Picture:
        known = _SHOWN.fullmatch(url)
        if known is None:
            return Picture("", "an image that is not shown here")
        kind, data = known.groups()
        caption = (
            f"{kind.upper()}, {numbers.format_plural(len(data) * 3 // 4 - data.count('='), 'byte')}"
        )
        if len(url) > min(LARGEST, self.left):
            return Picture("", caption)
        self.left -= len(url)
        return Picture(url, caption)


def _list_mappings(value: object) -> list[Mapping[str, Any]]:
    found = value if isinstance(value, list) else []
    return [one if isinstance(one, Mapping) else {} for one in found]
