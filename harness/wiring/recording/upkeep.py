"""Open what `harness cassettes` works with: a cassette's folder, and what its spec would play."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness.app.recording import CASSETTE_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.conversation.ports import Place
    from harness.recording.maintenance.audit import DeclaredExchanges
    from harness.recording.storage.folder import Folder
    from harness.spec.load import SpecFile


def find_spec(folder: Path) -> Path | None:
    """Return the spec that a cassette stands beside by default, if it is there."""
    folder = folder.resolve()
    if folder.suffix != CASSETTE_SUFFIX:
        return None
    files = (folder.with_suffix(ending) for ending in (".yaml", ".yml"))
    return next((file for file in files if file.is_file()), None)


def open_cassette(folder: Path, *, to_change: bool) -> Folder:
    """Open a cassette to look at or to change: what git left unmerged is settled first then.

    Raises:
        RequestError: the folder is no cassette.
        OutsideError: its manifest cannot be read.
    """
    from harness.recording.maintenance.audit import make_no_cassette_error
    from harness.recording.maintenance.merging import settle
    from harness.recording.storage.folder import Folder, read_manifest
    from harness.wiring.recording.cassette import lock_listing

    if to_change:
        settle(folder, lock_listing)
    manifest = read_manifest(folder)
    if manifest is None:
        raise make_no_cassette_error(folder)
    return Folder(folder, lock_listing, manifest)


def list_declared(spec_file: SpecFile) -> DeclaredExchanges:
    """Declare what a spec would play: every conversation, case, target and variant of it.

    Raises:
        SpecError: a data set cannot be read.
    """
    from harness.recording.maintenance.audit import declare
    from harness.run.targets import every_target

    spec = spec_file.spec
    targets = [target.name for target in every_target(spec)]
    return declare(_list_places(spec_file, targets), targets, management=bool(spec.accounts))


def _list_places(spec_file: SpecFile, targets: list[str]) -> Iterator[Place]:
    """Return the last repeat of each trial."""
    from harness.conversation.ports import Place
    from harness.run.question import list_cases
    from harness.store.files import DiskReader
    from harness.wiring.providers.cases import rows_of

    spec = spec_file.spec
    rows = partial(rows_of, reader=DiskReader(Path(spec_file.root)))
    for conversation in spec.conversations:
        for case in list_cases(conversation, rows):
            for target in targets:
                for variant in spec.variants or ("default",):
                    yield Place(
                        target=target,
                        conversation=conversation.id,
                        case=case.name,
                        variant=variant,
                        repeat=spec.evaluation.repeats,
                        turn=0,
                    )
