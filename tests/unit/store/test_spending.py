"""The spending of a run, as its journal tells it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.run.requests.spent import Spent
from harness.store.spending import read_spent

MOST: dict[str, Any] = {"most_usd": 0.5, "most_tokens": 100}
TOOK: dict[str, Any] = {"took_usd": 0.25, "took_tokens": 40}


def line(event: str, turn: int = 1, second: float = 0.0, **more: Any) -> dict[str, Any]:
    return {
        "event": event, "conversation": "c", "case": None, "target": "t", "variant": "default",
        "repeat": 1, "turn": turn, "round": 1, "attempt": 1,
        "at": f"2026-11-22T13:00:{second:06.3f}+00:00", **more,
    }  # fmt: skip


def spend(tmp_path: Path, *lines: Mapping[str, Any], torn: str = "") -> Spent:
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in lines) + torn, encoding="utf-8")
    return read_spent(path)


def test_an_answer_counts_at_what_it_took(tmp_path: Path) -> None:
    sent, answered = line("sent", **MOST), line("answered", **TOOK)
    assert spend(tmp_path, sent, answered) == Spent(0.25, 1, 40)


def test_a_request_in_doubt_counts_at_its_most_also_when_it_was_sent_again(tmp_path: Path) -> None:
    sent, answered = line("sent", **MOST), line("answered", **TOOK)
    assert spend(tmp_path, sent, torn='{"event":"answ') == Spent(0.5, 1, 100)
    assert spend(tmp_path, sent, sent, answered) == Spent(0.75, 2, 140)


@pytest.mark.parametrize("written", [None, [], "much", True])
def test_what_the_journal_does_not_say_is_unknown_and_not_nothing(
    tmp_path: Path, written: object
) -> None:
    spent = spend(tmp_path, line("sent", most_usd=written, most_tokens=written))
    assert spent == Spent(0.0, 1, 0, unpriced=1)


def test_minutes_are_those_in_which_a_process_wrote(tmp_path: Path) -> None:
    spent = spend(
        tmp_path,
        line("opened", second=0),
        line("described", second=30),  # killed here; gone on with a while later
        line("opened", second=50),
        line("ended", second=56),
        line("opened", second=59),
        {"event": "ended", "at": "yesterday"},
    )
    assert (spent.processes, spent.minutes) == (3, 0.6)
