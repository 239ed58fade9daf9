"""A spec that Python has read, and the cassette beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from harness.app.recording import Recording, name_default_folder
from harness.errors import Diagnostic, RequestError
from harness.run.targets import select_targets
from harness.spec.load import SpecFile
from harness.spec.model.spec import CloudName, Spec
from harness.wiring import Permissions, SpecWorld, open_world, read_spec, read_spec_for_replay

BAD_ARGUMENT = "H650"


@dataclass(frozen=True, slots=True)
class LoadedSpec:
    """A spec that was read and found right, with what its reader allows it.

    Attributes:
        path: the file that was read.
        file: its content, with the place of everything in it.
    """

    path: Path
    file: SpecFile = field(repr=False)
    permissions: Permissions = field(repr=False)

    @property
    def name(self) -> str:
        """The spec's name, by which its runs are kept."""
        return self.spec.name

    @property
    def spec(self) -> Spec:
        """Everything that the author declared, with every default filled in."""
        return self.file.spec

    @property
    def conversations(self) -> tuple[str, ...]:
        """The ids of the conversations, in the order of the file."""
        return tuple(conversation.id for conversation in self.spec.conversations)

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the targets that are evaluated when nobody names others."""
        return tuple(target.name for target in select_targets(self.spec))


@dataclass(frozen=True, slots=True)
class Cassette:
    """A place for recorded answers, for ``record=`` and ``replay=``; ``True`` is ``Cassette()``.

    Attributes:
        path: the folder; None for the spec's name with ``.cassette``, beside it. A plain vcrpy
            file can be replayed too.
        only_missing: record what is missing or has changed, and play the rest; else everything is
            recorded anew.
    """

    path: str | PathLike[str] | None = None
    only_missing: bool = False


def load_spec(
    path: str | PathLike[str],
    *,
    root: str | PathLike[str] | None = None,
    allow_env: Sequence[str] = (),
    trust_hosts: Sequence[str] = (),
    allow_code: bool = False,
    cloud: CloudName | None = None,
) -> LoadedSpec:
    """Read and check the spec at ``path``; it can be used as often as one likes.

    Args:
        path: the YAML file.
        root: the project root: files are read from nowhere else. By default the nearest folder
            with ``.git`` or ``.harness``, else the spec's.
        allow_env: variables that ``${NAME}`` may read beside ``AZURE_…``, ``OPENAI_…``,
            ``HARNESS_…``.
        trust_hosts: hosts that credentials may go to beside Azure's and OpenAI's.
        allow_code: whether the spec may run ``python:`` hooks and programs.
        cloud: instead of the spec's.

    Raises:
        SpecError: it cannot be read or is wrong; names every problem with its place.
    """
    permissions = Permissions(
        cloud=cloud,
        root=None if root is None else Path(root),
        environment_names=tuple(allow_env),
        hosts=tuple(trust_hosts),
        code=allow_code,
    )
    return LoadedSpec(Path(path), read_spec(Path(path), permissions), permissions)


def load_if_path(spec: LoadedSpec | str | PathLike[str]) -> LoadedSpec:
    """Return the spec that was loaded, or load the one at a path that needs nothing allowed."""
    return spec if isinstance(spec, LoadedSpec) else load_spec(spec)


def choose_recording(
    spec: LoadedSpec, replay: bool | Cassette, record: bool | Cassette, command: str = "eval"
) -> Recording | None:
    """Return what is recorded or replayed, None for neither.

    Raises:
        RequestError: the two contradict each other.
    """
    if replay and record:
        raise make_contradiction_error("replay and record exclude each other")
    given = replay or record
    if not given:
        return None
    cassette = Cassette() if given is True else given
    folder = name_default_folder(spec.path) if cassette.path is None else Path(cassette.path)
    if not replay:
        return Recording("missing" if cassette.only_missing else "all", folder, command)
    if cassette.only_missing:
        raise make_contradiction_error("only_missing says how to record: a replay records nothing")
    return Recording("replay", folder, command)


def open_spec(spec: LoadedSpec, recording: Recording | None) -> AbstractContextManager[SpecWorld]:
    """Open the outside of a spec; a replay reads it again, without the environment."""
    file = spec.file
    if recording is not None and recording.replays:
        file = read_spec_for_replay(spec.path, spec.permissions)
    return open_world(file, spec.permissions, say=lambda _: None, recording=recording)


def make_contradiction_error(what: str) -> RequestError:
    """Return the error for arguments that make no sense together, or at all."""
    hint = "help(harness.evaluate) says what each argument means"
    return RequestError(Diagnostic(BAD_ARGUMENT, what, hint=hint))


def list_words(words: Iterable[str]) -> tuple[str, ...]:
    """Return several words; somebody who has one may give it bare."""
    return (words,) if isinstance(words, str) else tuple(words)
