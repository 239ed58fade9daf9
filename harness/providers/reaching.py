"""Connections that lead into no inner network unless the person trusts the host.

A name is looked at when it is resolved for the connection itself, so that none can be one address
when it is checked and another when it is used.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from harness.net import InnerHosts

if TYPE_CHECKING:
    import aiohttp
    from aiohttp.abc import ResolveResult


class InnerAddressError(OSError):
    """A name led into a network that nobody allowed it to lead to."""


def open_session(reach: InnerHosts | None, **connecting: Any) -> aiohttp.ClientSession:
    """Open a session of aiohttp that resolves names within reach, and knows no ``~/.netrc``.

    Args:
        reach: which hosts may be inner ones; None: all, as for a proxy's.
        connecting: arguments of ``aiohttp.TCPConnector``.
    """
    import aiohttp
    from aiohttp.resolver import ThreadedResolver

    if reach is None:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(**connecting))

    find_refusal = reach.find_refusal

    class GuardedResolver(ThreadedResolver):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            found = await super().resolve(host, port, family)
            for each in found:
                refusal = find_refusal(host, each["host"])
                if refusal:
                    raise InnerAddressError(refusal)
            return found

    connector = aiohttp.TCPConnector(resolver=GuardedResolver(), **connecting)
    return aiohttp.ClientSession(connector=connector)
