"""Requests of commands to the management plane: recorded whole, command by command, or played.

A command's requests depend on each other, so they are never mixed: recording a command again
replaces all that it said before, whatever the mode.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from harness.errors import Diagnostic, OutsideError
from harness.exchange import PlainRequest, PlainResponse
from harness.plan.observed import HASH_TAG, REPLACED_TAG
from harness.recording.diff.nearest import find_nearest
from harness.recording.diff.stale import explain
from harness.recording.storage.bodies import read_document, rewrite_body
from harness.recording.storage.exchange import CommandSlot, RecordedExchange
from harness.recording.storage.folder import STALE, BrokenFileError, make_changed_error
from harness.recording.storage.library import Library
from harness.recording.storage.recorded_file import RecordedFile
from harness.redaction.hiding import Redaction

KEYS: Final = ("/listkeys", "/regeneratekey")
"""Endings of paths whose answers are keys: asked for real, never recorded, made up in a replay."""

_FINGERPRINT: Final = re.compile(
    rb'("(?:' + f"{HASH_TAG}|{REPLACED_TAG}".encode() + rb')"\s*:\s*")[^"]*'
)
"""A tag's hash of what is declared: the declaration beside it says what changed, and a name that
came from the environment is another one in a replay."""

MADE_UP_KEYS: Final = PlainResponse(
    200, {"content-type": "application/json"}, b'{"key1": "replayed", "key2": "replayed"}'
)
WAITS: Final = frozenset({"retry-after", "retry-after-ms"})
"""Headers that a replay leaves out: nobody waits for what has happened."""


@dataclass(slots=True)
class CommandRecording:
    """The exchanges of the command that is running.

    Threads share it: accounts are worked on beside each other.

    Attributes:
        replays: answers come from the cassette; otherwise every request is sent and recorded.
        now: the time of day, UTC, ISO 8601.
        again: what to type to record a command again, by its name.
    """

    library: Library
    redaction: Redaction
    replays: bool
    now: Callable[[], str]
    again: Callable[[str], str]
    _command: CommandSlot | None = None
    _fresh: list[RecordedExchange] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_recorded(self, sent: PlainRequest) -> bool:
        """Return whether a request is a command's; signing in and asking for keys is not."""
        return self._command is not None and _is_management(sent) and not _asks_for_keys(sent)

    def answer(self, sent: PlainRequest) -> PlainResponse | None:
        """Return the recorded answer, restored, which every request has in a replay; else None.

        Raises:
            OutsideError: it was not recorded.
        """
        if not self.replays:
            return None
        with self._lock:
            return self._find_answer(sent)

    def keep(self, sent: PlainRequest, received: PlainResponse, latency_s: float) -> None:
        """Take in the answer to a request that was sent; for what ``heeds`` says yes to."""
        command = self._command
        if command is None:
            return
        answer = PlainResponse(
            received.status,
            self.redaction.hide_headers(received.headers),
            self._hide(received.body),
        )
        with self._lock:
            self._fresh.append(RecordedExchange(command, self._redact(sent), answer, latency_s))

    def find_day(self) -> date | None:
        """Return the day on which the running command was recorded, None when it was not.

        Raises:
            OutsideError: the file was changed.
        """
        if self._command is None:
            return None
        self._open_file()
        day = self.library.days.get(self._command.name)
        return None if day is None else date.fromisoformat(day)

    @contextmanager
    def command(self, name: str, today: date) -> Iterator[None]:
        """Let requests that belong to no turn be this command's, in all threads.

        Where a command ends in an error, what it said is kept only if nothing was recorded of
        it before: an error never replaces an answer.

        Args:
            name: the command.
            today: the day it is in this Azure; a replay plans for the day of the recording.

        Raises:
            OutsideError: after the block, in a replay: something recorded was never asked.
        """
        before, self._command = self._command, CommandSlot(name)
        try:
            yield
        except BaseException:
            self._settle(CommandSlot(name), today, errored=True)
            raise
        else:
            self._settle(CommandSlot(name), today)
            if self.replays:
                self._require_all_played(CommandSlot(name))
        finally:
            self._command = before

    # --- within -------------------------------------------------------------------------------

    def _find_answer(self, sent: PlainRequest) -> PlainResponse:
        if _asks_for_keys(sent):
            return MADE_UP_KEYS
        command = self._command
        if command is None:
            said = f"{sent.method} {self.redaction.hide_document(sent.url)}"
            raise self._make_stale_error(
                "a request that no recording knows was about to be sent", said
            )
        file, asked = self._open_file(), self._redact(sent)
        number = file.find(command, asked)
        if number is None:
            raise self._make_miss_error(command, asked, file)
        file.played.add(number)
        received, restore = file.exchanges[number].received, self.redaction.restore_text
        return replace(
            received,
            headers={
                name: restore(value)
                for name, value in received.headers.items()
                if name not in WAITS
            },
            body=rewrite_body(received.body, restore, lambda body: body),
        )

    def _make_miss_error(
        self, command: CommandSlot, asked: PlainRequest, file: RecordedFile
    ) -> OutsideError:
        own = [one for one in file.exchanges if one.slot == command]
        if not own:
            return OutsideError(
                Diagnostic(
                    STALE,
                    f"{command.name} was never recorded here",
                    hint=f"record it: {self.again(command.name)}",
                )
            )
        path = urlsplit(asked.url).path
        alike = [
            document
            for one in own
            if one.sent.method == asked.method
            and urlsplit(one.sent.url).path == path
            and (document := read_document(one.sent.body)) is not None
        ]
        body = read_document(asked.body)
        text = explain(
            body,
            find_nearest(body, alike) if body is not None else None,
            command,
            url=f"{asked.method} {path}",
            recorded=[one.slot for one in own],
        )
        summary, _, detail = text.partition("\n")
        return self._make_stale_error(summary, detail, command.name)

    def _require_all_played(self, command: CommandSlot) -> None:
        file = self._open_file()
        left = [
            one
            for number, one in enumerate(file.exchanges)
            if one.slot == command and number not in file.played
        ]
        if left:
            said = [f"{one.sent.method} {urlsplit(one.sent.url).path}" for one in left[:5]]
            more = [f"and {len(left) - 5} more"] if len(left) > 5 else []
            raise self._make_stale_error(
                f"{command.name} no longer asks for everything that was recorded",
                "\n".join([*said, *more]),
                command.name,
            )

    def _settle(self, command: CommandSlot, today: date, *, errored: bool = False) -> None:
        """Put what the command said in the place of what it said when it was last recorded."""
        with self._lock:
            fresh, self._fresh = self._fresh, []
        if not fresh:
            return
        file = self._open_file()
        has_answers = any(one.slot == command for one in file.exchanges)
        if errored and (has_answers or self.library.folder.replaces):
            return
        file.exchanges = [*(one for one in file.exchanges if one.slot != command), *fresh]
        file.sort()
        self.library.days[command.name] = today.isoformat()
        self.library.keep_management(self.now())

    def _open_file(self) -> RecordedFile:
        try:
            return self.library.open_management()
        except BrokenFileError as error:
            hint = "bring it back from version control, or record it again with --record"
            raise make_changed_error(error, hint) from error

    def _make_stale_error(self, summary: str, detail: str, command: str = "") -> OutsideError:
        again = self.again(command) if command else "record it with --record"
        return OutsideError(
            Diagnostic(STALE, summary, detail, hint=f"if that is meant, record it again: {again}")
        )

    def _redact(self, sent: PlainRequest) -> PlainRequest:
        """Return a request as the cassette has it."""
        return PlainRequest(
            sent.method,
            self.redaction.hide_document(sent.url),
            self.redaction.hide_headers(sent.headers),
            _FINGERPRINT.sub(rb"\g<1>-", self._hide(sent.body)),
        )

    def _hide(self, body: bytes) -> bytes:
        return rewrite_body(body, self.redaction.hide_document, self.redaction.hide_bytes)


def _is_management(sent: PlainRequest) -> bool:
    """Return whether a request goes to Azure Resource Manager, or probes a deployment."""
    path = urlsplit(sent.url).path
    return path.startswith(("/subscriptions/", "/providers/")) or "/openai/" in path


def _asks_for_keys(sent: PlainRequest) -> bool:
    return urlsplit(sent.url).path.lower().endswith(KEYS)
