"""A run as it is sent to workers: the spec with its files, and what was chosen at home."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from harness.app.specs.packing import PackedFiles, PackingReader
from harness.app.specs.permissions import Permissions
from harness.results.model import Shard
from harness.run.narrowing import CellName

if TYPE_CHECKING:
    from harness.run.matrix import Matrix
    from harness.wiring.world import SpecWorld

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)")


class PackedSelection(msgspec.Struct, frozen=True):
    """The trials of a run: ``Selection``, and the targets that were selected.

    ``plan`` is what a shard's run says of its questions, see ``ShardPlan``.
    """

    targets: tuple[str, ...]
    keyword: str
    tags: tuple[str, ...]
    repeats: int
    conversations: tuple[str, ...]
    sample: int | None
    seed: int
    cells: tuple[CellName, ...] | None
    shard: Shard | None
    plan: dict[str, Any]
    most: int


class PackedSimulator(msgspec.Struct, frozen=True):
    """The simulated Azure at home, and the token of this run's session there."""

    url: str
    token: str
    enforces_limits: bool


class RunPackage(msgspec.Struct, frozen=True):
    """Everything that a worker has to know of a run; values of the environment are not in it.

    Attributes:
        path: the spec's, as home named it.
        sha256: the spec's digest.
        files: the spec's files, see ``PackedFiles``.
        environment_names, hosts: what the person allowed, see ``Permissions``.
        cloud: the name of the cloud, None where there is none.
        simulator: the simulated Azure, None on a real cloud.
    """

    path: str
    sha256: str
    files: dict[str, Any]
    environment_names: tuple[str, ...]
    hosts: tuple[str, ...]
    cloud: str | None
    simulator: PackedSimulator | None
    selection: PackedSelection

    @property
    def permissions(self) -> Permissions:
        """The permissions that the person at home gave; never code."""
        return Permissions(
            cloud=self.cloud, environment_names=self.environment_names, hosts=self.hosts
        )


def pack_run(world: SpecWorld, matrix: Matrix) -> tuple[str, str]:
    """Return the digest and the text of a run's package; the spec is read once more for it."""
    from harness.app.specs.cases import read_cases
    from harness.app.specs.reading import read_spec_file

    spec_file, selection, at = world.spec_file, matrix.selection, world.simulated_at
    plan = matrix.part.plan
    reader = PackingReader(world.reader)
    again = read_spec_file(Path(spec_file.path), world.permissions, reader, world.environment)
    for conversation in again.spec.conversations:
        if isinstance(conversation.cases, str):
            for _ in read_cases(conversation, reader):
                pass  # what its rows name is read, and so packed
    package = RunPackage(
        path=spec_file.path,
        sha256=spec_file.sha256,
        files=reader.packed.to_json(),
        environment_names=tuple(world.permissions.environment_names),
        hosts=tuple(world.permissions.hosts),
        cloud=world.choice.name,
        simulator=None if at is None else PackedSimulator(at.url, at.token, at.enforces_limits),
        selection=PackedSelection(
            targets=tuple(target.name for target in matrix.targets),
            keyword=selection.keyword,
            tags=tuple(selection.tags),
            repeats=matrix.repeats,
            conversations=tuple(selection.conversations),
            sample=selection.sample,
            seed=selection.seed,
            cells=None if selection.cells is None else tuple(selection.cells),
            shard=selection.shard,
            plan={} if plan is None else plan.describe(),
            most=max(matrix.size, *matrix.requests.values(), *matrix.advice.values(), 1) * 2,
        ),
    )
    text = msgspec.json.encode(package).decode()
    return hashlib.sha256(text.encode()).hexdigest(), text


def unpack_run(text: str) -> RunPackage:
    """Read what ``pack_run`` wrote."""
    return msgspec.json.decode(text, type=RunPackage)


def read_files(package: RunPackage) -> PackedFiles:
    """Return the files that came with a run."""
    return PackedFiles.from_json(package.files)


def list_variables(world: SpecWorld) -> tuple[str, ...]:
    """List the variables that the spec reads from the environment and that are set here.

    Keys are not among them where the simulator answers: it asks for none.
    """
    from harness.spec.parse.interpolate import Environment

    document = dict(world.spec_file.document)
    if world.simulated and isinstance(document.get("providers"), Mapping):
        document["providers"] = [
            {name: value for name, value in one.items() if name != "api_key"}
            for one in document["providers"].values()
            if isinstance(one, Mapping)
        ]
    allowed = Environment({}, world.permissions.environment_names)
    named = _find_named(document)
    return tuple(sorted(n for n in named if allowed.allows(n) and world.environment.get(n)))


def _find_named(document: object) -> set[str]:
    if isinstance(document, str):
        return set(_REFERENCE.findall(document))
    if isinstance(document, Mapping):
        return set[str]().union(*map(_find_named, document.values()))
    if isinstance(document, (list, tuple)):
        return set[str]().union(*map(_find_named, document))
    return set()
