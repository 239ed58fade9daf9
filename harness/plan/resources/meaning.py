"""Compare what a spec says with what Azure holds by its meaning.

Azure adds fields, orders lists anew, writes ids and words in another case and leaves out what is as
it is by default; none of that is drift. A declared mapping is a part of what is there; a declared
list is all of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from typing import Any

from harness.azure.arm_types import find_type, is_read_only

DEFAULTS: Mapping[tuple[str, ...], Any] = {
    ("publicNetworkAccess",): "Enabled",
    ("networkAcls", "defaultAction"): "Allow",
    ("encryption", "keySource"): "Microsoft.CognitiveServices",
}
"""Values that Azure means where it says nothing; a switch is off.

Source: recorded accounts without these properties, which take calls from everywhere; documentation
of encryption at rest.
"""

NAMES = {("raiPolicyName",), ("spilloverDeploymentName",), ("customSubDomainName",)}
"""Names of resources, which Azure compares without case."""

KEYS = ("id", "value", "name", "resourceId", "subnetArmId", "blocklistName", "topicName")
"""Fields by which the entries of a list are told apart; the first that every entry has is meant."""


def is_as_wanted(held: Any, wanted: Any, types: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Return whether what Azure holds at a path of the properties is what the spec wants there."""
    if held is None:
        held = DEFAULTS.get(path)
    match wanted:
        case _ if is_read_only(types, path):
            same = True
        case None:
            same = held in (None, "", [], {}, False) or held == DEFAULTS.get(path)
        case Mapping():
            inner = held if isinstance(held, Mapping) else {}
            same = all(
                is_as_wanted(inner.get(key), wanted[key], types, (*path, key)) for key in wanted
            )
        case list():
            same = _is_same_list(held if isinstance(held, list) else [], wanted, types, path)
        case bool():
            # A switch of which Azure says nothing is off.
            same = wanted is (held or False)
        case str() if isinstance(held, str):
            kind = find_type(types, path)
            same = held == wanted or _fold(held, kind, path) == _fold(wanted, kind, path)
        case _:
            same = bool(held == wanted)
    return same


def find_key(entries: Sequence[Any]) -> str | None:
    """Return the field by which the entries of a list are told apart, None where there is none."""
    if not entries or not all(isinstance(each, Mapping) for each in entries):
        return None
    return next((key for key in KEYS if all(each.get(key) for each in entries)), None)


def fold_text(text: Any) -> str:
    """Return a text as Azure compares ids, words and addresses."""
    folded = str(text).casefold().rstrip("/")
    if folded.startswith("/subscriptions/"):
        return folded
    try:
        return str(ip_network(folded, strict=False))
    except ValueError:
        return folded


def _fold(text: str, kind: Any, path: tuple[str, ...]) -> str:
    """Return a text without what says nothing; a secret or the name of a key keeps its case."""
    if isinstance(kind, tuple) or path[-1:] in NAMES:
        return text.casefold()
    folded = fold_text(text)
    # An id, a network or a URL.
    return folded if "/" in folded else text


def _is_same_list(
    held: list[Any], wanted: list[Any], types: Mapping[str, Any], path: tuple[str, ...]
) -> bool:
    if len(held) != len(wanted):
        return False
    # Each entry that is wanted finds one of its own among those that are there.
    left = list(held)
    for each in wanted:
        found = next((at for at, one in enumerate(left) if _is_same(one, each, types, path)), None)
        if found is None:
            return False
        del left[found]
    return True


def _is_same(held: Any, wanted: Any, types: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    # The type of an entry stands one list below that of the list.
    return is_as_wanted(held, wanted, types, (*path, "[]"))
