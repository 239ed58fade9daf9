"""Dividing what has gathered into files."""

from __future__ import annotations

import pytest

from harness.run.waves.dividing import Divider, FilePart, read_queue_limit
from harness.run.waves.ports import BatchLimits, InputLine

LINE = InputLine("/v1/chat/completions", b"0123456789")


def divide(limits: BatchLimits, lines: list[tuple[InputLine, int]]) -> list[list[int]]:
    divider = Divider[int](limits)
    full = [divider.add(number, line, tokens) for number, (line, tokens) in enumerate(lines)]
    return [part.items for part in (*full, divider.end()) if part is not None]


@pytest.mark.parametrize(
    ("limits", "lines", "files"),
    [
        (BatchLimits(), [], []),
        (BatchLimits(), [(LINE, 5)] * 3, [[0, 1, 2]]),
        (BatchLimits(lines=2), [(LINE, 5)] * 5, [[0, 1], [2, 3], [4]]),
        (BatchLimits(size=25), [(LINE, 5)] * 4, [[0, 1], [2, 3]]),
        (BatchLimits(size=5), [(LINE, 5)] * 2, [[0], [1]]),
        (BatchLimits(queue=20), [(LINE, 9)] * 3, [[0, 1], [2]]),
        (BatchLimits(queue=20), [(LINE, 10)] * 3, [[0], [1], [2]]),
        (BatchLimits(queue=20), [(LINE, 99), (LINE, 1)], [[0], [1]]),
        (BatchLimits(), [(LINE, 1), (InputLine("/v1/responses", b"x"), 1)], [[0], [1]]),
    ],
    ids=["none", "one", "lines", "bytes", "large", "queue", "spare", "too many tokens", "urls"],
)
def test_a_file_is_full_when_the_next_line_would_pass_a_limit(
    limits: BatchLimits, lines: list[tuple[InputLine, int]], files: list[list[int]]
) -> None:
    assert divide(limits, lines) == files


def test_no_line_is_lost_or_twice_in_a_hundred_thousand_and_one() -> None:
    files = divide(BatchLimits(), [(LINE, 0)] * 100_001)
    assert [len(file) for file in files] == [100_000, 1]
    assert [number for file in files for number in file] == list(range(100_001))


def test_a_file_is_halved_with_its_tokens() -> None:
    part = FilePart[int]("/u")
    for number in range(5):
        part.add(number, LINE, 10)
    halves = list(part.split())
    assert [half.items for half in halves] == [[0, 1], [2, 3, 4]]
    assert [half.tokens for half in halves] == [20, 30]
    assert [half.size for half in halves] == [20, 30]


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ("surpassed the configured limit of 30K for the deployment 'x'. Please", 30_000),
        ("the configured limit of 1.5M for", 1_500_000),
        ("the configured limit of 24,487,000 for", 24_487_000),
        ("the limit of 5B.", 5_000_000_000),
        ("too many tokens", None),
        ("a limit of ,. for", None),
    ],
)
def test_the_limit_of_a_queue_is_read_from_its_words(said: str, limit: int | None) -> None:
    assert read_queue_limit(said) == limit
