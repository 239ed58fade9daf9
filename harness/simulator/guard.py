"""A guard that lets programs on this machine talk to the simulator, and never a web page.

A page in a browser can reach a loopback port, directly (then it sends ``Origin``) or by letting
its own name resolve to 127.0.0.1 (then ``Host`` is that name). Both are refused before anything
is read. Source of the attack: CVE-2024-28224 (DNS rebinding against a local model server).
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.azure.clouds import DATA_PLANE_SUFFIXES

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


def read_host_name(host: str) -> str:
    """Return a ``Host`` header without its port, in lower case."""
    name, _, port = host.rpartition(":")
    return (name if name and port.isdigit() else host).lower()


def read_subdomain(host: str) -> str | None:
    """Return ``contoso`` of ``contoso.openai.azure.com``; None when it is no such host."""
    name = read_host_name(host)
    for suffix in DATA_PLANE_SUFFIXES:
        if name.endswith(f".{suffix}"):
            subdomain = name.removesuffix(f".{suffix}")
            return subdomain if subdomain and "." not in subdomain else None
    return None


def find_refusal(host: str, headers: Mapping[str, str]) -> str | None:
    """Return why this request is refused, or None."""
    if read_host_name(host) not in LOOPBACK and read_subdomain(host) is None:
        return "this Host is not one of the simulator's; it answers on the loopback only"
    if "Origin" in headers or headers.get("Sec-Fetch-Site", "none") not in ("none", ""):
        return "requests from web pages are refused"
    return None
