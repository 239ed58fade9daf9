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
        reader=TextReader(root.resolve(), TEXT.format(subscription=json.dumps(named))),
        assertions=FORMS,
        environment=environment,
        harness_version=__version__,
    )


@dataclass(frozen=True, slots=True)
class TextReader:
    """A ``Reader`` over one text, which is every file that is read; no other can be named."""

    folder: Path
    text: str

    @property
    def root(self) -> str:
        """The project root."""
        return str(self.folder)

    def resolve(self, naming_file: str, reference: str) -> str:
        """Return the reference: it leads to the text as well."""
        del naming_file
        return reference

    def matches(self, naming_file: str, pattern: str) -> tuple[str, ...]:
        """Match nothing."""
        del naming_file, pattern
        return ()

    def from_root(self, path: str) -> str:
        """Return the path."""
        return path

    def exists(self, path: str) -> bool:
        """Return whether it is the spec itself."""
        return path == NO_SPEC

    def read(self, path: str, limit: int) -> bytes:
        """Read the text."""
        del path
        return self.text.encode()[: limit + 1]

    def stream(self, path: str) -> AbstractContextManager[TextIO]:
        """Open the text."""
        del path
        return _open_text(self.text)


@contextmanager
def _open_text(text: str) -> Iterator[TextIO]:
    yield StringIO(text)
