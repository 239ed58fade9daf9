"""What LiteLLM's proxy serves: answers that it makes up, and answers of our simulator's."""

from __future__ import annotations

from typing import Any

_MADE_UP = {"model": "openai/gpt-4o", "api_key": "unused"}

MOCKED: dict[str, dict[str, Any]] = {
    "paris": {**_MADE_UP, "mock_response": "Paris."},
    "broken": {**_MADE_UP, "mock_response": "litellm.InternalServerError"},
    "full": {**_MADE_UP, "mock_response": "litellm.ContextWindowExceededError"},
    "slow": {**_MADE_UP, "mock_response": "At last.", "mock_delay": 30},
    "nowhere": {**_MADE_UP, "api_base": "http://127.0.0.1:9/v1"},
    "filtered": {
        "model": "azure/gpt-4o",
        "api_key": "unused",
        "api_base": "http://127.0.0.1:9",
        "mock_response": "Exception: content_filter_policy",
    },
    "caller": {
        **_MADE_UP,
        "mock_response": "Let me see.",
        "mock_tool_calls": [
            {
                "id": "call_1",
                "type": "function",
                "function": {"name": "get_weather", "arguments": '{"city": "Malmö"}'},
            }
        ],
    },
    "thinker": {"model": "openai/o3-mini", "api_key": "unused", "mock_response": "Hm."},
    "claude": {
        "model": "anthropic/claude-3-haiku-20240307",
        "api_key": "unused",
        "mock_response": "Bonjour.",
    },
    "vectors": {
        "model": "openai/text-embedding-3-small",
        "api_key": "unused",
        "mock_response": [0.6, 0.8],
    },
}
"""By the name that a client asks for, what LiteLLM is told of it."""

PROXIED = {
    "weather": "gpt-4.1-mini",
    "busy": "gpt-4o",
    "deep": "gpt-5-mini",
    "near": "text-embedding-3-small",
}
"""By the name that a client asks for, the simulator's model that answers through LiteLLM."""

BEHIND: dict[str, Any] = {
    "catalogue": "open",
    "replies": [
        {"on": "any", "match": "celsius", "reply": "It is 4 degrees."},
        {
            "on": "last_user",
            "match": "Weather",
            "tool_calls": [{"name": "get_weather", "arguments": {"city": "Malmö"}}],
        },
        {"on": "last_user", "match": "France", "reply": "Paris, of course."},
    ],
    "faults": [
        {
            "operation": "chat",
            "target": "behind/gpt-4o",
            "status": 429,
            "code": "rate_limit_exceeded",
            "retry_after_s": 1,
            "times": 1,
        }
    ],
}
"""How the simulator behaves there."""
