"""The folder in which programs of one user keep what is worth keeping, and no more than that."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def find_state_folder(environment: Mapping[str, str]) -> Path | None:
    """Return this user's folder for harness's state; None where the environment names none.

    Source: XDG Base Directory Specification 0.8, in which relative paths do not count; on Windows
    the folder of data that stays on the machine.
    """
    if os.name == "nt":
        base = environment.get("LOCALAPPDATA", "")
    else:
        base = environment.get("XDG_STATE_HOME", "")
        if not Path(base).is_absolute():
            base = f"{home}/.local/state" if (home := environment.get("HOME")) else ""
    return Path(base) / "harness" if Path(base).is_absolute() else None
