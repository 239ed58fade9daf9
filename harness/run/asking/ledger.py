"""The ledger of a journal: which requests were sent and are not answered, and what they may cost.

It is fed the journal's lines of earlier processes, then what this one writes. Memory: one entry a
request in flight, and one a request that is unknown.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from harness.conversation.ports import Place
from harness.results.unknown import UnknownRequest, UnknownRequests, gather_unknown
from harness.run.requests.budget import is_perhaps_billed


class Ledger:
    """Counts requests that were sent, by place, until their answers come."""

    def __init__(self) -> None:
        self._in_flight: dict[Place, float | None] = {}
        self._unknown: list[UnknownRequest] = []
        self._open: dict[Place, int] = {}
        self._failed: list[float | None] = []
        self._to_retry: set[Place] = set()
        self._retried = 0

    def note_sent(self, place: Place, most_usd: float | None) -> None:
        """Note that a request is sent, and the most that it may cost; None: nobody knows."""
        if place in self._in_flight:
            self._lose(place)
        if (number := self._open.pop(place, None)) is not None:
            self._unknown[number] = replace(self._unknown[number], asked_again=True)
        if place in self._to_retry:
            self._to_retry.discard(place)
            self._retried += 1
        self._in_flight[place] = most_usd

    def note_answered(self, place: Place, kind: str, code: str, *, final: bool) -> None:
        """Note that its answer is kept; ``kind`` and ``code`` are a failure's, else empty."""
        most_usd = self._in_flight.pop(place, None)
        if is_perhaps_billed(kind, code):
            self._failed.append(most_usd)
            if not final:
                self._to_retry.add(place)

    def note_process(self) -> None:
        """Note that another process goes on: what is not answered by now never will be."""
        for place in tuple(self._in_flight):
            self._lose(place)

    def gather(self) -> UnknownRequests:
        """Return what is unknown by now, requests in flight included."""
        waiting = [_make_unknown(place, usd) for place, usd in self._in_flight.items()]
        return gather_unknown([*self._unknown, *waiting], self._failed, self._retried)

    def gather_open(self, wanted: Container[Place]) -> UnknownRequests:
        """Return what earlier processes left unknown and nobody asked again, of these places."""
        opened = [number for place, number in self._open.items() if place in wanted]
        return gather_unknown([self._unknown[number] for number in opened], (), 0)

    def _lose(self, place: Place) -> None:
        self._open[place] = len(self._unknown)
        self._unknown.append(_make_unknown(place, self._in_flight.pop(place)))


def _make_unknown(place: Place, most_usd: float | None) -> UnknownRequest:
    return UnknownRequest(
        conversation=place.conversation,
        case=place.case,
        target=place.target,
        variant=place.variant,
        repeat=place.repeat,
        turn=place.turn,
        round=place.round,
        check=place.check,
        most_usd=most_usd,
    )
