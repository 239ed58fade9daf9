"""Parameters of a provider's or a prompt's ``config``: promptfoo's names become the spec's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from harness.importers.promptfoo.workbench import SCHEME, Workbench, to_number
from harness.source import Span
from harness.spec.document.located import Node, to_plain
from harness.spec.model.resources import Parameters

SAME = tuple(name for name in Parameters.model_fields if name not in ("extra", "max_output_tokens"))
"""Parameters that have one name here and there."""
RENAMED: Mapping[str, str] = MappingProxyType(
    {
        "max_tokens": "max_output_tokens",
        "max_completion_tokens": "max_output_tokens",
        "max_output_tokens": "max_output_tokens",
        "maxTokens": "max_output_tokens",
        "maxOutputTokens": "max_output_tokens",
        "num_predict": "max_output_tokens",
        "topP": "top_p",
        "stopSequences": "stop",
        "stop_sequences": "stop",
    }
)
EXTRA: Mapping[str, str] = MappingProxyType(
    {
        **{name: name for name in ("top_k", "min_p", "repetition_penalty", "user", "thinking")},
        "include": "include",
        "topK": "top_k",
    }
)
"""Parameters that are sent as they are, under ``extra``, by the service's own name."""
ELSEWHERE = (
    *("apiKey", "apiKeyEnvar", "apiHost", "apiBaseUrl", "apiVersion", "organization", "baseUrl"),
    *("deploymentName", "deployment_id", "url", "isReasoningModel", "headers", "method", "body"),
    *("transformResponse", "responseParser", "transformRequest", "request", "basePath", "cost"),
    *("showThinking", "inputCost", "outputCost", "maxRetries", "omitDefaults", "projectUrl"),
    *("model", "modelName", "stream"),
)
"""Keys that are read where the provider is, or that mean nothing outside of promptfoo."""
NUMBERS = ("temperature", "top_p", "frequency_penalty", "presence_penalty")
TEXTS = ("reasoning_effort", "verbosity", "service_tier", "prompt_cache_key", "safety_identifier")
FLAGS = ("parallel_tool_calls", "store")
SYSTEM = ("instructions", "systemPrompt", "system_prompt")
_FUNCTION = re.compile(r"[a-zA-Z0-9_-]{1,64}")
WHOLE_NUMBERS = ("seed", "max_output_tokens")


@dataclass(slots=True)
class Settings:
    """The settings that a ``config`` gives: parameters, tools, and a system text."""

    parameters: dict[str, Any] = field(default_factory=dict)
    tools: list[Any] | None = None
    system: str | None = None


def read_settings(config: Node | None, bench: Workbench, whose: str) -> Settings:
    """Read what a ``config`` says about requests; what has no place in a spec is noted."""
    found = Settings()
    for key, written in config.items.items() if config is not None else ():
        value = to_plain(bench.follow(written))
        if value is None or (isinstance(value, str) and value.startswith(SCHEME)):
            continue  # nothing, or a file that cannot be read, which is noted
        place = config.key_span(key) if config is not None else written.span
        if not _read_setting(found, key, value, bench, place):
            bench.leave_out(
                place,
                f"{whose} config.{key}",
                "no parameter that a spec knows; what the service takes goes under "
                "`parameters: {extra: {…}}`",
            )
    return found


def _read_setting(found: Settings, key: str, value: Any, bench: Workbench, place: Span) -> bool:
    """Read one setting; return False where nothing here knows it."""
    extra = found.parameters.setdefault
    if key in SAME or key in RENAMED:
        _set(found, RENAMED.get(key, key), value, bench, place)
    elif key == "reasoning" and isinstance(value, dict):
        _set(found, "reasoning_effort", value.get("effort"), bench, place)
    elif key == "text" and isinstance(value, dict) and isinstance(value.get("format"), dict):
        _set(found, "response_format", value["format"], bench, place)
    elif key in ("tools", "functions"):
        _add_tools(found, key, value, bench, place)
    elif key in SYSTEM and isinstance(value, str):
        found.system = value
    elif key == "passthrough" and isinstance(value, dict):
        for name, more in value.items():
            if not _read_setting(found, name, more, bench, place):
                extra("extra", {})[name] = more
    elif key in EXTRA:
        extra("extra", {})[EXTRA[key]] = value
    else:
        return key in ELSEWHERE
    return True


def _set(found: Settings, name: str, value: Any, bench: Workbench, place: Span) -> None:
    """Set a parameter whose value is of the kind that a spec wants; anything else is noted."""
    kept = _read_parameter(name, value)
    if kept is None:
        bench.call_broken(place, name, f"{value!r} is no value of it"[:80])
    else:
        found.parameters[name] = kept


def _read_parameter(name: str, value: Any) -> Any:  # noqa: PLR0911 - a table reads downwards
    """Return the value of a parameter as a spec wants it, None where it is of another kind."""
    if name in (*NUMBERS, *WHOLE_NUMBERS):
        number = to_number(value)
        if number is None or name in NUMBERS:
            return number
        is_count = number == int(number) and (number >= 1 or name == "seed")
        return int(number) if is_count else None
    if name in TEXTS:
        return value if isinstance(value, str) else None
    if name in FLAGS:
        return value if isinstance(value, bool) else None
    if name == "stop":
        texts = value if isinstance(value, list) else [value]
        return value if all(isinstance(one, str) for one in texts) else None
    if name in ("logit_bias", "metadata"):
        if not isinstance(value, dict):
            return None
        return {key: one if name == "logit_bias" else str(one) for key, one in value.items()}
    if name == "response_format":
        return _read_format(value)
    return value


def _read_format(value: Any) -> Any:
    """Return a response format in the form of chat; the Responses API has the schema flat."""
    if isinstance(value, str):
        return {"type": value}
    if isinstance(value, dict) and value.get("type") == "json_schema" and "schema" in value:
        inner = {key: one for key, one in value.items() if key != "type"}
        return {"type": "json_schema", "json_schema": {"name": "reply", **inner}}
    return value


def _add_tools(found: Settings, key: str, value: Any, bench: Workbench, place: Span) -> None:
    if not isinstance(value, list):
        bench.leave_out(place, key, "a list of tools is wanted")
        return
    for tool in value:
        function = _read_function(tool, wrapped=key == "tools")
        if function is None or not _FUNCTION.fullmatch(str(function["name"])):
            kind = tool.get("type", "") if isinstance(tool, dict) else ""
            bench.leave_out(place, f"tool {kind}".strip(), "only tools that are functions are sent")
            continue
        found.tools = [*(found.tools or []), {"type": "function", "function": function}]


def _read_function(tool: Any, *, wrapped: bool) -> dict[str, Any] | None:
    if not isinstance(tool, dict):
        return None
    function = tool.get("function") if wrapped else tool
    if isinstance(function, dict) and isinstance(function.get("name"), str):
        return function
    if wrapped and isinstance(tool.get("name"), str) and "parameters" in tool:
        # The form of the Responses API.
        return {key: value for key, value in tool.items() if key != "type"}
    if isinstance(tool.get("name"), str) and isinstance(tool.get("input_schema"), dict):
        # Anthropic's form.
        more = {key: tool[key] for key in ("description",) if key in tool}
        return {"name": tool["name"], **more, "parameters": tool["input_schema"]}
    return None
