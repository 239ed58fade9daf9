"""The waves that a journal tells of."""

from __future__ import annotations

from typing import Any

import pytest

from harness.conversation.ports import Place
from harness.run.waves.history import WaveHistory

A, B = (Place("acc/bulk", "hello", None, "default", repeat, turn=1) for repeat in (1, 2))


def note(book: WaveHistory, state: str, wave: str = "2.1", **facts: Any) -> None:
    book.note_wave({"event": "wave", "wave": wave, "state": state, **facts})


def begin(book: WaveHistory) -> None:
    note(book, "begun", target="acc/bulk", name="harness-x-2.1.jsonl", url="/v1/chat/completions")
    book.note_queued(A, 1, "2.1")
    book.note_queued(B, 2, "2.1")


@pytest.mark.parametrize(
    ("states", "file", "batch"),
    [
        ((), "", ""),
        ((("uploaded", {"file": "f"}),), "f", ""),
        ((("uploaded", {"file": "f"}), ("submitted", {"file": "f", "batch": "b"})), "f", "b"),
        (
            (
                ("uploaded", {"file": "f"}),
                ("submitted", {"file": "f", "batch": "b"}),
                ("uploaded", {"file": "f"}),
            ),
            "f",
            "",
        ),
    ],
    ids=["begun", "uploaded", "submitted", "refused for room"],
)
def test_an_open_wave_is_as_far_as_its_last_line_says(
    states: tuple[tuple[str, dict[str, str]], ...], file: str, batch: str
) -> None:
    book = WaveHistory()
    begin(book)
    for state, facts in states:
        note(book, state, **facts)
    (wave,) = book.open_waves
    assert (wave.file, wave.batch, wave.target) == (file, batch, "acc/bulk")
    assert wave.members == {A: 1, B: 2}
    assert book.last == 2


def test_what_is_answered_is_no_member_any_more() -> None:
    book = WaveHistory()
    begin(book)
    book.note_answered(A)
    (wave,) = book.open_waves
    assert wave.members == {B: 2}


@pytest.mark.parametrize("state", ["ended", "dropped"])
def test_a_closed_wave_is_forgotten_and_its_number_is_not(state: str) -> None:
    book = WaveHistory()
    begin(book)
    note(book, state)
    assert not book.open_waves
    assert book.last == 2


def test_a_request_that_is_in_a_later_wave_belongs_to_that_one() -> None:
    book = WaveHistory()
    begin(book)
    note(book, "dropped")
    note(book, "begun", "3.1", target="acc/bulk", name="n", url="u")
    book.note_queued(A, 1, "3.1")
    book.note_answered(A)
    (wave,) = book.open_waves
    assert (wave.label, wave.members) == ("3.1", {})
