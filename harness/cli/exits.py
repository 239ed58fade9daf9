"""Exit codes: what a script can rely on.

Source: the contract, section 3. The first that applies wins.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of commands."""

    OK = 0
    NO = 1
    WRONG_REQUEST = 2
    OUTSIDE_FAILED = 3
    INCOMPLETE = 4
    INTERRUPTED = 130
    TERMINATED = 143
