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

from harness.importers.chats.chat import LoggedChat, NotAChatError
from harness.importers.chats.documents import Complaints, decode_documents
from harness.importers.chats.openai_form import read_chat
from harness.importers.chats.spans import SpanReader, is_telemetry
from harness.importers.conversion import Unmapped
from harness.redaction.hiding import Redaction

_FEW_FINDINGS = 5


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
