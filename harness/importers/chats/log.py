"""A log of chats, as a format that can be converted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TextIO

from harness.azure.catalogue import find_newest_day
from harness.importers.chats.as_spec import write_spec
from harness.importers.chats.documents import (
    NOT_TEXT,
    Complaints,
    decode_documents,
    split_lines,
)
from harness.importers.chats.gathering import gather
from harness.importers.chats.openai_form import is_chat
from harness.importers.chats.spans import is_telemetry
from harness.importers.conversion import Conversion
from harness.importers.formats import SourceFile

USUAL_SAMPLE = 1000
"""Chats that are kept where nobody says how many: more of them cost more than they tell."""
LOOKED_AT = 20
"""Documents at the beginning, one of which must be a chat or a span."""


def recognise(source: SourceFile) -> bool:
    """Tell whether a file is a log: its first documents are JSON, and one is a chat or a span."""
    if source.text.lstrip("\ufeff \t\r\n")[:1] not in {"{", "["}:
        return False
    lines = split_lines(source.text)
    for _, document in islice(decode_documents(lines, "", Complaints()), LOOKED_AT):
        parts = document[:LOOKED_AT] if isinstance(document, list) else [document]
        if any(is_telemetry(one) or is_chat(one) for one in parts):
            return True
    return False


def convert(source: SourceFile) -> Conversion:
    """Convert a log: a data set of its chats, and the answers of then."""
    options = source.options
    sample = USUAL_SAMPLE if options.sample is None else options.sample
    with source.reader.stream(source.path) as file:
        lines = _decode_lines(file)
        gathered = gather(lines, source.path, sample=sample, seed=options.seed)
    return write_spec(gathered, _make_name(source.out), options.reference, find_newest_day())


def _decode_lines(file: TextIO) -> Iterator[str]:
    """Yield the lines of a file; one that is not UTF-8 is no JSON either, and is told as broken."""
    raw = getattr(file, "buffer", None)
    if raw is None:
        yield from file
        return
    for line in raw:
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            yield NOT_TEXT


def _make_name(out: str) -> str:
    """Return the name of the spec: that of the file that it will be in."""
    stem = re.sub(r"\.[^.]*$", "", re.split(r"[/\\]", out)[-1])
    kept = re.sub(r"[^\w.-]+", "-", stem).strip("-._")
    return kept[:60].rstrip("-._") or "chats"
