"""Which addresses a proxy of the environment must not stand before; answers that fall silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from harness.providers.connections import is_loopback
from harness.providers.transport import SilentError, limit_silence
from harness.providers.trouble import explain_exception


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:11434/v1", True),
        ("http://127.0.0.53/v1", True),
        ("http://LOCALHOST:8000", True),
        ("http://localhost.:8000", True),
        ("http://[::1]:8000", True),
        ("https://contoso.openai.azure.com", False),
        ("http://localhost.example.com", False),
        ("http://10.0.0.1", False),
        ("not a url", False),
    ],
)
def test_this_machine_is_the_same_for_credentials_and_for_proxies(url: str, here: bool) -> None:
    assert is_loopback(url) is here


async def say(*waits_s: float) -> AsyncIterator[bytes]:
    for wait_s in waits_s:
        await asyncio.sleep(wait_s)
        yield b"x"


async def read(*waits_s: float) -> bytes:
    return b"".join([chunk async for chunk in limit_silence(say(*waits_s), idle_s=0.2)])


def test_what_comes_slowly_and_steadily_is_read_whole() -> None:
    assert asyncio.run(read(0.0, 0.1, 0.1, 0.1)) == b"xxxx"


def test_a_silence_in_the_middle_is_a_timeout_that_may_be_tried_again() -> None:
    with pytest.raises(SilentError) as caught:
        asyncio.run(read(0.0, 5.0))
    failure = explain_exception(caught.value)
    assert (failure.kind, failure.retryable) == ("timeout", True)
    assert failure.message == "the answer broke off: nothing more came for 0.2 s"


def test_a_deadline_from_outside_stays_the_deadline() -> None:
    async def work() -> None:
        async with asyncio.timeout(0.05):
            await read(0.0, 5.0)

    with pytest.raises(TimeoutError):
        asyncio.run(work())
