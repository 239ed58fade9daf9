"""Ids of runs, held to their form before they become a path."""

from __future__ import annotations

import re

from harness.errors import Diagnostic, RequestError
from harness.history.stored_file import UNSOUND

RUN_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")


def require_run_id(text: object) -> str:
    """Return an id; refuse what is none, such as a path.

    Raises:
        RequestError: it is none.
    """
    if not (isinstance(text, str) and RUN_ID.fullmatch(text)):  # SQLite keeps bytes there, too
        why = "an id is YYYYMMDD-HHMMSS-xxxxxx"
        raise RequestError(Diagnostic(UNSOUND, f"'{str(text)[:80]}' is no id of a run", why))
    return text
