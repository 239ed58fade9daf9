"""A plan confined to some addresses, with what they cannot do without."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from harness.address import Address
from harness.errors import Diagnostic, RequestError
from harness.plan.model import Action, Change

MADE: tuple[Action, ...] = ("create", "replace", "adopt")


def narrow(changes: Iterable[Change], only: tuple[str, ...]) -> frozenset[Address]:
    """Return the addresses that are meant: those named, what is inside them, and what they need.

    What they need is what has to be made first: their group, their account, their content filter.
    Without ``only`` everything is meant.

    Raises:
        RequestError: an address that the plan does not have, or that stands in an account that
            has to be replaced with all the rest in it.
    """
    changes = tuple(changes)
    if not only:
        return frozenset(change.address for change in changes)
    chosen: set[Address] = set()
    for wanted in only:
        found = {
            change.address
            for change in changes
            if change.address == wanted or change.address.startswith(f"{wanted}.")
        }
        if not found:
            raise _unknown_address_error(wanted, [change.address for change in changes])
        chosen |= found
    while True:
        needed = {change.address for change in _find_needed(changes, chosen)}
        if needed <= chosen:
            break
        chosen |= needed
    _refuse_replacements(changes, chosen)
    return frozenset(chosen)


def _find_needed(changes: tuple[Change, ...], chosen: set[Address]) -> Iterable[Change]:
    """Yield what has to be made before something chosen can be."""
    acting = [change for change in changes if change.address in chosen and change.acts]
    for other in changes:
        path = f"{other.resource.path.casefold()}/"
        for change in acting:
            inside = change.resource.path.casefold().startswith(path)
            if inside and other.action in MADE and change.action != "delete":
                yield other
            # A filter may be wanted with what it says now, not merely to be there.
            if other.resource in change.needs and other.acts:
                yield other
            # An account goes last of all that is in it.
            holds = other.resource.path.casefold().startswith(f"{change.resource.path.casefold()}/")
            if holds and change.action == "delete" and other.acts:
                yield other


def _refuse_replacements(changes: tuple[Change, ...], chosen: set[Address]) -> None:
    """Refuse to replace an account while something in it, which goes too, is left out."""
    for change in changes:
        if change.address not in chosen or change.action != "replace":
            continue
        lost = [
            other.address
            for other in changes
            if other.address.startswith(f"{change.address}.") and other.address not in chosen
        ]
        if lost:
            raise RequestError(
                Diagnostic(
                    "H914",
                    f"--only: {change.address} has to be replaced, with all that is in it",
                    f"left out: {', '.join(lost)}",
                    hint=f"give `--only {change.address}`, which means all of it",
                )
            )


def _unknown_address_error(wanted: str, known: list[Address]) -> RequestError:
    close = get_close_matches(wanted, known, n=1, cutoff=0.4)
    return RequestError(
        Diagnostic(
            "H915",
            f"--only: there is no {wanted}",
            f"there are: {', '.join(sorted(known))}",
            hint=f"did you mean {close[0]}?" if close else "",
        )
    )
