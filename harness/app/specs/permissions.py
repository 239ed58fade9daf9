"""The permissions that the person at the keyboard gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Permissions:
    """The permissions that the person at the keyboard gives a spec; a spec can never widen it.

    Attributes:
        cloud: overrides the spec's cloud.
        root: the project root, when it is not to be found by its marks.
        environment_names: variables that ``${…}`` may name beside the contract's prefixes.
        hosts: hosts that credentials may go to beside Azure's and OpenAI's.
        code: whether ``python:`` hooks and ``command`` targets may run.
    """

    cloud: str | None = None
    root: Path | None = None
    environment_names: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    code: bool = False
