"""No sockets while a recording is replayed: what would reach the network is refused, loudly.

An audit hook sees every socket that the process makes, whichever library asks for it. Hooks cannot
be taken away again, so there is one, which does nothing unless it stands in a replay's task or
thread: something live may go on beside it.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakSet

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


_REPLAYING: ContextVar[bool] = ContextVar("replaying", default=False)
"""True when the running task, or the code that a thread runs, is part of a replay."""

_threads: WeakSet[threading.Thread] = WeakSet()
"""Threads that a replay started: before Python 3.14 they do not inherit its context."""


class _Guard:
    """The number of replays that are going on, and whether the hook is there."""

    replays = 0
    hooked = False
    lock = threading.Lock()


@contextmanager
def refuse_sockets() -> Iterator[None]:
    """Refuse every socket that leaves this process to the tasks and threads of this block.

    Threads and tasks that are started within it are its own; those beside it are not held to it.
    Pairs of sockets within the process, which event loops talk to themselves with, stay allowed.
    """
    with _Guard.lock:
        if not _Guard.hooked:
            sys.addaudithook(_refuse)
            _inherit_by_threads()
            _Guard.hooked = True
        _Guard.replays += 1
    before = _REPLAYING.set(True)
    try:
        yield
    finally:
        _REPLAYING.reset(before)
        with _Guard.lock:
            _Guard.replays -= 1


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if not _Guard.replays or not event.startswith("socket.") or not _is_replaying():
        return
    if event == "socket.__new__":
        # Windows makes pairs of sockets out of loopback ones; there connecting is what counts.
        if arguments[1] in _NETWORKS and sys.platform != "win32":
            raise SocketRefusedError("a socket was asked for while a recording is replayed")
    elif event in _LOOKS_OUTSIDE and not _is_local(event, arguments):
        raise SocketRefusedError(f"{event} was called while a recording is replayed")


def _is_replaying() -> bool:
    return _REPLAYING.get() or threading.current_thread() in _threads


def _inherit_by_threads() -> None:
    """Hold the threads that a replay starts to it too; no audit event tells of them before 3.12.

    An event loop's own workers serve all of its tasks, and run each job in its task's context.
    """
    start = threading.Thread.start

    def start_noted(thread: threading.Thread) -> None:
        if _is_replaying() and not thread.name.startswith("asyncio_"):
            _threads.add(thread)
        start(thread)

    threading.Thread.start = start_noted  # type: ignore[method-assign, assignment]


def _is_local(event: str, arguments: tuple[Any, ...]) -> bool:
    """Return whether a socket talks to this process or its own machine's files."""
    if not isinstance(arguments[0], socket.socket):
        return False
    if arguments[0].family not in _NETWORKS:
        return True
    paired = sys.platform == "win32" and event == "socket.connect"
    return paired and arguments[1][0] in ("127.0.0.1", "::1")
