"""The names that a project has: specs, what is in them, runs, baselines; read fast.

Whoever completes what is typed wants them within a tenth of a second: no SDK and no pydantic here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.app.specs.outline import Outline

_RUN = re.compile(r"\d{8}-\d{6}-\w+")


def list_specs(given: Path | None, root: Path | None) -> tuple[Path, ...]:
    """Return every spec that could be meant: see ``app.specs.finding.list_specs``."""
    from harness.app.specs import finding

    return finding.list_specs(given, _choose_root(root))


def read_outline(path: Path, root: Path | None) -> Outline:
    """Return the names in a spec, which need not be right: see ``app.specs.outline``.

    Raises:
        SpecError: the spec is for another version of harness.
    """
    from harness._version import __version__
    from harness.app.specs import outline
    from harness.store.files import DiskReader, find_root

    return outline.read_outline(str(path), DiskReader(root or find_root(path)), __version__)


def list_baseline_names(root: Path | None) -> list[str]:
    """Return the names of the project's baselines."""
    from harness.store.baselines import list_baselines

    return [folder.name for folder in list_baselines(_choose_root(root))]


def list_run_ids(root: Path | None) -> list[str]:
    """Return the ids of the project's runs, the newest first."""
    found = {one.name for one in (_choose_root(root) / "reports").glob("*/*")}
    return sorted(filter(_RUN.fullmatch, found), reverse=True)


def _choose_root(root: Path | None) -> Path:
    from harness.store.files import find_working_root

    return root or find_working_root()
