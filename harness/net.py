"""Facts about addresses: which lead into a network that a stranger's file has no business in.

Sources: RFC 6890 (special-purpose addresses, as ``ipaddress`` has them); Azure's documentation of
168.63.129.16 and of the instance metadata service at 169.254.169.254.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PLATFORM: Final = ipaddress.ip_address("168.63.129.16")
"""Azure's own service beside each virtual machine: a public address that leads nowhere public."""

_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 that stands for IPv4 in its last 32 bits. Source: RFC 6052."""

_GLOBAL: Final = ipaddress.ip_network("2000::/3")
"""The IPv6 addresses of the open internet; others may stand for IPv4 ones. Source: RFC 4291, 2.4;
RFC 8215 for a network's own translations."""


def read_address(host: str) -> Address | None:
    """Read an address in whatever form it is written; None for a name.

    Beside the usual forms a resolver takes ``2852039166``, ``0xa9.254.169.254`` and ``0251.0376.1``
    for addresses; an IPv6 address that stands for an IPv4 one is that one.
    """
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        try:
            found = ipaddress.IPv4Address(socket.inet_aton(host))
        except (OSError, UnicodeError, ValueError):
            return None
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return found.ipv4_mapped
        if found in _TRANSLATED:
            return ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        return found.sixtofour or found
    return found


def describe_inner(address: Address) -> str:
    """Return what kind of inner address this is, "" for one of the open internet."""
    if address == _PLATFORM or address.is_link_local:
        return "an address of the cloud's metadata service, or of the local link"
    if address.is_loopback:
        return "an address of this machine"
    if address.is_multicast or not address.is_global:
        return "an address of a private network"
    if address.version == 6 and address not in _GLOBAL:
        return "an address of no public network"
    return ""


def fold_host(host: str) -> str:
    """Return a host as it is compared: in lower case, without the dot of the root."""
    return host.lower().removesuffix(".")


def find_proxy(url: str) -> str | None:
    """Return the proxy that the environment has for a URL, None where there is none.

    Asked here and not left to a client, which would take passwords from ``~/.netrc`` with it.
    """
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if proxy is None or (parts.hostname and proxy_bypass(parts.hostname)):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


@dataclass(frozen=True, slots=True)
class InnerHosts:
    """The hosts that may lead into this network: those that the person trusts.

    Attributes:
        hosts: names and addresses, folded, which may be inner ones.
        suffixes: a name that ends so may resolve to whatever it likes (a private endpoint).
    """

    hosts: Collection[str] = ()
    suffixes: tuple[str, ...] = ()

    def find_refusal(self, host: str, address: str) -> str:
        """Return why ``host``, which is at ``address``, must not be asked; "" where it may be."""
        name = fold_host(host)
        if name == "localhost" or name in self.hosts or name.endswith(self.suffixes or ("\0",)):
            return ""
        found = read_address(address)
        inner = "" if found is None else describe_inner(found)
        if not inner:
            return ""
        where = "" if name == address else f" ({address})"
        return f"{host} leads to {inner}{where}"
