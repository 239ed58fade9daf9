"""Readers of what services answer: a reply or a failure comes of whatever bytes, and can be kept."""

# ruff: noqa: E501 - data, a row a line

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from harness.checks.definitions import DEFINITIONS
from harness.checks.finding import CannotCheck
from harness.checks.referred.code import read_finding
from harness.checks.registry import check_all
from harness.checks.subject import ReplyContext, Subject
from harness.conversation.transcript import Failure, Reply
from harness.providers.applications.http import Application, HttpEndpoint
from harness.providers.applications.http_transport import HttpTransport
from harness.providers.applications.picking import ReplyPaths
from harness.providers.failures import classify, read_service_error
from harness.providers.openai.apis import CHAT, RESPONSES, Wording
from harness.providers.openai.completion import ResponseHead
from harness.providers.openai.embedding import read_embeddings
from harness.providers.openai.stream import EventLines
from harness.results.codec import encode_line
from harness.results.parts import failure_as_json, reply_as_json, reply_from_json
from harness.spec.model.spec import Assertion
from tests.fuzz.drill import FuzzedReader
from tests.fuzz.mutator import make_seed

HEAD = ResponseHead(200, {"apim-request-id": "r", "x-ms-region": "x", "content-type": "a/json"})
USAGE = {
    "prompt_tokens": 9,
    "completion_tokens": 3,
    "total_tokens": 12,
    "prompt_tokens_details": {"cached_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 1},
}
FILTER = {"hate": {"filtered": False, "severity": "safe"}, "jailbreak": {"detected": False}}
CALL = {"id": "c", "type": "function", "function": {"name": "look", "arguments": '{"of":"x"}'}}
ANSWERED = {
    "id": "x",
    "model": "gpt-4.1-mini-2025-04-14",
    "service_tier": "priority",
    "system_fingerprint": "fp",
    "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": FILTER}],
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {
                "role": "assistant",
                "content": "Hi.",
                "refusal": None,
                "tool_calls": [CALL],
            },
            "content_filter_results": FILTER,
            "logprobs": {"content": [{"token": "Hi", "logprob": -0.1}]},
        }
    ],
    "usage": USAGE,
}
CHUNKS: list[dict[str, Any]] = [
    {"choices": [], "prompt_filter_results": ANSWERED["prompt_filter_results"]},
    {"model": "m", "choices": [{"index": 0, "delta": {"role": "assistant", "content": "H"}}]},
    {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, **CALL}]}}]},
    {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": "}"}}]}}]},
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop", "content_filter_results": FILTER}]},
    {"choices": [], "usage": USAGE},
]  # fmt: skip
ITEM = {
    "type": "message",
    "role": "assistant",
    "content": [{"type": "output_text", "text": "Hi.", "logprobs": [{"logprob": -0.1}]}],
}
RESPONSE = {
    "id": "r",
    "status": "completed",
    "model": "gpt-5-mini",
    "output": [
        {"type": "reasoning", "summary": []},
        ITEM,
        {"type": "function_call", "call_id": "c", "name": "look", "arguments": "{}"},
    ],
    "content_filters": [{"source_type": "prompt", "content_filter_results": FILTER}],
    "usage": {"input_tokens": 1, "output_tokens": 2, "output_tokens_details": {"reasoning_tokens": 0}},
}  # fmt: skip
EVENTS: list[dict[str, Any]] = [
    {"type": "response.created", "response": {"id": "r"}},
    {"type": "response.output_text.delta", "delta": "Hi."},
    {"type": "response.output_item.done", "item": ITEM},
    {"type": "response.completed", "response": RESPONSE},
]
ERRORS: list[Any] = [
    {"error": {"code": "429", "message": "Please retry after 7 seconds.", "param": None}},
    {"error": {"code": "content_filter", "innererror": {"content_filter_result": FILTER}}},
    {"statusCode": 401, "message": "no"},
    [{"error": {"type": "x", "message": "context_length exceeded"}}],
]


def write_stream(events: list[dict[str, Any]]) -> bytes:
    return b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in events)


def keep(answer: object) -> None:
    """Keep an answer as the journal and the results do, and read it back."""
    if isinstance(answer, Reply):
        line = encode_line(reply_as_json(answer))
        assert "\n" not in line
        reply_from_json(json.loads(line.encode()))
    elif isinstance(answer, Failure):
        encode_line(failure_as_json(answer)).encode()


def read_whole(wording: Wording) -> Callable[[bytes], None]:
    return lambda body: keep(wording.read(body, HEAD))


def read_stream(wording: Wording) -> Callable[[bytes], None]:
    def read(body: bytes) -> None:
        heard: list[object] = []
        gathered, lines = wording.gather(HEAD), EventLines()
        gathered.hear = heard.append
        step = 1 + len(body) % 97
        for at in range(0, len(body), step):
            for data in lines.feed(body[at : at + step]):
                gathered.take(data)
        for data in lines.end():
            gathered.take(data)
        keep(gathered.answer())

    return read


def read_error(body: bytes) -> None:
    said = read_service_error(body)
    head = {
        "retry-after": body[:12].decode("latin-1"),
        "retry-after-ms": body[-6:].decode("latin-1"),
    }
    for status in (400, 429, 500):
        keep(classify(status, head, said))


def make_application_reader() -> Callable[[bytes], None]:
    paths = ReplyPaths("$.answer", "$.usage", "$.session", "$.calls", "$.passages")
    application = Application(HttpEndpoint("http://x", {}, paths), HttpTransport())
    return lambda body: keep(application._read_body(body, HEAD))


APPLICATION = {
    "answer": "Hi.",
    "usage": USAGE,
    "session": "s",
    "calls": [{"name": "look", "arguments": {"of": 1}}, CALL],
    "passages": ["a", {"text": "b"}],
}

ASSERTIONS: tuple[dict[str, Any], ...] = (
    {"type": "is-json", "value": {"type": "object", "properties": {"a": {"type": "number"}}}},
    {"type": "contains-json"},
    {"type": "is-xml", "value": "a.b"},
    {"type": "contains-xml"},
    {"type": "is-html"},
    {"type": "contains-html"},
    {"type": "is-sql"},
    {"type": "contains-sql", "value": {"allowedTables": ["select::t"]}},
    {"type": "json-path", "value": {"path": "$.a[?(@.b>1)]", "exists": True}},
    {"type": "equals", "value": '{"a": 1}'},
    {"type": "regex", "value": "(a|b)+c"},
    {"type": "word-count", "value": 3},
    {"type": "levenshtein", "value": "abc", "threshold": 3},
    {"type": "rouge-n", "value": "a b c"},
    {"type": "bleu", "value": "a b c"},
    {"type": "gleu", "value": "a b c"},
    {"type": "meteor", "value": "a b c"},
    {"type": "is-refusal"},
    {"type": "contains", "value": "a", "path": "$.a"},
)
TEXTS = (
    '{"a": {"b": [1, 2, {"c": "d"}]}, "e": 1.5}',
    "<!DOCTYPE a [<!ENTITY b 'c'>]><a><b x='1'>&b;</b><![CDATA[d]]></a>",
    "<html><head><title>t</title></head><body><p>a<br>b</p></body></html>",
    "SELECT a, b FROM t JOIN u ON t.x = u.x WHERE a IN (SELECT 1) UNION SELECT 2; DROP TABLE t",
    "The answer is:\n```json\n[1, 2]\n```\nI am sorry, I cannot do that. 中文 👩‍👩‍👧",
)


def read_checked(body: bytes) -> None:
    text = body.decode("utf-8", "replace")
    asserted = [Assertion.model_validate(one) for one in ASSERTIONS]
    for verdict in check_all(asserted, Subject(text=text)):
        assert verdict.outcome in ("passed", "failed", "errored", "skipped")
        encode_line(verdict.reason)


VERDICTS = (
    '{"reason": "It says so.", "score": 0.9, "pass": true}',
    'Thinking: {"a": 1}\n```json\n{"reason": "r", "pass": "no", "score": "0.2"}\n```',
    '{"points": [{"point": "a", "verdict": "yes"}], "questions": ["b?"], "choice": "(A)"}',
    "YES",
)
JUDGED = ("llm-rubric", "g-eval", "factuality", "model-graded-closedqa",
          "conversation-relevance", "context-faithfulness", "context-recall", "context-relevance")  # fmt: skip


def read_verdicts(body: bytes) -> None:
    """Read a judge's reply, as each check that asks one does."""
    text = body.decode("utf-8", "replace")
    setting = ReplyContext(variables={"context": ["It was 1975."], "query": "q"}, seed="s")
    for name in JUDGED:
        value = None if name.startswith("context-f") else "Says so."
        assertion = Assertion(type=name, value=value)
        steps = DEFINITIONS[name].load_function()(
            assertion, Subject("a", user="b", setting=setting)
        )
        try:
            steps.send(None)
            for _ in range(8):
                steps.send(text)
        except (StopIteration, CannotCheck):
            continue


def read_code_answer(body: bytes) -> None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = body.decode("utf-8", "replace")
    for one in (answer, body.decode("utf-8", "replace")):
        try:
            read_finding(one, Assertion(type="python", value="x.py:f", threshold=0.5))
        except CannotCheck:
            continue


def list_services() -> list[FuzzedReader]:
    """List the readers of services' answers."""
    whole = make_seed(ANSWERED)
    return [
        FuzzedReader("chat completion", (whole,), read_whole(CHAT), 6),
        FuzzedReader("response", (make_seed(RESPONSE),), read_whole(RESPONSES), 5),
        FuzzedReader("stream of a chat", (make_seed(write_stream(CHUNKS)),), read_stream(CHAT), 5),
        FuzzedReader(
            "stream of a response", (make_seed(write_stream(EVENTS)),), read_stream(RESPONSES), 5
        ),
        FuzzedReader("error of a service", tuple(map(make_seed, ERRORS)), read_error, 5),
        FuzzedReader(
            "embeddings",
            (make_seed({"data": [{"index": 0, "embedding": [0.5, 1]}], "usage": USAGE}),),
            lambda body: keep(read_embeddings(body, HEAD, 1)),
            3,
        ),
        FuzzedReader(
            "answer of an application", (make_seed(APPLICATION),), make_application_reader(), 3
        ),
        FuzzedReader("verdict of a judge", tuple(map(make_seed, VERDICTS)), read_verdicts, 1),
        FuzzedReader(
            "answer of code",
            (make_seed({"pass": True, "score": 0.5, "reason": "r"}),),
            read_code_answer,
        ),
        FuzzedReader("reply under checks", tuple(map(make_seed, TEXTS)), read_checked, 0.2),
    ]
