"""Look after cassettes: audit them, prune them, and export them for vcrpy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from harness.app.recording import CASSETTE_SUFFIX
from harness.conversation.ports import Place

if TYPE_CHECKING:
    from harness.spec.load import SpecFile
    from harness.spec.ports import Reader

AuditKind = Literal["secret", "changed", "format", "unlisted", "orphan", "error"]


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One thing that is amiss.

    Attributes:
        kind: ``changed`` is not as it was recorded; ``unlisted`` is in no manifest; ``orphan`` is
            nothing that the spec would play; ``error`` stands where an answer should.
        file: its path in the cassette.
        where: the JSON path in the file, or its line and column; "" for the file as a whole.
        what: for people; of a secret no more than its first characters.
    """

    kind: AuditKind
    file: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Audit:
    """The files that were read, and the faults in them."""

    files: int
    exchanges: int
    findings: tuple[AuditFinding, ...]


@dataclass(frozen=True, slots=True)
class DeclaredExchanges:
    """The exchanges that a spec would play.

    Attributes:
        repeats: of each trial's file.
        names: what there is of each of ``conversation``, ``target`` and ``variant``.
        management: whether the spec provisions anything.
    """

    repeats: Mapping[str, int]
    names: Mapping[str, frozenset[str]]
    management: bool


Declare = Callable[[], DeclaredExchanges | None]
"""Returns what the spec of a cassette would play; None where there is no spec."""


class CassetteKeeper(Protocol):
    """Cassettes on disk."""

    def find(self, path: Path) -> Path:
        """Return the cassette that a file is part of, else the path itself."""
        ...

    def audit(self, path: Path, declare: Declare) -> Audit:
        """Look into a cassette, or into a single file that another program recorded.

        Raises:
            RequestError: there is no cassette.
        """
        ...

    def prune(
        self, path: Path, declare: Declare, *, dry_run: bool
    ) -> Sequence[AuditFinding] | None:
        """Remove what its spec would not play; return it, or None where there is no spec.

        Raises:
            RequestError: there is no cassette.
        """
        ...

    def export(self, path: Path, output: Path) -> Iterable[Path]:
        """Write the conversations of a cassette as vcrpy files; return their paths.

        Raises:
            RequestError: there is no cassette.
        """
        ...

    def declare(self, spec_file: SpecFile) -> DeclaredExchanges:
        """Return what a spec would play.

        Raises:
            SpecError: a data set cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class SpecFinder:
    """Finds and reads the spec of a cassette.

    Attributes:
        read: reads a spec as it is on every machine.
        named: the path that the person gave; None for the spec beside the cassette.
        tell_missing: gets the cassette that has no spec beside it.
    """

    read: Callable[[Path], SpecFile]
    named: Path | None
    tell_missing: Callable[[Path], None]

    def find(self, cassette: Path) -> SpecFile | None:
        """Return the spec of a cassette; None, which is told, where there is none.

        Raises:
            SpecError: it cannot be read or is wrong.
        """
        path = self.named or find_spec_beside(cassette)
        if path is None:
            self.tell_missing(cassette)
            return None
        return self.read(path)


def audit_cassettes(
    keeper: CassetteKeeper, paths: Iterable[Path], specs: SpecFinder
) -> list[tuple[Path, Audit]]:
    """Look into cassettes, each once, whichever of its files is named.

    Raises:
        RequestError: one of them is no cassette.
        SpecError: a spec is wrong.
    """
    return [
        (path, keeper.audit(path, partial(_declare, keeper, path, specs)))
        for path in dict.fromkeys(map(keeper.find, paths))
    ]


def prune_cassette(
    keeper: CassetteKeeper, path: Path, specs: SpecFinder, *, dry_run: bool
) -> Sequence[AuditFinding] | None:
    """Remove from a cassette what its spec would not play; None where there is no spec.

    Raises:
        RequestError: there is no cassette.
        SpecError: its spec is wrong.
    """
    return keeper.prune(path, partial(_declare, keeper, path, specs), dry_run=dry_run)


def export_cassette(keeper: CassetteKeeper, path: Path, output: Path | None) -> Iterable[Path]:
    """Write a cassette as vcrpy files; by default beside it, with the ending ``.vcr``.

    Raises:
        RequestError: there is no cassette.
        OutsideError: it was changed by hand, or the disk refused.
    """
    return keeper.export(path, output or path.with_suffix(".vcr"))


def find_spec_beside(folder: Path) -> Path | None:
    """Return the spec that a cassette stands beside by default, if it is there."""
    folder = folder.resolve()
    if folder.suffix != CASSETTE_SUFFIX:
        return None
    files = (folder.with_suffix(ending) for ending in (".yaml", ".yml"))
    return next((file for file in files if file.is_file()), None)


def list_places(spec_file: SpecFile, targets: Iterable[str], reader: Reader) -> Iterator[Place]:
    """Yield the last repeat of each trial of a spec.

    Raises:
        SpecError: a data set cannot be read.
    """
    from harness.app.specs.cases import read_cases
    from harness.run.asking.question import list_cases

    spec = spec_file.spec
    names = tuple(targets)
    for conversation in spec.conversations:
        for case in list_cases(conversation, partial(read_cases, reader=reader)):
            for target in names:
                for variant in spec.variants or ("default",):
                    yield Place(
                        target=target,
                        conversation=conversation.id,
                        case=case.name,
                        variant=variant,
                        repeat=spec.evaluation.repeats,
                        turn=0,
                    )


def _declare(keeper: CassetteKeeper, path: Path, specs: SpecFinder) -> DeclaredExchanges | None:
    spec_file = specs.find(path)
    return None if spec_file is None else keeper.declare(spec_file)
