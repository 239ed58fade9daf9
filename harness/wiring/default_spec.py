"""A spec that declares nothing, for commands that can do without one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from harness._version import __version__
from harness.wiring.choice import NO_SPEC
from harness.wiring.permissions import Permissions

if TYPE_CHECKING:
    from harness.spec.load import SpecFile

TEXT = """\
version: 1
name: none
cloud: ${{HARNESS_CLOUD:-simulator}}
subscription: {subscription}
"""


def make_default_spec(
    permissions: Permissions, subscription: str = "${AZURE_SUBSCRIPTION_ID}"
) -> SpecFile:
    """Make the spec that the environment alone gives: its cloud and its subscription.

    Its project root is found from the working folder, so that the simulated Azure is the one that
    the project's specs use.
    """
    from harness.checks.definitions import FORMS
    from harness.spec.load import load
    from harness.store.files import find_root

    root = permissions.root if permissions.root is not None else find_root(Path("spec.yaml"))
    text = TEXT.format(subscription=json.dumps(subscription))
    return load(
        NO_SPEC,
        reader=_Nothing(root.resolve(), text),
        assertions=FORMS,
        environment=os.environ,
        harness_version=__version__,
    )


@dataclass(frozen=True, slots=True)
class _Nothing:
    """A ``Reader`` over one text; there is no other file."""

    folder: Path
    text: str

    @property
    def root(self) -> str:
        return str(self.folder)

    def resolve(self, naming_file: str, reference: str) -> str:
        del naming_file
        return reference

    def matches(self, naming_file: str, pattern: str) -> tuple[str, ...]:
        del naming_file, pattern
        return ()

    def from_root(self, path: str) -> str:
        return path

    def exists(self, path: str) -> bool:
        return path == NO_SPEC

    def read(self, path: str, limit: int) -> bytes:
        del path
        return self.text.encode()[: limit + 1]

    def stream(self, path: str) -> AbstractContextManager[TextIO]:
        del path
        return _opened(self.text)


@contextmanager
def _opened(text: str) -> Iterator[TextIO]:
    yield StringIO(text)
