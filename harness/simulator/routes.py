"""Routes to the two halves of the simulated Azure: management plane and data plane."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from harness.simulator.guard import read_subdomain


@dataclass(frozen=True, slots=True)
class Control:
    """The simulator's own interface, below ``/_simulator/``."""

    path: str


@dataclass(frozen=True, slots=True)
class Management:
    """Azure Resource Manager; ``path`` begins with ``/``."""

    path: str


@dataclass(frozen=True, slots=True)
class AccountPlane:
    """An account's data plane; ``path`` is what follows ``openai/``."""

    subdomain: str
    path: str


@dataclass(frozen=True, slots=True)
class ProviderPlane:
    """A declared provider that the simulator stands in for."""

    handle: str
    path: str


@dataclass(frozen=True, slots=True)
class Nowhere:
    """Nothing of ours."""


Destination = Control | Management | AccountPlane | ProviderPlane | Nowhere


def locate(host: str, raw_path: str) -> Destination:
    """Return the destination that a host and an undecoded path name."""
    parts = [unquote(part) for part in raw_path.split("/") if part]
    first = parts[0].lower() if parts else ""
    subdomain = read_subdomain(host)
    if subdomain is not None:
        return AccountPlane(subdomain, "/".join(parts[1:])) if first == "openai" else Nowhere()
    if first == "_simulator":
        return Control("/".join(parts[1:]))
    if first == "_providers" and len(parts) > 2:
        rest = parts[3:] if parts[2].lower() == "openai" else parts[2:]
        return ProviderPlane(parts[1], "/".join(rest))
    if first in ("subscriptions", "providers"):
        return Management("/" + "/".join(parts))
    if len(parts) > 1 and parts[1].lower() == "openai":
        return AccountPlane(parts[0], "/".join(parts[2:]))
    return Nowhere()
