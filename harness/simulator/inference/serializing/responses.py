"""A reply as the JSON of the Responses API.

Keys and their order are those recorded of Azure (August 2026) and of api.openai.com (May 2026);
both indent by two. Older days have fewer keys: see ``history``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from harness.simulator.inference.likelihood import INCLUDED, make_likelihoods
from harness.simulator.inference.model_profile import ModelProfile
from harness.simulator.inference.refusals import Dialect
from harness.simulator.inference.replies.behaviour import Call, SimulatedReply
from harness.simulator.inference.requests.chat import ModelRequest
from harness.simulator.inference.serializing.chat import (
    COMPLETION_FILTER,
    HIT,
    PROMPT_FILTER,
    Stamp,
    encode,
)
from harness.simulator.inference.serializing.history import (
    FILTERS_SINCE,
    REASONING_CONTENT_SINCE,
    RESPONSES,
    UNFILTERED_TOOLS_SINCE,
    drop_younger,
)

_INCOMPLETE: Final = {"length": "max_output_tokens", "content_filter": "content_filter"}
_NO_IMAGES: Final = {
    "input_tokens": 0,
    "input_tokens_details": {"image_tokens": 0, "text_tokens": 0},
    "output_tokens": 0,
    "output_tokens_details": {"image_tokens": 0, "text_tokens": 0},
    "total_tokens": 0,
}
SUMMARY: Final = "**Simulating thought**\n\nNo model thought about this; the simulator wrote it."
"""The summary of a reasoning, where the caller asks for one."""


@dataclass(frozen=True, slots=True)
class ResponseContext:
    """The circumstances of a response: everything but its text.

    Attributes:
        model: what the answer calls the model: OpenAI's name of it; on Azure what was asked for.
        body: the request's own, much of which comes back.
    """

    dialect: Dialect
    profile: ModelProfile
    model: str
    body: Mapping[str, Any]
    question: ModelRequest
    stamp: Stamp

    @property
    def azure(self) -> bool:
        """Tell whether Azure answers, and not api.openai.com."""
        return self.dialect == "azure"

    @property
    def day(self) -> date:
        """Return the day it is for the caller."""
        return self.stamp.day

    def make_id(self, kind: str, number: int = 0) -> str:
        """Return the id of an item: the same kind of name as the response's own."""
        return f"{kind}_{self.stamp.id.partition('_')[2]}{number or ''}"


def serialize_response(context: ResponseContext, reply: SimulatedReply) -> bytes:
    """Write the body of a plain answer."""
    document = make_document(context, reply, make_items(context, reply))
    if not context.azure:
        # Recorded: who pays is told in plain answers of OpenAI's only.
        document = _insert_after(document, "background", "billing", {"payer": "developer"})
    return encode(json.dumps(document, ensure_ascii=False, indent=2))


def make_items(context: ResponseContext, reply: SimulatedReply) -> list[dict[str, Any]]:
    """Return the items of the output: the reasoning, the message, the calls."""
    items: list[dict[str, Any]] = []
    if reply.reasoning_tokens:
        items.append(_make_reasoning(context))
    if reply.text or not reply.calls:
        items.append(_make_message(context, reply))
    items += [_make_call(context, number, call) for number, call in enumerate(reply.calls)]
    if reply.finish_reason == "length" and not reply.text:
        return items[: bool(reply.reasoning_tokens)]  # recorded: it thought, and never spoke
    return items


def _make_reasoning(context: ResponseContext) -> dict[str, Any]:
    sealed = {}
    if "reasoning.encrypted_content" in (context.body.get("include") or ()):
        digest = hashlib.sha256(context.stamp.id.encode()).hexdigest()
        sealed = {"encrypted_content": f"gAAAAA{digest}"}
    written = not context.azure or context.day >= REASONING_CONTENT_SINCE
    content: dict[str, Any] = {"content": []} if written else {}
    summary = [{"type": "summary_text", "text": SUMMARY}] if context.question.wants_summary else []
    return {
        "id": context.make_id("rs"),
        "type": "reasoning",
        **content,
        **sealed,
        "summary": summary,
    }


def _make_message(context: ResponseContext, reply: SimulatedReply) -> dict[str, Any]:
    text = reply.text or ""
    likely = make_likelihoods(text) if INCLUDED in (context.body.get("include") or ()) else []
    part = {"type": "output_text", "annotations": [], "logprobs": likely, "text": text}
    return {
        "id": context.make_id("msg"),
        "type": "message",
        "status": "incomplete" if reply.finish_reason in _INCOMPLETE else "completed",
        "content": [part],
        **({"phase": "final_answer"} if context.profile.spares_thought else {}),
        "role": "assistant",
    }


def _make_call(context: ResponseContext, number: int, call: Call) -> dict[str, Any]:
    return {
        "id": context.make_id("fc", number),
        "type": "function_call",
        "status": "completed",
        "arguments": call.arguments,
        "call_id": call.id,
        "name": call.name,
    }


def make_document(
    context: ResponseContext, reply: SimulatedReply | None, items: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the response; without a reply yet, as its first events show it."""
    body, azure, created = context.body, context.azure, context.stamp.created
    missing = _INCOMPLETE.get(reply.finish_reason) if reply is not None else None
    status = "in_progress" if reply is None else "incomplete" if missing else "completed"
    asked = _repeat_request(context)
    document = {
        "id": context.stamp.id,
        "object": "response",
        "created_at": created,
        "status": status,
        "background": False,
        "completed_at": created if status == "completed" else None,
        **({"content_filters": _make_filters(context, reply)} if azure else {}),
        "error": None,
        "frequency_penalty": 0.0,
        "incomplete_details": {"reason": missing} if missing else None,
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "max_tool_calls": None,
        "model": context.model,
        "moderation": None,
        "output": items,
        **asked,
        "usage": None if reply is None else _make_usage(context, reply),
        "user": body.get("user"),
        "metadata": body.get("metadata") or {},
    }
    if not azure:
        return document
    return drop_younger(document, RESPONSES, context.day)


def _insert_after(
    document: Mapping[str, Any], before: str, name: str, value: object
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, part in document.items():
        found[key] = part
        if key == before:
            found[name] = value
    return found


def _repeat_request(context: ResponseContext) -> dict[str, Any]:
    """Return the part of the request that the service repeats, with its defaults filled in."""
    body, azure = context.body, context.azure
    text = body.get("text") or {}
    asked = body.get("reasoning") or {}
    remembered = "all_turns" if context.profile.spares_thought else "current_turn"
    thinking: dict[str, Any] = {"context": asked.get("context") or remembered} if azure else {}
    thinking["effort"] = asked.get("effort") or context.profile.effort
    # The API description: `auto` takes the most detailed summary that the model has.
    summary = "detailed" if asked.get("summary") == "auto" else asked.get("summary")
    thinking |= {"mode": "standard", "summary": summary} if azure else {"summary": summary}
    unused = {"tool_usage": {"image_gen": _NO_IMAGES, "web_search": {"num_requests": 0}}}
    return {
        "parallel_tool_calls": body.get("parallel_tool_calls", True),
        "presence_penalty": 0.0,
        "previous_response_id": body.get("previous_response_id"),
        "prompt_cache_key": None,
        "prompt_cache_retention": "in_memory",
        "reasoning": thinking,
        "safety_identifier": None,
        "service_tier": "default",
        "store": body.get("store", True),
        "temperature": _read_number(body.get("temperature"), 1.0),
        "text": _repeat_text(text),
        "tool_choice": body.get("tool_choice") or "auto",
        **(unused if azure else {}),
        "tools": [_repeat_tool(tool, azure) for tool in body.get("tools") or ()],
        "top_logprobs": 0,
        "top_p": _read_number(body.get("top_p"), 1.0),
        "truncation": "disabled",
    }


def _repeat_text(text: Mapping[str, Any]) -> dict[str, Any]:
    """Return the format with its defaults, as recorded: a schema is strict unless it says no."""
    form = text.get("format") or {"type": "text"}
    if isinstance(form, Mapping) and form.get("type") == "json_schema":
        form = {"description": None, **form, "strict": form.get("strict", True) is not False}
    return {"format": form, "verbosity": text.get("verbosity") or "medium"}


def _read_number(value: object, default: float) -> float:
    return float(value) if isinstance(value, int | float) else default


def _repeat_tool(tool: Mapping[str, Any], azure: bool) -> dict[str, Any]:
    return {
        "type": "function",
        "description": tool.get("description"),
        "name": tool.get("name"),
        **({"output_schema": None} if azure else {}),
        "parameters": _close_schema(tool.get("parameters"), strict=tool.get("strict", True)),
        "strict": tool.get("strict", True),
    }


def _close_schema(parameters: object, *, strict: bool) -> object:
    """Close a strict tool's parameters, as recorded where the service repeats them."""
    if not strict or not isinstance(parameters, Mapping):
        return parameters
    return {**parameters, "additionalProperties": False}


def _make_filters(
    context: ResponseContext, reply: SimulatedReply | None
) -> list[dict[str, Any]] | None:
    """Return Azure's annotations of the prompt and of the reply; none before the end."""
    if reply is None or context.day < FILTERS_SINCE:
        return None
    blocked = reply.finish_reason == "content_filter"
    found = HIT if blocked else COMPLETION_FILTER
    written = _make_filter("completion", found, blocked=blocked, size=len(reply.text or ""))
    if context.question.after_tools and context.day >= UNFILTERED_TOOLS_SINCE:
        return [written]
    prompt = PROMPT_FILTER[0]["content_filter_results"]
    return [_make_filter("prompt", prompt, blocked=False), written]


def _make_filter(source: str, results: object, *, blocked: bool, size: int = 0) -> dict[str, Any]:
    return {
        "blocked": blocked,
        "source_type": source,
        "content_filter_raw": [],
        "content_filter_results": results,
        "content_filter_offsets": {"start_offset": 0, "end_offset": size, "check_offset": 0},
    }


def _make_usage(context: ResponseContext, reply: SimulatedReply) -> dict[str, Any]:
    sent = reply.count_input_tokens(context.question)
    written = reply.count_output_tokens()
    cached = {"cache_write_tokens": 0} if context.azure else {}
    return {
        "input_tokens": sent,
        "input_tokens_details": {**cached, "cached_tokens": 0},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": reply.reasoning_tokens},
        "total_tokens": sent + written,
    }
