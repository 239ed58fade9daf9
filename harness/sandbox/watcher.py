"""A watcher that outlives this process by a moment, and kills the programs that it left behind.

A process that is killed cannot end what it started. The watcher is a process of its own: it notices
the death of this one by a pipe that closes, and finds the programs by a mark in their environment,
which whatever they start inherits. It is there on Linux, where environments can be read.
"""

from __future__ import annotations

import os
import secrets
import sys
from functools import cache

MARK = "HARNESS_STARTED_BY"

WATCH = """
import os, sys, time
sys.stdin.buffer.read()  # to its end, which is that of the process that holds the other one
for _ in range(3):  # one that was just being started is found the next time
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                if sys.argv[1].encode() in file.read().split(b"\\0"):
                    os.kill(int(name), 9)
        except OSError:
            pass
    time.sleep(0.05)
"""


def mark_environment() -> dict[str, str]:
    """Return the variable that marks a program as one of this process's; starts the watcher."""
    mark = _start_watcher(os.getpid())
    return {MARK: mark} if mark else {}


@cache
def _start_watcher(owner: int) -> str:
    """Start the watcher of a process, once; returns the mark, "" where there is none.

    What was forked off since has a watcher of its own: it is another ``owner``.
    """
    mark = ""
    if sys.platform == "linux":
        mark = f"{owner}-{secrets.token_hex(8)}"
        reads, _ = os.pipe()  # the other end stays open until this process ends
        try:
            os.posix_spawn(
                sys.executable,
                # -I and -S: it needs nothing, and starts in a hundredth of a second.
                [sys.executable, "-I", "-S", "-c", WATCH, f"{MARK}={mark}"],
                {},
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, reads, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                setsid=True,  # a Ctrl-C at the terminal is not meant for it
            )
        finally:
            os.close(reads)
    return mark
