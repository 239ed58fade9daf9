"""Every recorded chat and response, served again from a local port: what our models make of it.

What must come out is computed here from the recorded body with plain Python.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from aiohttp import web

from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Answer, Failure, Message, Reply
from harness.providers import ApiKey, Carrier, Connections, OpenAIEndpoint
from harness.simulator.hosting import host

NOT_SENT = {"content-length", "transfer-encoding", "content-encoding", "connection", "date"}


@dataclass(frozen=True)
class Recorded:
    name: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    stream: bool
    api: Literal["chat", "responses"] = "chat"


def conversations(data: Path) -> Iterator[Recorded]:
    """Real chats and responses, of whatever service and year."""
    index = json.loads((data / "recordings" / "INDEX.json").read_text(encoding="utf-8"))
    for entry in index:
        authenticity = entry["authenticity"]
        if not entry["file"].startswith("inference-") or authenticity.startswith("synthetic"):
            continue
        text = (data / "recordings" / entry["file"]).read_text(encoding="utf-8")
        exchanges = yaml.load(text, yaml.CSafeLoader)["interactions"]
        doctored = "interaction 0 hand-edited" in authenticity
        for number, exchange in enumerate(exchanges):
            uri = exchange["request"]["uri"].split("?")[0]
            asked = uri.endswith(("/chat/completions", "/responses"))
            if asked and not (doctored and number == 0):
                yield from_cassette(f"{entry['file']}#{number}", exchange)
    lines = (data / "recordings" / "exchanges.jsonl").read_text(encoding="utf-8").split("\n")
    for line in filter(None, lines):
        exchange = json.loads(line)
        asked = exchange["operation"].startswith(("chat.", "responses."))
        if exchange["plane"] == "inference" and asked and exchange["request"]["method"] == "POST":
            yield from_line(exchange)


def from_cassette(name: str, exchange: Mapping[str, Any]) -> Recorded:
    response = exchange["response"]
    body = response["body"]["string"]
    raw = body.encode() if isinstance(body, str) else body
    raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    asked = exchange["request"]["body"]
    asked = asked.decode() if isinstance(asked, bytes) else asked
    path = exchange["request"]["uri"].split("?")[0]
    return Recorded(
        name,
        response["status"]["code"],
        {key: values[0] for key, values in response["headers"].items()},
        raw,
        '"stream": true' in asked or '"stream":true' in asked,
        "responses" if path.endswith("/responses") else "chat",
    )


def from_line(exchange: Mapping[str, Any]) -> Recorded:
    response = exchange["response"]
    body = response["body"]
    raw = body if isinstance(body, str) else "" if body is None else json.dumps(body)
    headers = {key: str(value) for key, value in response["headers"].items()}
    return Recorded(
        exchange["id"],
        response["status"],
        headers,
        raw.encode(),
        raw.startswith(("data:", "event:")),
        "responses" if exchange["operation"].startswith("responses.") else "chat",
    )


@contextmanager
def served(recordings: list[Recorded]) -> Iterator[str]:
    """Recording number N at ``/N/chat/completions`` or ``/N/responses``."""

    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        recorded = recordings[int(request.path.split("/")[1])]
        headers = {k: v for k, v in recorded.headers.items() if k.lower() not in NOT_SENT}
        return web.Response(status=recorded.status, body=recorded.body, headers=headers)

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    with host(app) as url:
        yield url


def asked_again(recordings: list[Recorded]) -> list[Answer]:
    place = Place("recorded", "recorded", None, "default", 1, 1)

    async def one(url: str, number: int, connections: Connections) -> Answer:
        api = recordings[number].api
        endpoint = OpenAIEndpoint(f"{url}/{number}", "m", ApiKey("k"), api=api)
        model = endpoint.open(Carrier(connections))
        stream = recordings[number].stream
        return await model.complete(Request(place, (Message("user", "?"),), stream=stream))

    async def run(url: str) -> list[Answer]:
        connections = Connections()
        try:
            return [await one(url, number, connections) for number in range(len(recordings))]
        finally:
            await connections.close()

    with served(recordings) as url:
        return asyncio.run(run(url))


def events(body: bytes) -> list[dict[str, Any]]:
    lines = body.decode().split("\n")
    found = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    return [json.loads(data) for data in found if data.strip() != "[DONE]"]


def last_response(recorded: Recorded) -> dict[str, Any]:
    """The whole response: the body, or what the last event of a stream repeats."""
    if not recorded.stream:
        found: dict[str, Any] = json.loads(recorded.body)
        return found
    whole = [event["response"] for event in events(recorded.body) if "response" in event]
    return dict(whole[-1])


def expected_text(recorded: Recorded) -> str:
    if recorded.api == "responses":
        parts = [
            part
            for item in last_response(recorded)["output"]
            if item["type"] == "message"
            for part in item["content"]
        ]
        return "".join(part.get("refusal") or part.get("text") or "" for part in parts)
    if not recorded.stream:
        message = json.loads(recorded.body)["choices"][0].get("message", {})
        return str(message.get("refusal") or message.get("content") or "")
    return "".join(
        choice["delta"].get("content") or ""
        for event in events(recorded.body)
        for choice in event["choices"]
        if "delta" in choice
    )


def expected_calls(recorded: Recorded) -> list[tuple[str, str]]:
    if recorded.api == "responses":
        return [
            (item["name"], item["arguments"])
            for item in last_response(recorded)["output"]
            if item["type"] == "function_call"
        ]
    if not recorded.stream:
        message = json.loads(recorded.body)["choices"][0].get("message", {})
        calls = message.get("tool_calls") or []
        return [(call["function"]["name"], call["function"]["arguments"]) for call in calls]
    built: dict[int, list[str]] = {}
    for event in events(recorded.body):
        for choice in event["choices"]:
            for call in choice.get("delta", {}).get("tool_calls") or []:
                name, arguments = built.setdefault(call["index"], ["", ""])
                function = call["function"]
                name += function.get("name") or ""
                built[call["index"]] = [name, arguments + (function.get("arguments") or "")]
    return [(name, arguments) for _, (name, arguments) in sorted(built.items())]


def expected_usage(recorded: Recorded) -> tuple[int, int, int, int] | None:
    if recorded.api == "responses":
        usage = last_response(recorded)["usage"]
        return (
            usage["input_tokens"],
            usage["output_tokens"],
            usage["input_tokens_details"]["cached_tokens"],
            usage["output_tokens_details"]["reasoning_tokens"],
        )
    documents = events(recorded.body) if recorded.stream else [json.loads(recorded.body)]
    counted = [document["usage"] for document in documents if document.get("usage")]
    if not counted:
        return None
    usage = counted[-1]
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
    if cached > usage["prompt_tokens"]:  # Azure's Grok counts them beside the input
        return None
    return (
        usage["prompt_tokens"],
        usage["completion_tokens"],
        cached,
        (usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0,
    )


def expected_finish(recorded: Recorded) -> str:
    if recorded.api == "responses":
        whole = last_response(recorded)
        if whole["status"] == "incomplete":
            reason = whole["incomplete_details"]["reason"]
            return "length" if reason == "max_output_tokens" else str(reason)
        return "tool_calls" if expected_calls(recorded) else "stop"
    documents = events(recorded.body) if recorded.stream else [json.loads(recorded.body)]
    reasons = [c.get("finish_reason") for d in documents for c in d["choices"]]
    return str([reason for reason in reasons if reason][-1])


def expected_kind(recorded: Recorded) -> str:
    """The contract's words, section 5."""
    text = recorded.body.decode()
    if recorded.status == 429 or "insufficient_quota" in text:
        return "rate_limit"
    if "model_not_found" in text or "DeploymentNotFound" in text or recorded.status in (404, 410):
        return "not_found"
    if recorded.status in (401, 403):
        return "auth"
    if '"content_filter"' in text:
        return "content_filter"
    return "context_length" if "context_length_exceeded" in text else "bad_request"


@pytest.fixture(scope="module")
def answered(shared_data: Path) -> list[tuple[Recorded, Answer]]:
    recordings = list(conversations(shared_data))
    return list(zip(recordings, asked_again(recordings), strict=True))


def failed(recorded: Recorded) -> bool:
    """An error's status, or an error inside a stream that began well."""
    return recorded.status != 200 or b'"type":"response.failed"' in recorded.body


def test_every_real_exchange_is_either_a_reply_or_a_failure(
    answered: list[tuple[Recorded, Answer]],
) -> None:
    assert {recorded.api for recorded, _ in answered} == {"chat", "responses"}
    for recorded, answer in answered:
        wanted = Failure if failed(recorded) else Reply
        assert isinstance(answer, wanted), f"{recorded.name}: {answer}"


def test_text_calls_ending_and_tokens_are_those_of_the_recording(
    answered: list[tuple[Recorded, Answer]],
) -> None:
    for recorded, answer in answered:
        if not isinstance(answer, Reply):
            continue
        name = recorded.name
        assert answer.text == expected_text(recorded), name
        calls = [(call.name, call.arguments) for call in answer.tool_calls]
        assert calls == expected_calls(recorded), name
        assert answer.finish_reason == expected_finish(recorded), name
        usage = answer.usage
        found = usage and (
            usage.input_tokens,
            usage.output_tokens,
            usage.cached_tokens,
            usage.reasoning_tokens,
        )
        assert found == expected_usage(recorded), name
        assert answer.model, name
        lower = {key.lower(): value for key, value in recorded.headers.items()}
        request_id = lower.get("apim-request-id") or lower.get("x-request-id")
        assert answer.request_id == request_id, name


def test_every_recorded_refusal_is_of_the_contracts_kind(
    answered: list[tuple[Recorded, Answer]],
) -> None:
    for recorded, answer in answered:
        if isinstance(answer, Failure):
            assert answer.kind == expected_kind(recorded), f"{recorded.name}: {answer}"
            assert answer.status == recorded.status, recorded.name
            assert answer.message, recorded.name
            if answer.kind == "content_filter":
                assert answer.content_filter, recorded.name


def test_azures_filter_annotations_are_kept(answered: list[tuple[Recorded, Answer]]) -> None:
    kept = 0
    for recorded, answer in answered:
        if isinstance(answer, Reply) and b'"filtered":' in recorded.body:
            assert answer.content_filter, recorded.name
            kept += 1
    assert kept


def test_what_really_answered_is_kept_where_azure_says_so(
    answered: list[tuple[Recorded, Answer]],
) -> None:
    kept = 0
    for recorded, answer in answered:
        lower = {key.lower(): value for key, value in recorded.headers.items()}
        if isinstance(answer, Reply) and "x-ms-served-model" in lower:
            assert answer.served is not None, recorded.name
            assert answer.served.model == lower["x-ms-served-model"], recorded.name
            assert answer.served.deployment == lower.get("x-ms-deployment-name"), recorded.name
            kept += 1
    assert kept
