"""The package can be used where some modules and calls of Unix are missing: on Windows."""

from __future__ import annotations

import subprocess
import sys

HIDDEN = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "readline")
IMPORT_ALL = f"""
import importlib, pkgutil, signal, socket, os, sys

# The standard library and the packages that people install care for Windows themselves.
import asyncio, subprocess, tempfile, shutil, pathlib, getpass, multiprocessing.connection
import aiohttp, aiohttp.web, azure.identity, click, openai, pytest, vcr

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in {HIDDEN!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

for name in {HIDDEN!r}:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Missing())
for module in ("getuid", "geteuid", "getgid", "killpg", "fork", "O_NONBLOCK", "O_NOFOLLOW"):
    if hasattr(os, module):
        delattr(os, module)
for name in ("SIGHUP", "SIGKILL", "SIGUSR1", "SIGALRM", "SIGPIPE", "SIGWINCH"):
    delattr(signal, name)

import harness
for found in pkgutil.walk_packages(harness.__path__, "harness."):
    if found.name != "harness.__main__":
        importlib.import_module(found.name)
assert not set({HIDDEN!r}) & set(sys.modules)
"""


def test_every_module_can_be_imported_where_the_modules_of_unix_are_missing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
