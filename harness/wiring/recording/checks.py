"""Audit, prune and export recordings, for ``harness cassettes``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from harness.recording.maintenance.audit import (
    Audit,
    AuditFinding,
    DeclaredExchanges,
    audit,
    audit_file,
    make_no_cassette_error,
)
from harness.recording.maintenance.export import export
from harness.recording.maintenance.prune import prune
from harness.recording.storage.naming import MANIFEST
from harness.wiring.recording.upkeep import open_cassette

__all__ = [
    "Audit",
    "AuditFinding",
    "DeclaredExchanges",
    "audit_path",
    "export_cassette",
    "find_cassette",
    "prune_cassette",
]


def find_cassette(path: Path) -> Path:
    """Return the cassette that a file is part of, else the path itself."""
    return next((folder for folder in path.parents if (folder / MANIFEST).is_file()), path)


def audit_path(path: Path, declare: Callable[[], DeclaredExchanges | None]) -> Audit:
    """Look into a cassette, or into a single file that another program recorded.

    Args:
        path: the folder or the file.
        declare: returns what the spec of a cassette would play, None where there is no spec.

    Raises:
        RequestError: there is no cassette.
    """
    if path.is_file():
        return audit_file(path)
    if not (path / MANIFEST).exists():
        raise make_no_cassette_error(path)
    return audit(path, declare())


def prune_cassette(
    path: Path, declare: Callable[[], DeclaredExchanges | None], *, dry_run: bool
) -> Sequence[AuditFinding] | None:
    """Remove what its spec would not play; return it, or None where there is no spec.

    Raises:
        RequestError: there is no cassette.
    """
    folder = open_cassette(path, to_change=not dry_run)
    declared = declare()
    return None if declared is None else prune(folder, declared, dry_run=dry_run)


def export_cassette(path: Path, output: Path) -> Iterable[Path]:
    """Write a cassette's conversations as vcrpy files; return their paths.

    Raises:
        RequestError: there is no cassette.
    """
    return export(open_cassette(path, to_change=False), output)
