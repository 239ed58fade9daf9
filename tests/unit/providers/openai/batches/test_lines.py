"""Lines of batches: requests as they are written, answers as they are understood."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Failure, Message, Reply
from harness.providers.auth import ApiKey
from harness.providers.openai.batches.lines import BatchWording, read_output_line
from harness.providers.openai.endpoints import AzureClassic, AzureV1, OpenAIEndpoint, SdkEndpoint
from harness.run.waves.ports import OutputLine

KEY = ApiKey("k" * 20)
V1 = AzureV1("https://a.openai.azure.com/openai/v1/", "bulk", KEY)
REQUEST = Request(
    Place("acc/bulk", "hello", None, "default", 1, 1),
    (Message("user", "Hi"),),
    {"temperature": 0, "max_output_tokens": 50},
    stream=True,
)
COMPLETION = {
    "object": "chat.completion",
    "model": "gpt-4.1-mini-2025-04-14",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hey"}}
    ],
    "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
}


def output(status: int, body: Any, custom_id: str = "a") -> OutputLine:
    return OutputLine(custom_id, status, json.dumps(body).encode(), "req-1")


def refused(message: str, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    return {
        "error": {
            "message": message,
            "type": "invalid_request_error",
            "param": param,
            "code": code,
        }
    }


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        (V1, "/v1/chat/completions"),
        (AzureClassic("https://a.openai.azure.com", "bulk", "2025-01-01-preview", KEY),
         "/chat/completions"),
        (OpenAIEndpoint(None, "bulk", KEY), "/v1/chat/completions"),
        (AzureV1("https://a/openai/v1/", "bulk", KEY, api="responses"), "/v1/responses"),
    ],
)  # fmt: skip
def test_a_line_names_the_operation_the_model_and_nothing_streams(
    endpoint: SdkEndpoint, url: str
) -> None:
    line = BatchWording(endpoint).write(REQUEST, "hello.r1.t1-x")
    document = json.loads(line.content)
    assert line.content.endswith(b"\n")
    assert line.content.count(b"\n") == 1
    assert (line.url, document["url"], document["method"]) == (url, url, "POST")
    assert document["custom_id"] == "hello.r1.t1-x"
    assert document["body"]["model"] == "bulk"
    assert not {"stream", "stream_options"} & set(document["body"])


def test_a_reply_has_no_latency_and_its_request_id() -> None:
    wording = BatchWording(V1)
    wording.write(REQUEST, "a")
    answer = wording.understand(output(200, COMPLETION), REQUEST)
    assert isinstance(answer, Reply)
    assert (answer.text, answer.took_s, answer.ttft_s) == ("Hey", None, None)
    assert answer.request_id == "req-1"
    assert answer.usage is not None


def test_every_line_that_was_refused_a_parameter_is_asked_without_it() -> None:
    wording = BatchWording(V1)
    for name in "ab":
        wording.write(REQUEST, name)
    said = refused(
        "Unsupported parameter: 'temperature' is not supported with this model.",
        "temperature",
        "unsupported_parameter",
    )
    for name in "ab":
        answer = wording.understand(output(400, said, name), REQUEST)
        assert isinstance(answer, Failure)
        assert answer.retryable, name
    again = json.loads(wording.write(REQUEST, "a-try2").content)
    assert "temperature" not in again["body"]
    reply = wording.understand(output(200, COMPLETION, "a-try2"), REQUEST)
    assert isinstance(reply, Reply)
    assert reply.notes == ("temperature dropped",)
    assert wording.adapted == ("temperature dropped",)


def test_what_no_other_words_would_mend_is_final() -> None:
    wording = BatchWording(V1)
    wording.write(REQUEST, "a")
    answer = wording.understand(output(400, refused("messages must not be empty")), REQUEST)
    assert isinstance(answer, Failure)
    assert (answer.kind, answer.retryable) == ("bad_request", False)


def test_a_model_that_serves_no_chat_is_asked_for_responses() -> None:
    wording = BatchWording(V1)
    wording.write(REQUEST, "a")
    said = refused("The chatCompletion operation does not work", None, "OperationNotSupported")
    answer = wording.understand(output(400, said), REQUEST)
    assert isinstance(answer, Failure)
    assert answer.retryable
    assert wording.write(REQUEST, "a-try2").url == "/v1/responses"


@pytest.mark.parametrize(
    ("status", "code", "kind", "again"),
    [
        (429, "429", "rate_limit", True),
        (500, "server_error", "server", True),
        (400, "content_filter", "content_filter", False),
        (400, "context_length_exceeded", "context_length", False),
        (404, "DeploymentNotFound", "not_found", False),
    ],
)
def test_a_line_that_failed_is_the_failure_of_the_direct_path(
    status: int, code: str, kind: str, again: bool
) -> None:
    wording = BatchWording(V1)
    wording.write(REQUEST, "a")
    answer = wording.understand(output(status, refused("no", None, code)), REQUEST)
    assert isinstance(answer, Failure)
    assert (answer.kind, answer.retryable) == (kind, again)


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ({"custom_id": "a", "response": None, "error": {"code": "batch_expired"}}, 0,
         "batch_expired"),
        ({"custom_id": "a", "response": {"status_code": 400, "body": "no"}}, 400, ""),
        ({"custom_id": "a", "response": {"status_code": 400, "body": "\ud800"}}, 400, ""),
        ({"custom_id": "a", "response": {"status_code": "?", "body": {}}, "error": None}, 0, ""),
    ],
)  # fmt: skip
def test_lines_without_an_answer_are_read(line: dict[str, Any], status: int, code: str) -> None:
    found = read_output_line(json.dumps(line).encode())
    assert found is not None
    assert (found.status, found.code) == (status, code)
    assert isinstance(BatchWording(V1).understand(found, REQUEST), Failure)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'{"custom_id": 1}', b"\xff"])
def test_what_is_no_line_is_passed_over(raw: bytes) -> None:
    assert read_output_line(raw) is None
