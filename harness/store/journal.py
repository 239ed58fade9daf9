"""The journal of a run: ``events.jsonl``.

A line before each request is sent and a line with its answer before anybody uses it. A line is with
the operating system when its method returns, so a killed process loses none; a thread syncs them to
the disk once a second, which is what a power cut may lose. A torn last line is cut off when the
journal is opened again.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from harness.conversation.play import FinalAnswer
from harness.conversation.ports import Place
from harness.conversation.transcript import AnswerT, EmbeddingReply, Failure, Reply
from harness.conversation.vectors import pack, unpack
from harness.errors import OutsideError
from harness.fs.regular import open_own, open_regular
from harness.results.codec import encode_line
from harness.results.model import TrialId
from harness.results.parts import (
    failure_as_json,
    failure_from_json,
    reply_as_json,
    reply_from_json,
)
from harness.results.unknown import UnknownRequests
from harness.run.asking.ledger import Ledger
from harness.run.ports import Recalled
from harness.run.requests.spent import Amount
from harness.run.waves.history import WaveHistory
from harness.store.journal_line import is_journal_line
from harness.store.writing import disk_error, explain_disk_errors
from harness.text.numbers import is_number

SYNC_S = 1.0


class AppendedFile:
    """A file of lines that only grows. Safe to sync and to close while another thread syncs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with explain_disk_errors(path, "write"):
            self._descriptor = open_own(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            self.size = os.fstat(self._descriptor).st_size
        self._unsynced = False
        self._is_open = True
        self._refused: OutsideError | None = None
        self._lock = threading.Lock()

    def refuse(self, error: OutsideError) -> None:
        """Take no line any more: each raises this error."""
        self._refused = error

    def append(self, line: str) -> int:
        """Add a line; the offset at which it begins. A line is there whole or not at all."""
        if self._refused is not None:
            raise self._refused
        data = memoryview(f"{line}\n".encode())
        offset = self.size
        try:
            while data:
                written = os.write(self._descriptor, data)
                self.size += written
                data = data[written:]
        except OSError as error:
            self._take_back(self.size - offset)
            raise disk_error(error, self.path, "write") from error
        self._unsynced = True
        return offset

    def _take_back(self, count: int) -> None:
        """Cut off the last bytes: half of a line that a full disk did not take."""
        if count:
            self.size -= count
            with suppress(OSError):  # what cannot be cut off is cut off when the file is reopened
                os.ftruncate(self._descriptor, os.fstat(self._descriptor).st_size - count)

    def sync(self) -> None:
        """Bring what was appended to the disk, if anything was."""
        with self._lock:
            self._sync()

    def _sync(self) -> None:
        if self._unsynced:
            self._unsynced = False
            os.fsync(self._descriptor)

    def close(self) -> None:
        """Sync and let go; a file that is closed already stays so."""
        with explain_disk_errors(self.path, "write"), self._lock:
            if not self._is_open:
                return
            self._is_open = False
            try:
                self._sync()
            finally:
                os.close(self._descriptor)


class Syncing:
    """A thread that syncs files once a second while a run goes on.

    Before it does, it confirms that the files are still this process's; where that raises, they
    take nothing more.
    """

    def __init__(self, *files: AppendedFile, confirm: Callable[[], None]) -> None:
        self._files = files
        self._confirm = confirm
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal-sync", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ended.wait(SYNC_S):
            try:
                self._confirm()
            except OutsideError as error:
                for file in self._files:
                    file.refuse(error)
                return
            for file in self._files:
                # The system tells once that it lost what was written, and may then say all is well.
                try:
                    file.sync()
                except OSError as error:
                    file.refuse(disk_error(error, file.path, "sync"))

    def end(self) -> None:
        """Stop the thread; the files are synced once more when they are closed."""
        self._ended.set()
        self._thread.join()


class Journal:
    """A journal of requests and answers, line by line."""

    def __init__(
        self, file: AppendedFile, now: Callable[[], datetime], ledger: Ledger | None = None
    ) -> None:
        self._file = file
        self._now = now
        self.ledger = ledger or Ledger()

    def note_sent(self, place: Place, attempt: int, most: Amount) -> None:
        """Note that a request is about to be sent, and the most that it may take."""
        self.ledger.note_sent(place, self._write_sent(place, attempt, most))

    def note_queued(self, place: Place, attempt: int, most: Amount, wave: str) -> None:
        """Note that a request is in the file of a wave, and the most that it may take."""
        self._write_sent(place, attempt, most, wave=wave)

    def note_wave(self, wave: str, state: str, **facts: Any) -> None:
        """Note how far the file of a wave has come."""
        self._write({"event": "wave", "wave": wave, "state": state, **facts})

    def keep_answer(
        self,
        place: Place,
        attempt: int,
        answer: Reply | EmbeddingReply | Failure,
        *,
        final: bool,
        queued_s: float,
        took: Amount | None = None,
    ) -> None:
        """Keep an answer before it is used, and what it took of the budget."""
        line = {"event": "answered", **_place_as_json(place), "attempt": attempt, "final": final}
        if queued_s:
            line["queued_s"] = round(queued_s, 6)
        if took is not None:
            line["took_usd"] = None if took.usd is None else round(took.usd, 9)
            line["took_tokens"] = took.tokens
        if isinstance(answer, Failure):
            line["failure"] = failure_as_json(answer)
        else:
            reply = answer if isinstance(answer, Reply) else _as_reply(answer)
            line["reply"] = reply_as_json(reply)
        self._write(line)
        kind, code = (answer.kind, answer.code) if isinstance(answer, Failure) else ("", "")
        self.ledger.note_answered(place, kind, code, final=final)

    def note(self, event: str, **facts: Any) -> None:
        """Note anything else worth knowing later: that the run began, was resumed, ended."""
        self._write({"event": event, **facts})

    def _write_sent(self, place: Place, attempt: int, most: Amount, **facts: str) -> float | None:
        """Write that a request goes out; return the US dollars that the line says."""
        cost = None if most.usd is None else round(most.usd, 9)
        line = {"event": "sent", **_place_as_json(place), "attempt": attempt, "most_usd": cost}
        self._write({**line, "most_tokens": most.tokens, **facts})
        return cost

    def _write(self, line: dict[str, Any]) -> None:
        line["at"] = self._now().isoformat(timespec="milliseconds")
        self._file.append(encode_line(line))


def read_memory(
    path: Path,
    wanted: Callable[[TrialId], bool],
    ledger: Ledger,
    waves: WaveHistory | None = None,
) -> dict[Place, Recalled[Reply]]:
    """Read what the journal knows about the requests of the trials that are wanted.

    A request that was sent and has no answer is *unknown*, unless it is in the file of a wave: its
    answer is still to come. One whose last answer was to be followed by another try has nothing to
    recall: it is asked again. The ledger takes in every request that was sent alone, ``waves``
    those in files.
    """
    memory: dict[Place, Recalled[Reply]] = {}
    waves = waves or WaveHistory()
    for line in read_whole_lines(path):
        if line.get("event") == "opened":
            ledger.note_process()
        if line.get("event") not in {"sent", "answered", "wave"}:
            continue
        try:
            if line["event"] == "wave":
                waves.note_wave(line)
                continue
            place = read_place(line)
            if line["event"] == "sent" and "wave" in line:
                waves.note_queued(place, int(line["attempt"]), str(line["wave"]))
                memory.pop(place, None)
                continue
            _enter(ledger, place, line)
            if line["event"] == "answered":
                waves.note_answered(place)
            trial = TrialId(
                place.conversation, place.case, place.target, place.variant, place.repeat
            )
            if not wanted(trial):
                continue
            if line["event"] == "sent":
                memory[place] = "unknown"
            elif line.get("final", True):
                memory[place] = _read_answer(line)
            else:
                memory.pop(place, None)
        except (KeyError, TypeError, AttributeError, ValueError):
            continue  # a line of a later version
    return memory


def read_unknown(path: Path) -> UnknownRequests:
    """Read which requests of a journal were sent and have no answer."""
    ledger = Ledger()
    read_memory(path, lambda _: False, ledger)
    return ledger.gather()


def _enter(ledger: Ledger, place: Place, line: dict[str, Any]) -> None:
    """Enter a line into the ledger; a price that is none is not known."""
    if line["event"] == "sent":
        cost = line.get("most_usd")
        ledger.note_sent(place, cost if is_number(cost) and cost >= 0 else None)
    else:
        failure = line.get("failure") or {}
        kind, code = str(failure.get("kind", "")), str(failure.get("code", ""))
        ledger.note_answered(place, kind, code, final=line.get("final", True))


def _read_answer(line: dict[str, Any]) -> FinalAnswer[Reply]:
    answer = (
        reply_from_json(line["reply"]) if "reply" in line else failure_from_json(line["failure"])
    )
    return FinalAnswer(answer, line.get("attempt", 1), line.get("queued_s", 0.0))


def recall_as(known: Recalled[Reply] | None, kind: type[AnswerT]) -> Recalled[AnswerT] | None:
    """Return what the journal knows of a request to which answers are of this kind.

    An answer of another kind is none: the request is asked again.
    """
    if known is None or known == "unknown":
        return known
    answer: Reply | EmbeddingReply | Failure | None = known.answer
    if isinstance(answer, Reply) and kind is EmbeddingReply:
        answer = _as_vectors(answer)
    if isinstance(answer, Failure | kind):
        return FinalAnswer(answer, known.attempts, known.queued_s)
    return None


def _as_reply(answer: EmbeddingReply) -> Reply:
    """Return vectors in the form that the file keeps them in: a reply that holds them as text."""
    return Reply(
        text=json.dumps([pack(vector) for vector in answer.vectors]),
        finish_reason="stop",
        model=answer.model,
        usage=answer.usage,
        latency_s=answer.latency_s,
        request_id=answer.request_id,
    )


def _as_vectors(reply: Reply) -> EmbeddingReply | None:
    """Return the vectors that a kept reply holds, None where its text is none of ours."""
    try:
        packed = json.loads(reply.text)
        vectors = tuple(unpack(text) for text in packed)
    except (ValueError, TypeError):
        return None
    if not isinstance(packed, list):
        return None
    return EmbeddingReply(vectors, reply.model, reply.usage, reply.latency_s, reply.request_id)


def read_whole_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the decoded lines of a journal; what is torn, or no line of one, is passed over."""
    if not path.exists():
        return
    with explain_disk_errors(path, "read"), open_regular(path) as file:
        for raw in file:
            try:
                line = json.loads(raw)
            except (ValueError, RecursionError):
                continue
            if is_journal_line(line):
                yield line


def mend(path: Path) -> None:
    """Cut off a last line that a dying process did not finish."""
    if not path.exists():
        return
    with explain_disk_errors(path, "read"), os.fdopen(open_own(path, os.O_RDWR), "rb+") as file:
        size = file.seek(0, os.SEEK_END)
        keep = size
        while keep > 0:
            step = min(65536, keep)
            file.seek(keep - step)
            at = file.read(step).rfind(b"\n")
            if at >= 0:
                keep = keep - step + at + 1
                break
            keep -= step
        if keep < size:
            file.truncate(keep)


def _place_as_json(place: Place) -> dict[str, Any]:
    written = {
        "conversation": place.conversation,
        "case": place.case,
        "target": place.target,
        "variant": place.variant,
        "repeat": place.repeat,
        "turn": place.turn,
        "round": place.round,
    }
    if place.check:
        written["check"] = place.check
    return written


def read_place(line: dict[str, Any]) -> Place:
    """Return the place of the request that a line is about.

    Raises:
        KeyError: the line names none.
    """
    return Place(
        target=line["target"],
        conversation=line["conversation"],
        case=line["case"],
        variant=line["variant"],
        repeat=line["repeat"],
        turn=line["turn"],
        round=line["round"],
        check=line.get("check", ""),
    )
