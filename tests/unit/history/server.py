"""A throwaway PostgreSQL on a loopback port, in a folder of its own; its owner is no superuser."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def find_program(name: str) -> Path | None:
    found = shutil.which(name)
    if found is not None:
        return Path(found)
    return next((place / name for place in PLACES if (place / name).exists()), None)


def as_owner(*words: str | Path) -> list[str]:
    """Root cannot own a cluster: another user does."""
    if os.geteuid() != 0:
        return [str(word) for word in words]
    owner = next(name for name in ("postgres", "nobody") if _is_user(name))
    user = pwd.getpwnam(owner)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups",
            *map(str, words)]  # fmt: skip


def _is_user(name: str) -> bool:
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False


def find_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def serve(folder: Path, options: str = "") -> Iterator[str]:
    """Yield the address of a server: ``USER:PASSWORD@127.0.0.1:PORT``."""
    initdb, pg_ctl = find_program("initdb"), find_program("pg_ctl")
    assert initdb is not None
    assert pg_ctl is not None
    folder.mkdir(parents=True)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres" if _is_user("postgres") else "nobody")
    secret = folder / "secret"
    secret.write_text("sesame\n", encoding="utf-8")
    data, port = folder / "data", find_port()
    secret.chmod(0o644)

    def run(*words: str | Path) -> None:
        done = subprocess.run(
            as_owner(*words), capture_output=True, text=True, cwd=folder, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run(initdb, "-D", data, "-U", "boss", f"--pwfile={secret}", "-A", "scram-sha-256", "-N",
        "-E", "UTF8", "--locale=C", "--no-instructions")  # fmt: skip
    settings = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off "
        f"-c max_connections=60 -c shared_buffers=16MB {options}"
    )
    log = folder / "log"
    # Its output goes into the log: a pipe would be held open for as long as it runs.
    started = subprocess.run(
        as_owner(pg_ctl, "-D", data, "-w", "-t", "60", "-l", log, "-o", settings, "start"),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, check=False,
    )  # fmt: skip
    assert started.returncode == 0, log.read_text() if log.exists() else "it did not start"
    try:
        yield f"boss:sesame@127.0.0.1:{port}"
    finally:
        run(pg_ctl, "-D", data, "-m", "immediate", "stop")
