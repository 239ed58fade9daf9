"""Read a spec: with the environment, or, for a replay, as it is on every machine."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from harness._version import __version__
from harness.app.specs.permissions import Permissions

if TYPE_CHECKING:
    from harness.spec.load import SpecFile
    from harness.spec.ports import Reader


def read_spec_file(
    path: Path, permissions: Permissions, reader: Reader, environment: Mapping[str, str]
) -> SpecFile:
    """Return the spec at a path, validated whole.

    Raises:
        SpecError: it cannot be read or is wrong; holds every problem.
    """
    from harness.checks.definitions import FORMS
    from harness.spec.load import load

    with _pause_collector():
        return load(
            str(path),
            reader=reader,
            assertions=FORMS,
            environment=environment,
            environment_names=permissions.environment_names,
            allow_code=permissions.code,
            harness_version=__version__,
        )


def read_spec_file_for_replay(path: Path, permissions: Permissions, reader: Reader) -> SpecFile:
    """Return the spec as it is on every machine: no variable of the environment is read.

    Variables that have no default are made up: a recording holds the same in their place.

    Raises:
        SpecError: it cannot be read or is wrong; holds every problem.
    """
    from harness.app.specs.placeholders import make_up_values

    spec_file = read_spec_file(path, permissions, reader, {})
    unset = [variable for variable in spec_file.unset if variable.path[-1] != "api_key"]
    if not unset:
        return spec_file
    return read_spec_file(path, permissions, reader, make_up_values(unset))


@contextmanager
def _pause_collector() -> Iterator[None]:
    """Pause the garbage collector: loading makes no garbage, and looking took a third of it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
