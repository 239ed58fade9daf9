"""A process that has imported everything, and bears commands by fork: none of them has to start up.

It reads orders, one a line, and answers each birth with the child's number and then with its exit
code (a negative one is the signal that ended it). See ``Mother`` in ``tests/kills/lives.py``.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PR_SET_PTRACER, ANYBODY = 0x59616D61, ctypes.c_ulong(-1).value
ATTACHED_S = 20.0


def main() -> None:
    """Bear whoever is ordered, one at a time, until nobody orders any more."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored by all who are born
    for line in iter(sys.stdin.readline, ""):
        order = json.loads(line)
        if "load" in order:
            for name in order["load"]:
                try:
                    importlib.import_module(name)
                except Exception:  # noqa: BLE001 - what cannot be imported here is imported there
                    continue
            gc.freeze()
            answer("loaded")
            continue
        child = os.fork()
        if not child:
            live(order)
            return
        tracer = None
        if "strace" in order:
            tracer = subprocess.Popen(
                ["strace", "-p", str(child), *order["strace"]], stderr=subprocess.DEVNULL
            )
        answer(child)
        sys.stdin.readline()  # until then its number stays its own, dead or alive
        _, status = os.waitpid(child, 0)
        if tracer is not None:
            tracer.wait()
        answer(os.waitstatus_to_exitcode(status))


def answer(said: object) -> None:
    """Answer whoever gives the orders."""
    sys.stdout.write(f"{said}\n")
    sys.stdout.flush()


def live(order: dict[str, Any]) -> None:
    """Be the command: its arguments, folder, environment and streams."""
    os.chdir(order["folder"])
    os.environ.update(order["environment"])
    os.setsid()
    if order.get("terminal"):  # the first that is opened in a session of its own controls it
        reads = says = os.open(order["terminal"], os.O_RDWR)
    else:
        reads = os.open(os.devnull, os.O_RDONLY)
        says = os.open(order["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream, there in enumerate((reads, says, says)):
        os.dup2(there, stream)
    os.closerange(3, 10)
    if order.get("names"):
        names = Path(order["names"])
        atexit.register(lambda: names.write_text(json.dumps(list(sys.modules)), encoding="utf-8"))
    if "strace" in order:
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, ANYBODY, 0, 0, 0)
        wait_for_tracer()
    sys.argv = ["harness", *order["arguments"]]
    if "program" in order:
        exec(order["program"], {"__name__": "__main__"})
        return
    from harness.__main__ import main as command

    command()


def wait_for_tracer() -> None:
    deadline = time.monotonic() + ATTACHED_S
    while time.monotonic() < deadline:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        if "TracerPid:\t0\n" not in status:
            return
        time.sleep(0.002)
    os._exit(99)


if __name__ == "__main__":
    main()
