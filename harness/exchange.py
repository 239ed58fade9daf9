"""A request over HTTP and its answer, as values: the same for models, commands and recordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PlainRequest:
    """A request as it goes over the wire.

    Attributes:
        method: in upper case.
        url: the whole URL, its query included.
        headers: what is beside the body; recorded, their names are in lower case.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class PlainResponse:
    """An answer as it came, its content coding undone; header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
