"""The blocks of a page: the summary, the times of turns, and transcripts in chunks.

The lines of ``results.jsonl`` are copied as they are and read a conversation at a time: what the
page needs of them in memory is a few numbers a trial.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from harness.compare.summary import Summary
from harness.report.payload.facts import Facts
from harness.report.payload.head import describe_head
from harness.report.payload.order import (
    PlayedConversation,
    find_changed,
    list_conversations,
    sort_by_interest,
)
from harness.report.payload.past import write_history
from harness.report.payload.relations import write_comparison, write_parities
from harness.report.pictures import Album
from harness.report.plays import Name, list_columns
from harness.report.view import Page
from harness.results.codec import encode_line
from harness.results.glance import read_glances
from harness.results.model import Run, RunInfo

TRIALS_OF_CHUNK = 250
"""A case opens in the time that one chunk takes to inflate: some 20 ms of half a megabyte."""

CHARACTERS_OF_CHUNK = 2_000_000
"""Of long transcripts a chunk holds fewer."""

MOST_TRANSCRIPTS = 25_000_000
"""Characters of all chunks: beyond, a page is slow to send and to open from disk."""

Block = tuple[str, str]
"""A name and its base64."""

Lines = list[bytes]
"""Of results.jsonl, without their newlines."""


def make_blocks(
    run: Run,
    summary: Summary,
    page: Page,
    spec: Mapping[str, Any] | None,
    history: Sequence[RunInfo] = (),
    base: Run | None = None,
) -> list[Block]:
    """Make the blocks of a run's page; the summary comes first, for the application begins with it.

    Conversations that failed, are flaky or changed come first, and of what is left as many as the
    page has room for: their transcripts stand in it. Where a conversation changed, what it was in
    the ``base`` of the comparison stands beside it.
    """
    columns = list_columns(summary)
    conversations = list_conversations(summary, columns)
    facts = Facts(conversations)
    shelf = _Shelf(Album.of(spec))
    changed = find_changed(summary.comparison)
    before = _read_lines_of(base, changed) if base else {}
    for conversation in sort_by_interest(conversations, changed):
        glances = read_glances(run.results, conversation.results)
        facts.add(conversation, glances)
        if not shelf.is_full:
            lines = [line for _, line in glances]
            shelf.put(conversation, lines, before.get(conversation.name, []))
    shelf.flush()
    payload = (
        describe_head(run, page, spec, summary, columns)
        | facts.write()
        | {
            "comparison": write_comparison(summary.comparison, columns, conversations),
            "parities": write_parities(summary.parities),
            "history": write_history(history),
            "conversations": facts.write_conversations(shelf.places),
            "omitted": len(conversations) - len(shelf.places),
        }
    )
    return [("summary", _pack(payload)), ("turns", _pack(facts.write_turns())), *shelf.blocks]


class _Shelf:
    """The transcripts that the page has room for, chunk by chunk.

    ``places`` maps the index of a conversation to the number of its chunk; ``blocks`` are those
    that are packed, at most a little more than the page has room for.
    """

    def __init__(self, album: Album) -> None:
        self.places: dict[int, int] = {}
        self.blocks: list[Block] = []
        self.is_full = False
        self._album = album
        self._left = MOST_TRANSCRIPTS
        self._number = 0
        self._waiting: list[bytes] = []
        self._trials = 0
        self._characters = 0

    def put(self, conversation: PlayedConversation, lines: Lines, before: Lines) -> None:
        shown = self._album.take(conversation.id)
        pictures = {str(turn): [asdict(one) for one in many] for turn, many in shown.items()}
        more = b',"pictures":' + encode_line(pictures).encode() if pictures else b""
        if before:
            more += b',"base":[%b]' % b",".join(before)
        entry = b'"%d":{"head":[%b]%b}' % (conversation.index, b",".join(lines), more)
        self._waiting.append(entry)
        self._trials += len(lines)
        self._characters += len(entry)
        self.places[conversation.index] = self._number
        if self._trials >= TRIALS_OF_CHUNK or self._characters >= CHARACTERS_OF_CHUNK:
            self.flush()

    def flush(self) -> None:
        if not self._waiting:
            return
        block = _pack_bytes(b"{%b}" % b",".join(self._waiting))
        self.blocks.append((f"t{self._number}", block))
        self._left -= len(block)
        self.is_full = self._left <= 0
        self._number += 1
        self._waiting, self._trials, self._characters = [], 0, 0


def _read_lines_of(run: Run, names: Collection[Name]) -> dict[Name, Lines]:
    """Read the lines of some conversations of another run."""
    found: dict[Name, Lines] = {}
    for index in range(len(run.results)):
        (trial, line), *_ = read_glances(run.results, [index])
        if (name := (trial.conversation, trial.case)) in names:
            found.setdefault(name, []).append(line)
    return found


def _pack(value: object) -> str:
    return _pack_bytes(encode_line(value).encode())


def _pack_bytes(text: bytes) -> str:
    # Level 6 halves nothing against 4 but the speed; without a file's name and time in its header
    # the same run gives the same bytes.
    packer = zlib.compressobj(4, zlib.DEFLATED, 31)
    return base64.b64encode(packer.compress(text) + packer.flush()).decode("ascii")
