"""Names of the files in a cassette."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from harness.conversation.ports import Place
from harness.fs.names import join_names, make_portable_name

MANIFEST: Final = "manifest.json"
MANAGEMENT: Final = "management.json"
CONVERSATIONS: Final = "conversations"
TARGETS: Final = "targets"
NO_CASE: Final = "-"

_PATH = re.compile(
    rf"(?:{MANAGEMENT}|{TARGETS}/[a-z0-9][a-z0-9._-]*\.json"
    rf"|{CONVERSATIONS}/[a-z0-9][a-z0-9._-]*/(?:{NO_CASE}|[a-z0-9][a-z0-9._-]*)/[a-z0-9][a-z0-9._-]*\.json)"
)


def name_trial_file(place: Place) -> str:
    """Name the file of a trial's exchanges, its other repeats among them."""
    return _name_trial_file(place.conversation, place.case, place.target, place.variant)


@lru_cache(maxsize=4096)  # every request of every trial in flight asks
def _name_trial_file(conversation: str, case: str | None, target: str, variant: str) -> str:
    folder = NO_CASE if case is None else make_portable_name(case)
    name = join_names([*target.split("/", 1), variant])
    return f"{CONVERSATIONS}/{make_portable_name(conversation)}/{folder}/{name}.json"


def name_target_file(target: str) -> str:
    """Name the file of a target's notes."""
    return f"{TARGETS}/{join_names(target.split('/', 1))}.json"


def is_known(path: str) -> bool:
    """Return whether a cassette may hold a file at this path; nothing else is read or written."""
    return _PATH.fullmatch(path) is not None
