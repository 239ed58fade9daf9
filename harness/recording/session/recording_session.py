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
from harness.recording.storage.bodies import read_document, rewrite_body
from harness.recording.storage.codec import TargetNotes
from harness.recording.storage.errors import describe_error, find_errored_repeats
from harness.recording.storage.exchange import RecordedExchange
from harness.recording.storage.folder import BrokenFileError, make_changed_error
from harness.recording.storage.library import Library
from harness.recording.storage.naming import CONVERSATIONS
from harness.recording.storage.no_answer import NO_ANSWER, read_failure
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
        errors: trials that errored and were recorded, or for whom an error is recorded.
    """

    mode: Mode
    library: Library
    redaction: Redaction
    now: Callable[[], str]
    again: Callable[[str], str] = "harness {} --record".format
    commands: CommandRecording = field(init=False)
    stale: list[Stale] = field(default_factory=list)
    errors: list[Stale] = field(default_factory=list)
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

    def find_slot(self, sent: PlainRequest) -> tuple[Place, PlainRequest] | None:
        """Return a request's place, and the request at its placeholder; None: it has none.

        Requests of the running task's turn, where they go to that turn's target; anything else
        (tokens, keys, the simulator) is not recorded.
        """
        attempt = HERE.get()
        if attempt is None:
            return None
        if attempt.asked is None or attempt.asked[0] is not sent:
            url = attempt.address.translate(sent.url)
            if url is None:
                return None
            attempt.asked = (sent, replace(sent, url=url))
        return attempt.place, attempt.asked[1]

    def find(self, sent: PlainRequest) -> bool:
        """Return whether the cassette answers this request; if not, note it as sent."""
        attempt = HERE.get()
        if attempt is None:
            return False
        whose = self.find_slot(sent)
        found = None
        if whose is not None and self._may_play(whose[0]):
            found = attempt.found = self._find(*whose)
        if found is None and self.replays:
            attempt.missed = sent
        elif found is None and whose is not None:
            attempt.pending, attempt.began = whose[1], perf_counter()
        return found is not None

    def play(self, sent: PlainRequest) -> PlainResponse:
        """Return the answer to a request that ``find`` said yes to, restored.

        Raises:
            LostError: what was recorded is that there was none.
        """
        attempt = HERE.get()
        assert attempt is not None, "only what has a slot is found"  # noqa: S101
        file, number = self._open_file(attempt.place), attempt.found
        assert number is not None, "it was found a moment ago"  # noqa: S101
        file.played.add(number)
        exchange = file.exchanges[number]
        attempt.played.append(number)
        attempt.pending = None
        if exchange.received.status == NO_ANSWER:
            try:
                attempt.lost = read_failure(exchange.received)
            except ValueError:
                attempt.missed = sent
            raise LostError
        if not exchange.restored:
            return exchange.received
        return self._restore(exchange.received, beside=sent.body)

    def keep(self, sent: PlainRequest, received: PlainResponse) -> None:
        """Take in the answer to a request that was sent."""
        attempt, whose = HERE.get(), self.find_slot(sent)
        if attempt is None or whose is None:
            return
        seconds = round(perf_counter() - attempt.began, 6)
        attempt.kept.append(RecordedExchange(*whose, received, seconds))
        attempt.pending = None

    # --- for the models -----------------------------------------------------------------------

    def list_states(
        self, target: str, initial: Mapping[str, Any] | None
    ) -> Sequence[Mapping[str, Any]]:
        """Return what a target's model had learned when it was recorded; the last state last.

        The first is where it began. A model that begins otherwise today is another model, and what
        that one learned says nothing about it.

        Raises:
            BrokenFileError: its file is not as it was recorded.
        """
        if target not in self._states:
            notes = self.library.read_notes(target)
            self._states[target] = list(notes.learned) if notes is not None else []
        states = self._states[target]
        return states if states and states[0] == initial else ()

    def note_learned(
        self, target: str, initial: Mapping[str, Any], state: Mapping[str, Any]
    ) -> None:
        """Note what a target's model wants by now, if that is not what it wanted from the start."""
        self._recorded.add(target)
        known = self.list_states(target, initial)
        if state in known or (state == initial and not known):
            return
        latest = list(known)[1:][-MOST_STATES:]
        self._states[target] = [initial, *latest, state]

    def begin(self, place: Place) -> RecordedFile:
        """Return the file of a trial that asks something.

        Raises:
            BrokenFileError: its file is not as it was recorded.
        """
        file = self.library.find_file(place)
        file.open.add(place.repeat)
        return file

    def keep_attempt(self, place: Place, exchanges: list[RecordedExchange]) -> None:
        """Keep what one attempt recorded, until its trial is through."""
        self.library.find_file(place).fresh.setdefault(place.repeat, []).extend(exchanges)

    def redact_exchange(self, exchange: RecordedExchange) -> RecordedExchange:
        """Return an exchange as the cassette has it: nothing in it that looks like a secret."""
        said, hide = exchange.received, self.redaction
        received = PlainResponse(
            said.status, hide.hide_headers(said.headers), self._hide_body(said.body)
        )
        changed = received.body != said.body or any(
            said.headers.get(name) != value for name, value in received.headers.items()
        )
        sent = replace(self._hide(exchange.sent), headers=hide.hide_headers(exchange.sent.headers))
        return replace(exchange, sent=sent, received=received, restored=changed)

    def note_refused(self, placeholder: str) -> None:
        """Note that a target ended its trials for good: what is in flight may stay unplayed."""
        self._ended.add(placeholder)

    def complain(self, place: Place, text: str) -> None:
        """Note what is amiss with a trial, the first time."""
        trial = replace(place, turn=0, round=1, check="")
        if trial not in self._complained:
            self._complained.add(trial)
            self.stale.append(Stale(place, text))

    def describe_difference(self, attempt: Attempt, sent: PlainRequest) -> str:
        """Say how a request that was not recorded differs from what was."""
        file = self.library.find_file(attempt.place)
        near = file.find_nearest(attempt.place)
        recorded = None if near is None else self._restore_body(near.sent.body)
        return explain(
            read_document(sent.body),
            None if recorded is None else read_document(recorded),
            attempt.place,
            url=attempt.address.translate(sent.url) or sent.url,
            recorded=[one.slot for one in file.exchanges],
        )

    # --- for the run --------------------------------------------------------------------------

    def finish(self, trial: Place, *, answered: bool) -> None:
        """End a trial.

        Args:
            trial: whose place this is; its turn does not matter.
            answered: it came to an end of its own. What one that broke off left unplayed, or did
                not record again, means nothing.
        """
        try:
            file = self.library.find_file(trial)
        except BrokenFileError as error:
            self.complain(replace(trial, turn=0), str(error))
            return
        file.open.discard(trial.repeat)
        keep_played = self.mode == "missing"
        if self.replays and answered:
            self._look_for_orphans(file, trial)
        elif self.replays:
            self._note_recorded_error(file, trial)
        elif answered:
            file.settle(trial.repeat, keep_played=keep_played)
        elif trial.repeat in file.fresh:
            if self.library.folder.replaces:
                kept = file.forget(trial.repeat)
            else:
                kept = file.settle_errored(trial.repeat, keep_played=keep_played)
            what = "recorded as an error" if kept else "not recorded: its earlier answers stay"
            self.errors.append(Stale(trial, f"{trial.conversation} on {trial.target}: {what}"))
        self.library.finish_trial(trial)

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
            for path in folder.list_unlisted():
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
        folder = self.library.folder
        if folder.replaces and not folder.manifest.files:
            return  # nothing was answered: the other cloud's recording stays
        for target in sorted(self._recorded):
            learned = tuple(self._states.get(target, ()))
            self.library.keep_notes(TargetNotes(target, self.now(), learned))
        self.library.close()

    # --- within -------------------------------------------------------------------------------

    def _open_file(self, place: Place) -> RecordedFile:
        try:
            return self.library.find_file(place)
        except BrokenFileError as error:
            raise make_changed_error(error) from error

    def _may_play(self, place: Place) -> bool:
        """Return whether a recording answers: an error counts as missing."""
        if self.mode == "missing":
            return place.repeat not in self._open_file(place).errored
        return self.replays

    def _note_recorded_error(self, file: RecordedFile, trial: Place) -> None:
        failure = find_errored_repeats(file.exchanges).get(trial.repeat)
        if trial.repeat in file.errored and trial not in self._complained:
            why = f": {describe_error(failure)}" if failure is not None else ""
            self.errors.append(Stale(trial, f"{trial.conversation} on {trial.target}{why}"))

    def _look_for_orphans(self, file: RecordedFile, trial: Place) -> None:
        left = [
            one
            for one in file.list_unplayed(trial.repeat)
            if not any(one.sent.url.startswith(placeholder) for placeholder in self._ended)
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

    def _find(self, place: Place, sent: PlainRequest) -> int | None:
        """Return the number of the exchange that answers; most requests have nothing to hide."""
        file = self._open_file(place)
        found = file.find(place, sent)
        return file.find(place, self._hide(sent)) if found is None else found

    def _hide(self, sent: PlainRequest) -> PlainRequest:
        return replace(
            sent, url=self.redaction.hide_text(sent.url), body=self._hide_body(sent.body)
        )

    def _hide_body(self, body: bytes) -> bytes:
        return rewrite_body(body, self.redaction.hide_text, self.redaction.hide_bytes)

    def _restore(self, received: PlainResponse, beside: bytes) -> PlainResponse:
        said = beside.decode("utf-8", "replace")
        restore = self.redaction.restore_text
        return replace(
            received,
            headers={name: restore(value) for name, value in received.headers.items()},
            body=rewrite_body(received.body, lambda text: restore(text, said), lambda body: body),
        )

    def _restore_body(self, body: bytes) -> bytes:
        return rewrite_body(body, self.redaction.restore_text, lambda other: other)
