"""No sockets while a recording is replayed: what would reach the network is refused, loudly.

An audit hook sees every socket that the process makes, whichever library asks for it. Hooks cannot
be taken away again, so there is one, which does nothing unless a replay is going on.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_LOOKS_OUTSIDE = frozenset(
    {
        "socket.connect",
        "socket.sendto",
        "socket.sendmsg",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "socket.getnameinfo",
    }
)
_NETWORKS = frozenset({socket.AF_INET, socket.AF_INET6})


class SocketRefusedError(RuntimeError):
    """Something wanted the network during a replay."""


class _Guard:
    """How many replays are going on, and whether the hook is there."""

    replays = 0
    hooked = False


@contextmanager
def no_sockets() -> Iterator[None]:
    """Refuse every socket that leaves this process, in all of its threads.

    Pairs of sockets within the process, which event loops talk to themselves with, stay allowed.
    """
    if not _Guard.hooked:
        sys.addaudithook(_refuse)
        _Guard.hooked = True
    _Guard.replays += 1
    try:
        yield
    finally:
        _Guard.replays -= 1


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if not _Guard.replays or not event.startswith("socket."):
        return
    if event == "socket.__new__":
        # Windows makes pairs of sockets out of loopback ones; there connecting is what counts.
        if arguments[1] in _NETWORKS and sys.platform != "win32":
            raise SocketRefusedError("a socket was asked for while a recording is replayed")
    elif event in _LOOKS_OUTSIDE and not _is_local(event, arguments):
        raise SocketRefusedError(f"{event} was called while a recording is replayed")


def _is_local(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether a socket talks to this process or its own machine's files."""
    if not isinstance(arguments[0], socket.socket):
        return False
    if arguments[0].family not in _NETWORKS:
        return True
    paired = sys.platform == "win32" and event == "socket.connect"
    return paired and arguments[1][0] in ("127.0.0.1", "::1")
