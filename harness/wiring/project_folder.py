"""The folder of a new project on this disk, with what git and pytest say about it."""

from __future__ import annotations

import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.fs.atomic import replace_file
from harness.store.writing import explain_disk_errors

GIT_S: Final = 10
"""Seconds that git may take; it looks at one path."""

PYTEST_FILES: Final = {
    "pytest.ini": "[pytest]",
    ".pytest.ini": "[pytest]",
    "pyproject.toml": "[tool.pytest",
    "tox.ini": "[pytest]",
    "setup.cfg": "[tool:pytest]",
}
"""Files from which pytest takes its root, and what stands in them. Source: pytest 9, rootdir."""


@dataclass(frozen=True, slots=True)
class DiskFolder:
    """A folder on disk; it need not be there yet."""

    path: Path

    def exists(self, name: str) -> bool:
        """Return whether there is a file of that path in it, a link that leads nowhere too."""
        place = self.path / name
        return place.is_symlink() or place.exists()

    def read(self, name: str) -> str:
        """Return a file's text; "" where there is none.

        Raises:
            OutsideError: the disk refused.
        """
        place = self.path / name
        with explain_disk_errors(place, "read"):
            # As bytes: the ends of its lines stay what they are.
            return place.read_bytes().decode("utf-8", "surrogateescape") if place.exists() else ""

    def write(self, name: str, text: str) -> None:
        """Write a file, its folders too.

        Raises:
            OutsideError: the disk refused.
        """
        place = self.path / name
        with explain_disk_errors(place, "write a project here"):
            mode = stat.S_IMODE(place.stat().st_mode) if place.exists() else None
            replace_file(place, [text], mode=mode, errors="surrogateescape")

    def find_repository(self) -> Path | None:
        """Return the root of the git repository that it is in."""
        whole = self.path.resolve()
        return next((at for at in (whole, *whole.parents) if (at / ".git").exists()), None)

    def is_ignored(self, name: str) -> bool:
        """Return whether git, or else the folder's own .gitignore, leaves a path out."""
        said = self._ask_git("check-ignore", "--quiet", "--no-index", "--", name)
        if said in (0, 1):
            return said == 0
        top = name.partition("/")[0]
        lines = {line.strip().lstrip("/") for line in self.read(".gitignore").splitlines()}
        return not lines.isdisjoint({top, f"{top}/", f"{top}/*", f"{top}/**"})

    def configures_pytest(self) -> bool:
        """Return whether a file in it tells pytest that it begins there."""
        return any(mark in self.read(name) for name, mark in PYTEST_FILES.items())

    def _ask_git(self, *words: str) -> int | None:
        """Return git's exit code; None where there is no git or no answer."""
        try:
            done = subprocess.run(
                ["git", *words],  # noqa: S607 - whichever git the person has
                cwd=self.path,
                capture_output=True,
                check=False,
                timeout=GIT_S,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.returncode
