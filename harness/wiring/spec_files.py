"""Read specs from disk, with this process's environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.app.recording import Recording
from harness.app.specs.cloud_choice import NO_SPEC
from harness.app.specs.permissions import Permissions

if TYPE_CHECKING:
    from harness.app.editing.edited_file import EditedFile
    from harness.app.specs.finding import FoundSpecs
    from harness.app.specs.noting import NamedFiles
    from harness.errors import SpecError
    from harness.spec.load import SpecFile
    from harness.spec.model.spec import Conversation
    from harness.spec.ports import Reader
    from harness.store.files import DiskReader


def read_spec(path: Path, permissions: Permissions, recording: Recording | None = None) -> SpecFile:
    """Return the spec at a path; for a replay without this process's environment.

    Raises:
        SpecError: it cannot be read or is wrong; holds every problem.
    """
    from harness.app.specs.reading import read_spec_file

    if recording is not None and recording.replays:
        return read_spec_for_replay(path, permissions)
    return read_spec_file(path, permissions, open_reader(path, permissions.root), os.environ)


def read_spec_for_replay(path: Path, permissions: Permissions) -> SpecFile:
    """Return the spec at a path as it is on every machine.

    Raises:
        SpecError: it cannot be read or is wrong; holds every problem.
    """
    from harness.app.specs.reading import read_spec_file_for_replay

    return read_spec_file_for_replay(path, permissions, open_reader(path, permissions.root))


def read_spec_text(
    text: str,
    path: Path = Path(NO_SPEC),
    permissions: Permissions | None = None,
    reader: Reader | None = None,
) -> SpecFile:
    """Return the spec that a text is, as if it stood at a path.

    Args:
        text: the spec's text; nobody need have written it to disk.
        path: of the file that it stands for; what it names lies beside it.
        permissions: what the person allows; None for nothing.
        reader: the other files of the project; None for those of the working folder's.

    Raises:
        SpecError: it is wrong; holds every problem.
    """
    from harness.app.specs.reading import read_spec_file
    from harness.importers.overlay import OverlaidReader

    permissions = permissions or Permissions()
    beneath = reader or open_reader(Path("spec.yaml"), permissions.root)
    overlaid = OverlaidReader(beneath, {str(path): text})
    return read_spec_file(path, permissions, overlaid, os.environ)


def find_specs(
    given: Path | None, root: Path | None, *, command: str, takes_folders: bool = False
) -> FoundSpecs:
    """Return the specs that a command means: see ``app.specs.finding.find_specs``.

    Args:
        given: a file, or a folder; None for the only one of the project.
        root: the project root; None to find it from the working folder.
        command: the command that wants it, for the advice.
        takes_folders: whether it goes through all specs of a folder, for the advice.

    Raises:
        RequestError: there is none; or nobody named one, and there are several.
    """
    from harness.app.specs import finding
    from harness.store.files import find_root

    at = root or find_root(Path("spec.yaml"))
    return finding.find_specs(given, at, command=command, takes_folders=takes_folders)


def read_spec_noting(
    path: Path, permissions: Permissions
) -> tuple[SpecFile | SpecError, NamedFiles]:
    """Return the spec at a path as a replay reads it, or what is wrong with it; and its files."""
    from harness.app.specs.noting import NotingReader
    from harness.app.specs.reading import read_spec_file_for_replay
    from harness.errors import SpecError

    reader = NotingReader(open_reader(path, permissions.root))
    try:
        return read_spec_file_for_replay(path, permissions, reader), reader.noted
    except SpecError as error:
        return error, reader.noted


def read_default_spec(permissions: Permissions, subscription: str | None = None) -> SpecFile:
    """Return the spec that the environment alone gives, for commands that need none.

    Its project root is found from the working folder, so that the simulated Azure is the one that
    the project's specs use.

    Args:
        permissions: what the person allows.
        subscription: instead of the environment's.
    """
    from harness.app.specs.default_spec import make_default_spec

    reader = open_reader(Path("spec.yaml"), permissions.root)
    return make_default_spec(Path(reader.root), os.environ, subscription)


def add_conversation(
    path: Path, conversation: Mapping[str, Any], permissions: Permissions
) -> EditedFile:
    """Write a conversation into a spec, behind those that it has; return the file that it was in.

    Raises:
        RequestError: the spec on disk is wrong, has that id, or would be wrong with it.
        OutsideError: the file may not be written.
    """
    from harness.app.editing import adding

    reader = open_reader(path, permissions.root)
    edited = adding.add_conversation(path, conversation, permissions, reader, os.environ)
    rewrite_spec(edited)
    return edited


def rewrite_spec(edited: EditedFile) -> None:
    """Write an edited file in the place of the one that it was made of.

    Raises:
        OutsideError: the file may not be written, or somebody changed it meanwhile.
    """
    from harness.store.writing import rewrite_file

    rewrite_file(edited.path, edited.before, edited.after)


def list_case_names(spec_file: SpecFile, conversation: Conversation) -> tuple[str | None, ...]:
    """List the names of a conversation's cases in their order; None for one that has none.

    Raises:
        SpecError: a data set changed into something that cannot be read since the spec was loaded.
    """
    from functools import partial

    from harness.app.specs.cases import read_cases
    from harness.run.asking.question import list_cases
    from harness.store.files import DiskReader

    rows = partial(read_cases, reader=DiskReader(Path(spec_file.root)))
    return tuple(case.name for case in list_cases(conversation, rows))


def open_reader(path: Path, root: Path | None = None) -> DiskReader:
    """Return the files that a file may name: those of its project, or beneath another root."""
    from harness.store.files import DiskReader, find_root

    return DiskReader(root if root is not None else find_root(path))
