"""Play a task on a worker of a cluster: with the spec that came, and its own environment."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness._version import __version__
from harness.errors import Diagnostic, OutsideError

if TYPE_CHECKING:
    from harness.app.specs.packing import PackedFiles
    from harness.cluster.task_runner import RunOnWorker
    from harness.run.matrix import Matrix
    from harness.run.ports import RunPorts
    from harness.wiring.cluster.package import RunPackage
    from harness.wiring.world import SpecWorld

ANOTHER_SPEC = "H867"


async def play_task_order(text: str) -> str:
    """Play the task of an order in the worker's event loop; Dask calls this by its name.

    Returns how it ended, see ``play_task``.

    Raises:
        RuntimeError: home has another version of harness.
    """
    from distributed import get_client, get_worker

    from harness.cluster.channels import WorkerChannel
    from harness.cluster.messages import TaskOrder, decode
    from harness.cluster.task_runner import play_task

    order = decode(text, TaskOrder)
    if order.version != __version__:
        raise RuntimeError(f"a worker has harness {__version__}, and home has {order.version}")
    name = f"{order.queue}-connection-{uuid.uuid4().hex}"
    worker = str(get_worker().address)
    channel = await WorkerChannel.open(get_client(), order.queue, name)
    try:
        return await play_task(order.task, name, worker, channel, _open_setting)
    finally:
        channel.close()


async def _open_setting(digest: str, fetch: Callable[[], Awaitable[str]]) -> RunOnWorker:
    """Open a run, of which one is kept from one task to the next.

    Raises:
        HarnessError: this worker cannot play it.
    """
    from harness.cluster.task_runner import RunOnWorker

    kept = _kept.get(digest)
    if kept is None:
        # In a thread: a large spec takes seconds, and Dask's loop has to go on.
        kept = await asyncio.to_thread(_KeptRun.read, await fetch())
        _kept.clear()
        _kept[digest] = kept
    return RunOnWorker(kept.matrix, kept.open_ports())


@dataclass(frozen=True, slots=True)
class _KeptRun:
    """A run as this worker read it."""

    package: RunPackage
    world: SpecWorld
    matrix: Matrix
    files: PackedFiles

    @classmethod
    def read(cls, text: str) -> _KeptRun:
        """Read a package.

        Raises:
            HarnessError: it is not the same spec here.
        """
        from harness.app.specs.cases import read_cases
        from harness.app.specs.cloud_choice import CloudChoice
        from harness.app.specs.reading import read_spec_file
        from harness.run.matrix import Selection, expand
        from harness.run.sharding import read_span
        from harness.run.targets import every_target
        from harness.simulator.embedded import Simulated
        from harness.wiring.cluster.package import read_files, unpack_run
        from harness.wiring.world import SpecWorld

        package = unpack_run(text)
        files, chosen, at = read_files(package), package.selection, package.simulator
        permissions = package.permissions
        spec_file = read_spec_file(Path(package.path), permissions, files, os.environ)
        if spec_file.sha256 != package.sha256:
            raise _make_difference_error(package)
        simulated = None
        if at is not None:
            simulated = Simulated(at.url, at.token, True, enforces_limits=at.enforces_limits)
        world = SpecWorld(
            spec_file=spec_file,
            permissions=permissions,
            environment=os.environ,
            choice=CloudChoice(package.cloud, "from home"),
            simulated_at=simulated,
        )
        known = {target.name: target for target in every_target(spec_file.spec)}
        matrix = expand(
            spec_file.spec,
            [known[name] for name in chosen.targets],
            Selection(
                chosen.keyword,
                chosen.tags,
                chosen.repeats,
                chosen.conversations,
                chosen.sample,
                chosen.seed,
                None if chosen.cells is None else frozenset(chosen.cells),
                chosen.shard,
                read_span({"shard": chosen.plan}),
            ),
            lambda conversation: read_cases(conversation, files),
            chosen.most,
        )
        return cls(package, world, matrix, files)

    def open_ports(self) -> RunPorts:
        """Open the ports of one task, in the loop that awaits this."""
        return self.world.open_run_ports()


_kept: dict[str, _KeptRun] = {}


def _make_difference_error(package: RunPackage) -> OutsideError:
    return OutsideError(
        Diagnostic(
            ANOTHER_SPEC,
            f"{package.path} is not the same spec on a worker",
            "its files were read there with another result than at home",
            hint="the same versions of harness and its libraries at home and on all workers",
        )
    )
