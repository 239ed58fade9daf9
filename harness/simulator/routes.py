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
    """An account's data plane; ``path`` is what follows the service, ``openai`` or another."""

    subdomain: str
    path: str
    service: str = "openai"


@dataclass(frozen=True, slots=True)
class ProviderPlane:
    """A declared provider that the simulator stands in for."""

    handle: str
    path: str
    service: str = "openai"


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
        return AccountPlane(subdomain, "/".join(parts[1:]), first)
    if first == "_simulator":
        return Control("/".join(parts[1:]))
    if first == "_providers" and len(parts) > 2:
        return _locate_provider(parts[1], parts[2:])
    if first in ("subscriptions", "providers"):
        return Management("/" + "/".join(parts))
    if len(parts) > 1 and not first.startswith("_"):
        return AccountPlane(parts[0], "/".join(parts[2:]), parts[1].lower())
    return Nowhere()


def _locate_provider(handle: str, parts: list[str]) -> ProviderPlane:
    """Return a provider's plane; one that is no Azure has no service before its paths."""
    service = parts[0].lower()
    if service == "models":
        return ProviderPlane(handle, "/".join(parts[1:]), service)
    return ProviderPlane(handle, "/".join(parts[1:] if service == "openai" else parts))
