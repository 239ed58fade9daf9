"""Reading a spec from disk with this process's environment."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from harness._version import __version__
from harness.wiring.permissions import Permissions
from harness.wiring.recording.choice import Recording

if TYPE_CHECKING:
    from harness.spec.load import SpecFile


def read_spec(path: Path, permissions: Permissions, recording: Recording | None = None) -> SpecFile:
    """The spec at a path, validated whole; for a replay without this process's environment.

    Raises:
        SpecError: it cannot be read or is wrong; holds every problem.
    """
    if recording is not None and recording.replays:
        return read_spec_for_replay(path, permissions)
    return _read(path, permissions, os.environ)


def read_spec_for_replay(path: Path, permissions: Permissions) -> SpecFile:
    """The spec as it is on every machine: no variable of the environment is read.

    What has no default is made up: a recording holds the same in its place.

    Raises:
        SpecError: it cannot be read or is wrong; holds every problem.
    """
    from harness.wiring.recording.placeholders import made_up

    spec_file = _read(path, permissions, {})
    unset = [variable for variable in spec_file.unset if variable.path[-1] != "api_key"]
    return _read(path, permissions, made_up(unset)) if unset else spec_file


def _read(path: Path, permissions: Permissions, environment: Mapping[str, str]) -> SpecFile:
    from harness.checks.definitions import FORMS
    from harness.spec.load import load
    from harness.store.files import DiskReader, find_root

    reader = DiskReader(permissions.root if permissions.root is not None else find_root(path))
    with _collector_paused():
        return load(
            str(path),
            reader=reader,
            assertions=FORMS,
            environment=environment,
            environment_names=permissions.environment_names,
            allow_code=permissions.code,
            harness_version=__version__,
        )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Loading makes many values and no garbage: looking for some takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
