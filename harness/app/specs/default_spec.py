"""A spec that declares nothing, for commands that can do without one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from harness._version import __version__
from harness.app.specs.cloud_choice import NO_SPEC

if TYPE_CHECKING:
    from harness.spec.load import SpecFile

TEXT = """\
version: 1
name: none
cloud: ${{HARNESS_CLOUD:-simulator}}
subscription: {subscription}
"""


def make_default_spec(
    root: Path, environment: Mapping[str, str], subscription: str | None = None
) -> SpecFile:
    """Make the spec that the environment alone gives: its cloud and its subscription.

    Args:
        root: the project root.
        environment: where the cloud and the subscription are looked up.
        subscription: instead of the environment's.
    """
    from harness.checks.definitions import FORMS
    from harness.spec.load import load

    named = "${AZURE_SUBSCRIPTION_ID}" if subscription is None else subscription
    return load(
        NO_SPEC,
        reader=_Nothing(root.resolve(), TEXT.format(subscription=json.dumps(named))),
        assertions=FORMS,
        environment=environment,
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
        return _open_text(self.text)


@contextmanager
def _open_text(text: str) -> Iterator[TextIO]:
    yield StringIO(text)
