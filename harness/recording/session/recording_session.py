"""The recording of one command while it runs: what is played, what is kept, and what is amiss."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date
from time import perf_counter
from typing import Any, Final, Literal

from harness.conversation.ports import Place
from harness.exchange import PlainRequest, PlainResponse
from harness.recording.diff.stale import explain
from harness.recording.session.attempt import HERE, Attempt
from harness.recording.session.command_recording import CommandRecording
from harness.recording.storage.bodies import document_in, each
from harness.recording.storage.codec import TargetNotes
from harness.recording.storage.exchange import RecordedExchange
from harness.recording.storage.folder import BrokenFileError, was_changed
from harness.recording.storage.library import Library
from harness.recording.storage.naming import CONVERSATIONS
from harness.recording.storage.no_answer import NO_ANSWER, failure_in
from harness.recording.storage.recorded_file import RecordedFile
from harness.redaction.hiding import Redaction

Mode = Literal["replay", "all", "missing"]
MOST_STATES: Final = 16
"""States of a target that are kept: refusals teach a handful of things, not more."""


class LostError(Exception):
    """The recorded request had no answer."""


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
class RecordingSession:
    """Records a command's requests into its cassette, or answers them from it.

    Attributes:
        mode: see ``wiring.recording.Recording``.
        redaction: what is hidden before it is kept or compared, and restored when it is played.
        now: the time of day, UTC, ISO 8601.
        again: what to type to record a command again, by its name.
        commands: what commands say to the management plane.
        stale: what is amiss so far, once for each trial.
    """

    mode: Mode
    library: Library
    redaction: Redaction
    now: Callable[[], str]
    again: Callable[[str], str] = "harness {} SPEC --record".format
    commands: CommandRecording = field(init=False)
    stale: list[Stale] = field(default_factory=list)
    _states: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    _recorded: set[str] = field(default_factory=set)
    _ended: set[str] = field(default_factory=set)
    _complained: set[Place] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.commands = CommandRecording(
            self.library, self.redaction, self.replays, self.now, self.again
        )

    @property
    def replays(self) -> bool:
        """True when nothing outside is reached."""
        return self.mode == "replay"

    # --- for what intercepts requests ---------------------------------------------------------

    def slot_of(self, sent: PlainRequest) -> tuple[Place, PlainRequest] | None:
        """Return a request's place, and the request at its placeholder; None: it has none.

        Requests of the running task's turn, where they go to that turn's target; anything else
        (tokens, keys, the simulator) is not recorded.
        """
        attempt = HERE.get()
        if attempt is None:
            return None
        if attempt.asked is None or attempt.asked[0] is not sent:
            url = attempt.address.kept_as(sent.url)
            if url is None:
                return None
            attempt.asked = (sent, replace(sent, url=url))
        return attempt.place, attempt.asked[1]

    def find(self, sent: PlainRequest) -> bool:
        """Return whether the cassette answers this request; if not, note it as sent."""
        attempt = HERE.get()
        if attempt is None:
            return False
        whose = self.slot_of(sent)
        found = None
        if whose is not None and self.mode != "all":
            found = attempt.found = self._found(*whose)
        if found is None and self.replays:
            attempt.missed = sent
        elif found is None and whose is not None:
            attempt.pending, attempt.began = whose[1], perf_counter()
        return found is not None

    def play(self, sent: PlainRequest) -> PlainResponse:
        """The answer to a request that ``find`` said yes to, restored.

        Raises:
            LostError: what was recorded is that there was none.
        """
        attempt = HERE.get()
        assert attempt is not None, "only what has a slot is found"  # noqa: S101
        file, number = self._file(attempt.place), attempt.found
        assert number is not None, "it was found a moment ago"  # noqa: S101
        file.played.add(number)
        exchange = file.exchanges[number]
        attempt.played.append(number)
        attempt.pending = None
        if exchange.received.status == NO_ANSWER:
            try:
                attempt.lost = failure_in(exchange.received)
            except ValueError:
                attempt.missed = sent
            raise LostError
        if not exchange.restored:
            return exchange.received
        return self._restored(exchange.received, beside=sent.body)

    def keep(self, sent: PlainRequest, received: PlainResponse) -> None:
        """Take in the answer to a request that was sent."""
        attempt, whose = HERE.get(), self.slot_of(sent)
        if attempt is None or whose is None:
            return
        seconds = round(perf_counter() - attempt.began, 6)
        attempt.kept.append(RecordedExchange(*whose, received, seconds))
        attempt.pending = None

    # --- for the models -----------------------------------------------------------------------

    def states(self, target: str, initial: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
        """Return what a target's model had learned when it was recorded; the last state last.

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

    def began(self, place: Place) -> RecordedFile:
        """The file of a trial that asks something.

        Raises:
            BrokenFileError: its file is not as it was recorded.
        """
        file = self.library.of(place)
        file.open.add(place.repeat)
        return file

    def stored(self, place: Place, exchanges: list[RecordedExchange]) -> None:
        """Keep what one attempt recorded, until its trial is through."""
        self.library.of(place).fresh.setdefault(place.repeat, []).extend(exchanges)

    def as_kept(self, exchange: RecordedExchange) -> RecordedExchange:
        """An exchange as the cassette has it: nothing in it that looks like a secret."""
        said, hide = exchange.received, self.redaction
        received = PlainResponse(said.status, hide.headers(said.headers), self._without(said.body))
        changed = received.body != said.body or any(
            said.headers.get(name) != value for name, value in received.headers.items()
        )
        sent = replace(self._hidden(exchange.sent), headers=hide.headers(exchange.sent.headers))
        return replace(exchange, sent=sent, received=received, restored=changed)

    def refused(self, stand_in: str) -> None:
        """A target ended its trials for good: what else was in flight may remain unplayed."""
        self._ended.add(stand_in)

    def complain(self, place: Place, text: str) -> None:
        """Note what is amiss with a trial, the first time."""
        trial = replace(place, turn=0, round=1, check="")
        if trial not in self._complained:
            self._complained.add(trial)
            self.stale.append(Stale(place, text))

    def difference(self, attempt: Attempt, sent: PlainRequest) -> str:
        """Say how a request that was not recorded differs from what was."""
        file = self.library.of(attempt.place)
        near = file.nearest(attempt.place)
        recorded = None if near is None else self._restored_body(near.sent.body)
        return explain(
            document_in(sent.body),
            None if recorded is None else document_in(recorded),
            attempt.place,
            url=attempt.address.kept_as(sent.url) or sent.url,
            recorded=[one.slot for one in file.exchanges],
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
            file = self.library.of(trial)
        except BrokenFileError as error:
            self.complain(replace(trial, turn=0), str(error))
            return
        file.open.discard(trial.repeat)
        if self.replays:
            if answered:
                self._look_for_orphans(file, trial)
        elif answered or trial.repeat in file.fresh:
            file.settle(trial.repeat, keep_played=self.mode == "missing")
        self.library.through(trial)

    def end(self, *, whole: bool) -> tuple[str, ...]:
        """List what a replay found stale, a text each; ``whole``: everything was to be replayed."""
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

    def command(self, name: str, today: date) -> AbstractContextManager[None]:
        """Let requests that belong to no turn be this command's; see ``CommandRecording``."""
        return self.commands.command(name, today)

    def close(self) -> None:
        """Write what is to be written."""
        if self.replays:
            return
        for target in sorted(self._recorded):
            learned = tuple(self._states.get(target, ()))
            self.library.keep_notes(TargetNotes(target, self.now(), learned))
        self.library.close()

    # --- within -------------------------------------------------------------------------------

    def _file(self, place: Place) -> RecordedFile:
        try:
            return self.library.of(place)
        except BrokenFileError as error:
            raise was_changed(error) from error

    def _look_for_orphans(self, file: RecordedFile, trial: Place) -> None:
        left = [
            one
            for one in file.unplayed(trial.repeat)
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

    def _found(self, place: Place, sent: PlainRequest) -> int | None:
        """The number of the exchange that answers; most requests have nothing to hide."""
        file = self._file(place)
        found = file.find(place, sent)
        return file.find(place, self._hidden(sent)) if found is None else found

    def _hidden(self, sent: PlainRequest) -> PlainRequest:
        return replace(sent, url=self.redaction.hide_text(sent.url), body=self._without(sent.body))

    def _without(self, body: bytes) -> bytes:
        return each(body, self.redaction.hide_text, self.redaction.hide_bytes)

    def _restored(self, received: PlainResponse, beside: bytes) -> PlainResponse:
        said = beside.decode("utf-8", "replace")
        restore = self.redaction.restore_text
        return replace(
            received,
            headers={name: restore(value) for name, value in received.headers.items()},
            body=each(received.body, lambda text: restore(text, said), lambda body: body),
        )

    def _restored_body(self, body: bytes) -> bytes:
        return each(body, self.redaction.restore_text, lambda other: other)
