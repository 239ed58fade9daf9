"""How long a drill goes on: a few rounds in every check, all of them when asked for.

``HARNESS_DRILLS=all`` makes kills, mutations and storms as many as docs/reliability.md says.
"""

from __future__ import annotations

import os


def count_rounds(usual: int, most: int) -> int:
    """Return how many rounds a drill makes: ``usual``, or ``most`` under HARNESS_DRILLS=all."""
    return most if os.environ.get("HARNESS_DRILLS") == "all" else usual
