"""The waves that a journal tells of: the files that earlier processes left, and their requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.conversation.ports import Place
from harness.run.waves.ports import OpenWave

BEGUN: Final = "begun"
UPLOADED: Final = "uploaded"
SUBMITTED: Final = "submitted"
CLOSED: Final = frozenset({"ended", "dropped"})
"""States after which nothing of a wave is left; ``dropped``: it was never submitted."""


class WaveHistory:
    """Takes in a journal's lines, in their order."""

    def __init__(self) -> None:
        self.last = 0
        self._open: dict[str, OpenWave] = {}
        self._of: dict[Place, str] = {}

    @property
    def open_waves(self) -> Sequence[OpenWave]:
        """Files that are not closed, each with its members that have no answer."""
        return tuple(self._open.values())

    def note_wave(self, line: Mapping[str, Any]) -> None:
        """Take in how far a file has come."""
        label, state = str(line["wave"]), line.get("state")
        self.last = max(self.last, _read_number(label))
        if state in CLOSED:
            closed = self._open.pop(label, None)
            for place in closed.members if closed is not None else ():
                self._of.pop(place, None)
            return
        if state == BEGUN:
            self._open[label] = OpenWave(
                label, str(line["target"]), str(line["name"]), str(line["url"])
            )
        wave = self._open.get(label)
        if wave is not None and state in (UPLOADED, SUBMITTED):
            wave.file = str(line.get("file") or wave.file)
            wave.batch = str(line.get("batch") or "")

    def note_queued(self, place: Place, attempt: int, label: str) -> None:
        """Take in that a request is in a file."""
        wave = self._open.get(label)
        if wave is not None:
            wave.members[place] = attempt
            wave.order.append((place, attempt))
            self._of[place] = label

    def note_answered(self, place: Place) -> None:
        """Take in that it has an answer."""
        label = self._of.pop(place, None)
        if label is not None and label in self._open:
            self._open[label].members.pop(place, None)


def _read_number(label: str) -> int:
    number = label.partition(".")[0]
    return int(number) if number.isdecimal() else 0
