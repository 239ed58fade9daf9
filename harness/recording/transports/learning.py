"""Models that learn what their service wants of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Learns(Protocol):
    """A model that remembers what it was found to want."""

    @property
    def learned(self) -> Mapping[str, Any]:
        """The lessons that the model learned, as plain data."""
        ...

    def relearn(self, learned: Mapping[str, Any]) -> None:
        """Want what was found out elsewhere."""
        ...
