"""Files and batches of the simulated Azure, as the real SDK sees them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import openai
import pytest
from openai.types import Batch

from tests.simulator.inference.conftest import Azure, Start

VERSION = "2025-04-14"
Connect = Callable[[openai.OpenAI], openai.OpenAI]


def bulk(start: Start, capacity: int = 50, **behaviour: Any) -> Azure:
    azure = start(**{"batch_s": 0.05, **behaviour})
    azure.deploy("bulk", "gpt-4.1-mini", VERSION, capacity, sku="GlobalBatch")
    return azure


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Open clients that are closed when the test has ended."""
    with ExitStack() as stack:
        yield stack.enter_context


def line(
    custom_id: str, model: str = "bulk", url: str = "/v1/chat/completions", **body: Any
) -> str:
    messages = [{"role": "user", "content": f"Hello from {custom_id}"}]
    asked = {"model": model, "messages": messages, **body}
    return json.dumps({"custom_id": custom_id, "method": "POST", "url": url, "body": asked})


def upload(client: openai.OpenAI, text: str | bytes, name: str = "in.jsonl") -> str:
    content = text if isinstance(text, bytes) else text.encode()
    return client.files.create(file=(name, content), purpose="batch").id


def submit(
    client: openai.OpenAI, *lines: str, url: Any = "/v1/chat/completions", **more: Any
) -> Batch:
    file = upload(client, "\n".join(lines))
    return client.batches.create(completion_window="24h", endpoint=url, input_file_id=file, **more)


def wait(client: openai.OpenAI, batch: Batch) -> Batch:
    deadline = time.monotonic() + 20
    while batch.status in ("validating", "in_progress", "finalizing", "cancelling"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
        batch = client.batches.retrieve(batch.id)
    return batch


def read(client: openai.OpenAI, file: str | None) -> list[dict[str, Any]]:
    assert file
    text = client.files.content(file).read().decode()
    return [json.loads(one) for one in text.splitlines()]


@pytest.mark.parametrize("form", ["v1", "dated"])
def test_a_batch_is_answered_in_the_opposite_order(
    start: Start, connect: Connect, form: str
) -> None:
    azure = bulk(start)
    client = connect(
        azure.v1_client() if form == "v1" else azure.dated_client("2025-01-01-preview")
    )
    batch = submit(client, line("a"), line("b"), metadata={"run": "r1"})
    assert (batch.status, batch.endpoint) == ("validating", "/chat/completions")
    assert (batch.error_file_id, batch.output_file_id) == ("", "")
    done = wait(client, batch)
    assert done.status == "completed"
    assert done.metadata == {"run": "r1"}
    assert done.request_counts is not None
    assert (done.request_counts.total, done.request_counts.completed) == (2, 2)
    found = read(client, done.output_file_id)
    assert [one["custom_id"] for one in found] == ["b", "a"]
    reply = found[0]["response"]
    assert reply["status_code"] == 200
    assert "synthetic" in reply["body"]["choices"][0]["message"]["content"]
    assert read(client, done.error_file_id) == [], "it is there, and empty"


def test_lines_fail_each_for_itself(start: Start, connect: Connect) -> None:
    fault = {"operation": "chat", "status": 400, "code": "content_filter", "times": 1}
    azure = bulk(start, faults=[fault])
    client = connect(azure.v1_client())
    done = wait(client, submit(client, line("a"), line("b"), line("c", temperature="hot")))
    assert done.request_counts is not None
    assert (done.request_counts.completed, done.request_counts.failed) == (1, 2)
    refused = {one["custom_id"]: one["response"] for one in read(client, done.error_file_id)}
    assert refused["a"]["status_code"] == 400
    assert refused["a"]["body"]["error"]["code"] == "content_filter"
    assert refused["c"]["status_code"] == 400


@pytest.mark.parametrize(
    ("text", "code", "number"),
    [
        ("", "empty_file", None),
        (line("a") + "\n{oops", "invalid_json_line", 2),
        (line("a") + "\n" + line("a"), "duplicate_custom_id", 2),
        (line("a") + "\n" + line("b", url="/v1/responses"), "url_mismatch", 2),
        (line("a") + "\n" + line("b", model="mini"), "model_mismatch", 2),
        (line("a", model="nobody"), "model_not_found", 1),
        (line("a", model="mini"), "invalid_request", None),
        (line("a").replace("custom_id", "name"), "invalid_request", 1),
        ("\ufeff" + line("a"), "invalid_request", None),
    ],
)
def test_a_file_that_is_no_input_fails_with_its_code_and_line(
    start: Start, connect: Connect, text: str, code: str, number: int | None
) -> None:
    client = connect(bulk(start).v1_client())
    done = wait(client, submit(client, text))
    assert done.status == "failed"
    assert done.errors is not None
    assert done.errors.data is not None
    (problem,) = done.errors.data
    assert (problem.code, problem.line) == (code, number)


def test_a_queue_that_is_full_refuses_in_recorded_words(start: Start, connect: Connect) -> None:
    azure = bulk(start, capacity=1, limits="enforced")
    client = connect(azure.v1_client())
    long = [line(str(n), messages=[{"role": "user", "content": "word " * 300}]) for n in range(4)]
    raw = client.batches.with_raw_response.create(
        completion_window="24h",
        endpoint="/v1/chat/completions",
        input_file_id=upload(client, "\n".join(long)),
    )
    assert raw.headers["deployment-maximum-enqueued-tokens"] == "1000"
    assert raw.headers["deployment-enqueued-tokens"] == "0"
    done = wait(client, raw.parse())
    assert done.errors is not None
    assert done.errors.data is not None
    assert done.errors.data[0].code == "token_limit_exceeded"
    assert "configured limit of 1K for the deployment 'bulk'" in (done.errors.data[0].message or "")


def test_a_batch_deployment_takes_no_single_request(start: Start, connect: Connect) -> None:
    client = connect(bulk(start).v1_client())
    with pytest.raises(openai.BadRequestError, match="chatCompletion operation does not work"):
        client.chat.completions.create(model="bulk", messages=[{"role": "user", "content": "hi"}])


def test_a_cancelled_batch_has_what_was_done_and_null_files_where_nothing_was(
    start: Start, connect: Connect
) -> None:
    client = connect(bulk(start, batch_s=4).v1_client())
    batch = submit(client, line("a"))
    cancelling = client.batches.cancel(batch.id)
    assert cancelling.status == "cancelling"
    done = wait(client, cancelling)
    assert (done.status, done.output_file_id, done.error_file_id) == ("cancelled", None, None)
    assert done.cancelled_at is not None


def test_a_batch_may_expire_halfway(start: Start, connect: Connect) -> None:
    fault = {"operation": "batches.run", "code": "batch_expired", "times": 1}
    client = connect(bulk(start, faults=[fault]).v1_client())
    done = wait(client, submit(client, line("a"), line("b")))
    assert done.status == "expired"
    assert [one["custom_id"] for one in read(client, done.output_file_id)] == ["a"]
    (lost,) = read(client, done.error_file_id)
    assert (lost["custom_id"], lost["error"]["code"]) == ("b", "batch_expired")


def test_files_are_listed_read_and_deleted(start: Start, connect: Connect) -> None:
    client = connect(bulk(start).v1_client())
    file = upload(client, line("a"), "mine.jsonl")
    assert client.files.retrieve(file).filename == "mine.jsonl"
    assert [one.id for one in client.files.list(purpose="batch")] == [file]
    assert client.files.content(file).read().decode() == line("a")
    assert client.files.delete(file).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(file)
    with pytest.raises(openai.NotFoundError):
        client.batches.create(
            completion_window="24h", endpoint="/v1/chat/completions", input_file_id=file
        )


def test_batches_are_listed_in_pages_the_newest_first(start: Start, connect: Connect) -> None:
    client = connect(bulk(start).v1_client())
    made = [submit(client, line("a")).id for _ in range(5)]
    assert [one.id for one in client.batches.list(limit=2)] == made[::-1]


def test_responses_are_asked_in_batches_too(start: Start, connect: Connect) -> None:
    client = connect(bulk(start).v1_client())
    body = {"model": "bulk", "input": "Hello"}
    asked = {"custom_id": "a", "method": "POST", "url": "/v1/responses", "body": body}
    done = wait(client, submit(client, json.dumps(asked), url="/v1/responses"))
    (found,) = read(client, done.output_file_id)
    assert found["response"]["body"]["object"] == "response"
