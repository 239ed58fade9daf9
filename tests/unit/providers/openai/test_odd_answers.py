"""Answers in which one value is something else: a reply or a failure, never an exception.

Each place of a good answer is given each odd value in turn. Whatever comes of it can be written to
a file: no text holds half of a surrogate pair.
"""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.providers.failures import classify, read_service_error
from harness.providers.openai.completion import ResponseHead, read_completion
from harness.providers.openai.embedding import read_embeddings
from harness.providers.openai.response import GatheredResponse, read_response
from harness.providers.openai.stream import Gathered

HEAD = ResponseHead(200, {"x-ms-region": "r"})
HALF = "\ud83d"
GONE = object()
ODD: tuple[Any, ...] = (
    GONE, HALF, "", None, 7, -1, 0, 1e308, -0.5, 10**30, True, "NaN", [], {}, [[]], [None],
    {"a": 1}, {HALF: HALF}, [HALF], [1, 2],
)  # fmt: skip

FILTER = {
    "hate": {"filtered": False, "severity": "safe"},
    "custom_blocklists": {"details": [{"filtered": True, "id": "x"}], "filtered": False},
}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
USAGE = {
    "prompt_tokens": 9,
    "completion_tokens": 3,
    "total_tokens": 12,
    "prompt_tokens_details": {"cached_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0},
}
CHAT = {
    "model": "m",
    "system_fingerprint": "fp",
    "service_tier": "flex",
    "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": FILTER}],
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "Hi", "tool_calls": [CALL]},
            "content_filter_results": FILTER,
            "logprobs": {"content": [{"token": "a", "logprob": -0.1}]},
        }
    ],
    "usage": USAGE,
}
MESSAGE = {
    "type": "message",
    "role": "assistant",
    "content": [{"type": "output_text", "text": "Hi", "logprobs": []}],
}
RESPONSE = {
    "status": "completed",
    "model": "m",
    "error": None,
    "incomplete_details": None,
    "output": [
        {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "s"}]},
        MESSAGE,
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
    ],
    "usage": {"input_tokens": 9, "output_tokens": 3, "total_tokens": 12},
    "content_filters": [{"source_type": "prompt", "content_filter_results": FILTER}],
}
VECTORS = {
    "model": "m",
    "data": [{"index": 0, "embedding": [0.1, 0.2]}, {"index": 1, "embedding": "AACAPwAAAAA="}],
    "usage": {"prompt_tokens": 3},
}
ERROR = {
    "error": {
        "message": "bad",
        "type": "t",
        "param": "p",
        "code": "c",
        "innererror": {
            "code": "ResponsibleAIPolicyViolation",
            "content_filter_result": FILTER,
        },
    }
}
CHUNKS = [
    {"choices": [], "prompt_filter_results": CHAT["prompt_filter_results"], "model": ""},
    {
        "model": "m",
        "choices": [
            {
                "index": 0,
                "delta": {"content": "Hi", "tool_calls": [{"index": 0, **CALL}]},
                "content_filter_results": FILTER,
                "finish_reason": None,
            }
        ],
    },
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    {"choices": [], "usage": USAGE},
]
EVENTS = [
    {"type": "response.output_text.delta", "delta": "Hi", "item_id": "m"},
    {"type": "response.output_item.done", "item": MESSAGE},
    {"type": "response.completed", "response": RESPONSE},
]

Read = Callable[[Any], object]


def whole(read: Callable[[bytes], object]) -> Read:
    return lambda document: read(json.dumps(document).encode())


def gather(kind: type[Gathered | GatheredResponse]) -> Read:
    def read(document: Any) -> object:
        gathered = kind(HEAD)
        for event in document if isinstance(document, list) else [document]:
            gathered.take(json.dumps(event).encode())
        gathered.take(b"[DONE]")
        return gathered.answer()

    return read


def walk(document: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    entries = document.items() if isinstance(document, dict) else ()
    for key, inner in enumerate(document) if isinstance(document, list) else entries:
        yield from walk(inner, (*place, key))


def put(document: Any, place: tuple[Any, ...], value: object) -> Any:
    if not place:
        return None if value is GONE else value
    changed = copy.deepcopy(document)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    if value is GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return changed


def list_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from (*list_texts(name), *list_texts(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from list_texts(inner)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from list_texts(getattr(value, field.name))


@pytest.mark.parametrize(
    ("document", "read"),
    [
        pytest.param(CHAT, whole(lambda body: read_completion(body, HEAD)), id="chat"),
        pytest.param(RESPONSE, whole(lambda body: read_response(body, HEAD)), id="response"),
        pytest.param(VECTORS, whole(lambda body: read_embeddings(body, HEAD, 2)), id="embeddings"),
        pytest.param(
            ERROR, whole(lambda body: classify(400, {}, read_service_error(body))), id="error"
        ),
        pytest.param(CHUNKS, gather(Gathered), id="streamed chat"),
        pytest.param(EVENTS, gather(GatheredResponse), id="streamed response"),
    ],
)
def test_whatever_is_odd_in_an_answer_it_is_a_reply_or_a_failure(document: Any, read: Read) -> None:
    for place in list(walk(document)):
        for value in ODD:
            answer = read(put(document, place, value))
            assert dataclasses.is_dataclass(answer), (place, value)
            "".join(list_texts(answer)).encode()
