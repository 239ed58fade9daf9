"""Keys of Azure's answers by the day from which it writes them.

The day is that of the first recording that has the key; recordings before it do not. A session that
says no day gets the newest form.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

History = Mapping[str, date]
"""Paths with dots, through lists as through objects, and the first day of each."""

CHAT: Final[History] = {
    "choices.logprobs": date(2024, 4, 25),
    "usage.completion_tokens_details": date(2025, 1, 21),
    "usage.prompt_tokens_details": date(2025, 1, 21),
    "choices.message.refusal": date(2025, 1, 21),
    "prompt_filter_results.content_filter_results.jailbreak": date(2025, 1, 21),
    "choices.content_filter_results.protected_material_code": date(2025, 3, 13),
    "choices.content_filter_results.protected_material_text": date(2025, 3, 13),
    "choices.message.annotations": date(2025, 10, 2),
    "service_tier": date(2026, 4, 29),
    "usage.latency_checkpoint": date(2026, 6, 24),
}
CHAT_EVENTS: Final[History] = {
    "choices.logprobs": date(2024, 4, 25),
    "prompt_filter_results.content_filter_results.jailbreak": date(2025, 1, 21),
    "usage.completion_tokens_details": date(2025, 4, 25),
    "usage.prompt_tokens_details": date(2025, 4, 25),
    "choices.delta.refusal": date(2025, 4, 25),
    "obfuscation": date(2025, 11, 5),
    "choices.content_filter_results.protected_material_code": date(2026, 3, 31),
    "choices.content_filter_results.protected_material_text": date(2026, 3, 31),
    "service_tier": date(2026, 4, 29),
    "latency_checkpoint": date(2026, 6, 24),
}
RESPONSES: Final[History] = {
    "top_logprobs": date(2025, 11, 20),
    "text.verbosity": date(2025, 11, 20),
    "output.content.logprobs": date(2025, 11, 20),
    "prompt_cache_retention": date(2025, 12, 16),
    "completed_at": date(2026, 2, 11),
    "frequency_penalty": date(2026, 4, 29),
    "presence_penalty": date(2026, 4, 29),
    "moderation": date(2026, 6, 24),
    "reasoning.context": date(2026, 6, 24),
    "reasoning.mode": date(2026, 7, 27),
    "tool_usage": date(2026, 8, 19),
    "usage.input_tokens_details.cache_write_tokens": date(2026, 8, 19),
    "tools.output_schema": date(2026, 8, 19),
}
FILTERS_SINCE: Final = date(2026, 2, 11)
"""From this day a response tells what the filters found; ``content_filters`` was null before."""
SORTED_EVENTS_SINCE: Final = date(2026, 6, 24)
"""From this day the keys of an event of the Responses API stand in the order of the alphabet."""
UNFILTERED_TOOLS_SINCE: Final = date(2026, 6, 24)
"""From this day the prompt is not annotated where a request ends with the result of a tool."""
SHORT_STREAMS_SINCE: Final = date(2026, 6, 24)
"""From this day the events of a model that reasons tell of protected material alone."""
REASONING_CONTENT_SINCE: Final = date(2026, 8, 19)
"""From this day a reasoning item has ``content``, an empty list."""


def drop_younger(document: dict[str, Any], history: History, day: date) -> dict[str, Any]:
    """Return the document without the keys that came after that day."""
    for path, since in history.items():
        if day < since:
            document = _drop(document, path.split("."))
    return document


def _drop(value: Any, path: list[str]) -> Any:
    if isinstance(value, list):
        return [_drop(part, path) for part in value]
    if not isinstance(value, dict) or path[0] not in value:
        return value
    if len(path) == 1:
        return {key: part for key, part in value.items() if key != path[0]}
    return {**value, path[0]: _drop(value[path[0]], path[1:])}
