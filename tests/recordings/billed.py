"""Recorded requests with the tokens that were billed, as scripts that a forecast can read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.conversation.play import Line, Script
from harness.conversation.ports import Place
from harness.conversation.transcript import Message, ToolCall, Usage
from harness.run.targets import Target
from tests.recordings.traffic import Exchange, recordings, single_exchanges

PLACE = Place("t", "c", None, "default", 1, 0)


@dataclass(frozen=True)
class Billed:
    """A request as a script of one asked turn, its reply's text, and what the service counted.

    ``reply`` is None where it called tools.
    """

    name: str
    target: Target
    script: Script
    reply: str | None
    usage: Usage


def read_billed(data: Path) -> Iterator[Billed]:
    """Every recorded chat completion of OpenAI's models whose tokens were counted, each once."""
    seen: set[tuple[str, str]] = set()
    groups = (
        recordings(data, "inference-azure"),
        recordings(data, "inference-openai"),
        single_exchanges(data, "inference"),
    )
    for recording in (one for group in groups for one in group):
        for exchange in recording.exchanges:
            key = (exchange.body, exchange.answer)
            if exchange.status == 200 and key not in seen:
                seen.add(key)
                billed = _read(recording.name, exchange)
                if billed is not None:
                    yield billed


def _read(name: str, exchange: Exchange) -> Billed | None:
    try:
        asked = json.loads(exchange.body)
    except ValueError:
        return None
    documents = [exchange.document] if exchange.document is not None else _read_events(exchange)
    usage = next((one["usage"] for one in reversed(documents) if one.get("usage")), None)
    if not isinstance(asked, dict) or "messages" not in asked or usage is None:
        return None
    # Keys of OpenAI's first year are sent in a form that no spec can have.
    if "functions" in asked or not _is_openai(str(documents[-1].get("model"))):
        return None
    details = usage.get("completion_tokens_details") or {}
    read = usage.get("prompt_tokens_details") or {}
    return Billed(
        name,
        Target("t", "deployment", "t", model=_name_model(documents[-1]["model"])),
        _make_script(asked),
        _read_reply(documents),
        Usage(
            usage["prompt_tokens"],
            usage["completion_tokens"],
            read.get("cached_tokens") or 0,
            details.get("reasoning_tokens") or 0,
        ),
    )


def _is_openai(model: str) -> bool:
    return model.startswith(("gpt-", "o1", "o3", "o4"))


def _name_model(model: str) -> str:
    head, _, day = model.rpartition("-20")
    return head if len(day) == 8 else model


def _read_events(exchange: Exchange) -> list[dict[str, Any]]:
    found = []
    for line in exchange.answer.splitlines():
        if line.startswith("data: {"):
            try:
                found.append(json.loads(line.removeprefix("data: ")))
            except ValueError:
                continue
    return found


def _read_reply(documents: list[dict[str, Any]]) -> str | None:
    said = []
    for choice in (one for each in documents for one in each.get("choices") or ()):
        message = choice.get("message") or choice.get("delta") or {}
        if message.get("tool_calls"):
            return None
        said.append(message.get("content") or "")
    return "".join(said)


def _make_script(asked: Mapping[str, Any]) -> Script:
    parameters = {
        "max_output_tokens": asked.get("max_completion_tokens") or asked.get("max_tokens"),
        "reasoning_effort": asked.get("reasoning_effort"),
        "response_format": asked.get("response_format"),
    }
    said = tuple(map(_read_message, asked["messages"]))
    line = Line(
        said[-1].content or "",
        parameters={name: value for name, value in parameters.items() if value},
        messages=said,
    )
    return Script(PLACE, (line,), tools=tuple(asked.get("tools") or ()))


def _read_message(one: Mapping[str, Any]) -> Message:
    content = one.get("content")
    parts = tuple(content) if isinstance(content, list) else ()
    text = "".join(part.get("text") or "" for part in parts) if parts else content
    calls = tuple(
        ToolCall(call["id"], call["function"]["name"], call["function"]["arguments"])
        for call in one.get("tool_calls") or ()
    )
    return Message(one["role"], text, calls, parts=parts)
