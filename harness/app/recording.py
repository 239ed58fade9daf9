"""The choice of recording or replaying a command's HTTP, and the folder of the cassette."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

CASSETTE_SUFFIX = ".cassette"


@dataclass(frozen=True, slots=True)
class Recording:
    """The choice that ``--record``, ``--record-mode``, ``--replay``, ``--cassette`` make.

    Attributes:
        mode: ``replay`` opens no socket and reads no credential; ``all`` records everything that
            is run anew; ``missing`` plays what is there and unchanged, and records the rest.
        folder: where the cassette is; a plain vcrpy file may be replayed too.
        command: whose recording it is, to be named where there is none.
        replaces: a recording that was made on another cloud may be replaced.
    """

    mode: Literal["replay", "all", "missing"]
    folder: Path
    command: str = "eval"
    replaces: bool = False

    @property
    def replays(self) -> bool:
        """True when nothing outside is reached at all."""
        return self.mode == "replay"


def name_default_folder(spec: Path) -> Path:
    """Return ``specs/sweden.cassette`` for ``specs/sweden.yaml``."""
    return spec.with_name(spec.stem + CASSETTE_SUFFIX)


def write_record_command(command: str, spec: str, folder: Path, *options: str) -> str:
    """Write the command that records into a folder: ``harness eval SPEC --record``."""
    # A command of several parts records each under a name of its own: ``upgrade: look``.
    words = ["harness", command.partition(":")[0], spec, "--record", *options]
    if folder != name_default_folder(Path(spec)):
        words += ["--cassette", str(folder)]
    return shlex.join(words)
