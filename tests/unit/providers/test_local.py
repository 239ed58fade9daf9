"""Embedding on this machine, with functions in the place of a library that brings PyTorch."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from harness.conversation.ports import EmbeddingRequest, Place
from harness.conversation.transcript import EmbeddingReply, Failure, Usage
from harness.providers.local import Embed, Embedded, LocalEmbeddings, LocalEndpoint

ENDPOINT = LocalEndpoint("models/lengths", "lengths")
PLACE = Place("here/lengths", "x", None, "default", 1, 1, check="1")


def lengths(texts: Sequence[str]) -> Embedded:
    return Embedded([[float(len(text)), 1.0] for text in texts], sum(map(len, texts)))


def loading(embed: Embed) -> Callable[[str], Embed]:
    def load(folder: str) -> Embed:
        assert folder == "models/lengths"
        return embed

    return load


def asked(embed: Embed, *texts: str, deadline_s: float = 5.0) -> EmbeddingReply | Failure:
    return asked_of(loading(embed), *texts, deadline_s=deadline_s)


def asked_of(
    load: Callable[[str], Embed], *texts: str, deadline_s: float = 5.0
) -> EmbeddingReply | Failure:
    async def run() -> EmbeddingReply | Failure:
        model = LocalEmbeddings(ENDPOINT, load)
        try:
            return await model.embed(request(*texts, deadline_s=deadline_s))
        finally:
            await model.close()

    return asyncio.run(run())


def request(*texts: str, deadline_s: float = 5.0) -> EmbeddingRequest:
    return EmbeddingRequest(PLACE, texts, deadline_s)


def test_texts_become_vectors_in_their_order_and_tokens_are_counted() -> None:
    answer = asked(lengths, "four", "ab")
    assert isinstance(answer, EmbeddingReply)
    assert answer.vectors == ((4.0, 1.0), (2.0, 1.0))
    assert (answer.model, answer.usage) == ("lengths", Usage(6, 0))


def test_tokens_that_nobody_counts_are_unknown() -> None:
    answer = asked(lambda texts: Embedded([[1.0] for _ in texts]), "a")
    assert isinstance(answer, EmbeddingReply)
    assert answer.usage is None


def test_it_is_loaded_once_and_embeds_one_request_at_a_time_while_the_loop_goes_on() -> None:
    loads: list[str] = []
    threads: set[int] = set()
    inside, most = 0, 0

    def embed(texts: Sequence[str]) -> Embedded:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        threads.add(threading.get_ident())
        time.sleep(0.01)
        inside -= 1
        return lengths(texts)

    def load(folder: str) -> Embed:
        loads.append(folder)
        time.sleep(0.05)
        return embed

    async def run() -> int:
        model, ticks = LocalEmbeddings(ENDPOINT, load), 0
        assert not loads, "nothing is loaded before the first request"
        all_of_them = asyncio.gather(*(model.embed(request("a" * n)) for n in range(1, 9)))
        while not all_of_them.done():
            ticks += 1
            await asyncio.sleep(0.001)
        answers = all_of_them.result()
        assert [one.vectors[0][0] for one in answers if isinstance(one, EmbeddingReply)] == [
            float(n) for n in range(1, 9)
        ]
        await model.close()
        return ticks

    assert asyncio.run(run()) > 5
    assert (loads, most, len(threads)) == (["models/lengths"], 1, 1)
    assert threading.get_ident() not in threads


def test_a_model_that_cannot_be_loaded_stops_its_target_and_says_why() -> None:
    def load(folder: str) -> Embed:
        raise OSError(f"no file named model.safetensors\nin {folder}")

    answer = asked_of(load, "a")
    assert isinstance(answer, Failure)
    assert (answer.kind, answer.code, answer.retryable) == ("not_found", "unloadable", False)
    assert answer.message == (
        "the model cannot be loaded: OSError: no file named model.safetensors in models/lengths"
    )


def broken(texts: Sequence[str]) -> Embedded:
    raise RuntimeError("out of memory")


@pytest.mark.parametrize(
    ("embed", "kind", "says"),
    [
        (broken, "server", "the model broke off: RuntimeError: out of memory"),
        (lambda texts: Embedded([[1.0]]), "protocol", "1 vectors of 2 texts"),
        (lambda texts: Embedded([[1.0], [math.nan]]), "protocol", "no number"),
        (lambda texts: Embedded([[1.0], [math.inf]]), "protocol", "no number"),
    ],
)
def test_what_is_no_vector_is_no_answer(embed: Embed, kind: str, says: str) -> None:
    answer = asked(embed, "a", "b")
    assert isinstance(answer, Failure)
    assert answer.kind == kind
    assert says in answer.message


def test_what_takes_too_long_is_a_timeout_and_loading_does_not_count() -> None:
    def slow(texts: Sequence[str]) -> Embedded:
        time.sleep(0.1)
        return lengths(texts)

    def load_slowly(folder: str) -> Embed:
        time.sleep(0.1)
        return lengths

    answer = asked(slow, "a", deadline_s=0.02)
    assert isinstance(answer, Failure)
    assert (answer.kind, answer.retryable) == ("timeout", False)
    assert isinstance(asked_of(load_slowly, "a", deadline_s=0.05), EmbeddingReply)


def test_who_is_interrupted_while_it_loads_hears_no_more_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ended = threading.Event()

    def load(folder: str) -> Embed:
        del folder
        time.sleep(0.05)
        ended.set()
        return lengths

    async def run() -> None:
        model = LocalEmbeddings(ENDPOINT, load)
        task = asyncio.create_task(model.embed(request("a")))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await model.close()

    asyncio.run(run())
    assert not ended.is_set(), "nobody waited for it"
    assert ended.wait(5)
    time.sleep(0.05)
    assert caplog.text == ""
