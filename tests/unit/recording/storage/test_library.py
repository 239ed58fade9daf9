"""Files of a cassette in use, by two processes at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from harness.conversation.ports import Place
from harness.exchange import PlainRequest, PlainResponse
from harness.recording.storage.exchange import RecordedExchange
from harness.recording.storage.folder import open_recorded, open_to_record
from harness.recording.storage.library import Library

PLACE = Place("sweden/mini", "founders", None, "default", 1, 1)
REPEATS = (1, 2, 3)


@contextmanager
def unlocked(path: Path) -> Iterator[None]:
    yield


def begin(library: Library, repeat: int) -> None:
    library.find_file(replace(PLACE, repeat=repeat)).open.add(repeat)


def end(library: Library, repeat: int, said: bytes) -> None:
    place = replace(PLACE, repeat=repeat)
    file = library.find_file(place)
    sent = PlainRequest("POST", "https://x.account.invalid/chat", {}, b'{"a": 1}')
    received = PlainResponse(200, {"content-type": "text/plain"}, said)
    file.fresh[repeat] = [RecordedExchange(place, sent, received, 0.1)]
    file.settle(repeat, keep_played=False)
    file.open.discard(repeat)
    library.finish_trial(place)


def list_recorded(path: Path) -> set[int]:
    folder = open_recorded(path, unlocked, record="harness eval")
    return Library(folder, records=False).find_file(PLACE).list_repeats()


def open_library(path: Path) -> Library:
    return Library(open_to_record(path, unlocked, "simulator"), records=True)


def test_what_another_process_writes_in_between_takes_no_repeat_away(tmp_path: Path) -> None:
    one, other = open_library(tmp_path), open_library(tmp_path)
    begin(one, 1)
    for repeat in (1, 2):
        begin(other, repeat)
        end(other, repeat, b"other")
    end(one, 1, b"one")
    begin(other, 3)
    end(other, 3, b"other")
    one.close()
    other.close()
    assert list_recorded(tmp_path) == {1, 2, 3}


@pytest.mark.parametrize("turns", sorted(set(permutations("aaabbb"))))
def test_two_that_record_the_same_have_all_of_it_in_whatever_order(
    tmp_path: Path, turns: tuple[str, ...]
) -> None:
    """Each letter ends one repeat of a process, whose next one then begins at once."""
    both = {name: (open_library(tmp_path), iter(REPEATS)) for name in "ab"}
    going = {name: next(repeats) for name, (_, repeats) in both.items()}
    for library, _ in both.values():
        begin(library, 1)
    for name in turns:
        library, repeats = both[name]
        end(library, going[name], name.encode())
        going[name] = next(repeats, 0)
        if going[name]:
            begin(library, going[name])
    for library, _ in both.values():
        library.close()
    assert list_recorded(tmp_path) == set(REPEATS)
