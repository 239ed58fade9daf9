"""The cassettes on this disk, for ``harness cassettes``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.app.cassettes import (
    Audit,
    AuditFinding,
    Declare,
    DeclaredExchanges,
    list_places,
)
from harness.recording.maintenance.audit import audit, audit_file, declare, make_no_cassette_error
from harness.recording.maintenance.export import export
from harness.recording.maintenance.merging import settle
from harness.recording.maintenance.prune import prune
from harness.recording.storage.folder import Folder, read_manifest
from harness.recording.storage.naming import MANIFEST
from harness.wiring.recording.cassette import lock_listing

if TYPE_CHECKING:
    from harness.spec.load import SpecFile


class DiskKeeper:
    """Keeps cassettes on this disk; an implementation of ``app.cassettes.CassetteKeeper``."""

    def find(self, path: Path) -> Path:
        """Return the cassette that a file is part of, else the path itself."""
        return next((folder for folder in path.parents if (folder / MANIFEST).is_file()), path)

    def audit(self, path: Path, declare: Declare) -> Audit:
        """Look into a cassette, or into a single file that another program recorded."""
        if path.is_file():
            return audit_file(path)
        if not (path / MANIFEST).exists():
            raise make_no_cassette_error(path)
        return audit(path, declare())

    def prune(
        self, path: Path, declare: Declare, *, dry_run: bool
    ) -> Sequence[AuditFinding] | None:
        """Remove what its spec would not play; None where there is no spec."""
        folder = _open_folder(path, to_change=not dry_run)
        declared = declare()
        return None if declared is None else prune(folder, declared, dry_run=dry_run)

    def export(self, path: Path, output: Path) -> Iterable[Path]:
        """Write the conversations of a cassette as vcrpy files; return their paths."""
        return export(_open_folder(path, to_change=False), output)

    def declare(self, spec_file: SpecFile) -> DeclaredExchanges:
        """Return what a spec would play."""
        from harness.run.targets import every_target
        from harness.store.files import DiskReader

        targets = [target.name for target in every_target(spec_file.spec)]
        places = list_places(spec_file, targets, DiskReader(Path(spec_file.root)))
        return declare(places, targets, management=bool(spec_file.spec.accounts))


def _open_folder(path: Path, *, to_change: bool) -> Folder:
    """Open a cassette; one that is changed is first settled, where git left it unmerged.

    Raises:
        RequestError: the folder is no cassette.
        OutsideError: its manifest cannot be read.
    """
    if to_change:
        settle(path, lock_listing)
    manifest = read_manifest(path)
    if manifest is None:
        raise make_no_cassette_error(path)
    return Folder(path, lock_listing, manifest)
