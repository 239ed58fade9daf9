"""Sends recorded inference requests to a simulator that is told what the model said.

What a model says is no fact about the service; everything around it is. So each exchange is played
in a session whose reply is the recorded one (text, tool calls, ending), and whose fault is the
recorded verdict of the content filter; status, code, headers and the form of bodies are compared.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from typing import Any
from urllib.parse import unquote, urlsplit

from harness.simulator.embedded import Simulated, simulate
from harness.simulator.inference.refusals import DataPlaneError
from harness.simulator.inference.routes import BULK, find_operation
from harness.spec.model.spec import Simulator
from tests.recordings.fidelity import Score, marks, shape
from tests.recordings.player import Said
from tests.recordings.traffic import Exchange, Recording

DATED = re.compile(r"(?P<model>.+?)-(?P<version>\d{4}-\d\d-\d\d|\d{4})$")
OF_MODEL_OR_REGION = {"service_tier", "latency_checkpoint", "encrypted_content", "audio",
                      "reasoning_content"}  # fmt: skip
"""Which of these there are depends on model, region and day, not on the protocol."""
OPERATIONS = ("chat", "embeddings", "responses")
HEADERS = ("apim-request-id", "x-request-id", "retry-after", "retry-after-ms")


@dataclass(frozen=True)
class Played:
    """One exchange in the simulator's terms."""

    operation: str
    path: str
    model: str
    version: str | None


def placed(exchange: Exchange) -> Played | None:
    """Where the simulator serves what was asked, if it serves such a thing at all."""
    parts = urlsplit(exchange.url)
    path = re.sub(r"^/+", "", parts.path)
    openai = "api.openai.com" in exchange.url or (not parts.netloc and path.startswith("v1/"))
    service, _, below = path.partition("/")
    if not openai and service not in ("openai", "models"):
        return None
    inner = path if openai else below
    query = dict(one.split("=", 1) for one in parts.query.split("&") if "=" in one)
    try:
        wanted = find_operation(exchange.method, "openai" if openai else service, inner, query)
    except DataPlaneError:
        return None
    if wanted.item and wanted.operation not in BULK.values():
        model = _answered_model(exchange) or "kept"
        where = f"/_providers/p/{path}" + (f"?{parts.query}" if parts.query else "")
        return Played(wanted.operation, where, f"{model}|{model}", None)
    # A batch has a history: test_batches plays it from its upload.
    if wanted.operation not in OPERATIONS or not exchange.body.startswith("{"):
        return None
    body = json.loads(exchange.body)
    named = unquote(wanted.deployment) or str(body.get("model") or "")
    if not named and exchange.status == 200:
        return None  # the recorder took the model out
    answered = _answered_model(exchange)
    # Azure answers for text-embedding-ada-002 as "ada"; a deployment's name may be any.
    answered = {"": named, "ada": "text-embedding-ada-002"}.get(answered, answered)
    found = DATED.match(answered)
    model, version = (found["model"], found["version"]) if found else (answered, None)
    where = f"/_providers/p/{path}" + (f"?{parts.query}" if parts.query else "")
    return Played(wanted.operation, where, f"{named}|{model}", version)


def _answered_model(exchange: Exchange) -> str:
    for document in documents(exchange.answer):
        if isinstance(document, dict) and document.get("model"):
            return str(document["model"])
        if isinstance(document, dict) and isinstance(document.get("response"), dict):
            return str(document["response"].get("model") or "")
    return ""


def documents(text: str) -> list[Any]:
    """The JSON of an answer, or of each event of a stream."""
    if not text.lstrip().startswith(("data:", "event:")):
        try:
            return [json.loads(text)]
        except ValueError:
            return []
    lines = [line[5:].strip() for line in text.split("\n") if line.startswith("data:")]
    return [json.loads(line) for line in lines if line and line != "[DONE]"]


def played(recordings: Iterable[Recording]) -> Mapping[str, Score]:
    """The score by operation and API.

    The simulator answers as the service does today, with keys that older answers do not have; a
    key counts as one too many when no recording of the operation has it.
    """
    found: dict[str, list[tuple[Exchange, Played, bool]]] = defaultdict(list)
    for recording in recordings:
        for exchange in recording.exchanges:
            if (place := placed(exchange)) is not None:
                found[_name(exchange, place)].append((exchange, place, recording.ordered))
    table: dict[str, Score] = defaultdict(Score)
    with simulate(None, Simulator(catalogue="open"), {}, environment={}) as simulated:
        for name, exchanges in found.items():
            paths = frozenset(p for one, _, _ in exchanges for p in shape(_formed(one).document))
            for exchange, place, ordered in exchanges:
                said = _formed_said(_asked(simulated, exchange, place))
                formed = _formed(exchange)
                found_marks = marks(formed, said, frozenset(), watched=HEADERS, elsewhere=paths)
                kept = [mark for mark in found_marks if ordered or mark.aspect != "order"]
                table[name].add(formed, kept)
    return table


def _name(exchange: Exchange, place: Played) -> str:
    api = "OpenAI" if "api.openai.com" in exchange.url else "Azure"
    stream = ".stream" if exchange.answer.startswith(("data:", "event:")) else ""
    return f"{place.operation}{stream} ({api})"


def _asked(simulated: Simulated, exchange: Exchange, place: Played) -> Said:
    named, _, model = place.model.partition("|")
    known = exchange.status != 404 and "model_not_found" not in exchange.answer
    day = recorded_day(exchange)
    wish = {
        "simulator": _behaviour(exchange) | ({"date": day.isoformat()} if day else {}),
        "providers": {"p": {named: {"model": model, "version": place.version}} if known else
                      {"another": {"model": "another"}}},
    }  # fmt: skip
    opened = _send(simulated, "POST", "/_simulator/sessions", json.dumps(wish), simulated.token)
    token = "wrong" if exchange.status == 401 else opened.document["token"]
    path = place.path
    if place.operation.startswith("responses.") and exchange.status == 200:
        # It was made before the recording began.
        kept, _, query = path.partition("?")
        made = json.dumps({"model": named, "input": "Hello"})
        above = f"{kept.rpartition('/')[0]}?{query}"
        identifier = _send(simulated, "POST", above, made, token).document["id"]
        path = f"{kept.rpartition('/')[0]}/{identifier}?{query}"
    return _send(simulated, exchange.method, path, exchange.body, token)


def recorded_day(exchange: Exchange) -> date | None:
    """The day of an exchange, by its header or by what the answer says of itself."""
    with suppress(ValueError):  # some recorders put a word in its place
        return parsedate_to_datetime(exchange.headers.get("date", "")).date()
    for one in documents(exchange.answer):
        whole = one.get("response", one) if isinstance(one, dict) else {}
        created = whole.get("created") or whole.get("created_at")
        if created:
            return datetime.fromtimestamp(created, UTC).date()
    return None


def _behaviour(exchange: Exchange) -> dict[str, Any]:
    if exchange.status == 400 and '"content_filter"' in exchange.answer:
        return {"faults": [{"operation": "*", "status": 400, "code": "content_filter"}]}
    if exchange.status == 429:
        # The load decided that, not the request; what is compared is how it is said.
        code = exchange.document["error"]["code"]
        wait = float(exchange.headers.get("retry-after", 0))
        throttled = {"operation": "*", "status": 429, "code": code, "retry_after_s": wait}
        return {"faults": [throttled]}
    if exchange.status != 200:
        return {}
    text, calls, finish = _what_was_said(exchange)
    rule: dict[str, Any] = {"on": "any", "match": "(?s).*", "finish_reason": finish}
    rule |= {"tool_calls": calls} if calls else {"reply": text or " "}
    return {"replies": [{key: value for key, value in rule.items() if value is not None}]}


def _what_was_said(exchange: Exchange) -> tuple[str, list[dict[str, Any]], str | None]:
    if "/responses" in exchange.url:
        return _what_a_response_said(exchange)
    text, finish = "", None
    calls: dict[int, list[str]] = {}
    for choice in _choices(exchange):
        part = choice.get("message") or choice.get("delta") or {}
        text += part.get("content") or ""
        finish = choice.get("finish_reason") or finish
        for number, call in enumerate(part.get("tool_calls") or []):
            entry = calls.setdefault(call.get("index", number), ["", ""])
            entry[0] += call["function"].get("name") or ""
            entry[1] += call["function"].get("arguments") or ""
    made = [
        {"name": name, "arguments": json.loads(arguments or "{}")}
        for name, arguments in calls.values()
    ]
    return text, made, finish


def _what_a_response_said(exchange: Exchange) -> tuple[str, list[dict[str, Any]], str | None]:
    whole = [d.get("response", d) for d in documents(exchange.answer)][-1]
    items = whole.get("output") or []
    text = "".join(
        part.get("text") or ""
        for item in items
        if item.get("type") == "message"
        for part in item["content"]
    )
    made = [
        {"name": item["name"], "arguments": json.loads(item["arguments"] or "{}")}
        for item in items
        if item.get("type") == "function_call"
    ]
    return text, made, None


def _choices(exchange: Exchange) -> Iterator[dict[str, Any]]:
    for document in documents(exchange.answer):
        if isinstance(document, dict):
            yield from document.get("choices") or ()


def _send(simulated: Simulated, method: str, path: str, body: str, token: str) -> Said:
    connection = HTTPConnection(urlsplit(simulated.url).netloc, timeout=20)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request(method, path, body.encode(), headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return Said(response.status, {k.lower(): v for k, v in response.getheaders()}, text)


def _formed(exchange: Exchange) -> Exchange:
    return Exchange(
        exchange.method,
        exchange.url,
        exchange.body,
        exchange.status,
        exchange.headers,
        _form(exchange.answer, exchange.status),
    )


def _formed_said(said: Said) -> Said:
    return Said(said.status, said.headers, _form(said.text, said.status))


def _form(text: str, status: int) -> str:
    found = [_without(one) for one in documents(text)]
    if status >= 400 and found:
        return json.dumps(found[0])
    return json.dumps({"documents": found})


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without(v) for k, v in value.items() if k not in OF_MODEL_OR_REGION}
    return [_without(inner) for inner in value] if isinstance(value, list) else value
