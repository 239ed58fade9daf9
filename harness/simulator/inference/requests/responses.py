"""The body of a Responses request, read as the question of a chat that asks the same.

Whatever finds a reply (rules, answers, an upstream, the synthetic words) knows chats only; so the
items of ``input`` become messages, and parameters take the names that chat has for them.
Source: OpenAI's API description (v1, 2026); refusals as recorded or quoted from api.openai.com.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from harness.simulator.inference.likelihood import INCLUDED
from harness.simulator.inference.model_profile import ModelProfile
from harness.simulator.inference.refusals import (
    DataPlaneError,
    invalid_request_error,
    not_implemented_error,
    unsupported_parameter_error,
)
from harness.simulator.inference.requests.chat import ModelRequest, read_model_request

LEAST_OUTPUT_TOKENS: Final = 16

_NAMES = """
    background context_management conversation include input instructions max_output_tokens
    max_tool_calls metadata model parallel_tool_calls previous_response_id prompt prompt_cache_key
    prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options
    temperature text tool_choice tools top_logprobs top_p truncation user
"""
_KNOWN: Final = frozenset(_NAMES.split())
_ELSEWHERE: Final = ("conversation", "prompt", "background")
"""Parameters that need what the simulated service does not keep."""
_SAME: Final = ("model", "stream", "temperature", "top_p", "parallel_tool_calls")
_SHAPES: Final[Mapping[str, tuple[type, str]]] = {
    "instructions": (str, "a string"),
    "text": (dict, "an object"),
    "reasoning": (dict, "an object"),
    "metadata": (dict, "an object"),
    "include": (list, "an array of strings"),
    "tools": (list, "an array of objects"),
}
_TEXT_PARTS: Final = ("input_text", "output_text", "text", "refusal")


def read_responses_request(body: Mapping[str, Any]) -> ModelRequest:
    """Read the question in a body.

    Raises:
        DataPlaneError: the service would refuse it before any model saw it, or it needs something
            that this simulator does not do.
    """
    _check_shape(body)
    chat: dict[str, Any] = {name: body[name] for name in _SAME if name in body}
    chat["messages"] = list(_read_messages(body))
    if body.get("max_output_tokens") is not None:
        chat["max_completion_tokens"] = body["max_output_tokens"]
    reasoning = body.get("reasoning")
    if isinstance(reasoning, Mapping) and reasoning.get("effort") is not None:
        chat["reasoning_effort"] = reasoning["effort"]
    if body.get("tools"):
        chat["tools"] = [_read_tool(tool) for tool in body["tools"]]
    choice = body.get("tool_choice")
    if choice is not None:
        named = choice.get("name") if isinstance(choice, Mapping) else None
        chat["tool_choice"] = {"type": "function", "function": {"name": named}} if named else choice
    form = _read_format(body)
    if form is not None:
        chat["response_format"] = form
    try:
        question = read_model_request(chat)
    except DataPlaneError as refused:
        raise rename_parameter(refused) from None
    wanted = isinstance(reasoning, Mapping) and reasoning.get("summary") is not None
    return replace(question, wants_summary=wanted)


def check_responses(body: Mapping[str, Any], profile: ModelProfile, question: ModelRequest) -> None:
    """Raise DataPlaneError for what this model does not take, by this API's names."""
    if profile.reasons:
        if INCLUDED in (body.get("include") or ()):
            # Quoted from api.openai.com, 2025.
            raise invalid_request_error(
                "logprobs are not supported with reasoning models.", "include"
            )
        for name in ("temperature", "top_p"):
            if body.get(name) not in (None, 1):
                refused = unsupported_parameter_error(name)
                refused.code = None  # recorded, 2025: this API gives no code
                raise refused
    try:
        profile.check_question(question)
    except DataPlaneError as refused:
        raise rename_parameter(refused) from None


def rename_parameter(refused: DataPlaneError) -> DataPlaneError:
    """Put a refusal of the chat that the request became into the words of the request."""
    for chat, here in (("max_completion_tokens", "max_output_tokens"), ("messages", "input")):
        refused.message = refused.message.replace(chat, here)
        refused.param = refused.param and refused.param.replace(chat, here)
    return refused


def _check_shape(body: Mapping[str, Any]) -> None:
    for name in body:
        if name not in _KNOWN:
            raise invalid_request_error(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
    for name in _ELSEWHERE:
        if body.get(name):
            raise not_implemented_error(f"responses with `{name}`")
    if body.get("input") is None:
        raise invalid_request_error(
            "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation_id' must be "
            "provided.",
            "input",
            "missing_required_parameter",
        )
    for name, (kind, wanted) in _SHAPES.items():
        if not isinstance(body.get(name), kind | None):
            message = f"Invalid type for '{name}': expected {wanted}."
            raise invalid_request_error(message, name, "invalid_type")
    limit = body.get("max_output_tokens")
    if limit is not None and (not isinstance(limit, int) or limit < LEAST_OUTPUT_TOKENS):
        raise invalid_request_error(
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= "
            f"{LEAST_OUTPUT_TOKENS}, but got {json.dumps(limit)} instead.",
            "max_output_tokens",
            "integer_below_min_value",
        )


def _read_messages(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if body.get("instructions"):
        yield {"role": "system", "content": str(body["instructions"])}
    asked = body["input"]
    if isinstance(asked, str):
        yield {"role": "user", "content": asked}
        return
    if not isinstance(asked, list):
        raise invalid_request_error(
            "Invalid type for 'input': expected one of a string or array of items.",
            "input",
            "invalid_type",
        )
    _check_calls(asked)
    for number, item in enumerate(asked):
        message = _read_item(number, item)
        if message is not None:
            yield message


def _read_item(number: int, item: object) -> dict[str, Any] | None:
    kind = item.get("type", "message") if isinstance(item, Mapping) else None
    if not isinstance(item, Mapping) or not isinstance(kind, str):
        raise _missing_item_error(number, item)
    match kind:
        case "message":
            return {"role": item.get("role"), "content": _read_content(item.get("content"))}
        case "function_call":
            function = {"name": item.get("name"), "arguments": item.get("arguments")}
            call = {"id": item.get("call_id"), "type": "function", "function": function}
            return {"role": "assistant", "content": None, "tool_calls": [call]}
        case "function_call_output":
            output = item.get("output")
            reply = output if isinstance(output, str) else json.dumps(output, ensure_ascii=False)
            return {"role": "tool", "tool_call_id": item.get("call_id"), "content": reply}
        case "reasoning":
            return None
        case "item_reference":
            raise not_implemented_error("responses with items kept at the service")
        case _:
            raise _missing_item_error(number, kind)


def _missing_item_error(number: int, found: object) -> DataPlaneError:
    return invalid_request_error(
        f"Invalid value: {json.dumps(found, default=str)}. Supported values are: 'message', "
        "'function_call', 'function_call_output', 'reasoning', and 'item_reference'.",
        f"input[{number}]",
        "invalid_value",
    )


def _read_content(content: object) -> object:
    if not isinstance(content, list):
        return content
    return [_read_part(part) for part in content if isinstance(part, Mapping)]


def _read_part(part: Mapping[str, Any]) -> dict[str, Any]:
    if part.get("type") in _TEXT_PARTS:
        return {"type": "text", "text": part.get("text") or part.get("refusal") or ""}
    if part.get("type") == "input_image":
        return {"type": "image_url", "image_url": {"url": part.get("image_url")}}
    raise not_implemented_error(f"content of type {part.get('type')}")


def _check_calls(items: Sequence[object]) -> None:
    """Check that every call has its output, and every output its call. Source: OpenAI, 2025."""
    by_kind: dict[str, list[object]] = {"function_call": [], "function_call_output": []}
    for item in items:
        if isinstance(item, Mapping) and item.get("type") in by_kind:
            by_kind[item["type"]].append(item.get("call_id"))
    for call in by_kind["function_call"]:
        if call not in by_kind["function_call_output"]:
            raise invalid_request_error(f"No tool output found for function call {call}.", "input")
    for call in by_kind["function_call_output"]:
        if call not in by_kind["function_call"]:
            raise invalid_request_error(
                f"No tool call found for function call output with call_id {call}.", "input"
            )


def _read_tool(tool: object) -> object:
    if not isinstance(tool, Mapping) or tool.get("type") != "function":
        kind = tool.get("type") if isinstance(tool, Mapping) else tool
        raise not_implemented_error(f"responses with a tool of type {kind}")
    return {
        "type": "function",
        "function": {name: value for name, value in tool.items() if name != "type"},
    }


def _read_format(body: Mapping[str, Any]) -> dict[str, Any] | None:
    text = body.get("text")
    form = text.get("format") if isinstance(text, Mapping) else None
    if not isinstance(form, Mapping) or form.get("type") == "text":
        return None
    if form.get("type") != "json_schema":
        return dict(form)
    declared = {name: value for name, value in form.items() if name != "type"}
    return {"type": "json_schema", "json_schema": declared}
