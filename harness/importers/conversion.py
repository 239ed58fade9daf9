"""The values that every conversion gives: a spec, files beside it, and what is missing in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from harness.source import Span

Fate = Literal["left out", "changed", "broken"]
"""The fate of what did not map: not carried over, carried over with another meaning, or broken
where it came from (the other tool tolerates it, and here it is left out or read as it was meant).
"""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Something of the other tool's file that is not, or not quite, in the spec.

    Attributes:
        span: where it stands in the file that was converted, or in one that it names.
        what: the thing, in the other tool's words: ``assert javascript``.
        reason: why, and what to write instead, in a sentence without a place.
        fate: what became of it.
    """

    span: Span
    what: str
    reason: str
    fate: Fate = "left out"


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that the spec names and that is written with it: its path from the spec's folder."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Conversion:
    """A spec that was made from another tool's file.

    Attributes:
        document: the spec as plain data, in the order in which it is written; None where nothing
            can be made of the file.
        out_of_reach: why nothing can be made of it, in a sentence; "" where something can.
        files: what is written beside the spec.
        unmapped: everything that is not, or not quite, in the spec, in the order of the file.
        notes: what to know before the spec is run, a sentence each.
        needs_code: True where the spec runs the author's own code, so that it wants --allow-code.
    """

    document: Mapping[str, Any] | None
    out_of_reach: str = ""
    files: tuple[NewFile, ...] = ()
    unmapped: tuple[Unmapped, ...] = ()
    notes: tuple[str, ...] = ()
    needs_code: bool = False

    @property
    def is_whole(self) -> bool:
        """True where a spec was made and nothing was left out of it."""
        return self.document is not None and not self.count("left out")

    def count(self, fate: Fate) -> int:
        """Count what came to a fate."""
        return sum(one.fate == fate for one in self.unmapped)
