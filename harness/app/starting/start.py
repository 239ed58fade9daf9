"""Write a new project into a folder, where nothing of it is yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from harness.app.starting.project import ProjectFile
from harness.errors import Diagnostic, RequestError

MARK: Final = ".harness/.gitignore"
MARK_TEXT: Final = "*\n!.gitignore\n"
"""Keeps the folder, which marks the project's root, in git, and all that is in it out of git."""

REPORTS: Final = "reports/"
PYTEST_INI: Final = "pytest.ini"
PYTEST_TEXT: Final = "[pytest]\nharness_specs = specs/*.yaml\n"


class ProjectFolder(Protocol):
    """A folder on disk, and what git and pytest say about it."""

    @property
    def path(self) -> Path:
        """The folder, as it was named."""
        ...

    def exists(self, name: str) -> bool:
        """Return whether there is a file of that path in it."""
        ...

    def read(self, name: str) -> str:
        """Return a file's text; "" where there is none.

        Raises:
            OutsideError: the disk refused.
        """
        ...

    def write(self, name: str, text: str) -> None:
        """Write a file, its folders too.

        Raises:
            OutsideError: the disk refused.
        """
        ...

    def find_repository(self) -> Path | None:
        """Return the root of the git repository that it is in."""
        ...

    def is_ignored(self, name: str) -> bool:
        """Return whether git, or else the folder's own .gitignore, leaves a path out."""
        ...

    def configures_pytest(self) -> bool:
        """Return whether a file in it tells pytest that it begins there."""
        ...


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that was written, left or added to, and a word on it."""

    path: Path
    purpose: str
    done: str = "wrote"


@dataclass(frozen=True, slots=True)
class StartedProject:
    """A project that was started.

    Attributes:
        written: the files, in the order in which they were written.
        lost_mark: the root of the repository, where git leaves out the mark of the project's
            root: a clone would take the repository's root for it.
    """

    written: Sequence[WrittenFile]
    lost_mark: Path | None = None


def start_project(
    folder: ProjectFolder,
    files: Sequence[ProjectFile],
    repository: ProjectFolder,
    pipeline: ProjectFile | None,
) -> StartedProject:
    """Write the files of a project, and what makes its folder the root of it.

    Args:
        folder: of the project.
        files: what it is made of; () where only a pipeline is wanted.
        repository: where services look for pipelines.
        pipeline: one of those; None for none.

    Raises:
        RequestError: a file is there already; then nothing was written.
        OutsideError: the disk refused.
    """
    new = [file for file in files if not (file.shared and folder.exists(file.path))]
    kept = [file for file in files if file not in new]
    places = [(folder, file) for file in new]
    if pipeline is not None:
        places.append((repository, pipeline))
    _refuse_to_overwrite([at.path / one.path for at, one in places if at.exists(one.path)])
    for at, one in places:
        at.write(one.path, one.text)
    written = [WrittenFile(at.path / one.path, one.purpose) for at, one in places]
    written += [WrittenFile(folder.path / one.path, "there already", "kept") for one in kept]
    if not files:
        return StartedProject(written)
    return StartedProject([*written, *_mark(folder)], _find_lost_mark(folder))


def _refuse_to_overwrite(in_the_way: Sequence[Path]) -> None:
    if not in_the_way:
        return
    first, *others = map(str, in_the_way)
    raise RequestError(
        Diagnostic(
            "H115",
            f"{first} is there already: nothing was written",
            f"so {'is' if len(others) == 1 else 'are'} {', '.join(others)}" if others else "",
            hint="`harness init DIR` writes into another folder",
        )
    )


def _mark(folder: ProjectFolder) -> list[WrittenFile]:
    """Make the folder the project's root, for git and pytest too; return what was written."""
    written = []
    if not folder.exists(MARK):
        folder.write(MARK, MARK_TEXT)
        why = "makes this folder the project's root; what runs keep in it is out of git"
        written.append(WrittenFile(folder.path / MARK, why))
    if not folder.is_ignored(f"{REPORTS}name/run/run.json"):
        before = folder.read(".gitignore")
        gap = "" if not before or before.endswith("\n") else "\n"
        folder.write(".gitignore", f"{before}{gap}{REPORTS}\n")
        done = f"added {REPORTS} to" if before else "wrote"
        written.append(
            WrittenFile(folder.path / ".gitignore", "runs are kept, but not in git", done)
        )
    if not folder.configures_pytest():
        folder.write(PYTEST_INI, PYTEST_TEXT)
        why = "pytest finds the spec from wherever it is started"
        written.append(WrittenFile(folder.path / PYTEST_INI, why))
    return written


def _find_lost_mark(folder: ProjectFolder) -> Path | None:
    repository = folder.find_repository()
    if repository is None or repository.resolve() == folder.path.resolve():
        return None
    return repository if folder.is_ignored(MARK) else None
