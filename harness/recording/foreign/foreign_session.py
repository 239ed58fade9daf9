"""A plain vcrpy file in the place of a cassette's folder, for one command that replays it.

Everything else of a replay stays as it is: a file of other people's is one reel on which every
trial looks for its answers, and nothing is written, hidden or restored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.conversation.ports import Place
from harness.recording.diff.stale import explain
from harness.recording.foreign.transcripts import ForeignTape, Miss, named
from harness.recording.foreign.vcr_file import open_vcr
from harness.recording.session.attempt import Attempt
from harness.recording.session.recording_session import RecordingSession
from harness.recording.storage.codec import TargetNotes
from harness.recording.storage.exchange import RecordedExchange, Sent, Slot
from harness.recording.storage.folder import Folder, Manifest
from harness.recording.storage.library import Library
from harness.recording.storage.recorded_file import RecordedFile
from harness.redaction.hiding import Redaction

_MOST_NAMED = 5


class ForeignReel(RecordedFile):
    """Exchanges of a foreign tape in the order in which they are asked for."""

    def __init__(self, tape: ForeignTape) -> None:
        super().__init__()
        self.tape = tape
        self._known: dict[int, tuple[Sent, int]] = {}
        self._last: list[bool] = []
        self._whys: dict[Slot, str] = {}

    def find(self, slot: Slot, sent: Sent) -> int | None:
        """The number of the answer; the same again when the same request is looked at again."""
        known = self._known.get(id(sent))
        if known is not None and known[0] is sent:
            return known[1]
        found = self.tape.seek(sent, slot)
        if isinstance(found, Miss):
            self._whys[slot] = found.why
            return None
        number = len(self.exchanges)
        self.exchanges.append(RecordedExchange(slot, sent, self.tape.play(found), 0.0))
        self._last.append(found.last)
        self._known[id(sent)] = (sent, number)
        return number

    def is_last(self, number: int) -> bool:
        """Return whether nothing equal was recorded after it."""
        return self._last[number]

    def why(self, slot: Place) -> str | None:
        """Say how the request there differs from what was recorded."""
        return self._whys.get(slot)

    def unplayed(self, repeat: int) -> list[RecordedExchange]:
        """Nothing: a file of other people's holds more than one conversation asks."""
        del repeat
        return []


class ForeignLibrary(Library):
    """One reel for all."""

    def __init__(self, path: Path, tape: ForeignTape) -> None:
        nobody = Folder(path, lambda _: nullcontext(), Manifest())
        super().__init__(nobody, records=False)
        self._reel = ForeignReel(tape)

    def of(self, place: Place) -> RecordedFile:
        """The reel of every trial."""
        del place
        return self._reel

    def through(self, place: Place) -> None:
        """Nothing: others go on with the reel."""

    def management(self) -> RecordedFile:
        """Return requests to the management plane: nothing that a spec could ask for."""
        return RecordedFile()

    def notes(self, target: str) -> TargetNotes | None:
        """Nothing is known of targets."""
        del target
        return None


class Unhidden(Redaction):
    """Leaves everything as it is: what others recorded is compared with what is really asked."""

    def __init__(self) -> None:
        super().__init__({})

    def hide_text(self, text: str) -> str:
        """The text itself."""
        return text

    def hide_document(self, text: str) -> str:
        """The text itself."""
        return text

    def hide_bytes(self, body: bytes) -> bytes:
        """The body itself."""
        return body

    def restore_text(self, text: str, beside: str = "") -> str:
        """The text itself."""
        del beside
        return text


@dataclass(slots=True)
class ForeignSession(RecordingSession):
    """A replay of other people's exchanges.

    Attributes:
        heard: what answers.
        any_api: targets may be asked by the API that was recorded, whichever that is.
    """

    heard: ForeignTape | None = None
    any_api: bool = True

    def states(self, target: str, initial: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
        """Nothing was learned, but by which API to ask where only one was recorded."""
        del target
        only_responses = self.heard is not None and "chat" not in self.heard.apis
        if initial is None or not self.any_api or not only_responses:
            return ()
        return [{**initial, "api": "responses"}]

    def difference(self, sitting: Attempt, sent: Sent) -> str:
        """Say how a request differs from the recording that is nearest to it."""
        reel = self.library.of(sitting.place)
        why = reel.why(sitting.place) if isinstance(reel, ForeignReel) else None
        return why or explain(None, None, sitting.place, url=sent.url)

    def end(self, *, whole: bool) -> tuple[str, ...]:
        """List what is stale; exchanges that nobody asked for are only noted."""
        del whole
        return tuple(one.text for one in self.stale)

    def notes(self) -> tuple[str, ...]:
        """List notes for a reader of the results on where the answers come from."""
        if self.heard is None:
            return ()
        left = self.heard.unplayed()
        names = ", ".join(named(one) for one in left[:_MOST_NAMED])
        more = f", and {len(left) - _MOST_NAMED} more" if len(left) > _MOST_NAMED else ""
        orphans = [f"not asked for: {names}{more}"] if left else []
        return ("the recording holds no times: latencies read 0", *self.heard.notes(), *orphans)


def foreign_session(path: Path, *, any_api: bool) -> ForeignSession:
    """A session that replays a file.

    Raises:
        OutsideError: it cannot be read, or is no vcrpy cassette with exchanges of models.
    """
    heard = ForeignTape.of(open_vcr(path))
    library = ForeignLibrary(path, heard)
    return ForeignSession("replay", library, Unhidden(), str, heard=heard, any_api=any_api)
