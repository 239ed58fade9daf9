"""Waves in a run's journal: what earlier processes left, and what this one adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from harness.conversation.ports import Place
from harness.run.requests.spent import Amount
from harness.run.waves.history import WaveHistory
from harness.run.waves.ports import OpenWave


class WaveWriter(Protocol):
    """A journal that takes lines about waves."""

    def note_queued(self, place: Place, attempt: int, most: Amount, wave: str) -> None:
        """Note that a request is in the file of a wave, and the most that it may take."""
        ...

    def note_wave(self, wave: str, state: str, **facts: Any) -> None:
        """Note how far the file of a wave has come."""
        ...


class JournalledWaves:
    """The waves of a run in its journal; a ``WaveLog``."""

    def __init__(self, journal: WaveWriter, book: WaveHistory) -> None:
        self._book = book
        self.note_queued = journal.note_queued
        self.note_wave = journal.note_wave

    @property
    def open_waves(self) -> Sequence[OpenWave]:
        """Files of waves that earlier processes left; every member that has no answer yet."""
        return self._book.open_waves

    @property
    def last_wave(self) -> int:
        """The number of the last wave of earlier processes; 0 before the first."""
        return self._book.last
