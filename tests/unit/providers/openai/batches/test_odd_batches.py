"""What no service should say of its files and batches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from openai.types import Batch

from harness.providers.connections import LARGEST_BODY_BYTES, BodyTooLargeError
from harness.providers.openai.batches.lines import split_lines
from harness.providers.openai.batches.service import read_batch


@pytest.mark.parametrize("line", ["x", [1], {}])
def test_a_line_without_a_number_is_no_line(line: object) -> None:
    told = Batch.construct(id="b", status="failed", errors={"data": [{"code": "x", "line": line}]})
    (problem,) = read_batch(told, {}).problems
    assert problem.line is None


async def _come(chunks: list[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def _split(chunks: list[bytes]) -> list[bytes]:
    return [line async for line in split_lines(_come(chunks))]


def test_lines_are_put_together_from_chunks() -> None:
    assert asyncio.run(_split([b"on", b"e\ntw", b"o", b"\n\nthree"])) == [
        b"one", b"two", b"", b"three"
    ]  # fmt: skip


def test_a_line_without_an_end_is_given_up() -> None:
    chunk = bytes(LARGEST_BODY_BYTES // 4)
    with pytest.raises(BodyTooLargeError):
        asyncio.run(_split([chunk] * 5))
