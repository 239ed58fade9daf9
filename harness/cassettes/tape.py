"""The recording of one command while it runs: what is played, what is kept, and what is amiss."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, Final, Literal

from harness.cassettes.codec import TargetNotes
from harness.cassettes.exchange import Command, Exchange, Received, Sent, Slot
from harness.cassettes.folder import BROKEN, STALE, BrokenFileError
from harness.cassettes.library import Library
from harness.cassettes.lost import NO_ANSWER, failure_in
from harness.cassettes.naming import CONVERSATIONS
from harness.cassettes.redact import Redaction
from harness.cassettes.reel import Reel
from harness.cassettes.sitting import HERE, Sitting
from harness.cassettes.stale import explain
from harness.conversation.ports import Place
from harness.errors import Diagnostic, OutsideError

Mode = Literal["replay", "all", "missing"]
MOST_STATES: Final = 16
"""States of a target that are kept: refusals teach a handful of things, not more."""


class LostError(Exception):
    """What was recorded is that there was no answer."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A recording that is not what was asked for, or that nobody asked for.

    Attributes:
        place: whose it is; turn 0 where it is the trial's as a whole, None where no trial's.
        text: what differs, for a person; may hold several lines.
    """

    place: Place | None
    text: str


@dataclass(slots=True)
class Tape:
    """What stands between a command's requests and its cassette.

    Attributes:
        mode: see ``wiring.recording.Recording``.
        redaction: what is hidden before it is kept or compared, and restored when it is played.
        now: the time of day, UTC, ISO 8601.
        stale: what is amiss so far, once for each trial.
    """

    mode: Mode
    library: Library
    redaction: Redaction
    now: Callable[[], str]
    stale: list[Stale] = field(default_factory=list)
    _command: Command | None = None
    _states: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    _recorded: set[str] = field(default_factory=set)
    _ended: set[str] = field(default_factory=set)
    _management: list[Exchange] = field(default_factory=list)

    @property
    def replays(self) -> bool:
        """Whether nothing outside is reached."""
        return self.mode == "replay"

    # --- for what intercepts requests ---------------------------------------------------------

    def slot_of(self, sent: Sent) -> tuple[Slot, Sent] | None:
        """Whose request this is, and the request as the cassette has it; None: nobody's.

        Requests of the running task's turn, where they go to that turn's target; else of the
        command, where there is one; anything else (tokens, keys, the simulator) is not recorded.
        """
        sitting = HERE.get()
        if sitting is not None:
            if sitting.asked is None or sitting.asked[0] is not sent:
                url = sitting.address.kept_as(sent.url)
                if url is None:
                    return None
                sitting.asked = (sent, self._hidden(sent, url))
            return sitting.place, sitting.asked[1]
        if self._command is not None:
            return self._command, self._hidden(sent, sent.url)
        return None

    def find(self, sent: Sent) -> bool:
        """Whether this request is answered from the cassette; the one that is sent if it is not.

        Raises:
            OutsideError: a command asks for something that was not recorded.
        """
        whose = self.slot_of(sent)
        found = None
        if whose is not None and self._may_play(whose[0]):
            found = self._reel(whose[0]).find(*whose)
        if found is None and self.replays:
            self._miss(sent, whose)
        elif found is None:
            self._expect(whose)
        return found is not None

    def play(self, sent: Sent) -> Received:
        """The answer to a request that ``find`` said yes to, restored.

        Raises:
            LostError: what was recorded is that there was none.
        """
        whose = self.slot_of(sent)
        assert whose is not None, "only what has a slot is found"  # noqa: S101
        reel = self._reel(whose[0])
        number = reel.find(*whose)
        assert number is not None, "it was found a moment ago"  # noqa: S101
        reel.played.add(number)
        exchange, sitting = reel.exchanges[number], HERE.get()
        if sitting is not None:
            sitting.played.append(number)
            sitting.pending = None
        if exchange.received.status == NO_ANSWER:
            if sitting is not None:
                sitting.lost = failure_in(exchange.received)
            raise LostError
        return self._restored(exchange.received, beside=sent.body)

    def keep(self, sent: Sent, received: Received) -> None:
        """Take in the answer to a request that was sent."""
        whose = self.slot_of(sent)
        if whose is None:
            return
        slot, hidden = whose
        sitting = HERE.get()
        began = perf_counter() if sitting is None else sitting.began
        exchange = Exchange(slot, hidden, received, round(perf_counter() - began, 6))
        if sitting is None:
            self._management.append(replace(exchange, received=self.hidden(received)))
        else:
            sitting.kept.append(exchange)
            sitting.pending = None

    # --- for the models -----------------------------------------------------------------------

    def states(self, target: str, initial: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
        """What a target's model was found to want when it was recorded; the last state last.

        The first is where it began. A model that begins otherwise today is another model, and what
        that one learned says nothing about it.

        Raises:
            BrokenFileError: its file is not as it was recorded.
        """
        if target not in self._states:
            notes = self.library.notes(target)
            self._states[target] = list(notes.learned) if notes is not None else []
        states = self._states[target]
        return states if states and states[0] == initial else ()

    def learned(self, target: str, initial: Mapping[str, Any], state: Mapping[str, Any]) -> None:
        """Note what a target's model wants by now, if that is not what it wanted from the start."""
        self._recorded.add(target)
        known = self.states(target, initial)
        if state in known or (state == initial and not known):
            return
        latest = list(known)[1:][-MOST_STATES:]
        self._states[target] = [initial, *latest, state]

    def began(self, place: Place) -> Reel:
        """The reel of a trial that asks something.

        Raises:
            BrokenFileError: its file is not as it was recorded.
        """
        reel = self.library.of(place)
        reel.open.add(place.repeat)
        return reel

    def stored(self, place: Place, exchanges: list[Exchange]) -> None:
        """Keep what one attempt recorded, until its trial is through."""
        self.library.of(place).fresh.setdefault(place.repeat, []).extend(exchanges)

    def hidden(self, received: Received) -> Received:
        """An answer as the cassette has it."""
        return replace(
            received,
            headers=self.redaction.headers(received.headers),
            body=_each(received.body, self.redaction.hide_text, self.redaction.hide_bytes),
        )

    def refused(self, stand_in: str) -> None:
        """A target ended its trials for good: what else was in flight may remain unplayed."""
        self._ended.add(stand_in)

    def complain(self, place: Place, text: str) -> None:
        """Note what is amiss with a trial, the first time."""
        trial = replace(place, turn=0, round=1, check="")
        if not any(one.place is not None and _trial(one.place) == trial for one in self.stale):
            self.stale.append(Stale(place, text))

    def difference(self, sitting: Sitting, sent: Sent) -> str:
        """How a request that was not recorded differs from what was."""
        reel = self.library.of(sitting.place)
        near = reel.nearest(sitting.place)
        recorded = None if near is None else self._restored_body(near.sent.body)
        return explain(
            _document(sent.body),
            None if recorded is None else _document(recorded),
            sitting.place,
            url=sitting.address.kept_as(sent.url) or sent.url,
            recorded=[one.slot for one in reel.exchanges],
        )

    # --- for the run --------------------------------------------------------------------------

    def finish(self, trial: Place, *, answered: bool) -> None:
        """A trial is through.

        Args:
            trial: whose place this is; its turn does not matter.
            answered: it came to an end of its own. What one that broke off left unplayed, or did
                not record again, means nothing.
        """
        try:
            reel = self.library.of(trial)
        except BrokenFileError as error:
            self.complain(replace(trial, turn=0), str(error))
            return
        reel.open.discard(trial.repeat)
        if self.replays:
            if answered:
                self._look_for_orphans(reel, trial)
        elif answered or trial.repeat in reel.fresh:
            reel.settle(trial.repeat, keep_played=self.mode == "missing")
        self.library.through(trial)

    def end(self, *, whole: bool) -> tuple[str, ...]:
        """What a replay found amiss, a text each; ``whole`` when everything was to be replayed."""
        if not self.replays:
            return ()
        if whole:
            folder = self.library.folder
            for path in sorted(folder.manifest.files):
                if path.startswith(f"{CONVERSATIONS}/") and path not in self.library.used:
                    text = f"{path} belongs to no conversation of the spec"
                    self.stale.append(Stale(None, f"{text}: harness cassettes prune {folder.path}"))
            for path in folder.unlisted():
                self.stale.append(
                    Stale(None, f"{path} is in no manifest: it was cut off, or added")
                )
        return tuple(one.text for one in self.stale)

    @contextmanager
    def command(self, name: str) -> Iterator[None]:
        """Let requests that belong to no turn be this command's, in all threads.

        Raises:
            OutsideError: after the block, during a replay: something recorded was never asked.
        """
        before, self._command = self._command, Command(name)
        try:
            yield
            if self.replays:
                self._all_played(Command(name))
        finally:
            if not self.replays and self._management:
                reel = self.library.management()
                others = [one for one in reel.exchanges if one.slot != Command(name)]
                reel.exchanges = [*others, *self._management]
                reel.sort()
                self._management.clear()
                self.library.keep_management(self.now())
            self._command = before

    def close(self) -> None:
        """Write what is to be written."""
        if self.replays:
            return
        for target in sorted(self._recorded):
            learned = tuple(self._states.get(target, ()))
            self.library.keep_notes(TargetNotes(target, self.now(), learned))
        self.library.close()

    # --- within -------------------------------------------------------------------------------

    def _may_play(self, slot: Slot) -> bool:
        return self.replays or (self.mode == "missing" and isinstance(slot, Place))

    def _reel(self, slot: Slot) -> Reel:
        try:
            return self.library.of(slot) if isinstance(slot, Place) else self.library.management()
        except BrokenFileError as error:
            raise OutsideError(
                Diagnostic(BROKEN, "the recording was changed after it was recorded", str(error))
            ) from error

    def _expect(self, whose: tuple[Slot, Sent] | None) -> None:
        sitting = HERE.get()
        if sitting is not None and whose is not None:
            sitting.pending, sitting.began = whose[1], perf_counter()

    def _miss(self, sent: Sent, whose: tuple[Slot, Sent] | None) -> None:
        sitting = HERE.get()
        if sitting is not None:
            sitting.missed = sent
        if sitting is not None or whose is None:
            return
        slot = whose[0]
        recorded = [one.slot for one in self.library.management().exchanges]
        text = explain(_document(sent.body), None, slot, url=sent.url, recorded=recorded)
        raise OutsideError(Diagnostic(STALE, "the recording does not hold this request", text))

    def _all_played(self, command: Command) -> None:
        reel = self.library.management()
        left = [
            one
            for number, one in enumerate(reel.exchanges)
            if one.slot == command and number not in reel.played
        ]
        if left:
            said = "\n".join(f"{one.sent.method} {one.sent.url}" for one in left[:5])
            raise OutsideError(
                Diagnostic(
                    STALE,
                    f"{len(left)} recorded requests of {command.name} were not made",
                    said,
                )
            )

    def _look_for_orphans(self, reel: Reel, trial: Place) -> None:
        left = [
            one
            for one in reel.unplayed(trial.repeat)
            if not any(one.sent.url.startswith(stand_in) for stand_in in self._ended)
        ]
        if left and isinstance(left[0].slot, Place):
            slot = left[0].slot
            turn = f"turn {slot.turn}" if slot.turn else "the end"
            check = f", check {slot.check}" if slot.check else ""
            more = f", and {len(left) - 1} more" if len(left) > 1 else ""
            self.complain(
                slot,
                f"{trial.conversation} on {trial.target}: an answer that was recorded for {turn}"
                f"{check} was never asked for{more}",
            )

    def _hidden(self, sent: Sent, url: str) -> Sent:
        return Sent(
            sent.method,
            self.redaction.hide_text(url),
            self.redaction.headers(sent.headers),
            _each(sent.body, self.redaction.hide_text, self.redaction.hide_bytes),
        )

    def _restored(self, received: Received, beside: bytes) -> Received:
        said = beside.decode("utf-8", "replace")
        restore = self.redaction.restore_text
        return replace(
            received,
            headers={name: restore(value) for name, value in received.headers.items()},
            body=_each(received.body, lambda text: restore(text, said), lambda body: body),
        )

    def _restored_body(self, body: bytes) -> bytes:
        return _each(body, self.redaction.restore_text, lambda other: other)


def trial_of(target: str, conversation: str, case: str | None, variant: str, repeat: int) -> Place:
    """The place that stands for a trial as a whole."""
    return Place(target, conversation, case, variant, repeat, 0)


def _trial(place: Place) -> Place:
    return replace(place, turn=0, round=1, check="")


def _each(body: bytes, text: Callable[[str], str], other: Callable[[bytes], bytes]) -> bytes:
    if not body:
        return body
    try:
        return text(body.decode()).encode()
    except UnicodeDecodeError:
        return other(body)


def _document(body: bytes) -> Mapping[str, Any] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
