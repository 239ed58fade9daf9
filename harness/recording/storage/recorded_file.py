"""The exchanges of one file in memory, found by what was asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.conversation.ports import Place
from harness.exchange import PlainRequest
from harness.recording.storage.errors import find_errored_repeats
from harness.recording.storage.exchange import RecordedExchange, Slot
from harness.recording.storage.key import make_key


@dataclass(slots=True)
class RecordedFile:
    """Recorded exchanges, each of which is played once, equal ones in their order.

    Attributes:
        exchanges: what was recorded, in the order of the file.
        played: the numbers of those that were played.
        open: repeats that have begun and not ended.
        fresh: what was recorded just now, by repeat; it has not taken the old one's place yet.
        changed: whether the file is to be written.
        errored: the repeats that ended in an error, and hold no answer that would last.
    """

    exchanges: list[RecordedExchange] = field(default_factory=list)
    played: set[int] = field(default_factory=set)
    open: set[int] = field(default_factory=set)
    fresh: dict[int, list[RecordedExchange]] = field(default_factory=dict)
    changed: bool = False
    errored: set[int] = field(default_factory=set)
    _index: dict[tuple[Slot, bytes], list[int]] = field(default_factory=dict)

    @classmethod
    def from_exchanges(
        cls, exchanges: Iterable[RecordedExchange], errored: Iterable[int] = ()
    ) -> RecordedFile:
        """Return exchanges as a file has them.

        Args:
            exchanges: those of a file.
            errored: the repeats that are marked as errored there; those that can be told from
                their exchanges, as in files without marks, are added.
        """
        file = cls(list(exchanges))
        file.sort()
        file.errored = {*errored, *find_errored_repeats(file.exchanges)}
        return file

    def find(self, slot: Slot, sent: PlainRequest) -> int | None:
        """Return the number of the next answer to this request, None when there is none."""
        for number in self._index.get((slot, make_key(sent)), ()):
            if number not in self.played:
                return number
        return None

    def is_last(self, number: int) -> bool:
        """Return whether nothing equal was recorded after it."""
        exchange = self.exchanges[number]
        return self._index[exchange.slot, make_key(exchange.sent)][-1] == number

    def find_nearest(self, slot: Place) -> RecordedExchange | None:
        """Return what was recorded where something else is asked now: preferably not yet played."""
        there = [n for n, one in enumerate(self.exchanges) if one.slot == slot]
        for number in there:
            if number not in self.played and not self.exchanges[number].lesson:
                return self.exchanges[number]
        return self.exchanges[there[-1]] if there else None

    def list_repeats(self) -> set[int]:
        """Return the repeats that were recorded."""
        return {one.slot.repeat for one in self.exchanges if isinstance(one.slot, Place)}

    def list_unplayed(self, repeat: int) -> list[RecordedExchange]:
        """List what was recorded in a repeat and never asked for; what taught something may be."""
        return [
            one
            for number, one in enumerate(self.exchanges)
            if _is_in(one, repeat) and number not in self.played and not one.lesson
        ]

    def settle_errored(self, repeat: int, *, keep_played: bool) -> bool:
        """Keep a trial that ended in an error, unless answers would be lost by it.

        Args:
            repeat: the trial that is through.
            keep_played: as for ``settle``.

        Returns:
            Whether it is kept, and marked as errored.
        """
        has_answers = repeat not in self.errored and repeat in self.list_repeats()
        if has_answers:
            return self.forget(repeat)
        self.settle(repeat, keep_played=keep_played)
        self.errored.add(repeat)
        return True

    def forget(self, repeat: int) -> bool:
        """Leave the file as it was before this trial; return that nothing of it is kept."""
        self.fresh.pop(repeat, None)
        self.changed = self.changed and bool(self.exchanges)
        return False

    def settle(self, repeat: int, *, keep_played: bool) -> None:
        """Let what was recorded just now take the place of the repeat's old exchanges.

        Args:
            repeat: the trial that is through.
            keep_played: keep what was played; what was neither played nor recorded goes.
        """
        keep_played = keep_played and repeat not in self.errored  # of an error nothing is played
        self.errored.discard(repeat)
        fresh = self.fresh.pop(repeat, [])
        kept = [
            one
            for number, one in enumerate(self.exchanges)
            if not _is_in(one, repeat) or (keep_played and (number in self.played or one.lesson))
        ]
        if fresh or len(kept) != len(self.exchanges):
            played = {id(self.exchanges[number]) for number in self.played}
            self.exchanges = [*kept, *fresh]
            self.changed = True
            self.sort()
            self.played = {n for n, one in enumerate(self.exchanges) if id(one) in played}

    def add_repeats(self, others: RecordedFile) -> None:
        """Add the repeats of another file that this one lacks; what stands here stays.

        For a file of which nothing is played any more: ``played`` counts places that may move.
        """
        known = self.list_repeats() | self.errored
        added = (others.list_repeats() | others.errored) - known
        self.exchanges += [
            one for one in others.exchanges if any(_is_in(one, repeat) for repeat in added)
        ]
        self.errored |= others.errored & added
        self.sort()

    def sort(self) -> None:
        """Put into the order of the conversation: repeats, turns, then their checks and rounds."""
        self.exchanges.sort(key=_sort_key)
        index: dict[tuple[Slot, bytes], list[int]] = defaultdict(list)
        for number, one in enumerate(self.exchanges):
            index[one.slot, make_key(one.sent)].append(number)
        self._index = dict(index)


def _is_in(exchange: RecordedExchange, repeat: int) -> bool:
    return isinstance(exchange.slot, Place) and exchange.slot.repeat == repeat


def _sort_key(exchange: RecordedExchange) -> tuple[int, float, list[int], int]:
    slot = exchange.slot
    if not isinstance(slot, Place):
        return (0, 0, [], 0)
    check = [int(part) for part in slot.check.split(".") if part.isdigit()]
    # Turn 0 stands for the checks of the conversation as a whole, which come last.
    return (slot.repeat, slot.turn or float("inf"), check, slot.round)
