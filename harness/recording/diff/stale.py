"""Saying how a request differs from its recording: what changed, not that a key was not found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

from harness.conversation.ports import Place
from harness.recording.diff.nearest import nearest
from harness.recording.diff.request_diff import RequestDifference, differences, value_differences
from harness.recording.diff.request_view import api_of, asked_of
from harness.recording.diff.word_diff import shortened
from harness.recording.storage.exchange import CommandSlot, Slot

__all__ = ["LONGEST_LINE", "MOST_LINES", "explain", "nearest", "told"]

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
        return "\n".join(_missing(slot, url, list(recorded)))
    return told(_differences(asked or {}, nearest, url), slot, url=url)


def told(differences: Iterable[RequestDifference], slot: Slot, *, url: str) -> str:
    """The differences between a request and the recording nearest to it, as ``explain`` says."""
    found = list(islice(differences, _MOST_COUNTED))
    if not found:
        return _short(f"{_who(slot, url)} was asked once more than it was recorded")
    lines = [f"{_who(slot, url)} is not what was recorded: {_parts(found)} changed"]
    room = MOST_LINES - 1 if len(found) <= MOST_LINES - 1 else MOST_LINES - 2
    lines += [f"  {one}" for one in found[:room]]
    if len(found) > room:
        lines.append(f"  … and {_counted(len(found) - room, 'more difference')}")
    return "\n".join(_short(line) for line in lines)


def _differences(asked: Body, recorded: Body, url: str) -> Iterator[RequestDifference]:
    api = api_of(url)
    new, old = asked_of(asked, api), asked_of(recorded, api)
    if new is not None and old is not None:
        found = iter(differences(new, old))
        first = next(found, None)
        if first is not None:
            yield first
            yield from found
            return
    # They read alike, or are no conversation: whatever differs is named by where it stands.
    yield from value_differences(asked, recorded)


def _parts(found: Sequence[RequestDifference]) -> str:
    names = list(dict.fromkeys(one.part for one in found))
    if len(names) > 4:
        names[3:] = [f"{len(names) - 3} more"]
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _missing(slot: Slot, url: str, recorded: Sequence[Slot]) -> Iterator[str]:
    yield _short(f"{_who(slot, url)} was not recorded")
    yield _short(f"  {_address(url)}")
    if isinstance(slot, CommandSlot):
        return
    places = [place for place in recorded if isinstance(place, Place)]
    repeats = sorted({place.repeat for place in places})
    turns = sorted({place.turn for place in places if place.repeat == slot.repeat})
    if repeats and slot.repeat not in repeats:
        yield f"  recorded: repeat{_numbers(repeats)}"
    elif turns and slot.turn not in turns:
        yield f"  recorded: turn{_numbers(turns)}"


def _numbers(numbers: Sequence[int]) -> str:
    """``s 1-3, 5`` or `` 1``: runs of numbers that follow each other as one."""
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


def _who(slot: Slot, url: str) -> str:
    """``turn 2 of founders on sweden/mini (repeat 2)``."""
    if isinstance(slot, CommandSlot):
        return f"{shortened(slot.name, 40)}: what it asks of {_address(url)}"
    turn = f"turn {slot.turn}" if slot.turn else "the whole conversation"
    asks = f"check {shortened(slot.check, 20)} of {turn}" if slot.check else turn
    about = [
        f"case {shortened(slot.case, 40)}" if slot.case is not None else "",
        f"variant {shortened(slot.variant, 40)}" if slot.variant != "default" else "",
        f"repeat {slot.repeat}" if slot.repeat != 1 else "",
        f"request {slot.round} of the turn" if slot.round != 1 else "",
    ]
    aside = ", ".join(filter(None, about))
    return (
        f"{asks} of {shortened(slot.conversation, 80)} on {shortened(slot.target, 80)}"
        f"{f' ({aside})' if aside else ''}"
    )


def _address(url: str) -> str:
    """Host and end of the path: a query may hold anything."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return shortened(url, 160)
    path = parts.path if len(parts.path) <= 90 else f"…{parts.path[-89:]}"
    return shortened(f"{parts.netloc.rpartition('@')[2]}{path}", 160)


def _counted(count: int, what: str) -> str:
    number = f"{count}+" if count >= _MOST_COUNTED - MOST_LINES else str(count)
    return f"{number} {what}" + ("s" if count != 1 else "")


def _short(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"
