"""The names of what a spec has put into an account, remembered in a tag of that account.

Azure keeps no memory of a deployment that somebody deleted. This tag does, so that `verify` can
tell "it was deleted" from "it was never applied". It is never a proof of ownership.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from harness.plan.identity import CHILD_KINDS, ID_CLASSES, AccountId, NestedId
from harness.plan.observed import HOLDINGS_TAG, ObservedAccount, find_tag

DIGITS = 6
MOST = 256 // DIGITS
"""Names that fit. Source: a tag's value has at most 256 characters (ARM's limits on tags)."""


def is_remembered(account: ObservedAccount, at: NestedId) -> bool | None:
    """Return whether the account says that this was in it when the spec was last applied.

    None for what is not remembered at all.
    """
    if not at.kind.remembered_as:
        return None
    return _digest(at) in _read(find_tag(account.tags, HOLDINGS_TAG) or "")


def write_holdings(account: ObservedAccount, at: AccountId, spec: str) -> str:
    """Return the tag's value for what the spec owns in the account now.

    Empty for nothing, or too much.
    """
    owned: list[NestedId] = [
        ID_CLASSES[kind](at, one.name)
        for kind in CHILD_KINDS
        if kind.remembered_as
        for one in account.list_children(kind).values()
        if one.owner == spec
    ]
    return _join(map(_digest, owned)) if len(owned) <= MOST else ""


def _digest(at: NestedId) -> str:
    return hashlib.sha256(f"{at.kind.remembered_as}/{at.name.casefold()}".encode()).hexdigest()[
        :DIGITS
    ]


def _join(digests: Iterable[str]) -> str:
    return "".join(sorted(digests))


def _read(text: str) -> frozenset[str]:
    return frozenset(text[at : at + DIGITS] for at in range(0, len(text), DIGITS))
