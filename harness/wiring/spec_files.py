"""Reading a spec from disk with this process's environment."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from harness._version import __version__
from harness.wiring.trust import Trust

if TYPE_CHECKING:
    from harness.spec.load import SpecFile


def read_spec(path: Path, trust: Trust) -> SpecFile:
    """The spec at a path, validated whole.

    Raises:
        SpecError: it cannot be read or is wrong; holds every problem.
    """
    from harness.spec.load import load
    from harness.store.files import DiskReader, find_root

    reader = DiskReader(trust.root if trust.root is not None else find_root(path))
    with _collector_paused():
        return load(
            str(path),
            reader=reader,
            environment=os.environ,
            environment_names=trust.environment_names,
            allow_code=trust.code,
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
