"""The body of a chat completion, read and checked as the service checks it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

from harness.simulator.inference.likelihood import check_likelihoods
from harness.simulator.inference.refusals import DataPlaneError, invalid_request_error
from harness.simulator.inference.tokens import estimate_tokens

ROLES: Final = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
MOST_MESSAGES: Final = 2048
MOST_TOOLS: Final = 128
"""Source: azure-ai-docs, openai/quotas-limits.md (2026)."""
LONGEST_MESSAGE: Final = 1_048_576

RANGES: Final = {
    "temperature": (0.0, 2.0),
    "top_p": (0.0, 1.0),
    "frequency_penalty": (-2.0, 2.0),
    "presence_penalty": (-2.0, 2.0),
}
_PER_MESSAGE_TOKENS: Final = 4
_TOOL_ROLES: Final = ("tool", "function")


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """A request to the simulated model: its body, and what is read from it.

    Attributes:
        model: the body's ``model``; empty where the path names the deployment.
        users: the texts of the user's turns, in order.
        system: the texts of system and developer messages, joined.
        prompt_tokens: an estimate; nobody bills by it.
        wants_summary: the caller asks for a summary of the reasoning.
        limit: the most tokens that the answer may have; None leaves it to the model.
    """

    body: Mapping[str, Any]
    model: str
    messages: tuple[Mapping[str, Any], ...]
    users: tuple[str, ...]
    system: str
    prompt_tokens: int
    limit: int | None
    stream: bool
    include_usage: bool
    wants_summary: bool = False

    @property
    def after_tools(self) -> bool:
        """Tell whether the last message is the result of a tool."""
        return bool(self.messages) and self.messages[-1].get("role") in _TOOL_ROLES

    @property
    def tool_results(self) -> tuple[str, ...]:
        """Return the results of tools that the request ends with, in order."""
        ending = takewhile(lambda one: one.get("role") in _TOOL_ROLES, reversed(self.messages))
        return tuple(read_text(message) for message in ending)[::-1]

    @property
    def shows_images(self) -> bool:
        """Tell whether a message holds an image."""
        return any(
            isinstance(part, Mapping) and part.get("type") == "image_url"
            for message in self.messages
            if isinstance(message.get("content"), list)
            for part in message["content"]
        )


def decode(raw: bytes) -> dict[str, Any]:
    """Decode the body's JSON object.

    Raises:
        DataPlaneError: it is none.
    """
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise invalid_request_error(
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't "
            "using your HTTP library correctly. The API expects a JSON payload, but what was sent "
            "was not valid JSON.)"
        )
    return body


def read_model_request(body: Mapping[str, Any]) -> ModelRequest:
    """Read the question in a body.

    Raises:
        DataPlaneError: the service would refuse it before any model saw it.
    """
    messages = _read_messages(body)
    _check_parameters(body)
    check_likelihoods(body)
    stream = bool(body.get("stream"))
    options = body.get("stream_options")
    if options is not None and not stream:
        raise invalid_request_error(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            "stream_options",
        )
    limit = body.get("max_completion_tokens", body.get("max_tokens"))
    texts = [read_text(message) for message in messages]
    by_role = list(zip((str(message["role"]) for message in messages), texts, strict=True))
    return ModelRequest(
        body=body,
        model=str(body.get("model") or ""),
        messages=messages,
        users=tuple(text for role, text in by_role if role == "user"),
        system="\n".join(text for role, text in by_role if role in ("system", "developer")),
        prompt_tokens=sum(estimate_tokens(text) + _PER_MESSAGE_TOKENS for text in texts) + 3,
        limit=limit if isinstance(limit, int) else None,
        stream=stream,
        include_usage=isinstance(options, Mapping) and bool(options.get("include_usage")),
    )


def read_text(message: Mapping[str, Any]) -> str:
    """Return a message's text; of content in parts, the text parts."""
    content = message.get("content")
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, Mapping)]
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _read_messages(body: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    messages = body.get("messages")
    if messages is None:
        raise invalid_request_error(
            "Missing required parameter: 'messages'.", "messages", "missing_required_parameter"
        )
    if not isinstance(messages, list) or not messages:
        raise invalid_request_error(
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an "
            "empty array instead.",
            "messages",
            "empty_array",
        )
    if len(messages) > MOST_MESSAGES:
        raise invalid_request_error(
            f"Invalid 'messages': array too long. Expected an array with maximum length "
            f"{MOST_MESSAGES}, but got an array with length {len(messages)} instead.",
            "messages",
            "array_above_max_length",
        )
    for number, message in enumerate(messages):
        _check_message(number, message)
    return tuple(messages)


def _check_message(number: int, message: object) -> None:
    role = message.get("role") if isinstance(message, Mapping) else message
    if not isinstance(message, Mapping) or not isinstance(role, str) or role not in ROLES:
        raise invalid_request_error(
            f"Invalid value: {json.dumps(role)}. Supported values are: 'system', 'assistant', "
            "'user', 'function', 'tool', and 'developer'.",
            f"messages[{number}].role",
            "invalid_value",
        )
    content = message.get("content")
    if content is None and message["role"] not in ("assistant", "function"):
        raise invalid_request_error(
            f"Invalid value for 'content': expected a string, got null: messages[{number}].",
            f"messages[{number}].content",
        )
    if content is not None and not isinstance(content, str | list):
        raise invalid_request_error(
            f"Invalid type for 'messages[{number}].content': expected one of a string or array of "
            "objects.",
            f"messages[{number}].content",
            "invalid_type",
        )
    if isinstance(content, str) and len(content) > LONGEST_MESSAGE:
        raise _length_error(f"messages[{number}].content", len(content))


def _length_error(param: str, length: int) -> DataPlaneError:
    return invalid_request_error(
        f"Invalid '{param}': string too long. Expected a string with maximum length "
        f"{LONGEST_MESSAGE}, but got a string with length {length} instead.",
        param,
        "string_above_max_length",
    )


def _check_parameters(body: Mapping[str, Any]) -> None:
    for name, (least, most) in RANGES.items():
        value = body.get(name)
        if value is None:
            continue
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise invalid_request_error(
                f"Invalid type for '{name}': expected a decimal, but got {json.dumps(value)} "
                "instead.",
                name,
                "invalid_type",
            )
        if not least <= value <= most:
            side = "below minimum" if value < least else "above maximum"
            sign, bound = (">=", least) if value < least else ("<=", most)
            raise invalid_request_error(
                f"Invalid '{name}': decimal {side} value. Expected a value {sign} {bound:g}, but "
                f"got {value} instead.",
                name,
                f"decimal_{side.replace(' ', '_')}_value".replace("minimum", "min").replace(
                    "maximum", "max"
                ),
            )
    if "max_tokens" in body and "max_completion_tokens" in body:
        raise invalid_request_error(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            "max_tokens",
            "invalid_parameter_combination",
        )
    for name in ("max_tokens", "max_completion_tokens"):
        value = body.get(name)
        if value is not None and (not isinstance(value, int) or value < 1):
            raise invalid_request_error(
                f"Invalid '{name}': integer below minimum value. Expected a value >= 1, but got "
                f"{json.dumps(value)} instead.",
                name,
                "integer_below_min_value",
            )
    _check_tools(body)
    _check_format(body)


def _check_tools(body: Mapping[str, Any]) -> None:
    tools = body.get("tools")
    if tools is None:
        return
    if not isinstance(tools, list):
        raise _type_error("tools", "an array of objects")
    if len(tools) > MOST_TOOLS:
        raise invalid_request_error(
            f"Invalid 'tools': array too long. Expected an array with maximum length {MOST_TOOLS}, "
            f"but got an array with length {len(tools)} instead.",
            "tools",
            "array_above_max_length",
        )
    for number, tool in enumerate(tools):
        if not _is_named(tool):
            at = f"tools[{number}].function.name"
            raise invalid_request_error(
                f"Missing required parameter: '{at}'.", at, "missing_required_parameter"
            )


def _is_named(tool: object) -> bool:
    function = tool.get("function") if isinstance(tool, Mapping) else None
    return isinstance(function, Mapping) and isinstance(function.get("name"), str)


def _check_format(body: Mapping[str, Any]) -> None:
    choice = body.get("tool_choice")
    if choice is not None and not isinstance(choice, str) and not _is_named(choice):
        raise _type_error("tool_choice", "a string or an object that names a function")
    wanted = body.get("response_format")
    if wanted is None:
        return
    if not isinstance(wanted, Mapping) or not isinstance(wanted.get("type"), str):
        raise _type_error("response_format", "an object with a type")
    if wanted["type"] == "json_schema":
        declared = wanted.get("json_schema")
        if not isinstance(declared, Mapping) or not isinstance(declared.get("schema"), Mapping):
            raise invalid_request_error(
                "Missing required parameter: 'response_format.json_schema.schema'.",
                "response_format.json_schema.schema",
                "missing_required_parameter",
            )
    _check_json_mode(body)


def _type_error(param: str, wanted: str) -> DataPlaneError:
    return invalid_request_error(
        f"Invalid type for '{param}': expected {wanted}.", param, "invalid_type"
    )


def _check_json_mode(body: Mapping[str, Any]) -> None:
    if body["response_format"]["type"] != "json_object":
        return
    if not any("json" in read_text(message).lower() for message in body["messages"]):
        raise invalid_request_error(
            "'messages' must contain the word 'json' in some form, to use 'response_format' of "
            "type 'json_object'.",
            "messages",
        )
