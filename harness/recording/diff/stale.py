"""Saying how a request differs from its recording: what changed, not that a key was not found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

from harness.conversation.ports import Place
from harness.recording.diff.request_diff import (
    RequestDifference,
    list_differences,
    list_value_differences,
)
from harness.recording.diff.request_view import find_api, read_request
from harness.recording.diff.word_diff import shorten
from harness.recording.storage.exchange import CommandSlot, Slot

__all__ = ["LONGEST_LINE", "MOST_LINES", "describe", "explain"]

MOST_LINES: Final = 12
LONGEST_LINE: Final = 300
_MOST_COUNTED: Final = 200
"""Differences that are looked at; a body that differs in more is another body."""

Body = Mapping[str, Any]


def explain(
    asked: Body | None,
    nearest: Body | None,
    slot: Slot,
    *,
    url: str,
    recorded: Iterable[Slot] = (),
) -> str:
    """Say what was asked, and how it differs from the recording that is nearest to it.

    Args:
        asked: the JSON body of the request, None when it has none.
        nearest: the body that was recorded, None when nothing near it was.
        slot: who asked.
        url: where it was asked.
        recorded: slots of the same conversation or command that are in the cassette, to say what
            is there when this one is not.

    Returns:
        At most a dozen lines, safe to print; the first one is the whole story in short.
    """
    if nearest is None:
        return "\n".join(_describe_missing(slot, url, list(recorded)))
    return describe(_list_differences(asked or {}, nearest, url), slot, url=url)


def describe(differences: Iterable[RequestDifference], slot: Slot, *, url: str) -> str:
    """Describe how a request differs from the nearest recording, in the words of ``explain``."""
    found = list(islice(differences, _MOST_COUNTED))
    if not found:
        return _shorten(f"{_name_asker(slot, url)} was asked once more than it was recorded")
    lines = [f"{_name_asker(slot, url)} is not what was recorded: {_name_parts(found)} changed"]
    room = MOST_LINES - 1 if len(found) <= MOST_LINES - 1 else MOST_LINES - 2
    lines += [f"  {one}" for one in found[:room]]
    if len(found) > room:
        lines.append(f"  … and {_count(len(found) - room, 'more difference')}")
    return "\n".join(_shorten(line) for line in lines)


def _list_differences(asked: Body, recorded: Body, url: str) -> Iterator[RequestDifference]:
    api = find_api(url)
    new, old = read_request(asked, api), read_request(recorded, api)
    if new is not None and old is not None:
        found = iter(list_differences(new, old))
        first = next(found, None)
        if first is not None:
            yield first
            yield from found
            return
    # They read alike, or are no conversation: whatever differs is named by where it stands.
    yield from list_value_differences(asked, recorded)


def _name_parts(found: Sequence[RequestDifference]) -> str:
    names = list(dict.fromkeys(one.part for one in found))
    if len(names) > 4:
        names[3:] = [f"{len(names) - 3} more"]
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _describe_missing(slot: Slot, url: str, recorded: Sequence[Slot]) -> Iterator[str]:
    yield _shorten(f"{_name_asker(slot, url)} was not recorded")
    yield _shorten(f"  {_show_address(url)}")
    if isinstance(slot, CommandSlot):
        return
    places = [place for place in recorded if isinstance(place, Place)]
    repeats = sorted({place.repeat for place in places})
    turns = sorted({place.turn for place in places if place.repeat == slot.repeat})
    if repeats and slot.repeat not in repeats:
        yield f"  recorded: repeat{_show_numbers(repeats)}"
    elif turns and slot.turn not in turns:
        yield f"  recorded: turn{_show_numbers(turns)}"


def _show_numbers(numbers: Sequence[int]) -> str:
    """Write ``s 1-3, 5`` or `` 1``: runs of numbers that follow each other as one."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs[:8]]
    if len(runs) > 8:
        shown.append("…")
    return ("s " if len(numbers) > 1 else " ") + ", ".join(shown)


def _name_asker(slot: Slot, url: str) -> str:
    """Return ``turn 2 of founders on sweden/mini (repeat 2)``."""
    if isinstance(slot, CommandSlot):
        return f"{shorten(slot.name, 40)}: what it asks of {_show_address(url)}"
    turn = f"turn {slot.turn}" if slot.turn else "the whole conversation"
    asks = f"check {shorten(slot.check, 20)} of {turn}" if slot.check else turn
    about = [
        f"case {shorten(slot.case, 40)}" if slot.case is not None else "",
        f"variant {shorten(slot.variant, 40)}" if slot.variant != "default" else "",
        f"repeat {slot.repeat}" if slot.repeat != 1 else "",
        f"request {slot.round} of the turn" if slot.round != 1 else "",
    ]
    aside = ", ".join(filter(None, about))
    return (
        f"{asks} of {shorten(slot.conversation, 80)} on {shorten(slot.target, 80)}"
        f"{f' ({aside})' if aside else ''}"
    )


def _show_address(url: str) -> str:
    """Return host and end of the path: a query may hold anything."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return shorten(url, 160)
    path = parts.path if len(parts.path) <= 90 else f"…{parts.path[-89:]}"
    return shorten(f"{parts.netloc.rpartition('@')[2]}{path}", 160)


def _count(count: int, what: str) -> str:
    number = f"{count}+" if count >= _MOST_COUNTED - MOST_LINES else str(count)
    return f"{number} {what}" + ("s" if count != 1 else "")


def _shorten(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"
