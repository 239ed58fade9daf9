"""Gather the chats of a log, however long it is: each once, some of them, without secrets.

A log is read line by line and nothing but the chats that are kept stays in memory, and eight bytes
of each that was seen. The choice follows from the seed and a chat's own text: it does not depend on
the order of the log, and a log that grows keeps most of it.
"""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from harness.importers.chats.chat import LoggedChat, NotAChatError
from harness.importers.chats.openai_form import read_chat
from harness.importers.chats.spans import SpanReader, is_telemetry
from harness.importers.conversion import Fate, Unmapped
from harness.redaction.hiding import Redaction
from harness.source import Span

MOST_PLACES = 10
"""Places that are told of each cause; beyond it they are counted."""
LONGEST_LINE = 64 * 2**20
"""Characters; a longer line is none of a log, and is not parsed."""

NOT_TEXT = "\udc80\n"
"""A line that stands for one that is not UTF-8."""

_FEW_FINDINGS = 5


class Complaints:
    """Everything that did not map, once for each cause with the lines that have it."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], tuple[Span, Fate]] = {}
        self._lines: dict[tuple[str, str], list[int]] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, span: Span, what: str, reason: str, fate: Fate = "left out") -> None:
        """Note a thing, its place, and why it is not in the spec."""
        key = (what, reason)
        self._counts[key] += 1
        if key not in self._first:
            self._first[key] = (span, fate)
            self._lines[key] = []
        elif len(self._lines[key]) < MOST_PLACES:
            self._lines[key].append(span.line)

    def list_unmapped(self) -> tuple[Unmapped, ...]:
        """Return them in the order in which each was first met."""
        found = []
        for key, (span, fate) in self._first.items():
            what, reason = key
            more = self._counts[key] - 1
            if more:
                lines = ", ".join(map(str, self._lines[key]))
                rest = ", …" if more > len(self._lines[key]) else ""
                noun = "line" if more == 1 else "lines"
                reason = f"{reason} (the same on {more:,} more {noun}: {lines}{rest})"
            found.append(Unmapped(span, what, reason, fate))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class GatheredChats:
    """The chats of a log that were kept, in its order.

    Attributes:
        chats: without what looks like a secret.
        seen: how many chats the log holds.
        double: how many of them were the same question as one before.
        hidden: how often something that looks like a secret was hidden, by its kind.
        hidden_at: the first places where that was, and its kinds.
        unmapped: everything that was not taken over.
    """

    chats: tuple[LoggedChat, ...]
    seen: int = 0
    double: int = 0
    hidden: Counter[str] = field(default_factory=Counter)
    hidden_at: tuple[str, ...] = ()
    unmapped: tuple[Unmapped, ...] = ()

    @property
    def different(self) -> int:
        """The number of different chats, from which those that are kept were taken."""
        return self.seen - self.double


def gather(lines: Iterable[str], file: str, *, sample: int | None, seed: int) -> GatheredChats:
    """Gather the chats of a log.

    Args:
        lines: its lines, read as they are asked for.
        file: its path, as messages have it.
        sample: how many are kept at the most; None for all.
        seed: of the choice.
    """
    complaints = Complaints()
    known: set[bytes] = set()
    kept: list[tuple[int, int, LoggedChat]] = []
    seen = 0
    for number, chat in enumerate(read_log(lines, file, complaints)):
        seen += 1
        question = chat.question.encode("utf-8", "replace")
        key = blake2b(question, digest_size=8).digest()
        if key in known:
            continue
        known.add(key)
        for note in chat.notes:
            complaints.add(chat.place, note, "a spec has no place for it")
        if sample is None:
            kept.append((0, number, chat))
            continue
        rank = blake2b(key, digest_size=8, salt=seed.to_bytes(16, "little", signed=True)).digest()
        # The heap's first is the one that goes next: the largest rank of those kept.
        entry = (-int.from_bytes(rank), number, chat)
        if len(kept) < sample:
            heapq.heappush(kept, entry)
        elif kept and entry[:2] > kept[0][:2]:
            heapq.heapreplace(kept, entry)
    kept.sort(key=lambda entry: entry[1])
    redaction = Redaction({})
    places: list[str] = []
    chats = tuple(_hide(chat, redaction, places) for _, _, chat in kept)
    return GatheredChats(
        chats,
        seen,
        seen - len(known),
        redaction.replaced,
        tuple(places),
        complaints.list_unmapped(),
    )


def read_log(lines: Iterable[str], file: str, complaints: Complaints) -> Iterator[LoggedChat]:
    """Yield the chats of a log, in OpenAI's forms or as spans; what is none is complained of."""
    spans = SpanReader(complaints)
    for place, value in decode_documents(lines, file, complaints):
        for one in value if isinstance(value, list) else [value]:
            if is_telemetry(one):
                yield from spans.read(one, place)
                continue
            try:
                yield read_chat(one, place)
            except NotAChatError as error:
                complaints.add(place, "a line", str(error), "broken")
    yield from spans.end()


def split_lines(text: str) -> Iterator[str]:
    """Yield the lines of a text; other characters that some take for a line's end are none here."""
    return (line + "\n" for line in text.split("\n"))


def decode_documents(
    lines: Iterable[str], file: str, complaints: Complaints
) -> Iterator[tuple[Span, Any]]:
    """Yield the JSON documents of a file: one a line, or written over several, as people read them.

    A document of several lines begins with a lone ``{`` or ``[`` and ends with a line that closes
    it at the margin, as exporters and editors write it.
    """
    begun: list[str] = []
    first = 0
    for number, raw in enumerate(lines, start=1):
        line = raw.removeprefix("\ufeff") if number == 1 else raw
        if begun:
            begun.append(line)
            if line[:1] in "}]" and line.strip().rstrip(",") in {"}", "]"}:
                yield from _decode("".join(begun), Span(file, first, 1), complaints)
                begun = []
            continue
        if line.strip() in {"{", "["}:
            begun, first = [line], number
        elif line.strip():
            yield from _decode(line, Span(file, number, 1), complaints)
    if begun:
        yield from _decode("".join(begun), Span(file, first, 1), complaints)


def _decode(text: str, place: Span, complaints: Complaints) -> Iterator[tuple[Span, Any]]:
    if text == NOT_TEXT:
        complaints.add(place, "a line", "it is not UTF-8 text", "broken")
        return
    if len(text) > LONGEST_LINE:
        complaints.add(place, "a line", "it is longer than 64 MB", "broken")
        return
    try:
        yield place, json.loads(text.strip().rstrip(","))
    except json.JSONDecodeError as error:
        at = replace(place, line=place.line + error.lineno - 1, column=error.colno)
        complaints.add(at, "a line", f"it is not JSON: {error.msg}", "broken")
    except (ValueError, RecursionError):
        complaints.add(place, "a line", "it is not JSON that can be read", "broken")


def _hide(chat: LoggedChat, redaction: Redaction, places: list[str]) -> LoggedChat:
    """Return a chat without what looks like a secret, as recordings are kept."""
    before = redaction.replaced.copy()
    said = [chat.system, list(chat.messages), chat.answer, list(chat.tools), chat.parameters]
    hidden = json.loads(redaction.hide_text(json.dumps(said, ensure_ascii=False)))
    kinds = sorted(redaction.replaced - before)
    if kinds and len(places) < _FEW_FINDINGS:
        places.append(f"{chat.place.file}:{chat.place.line} {', '.join(kinds)}")
    if hidden == said:
        return chat
    system, messages, answer, tools, parameters = hidden
    return replace(
        chat,
        system=system,
        messages=tuple(messages),
        answer=answer,
        tools=tuple(tools),
        parameters=parameters,
    )
