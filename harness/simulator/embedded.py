"""The simulator inside a command: one world per project, one process that writes it.

The first command owns the world: it holds the lock ``owner.lock``, serves, and says where in
``simulator.json``. A second command joins it: it holds a shared lock on ``joiners.lock`` as long
as it needs the server, and the owner waits at its end until nobody does. The kernel lets go of
both when a process dies, so a crashed owner never blocks the next one.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from harness.errors import Diagnostic, OutsideError
from harness.fs.atomic import replace_file
from harness.fs.holders import NamedLock
from harness.fs.locks import FileLock
from harness.simulator.client import OpenedSession, UnreachableError, open_session_at
from harness.simulator.session import Providers
from harness.spec.model.spec import Simulator

START_DEADLINE_S = 20.0
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Simulated:
    """The address of the simulated Azure.

    Attributes:
        url: ARM's base URL; no slash at the end.
        token: names this command's session.
        joined: somebody else serves; it may be shared with other commands.
        today: the day it is there as that server says, whose own options may have set it; None
            where this command's own settings decide.
        enforces_limits: it refuses what is beyond a deployment's rate limits.
    """

    url: str
    token: str
    joined: bool
    today: date | None = None
    enforces_limits: bool = False


@contextmanager
def simulate(
    world_dir: Path | None,
    simulator: Simulator,
    providers: Providers,
    *,
    environment: Mapping[str, str],
    names: Mapping[str, str] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[Simulated]:
    """Run a simulated Azure for as long as the block runs.

    Args:
        world_dir: where the world is kept (``.harness``); none: in memory, shared with nobody.
        simulator: this command's behaviour; ``answers`` must be an absolute path by now.
        providers: models by provider handle that the simulator answers for.
        environment: ``HARNESS_SIMULATOR_URL`` and ``HARNESS_SIMULATOR_TOKEN`` name a server to
            use instead; nothing is started then.
        names: the spec's names of things by Azure's (see ``Session.names``).
        say: gets one line when the end of the block has to wait for other commands.

    Raises:
        OutsideError: the named server does not answer, or the world cannot be used.
    """
    names = names or {}
    url = environment.get("HARNESS_SIMULATOR_URL", "").rstrip("/")
    if url:
        root = environment.get("HARNESS_SIMULATOR_TOKEN", "")
        opened = open_session_at(url, root, simulator, providers, names)
        yield _make_joined(url, opened)
        return
    if world_dir is None:
        with _serve(None, simulator, providers, names) as simulated:
            yield simulated
        return
    with ExitStack() as stack:
        joined = _own_or_join(
            world_dir,
            stack,
            lambda url, root: open_session_at(url, root, simulator, providers, names),
        )
        if joined is not None:
            yield joined
            return
        simulated = stack.enter_context(_serve(world_dir, simulator, providers, names))
        # Entered after the server, so that it is left before the server stops.
        stack.enter_context(_announce(world_dir, simulated, say))
        yield simulated


@contextmanager
def serve(
    world_dir: Path | None,
    simulator: Simulator,
    *,
    port: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[Simulated]:
    """Run the simulator as a server of its own; commands join it when they share its world.

    Args:
        world_dir: the world to keep and announce; none: a fresh one in memory.
        simulator: what sessions fall back to.
        port: 0 takes a free one.
        say: gets one line when the end of the block has to wait for other commands.

    Raises:
        OutsideError: the port is taken, or another process holds the world.
    """
    with ExitStack() as stack:
        if world_dir is not None:
            owner = stack.enter_context(_open_owner_lock(world_dir))
            with _explain_no_lock(world_dir):
                taken = owner.take()
            if not taken:
                raise _world_held_error(world_dir, owner.name_holder())
        simulated = stack.enter_context(_serve(world_dir, simulator, {}, {}, port))
        if world_dir is not None:
            stack.enter_context(_announce(world_dir, simulated, say))
        yield simulated


def _own_or_join(
    world_dir: Path, stack: ExitStack, open_session: Callable[[str, str], OpenedSession]
) -> Simulated | None:
    """Join the owner's server with a session of ours, or return None: then the world is ours.

    Whoever joins holds the shared lock before it looks: an owner that has announced itself then
    cannot leave any more. What a crashed owner announced answers nobody, and is looked at again.
    """
    deadline = time.monotonic() + START_DEADLINE_S
    while True:
        with ExitStack() as trying:
            owner = trying.enter_context(_open_owner_lock(world_dir))
            with _explain_no_lock(world_dir):
                taken = owner.take()
            if taken:
                stack.enter_context(trying.pop_all())
                return None
            holder = owner.name_holder()
        joiner = _open_joiners_lock(world_dir)
        announced = _read_announcement(world_dir) if joiner.take(shared=True) else None
        try:
            if announced is not None:
                opened = open_session(announced["url"], announced["token"])
                stack.enter_context(joiner)
                return _make_joined(announced["url"], opened)
        except UnreachableError:
            pass
        except BaseException:
            joiner.close()
            raise
        joiner.close()
        if time.monotonic() > deadline:
            raise OutsideError(
                Diagnostic(
                    code="H413",
                    summary="another command holds the simulator's world and does not serve it",
                    detail=f"{holder}; waited {START_DEADLINE_S:g} s for "
                    f"{world_dir / 'simulator.json'}",
                    hint="end the other command, or use another project root with --root",
                )
            )
        time.sleep(_POLL_S)


def _make_joined(url: str, opened: OpenedSession) -> Simulated:
    return Simulated(
        url,
        opened.token,
        joined=True,
        today=opened.today,
        enforces_limits=opened.enforces_limits,
    )


@contextmanager
def _serve(
    world_dir: Path | None,
    simulator: Simulator,
    providers: Providers,
    names: Mapping[str, str],
    port: int = 0,
) -> Iterator[Simulated]:
    # The server and its HTTP library are imported here: joiners and --help never need them.
    from harness.simulator.hosting import host
    from harness.simulator.server import build_app
    from harness.simulator.world import SimulatedWorld

    world = SimulatedWorld(world_dir)
    token = secrets.token_urlsafe(24)
    with host(build_app(world, token, simulator, providers, names), port) as url:
        try:
            enforced = simulator.limits == "enforced"
            yield Simulated(url, token, joined=False, enforces_limits=enforced)
        finally:
            world.close()


@contextmanager
def _announce(world_dir: Path, simulated: Simulated, say: Callable[[str], None]) -> Iterator[None]:
    place = world_dir / "simulator.json"
    # A crashed owner's joiners may still hold the old announcement; ours replaces it as a whole.
    document = {"url": simulated.url, "token": simulated.token, "pid": os.getpid()}
    replace_file(place, [json.dumps(document)], sync=False, mode=0o600)
    try:
        yield
    finally:
        with _open_joiners_lock(world_dir) as joiners:
            if not joiners.take():
                say("waiting: other commands still use this command's simulator")
                joiners.take(wait=True)
            # Withdrawn while we hold the lock: whoever comes now finds no announcement and
            # waits for the owner's lock instead.
            place.unlink(missing_ok=True)


def _open_owner_lock(world_dir: Path) -> NamedLock:
    """Open the lock of the world's owner, in which its name stands.

    Raises:
        OutsideError: its file cannot be made.
    """
    with _explain_no_lock(world_dir):
        return NamedLock(world_dir / "owner.lock")


def _open_joiners_lock(world_dir: Path) -> FileLock:
    """Open the lock of those who join a world.

    Raises:
        OutsideError: its file cannot be made.
    """
    with _explain_no_lock(world_dir):
        return FileLock(world_dir / "joiners.lock")


@contextmanager
def _explain_no_lock(world_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutsideError(
            Diagnostic(
                code="H412",
                summary=f"the simulator's world cannot be kept in {world_dir}",
                detail=str(error),
                hint="name another project root with --root, or run `harness simulate` and "
                "set HARNESS_SIMULATOR_URL and HARNESS_SIMULATOR_TOKEN",
            )
        ) from error


def _world_held_error(world_dir: Path, holder: str) -> OutsideError:
    announced = _read_announcement(world_dir)
    where = f"; it serves at {announced['url']}" if announced else ""
    return OutsideError(
        Diagnostic(
            code="H415",
            summary=f"another command holds the world in {world_dir}",
            detail=f"only one process writes it: {holder}{where}",
            hint="end that one first, or leave --world away for a world in memory",
        )
    )


def _read_announcement(world_dir: Path) -> dict[str, Any] | None:
    try:
        document = json.loads((world_dir / "simulator.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) and "url" in document else None
